"""A CLIP checkpoint of a few thousand weights, in the very layout of the public ones."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["CROP", "DIMENSIONS", "MEAN", "STD", "save_tiny_clip"]

DIMENSIONS = 16
CROP = 32
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def save_tiny_clip(folder: Path, *, seed: int = 0) -> Path:
    """Random weights; its preprocessor_config.json is written as OpenAI's checkpoints have it, sizes as plain ints."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    folder.mkdir(parents=True, exist_ok=True)
    words = _save_tokenizer(folder)
    narrow = {"hidden_size": 24, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    torch.manual_seed(seed)
    CLIPModel(
        CLIPConfig(
            text_config=narrow
            | {
                "vocab_size": words,
                "max_position_embeddings": 12,
                "bos_token_id": words - 2,
                "eos_token_id": words - 1,
                "pad_token_id": words - 1,
            },
            vision_config=narrow | {"image_size": CROP, "patch_size": 8},
            projection_dim=DIMENSIONS,
        )
    ).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "crop_size": CROP,
                "do_center_crop": True,
                "do_normalize": True,
                "do_resize": True,
                "feature_extractor_type": "CLIPFeatureExtractor",
                "image_mean": MEAN,
                "image_std": STD,
                "resample": 3,
                "size": CROP,
            }
        )
    )
    return folder


def _save_tokenizer(folder: Path) -> int:
    tokens = [*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS), "ca", "cat</w>"]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\nc a\nca t</w>\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 12, "pad_token": "<|endoftext|>"})
    )
    return len(tokens)

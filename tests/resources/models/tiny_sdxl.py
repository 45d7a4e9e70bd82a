"""SDXL-Turbo in small, with random weights: every part in its place and its format, written as diffusers writes it."""

# pyright: reportPrivateImportUsage=false
# (diffusers exports its names lazily, which type checkers cannot see)

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    EulerAncestralDiscreteScheduler,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

WIDTH = 32
"""Of both text encoders' states."""


def save_tiny_sdxl(folder: Path, *, card: str = "") -> Path:
    """Write a whole pipeline of a native size of 64 pixels; the same one each time."""
    state = torch.random.get_rng_state()
    torch.manual_seed(5)
    build: Any = StableDiffusionXLPipeline
    build(
        vae=_vae(),
        text_encoder=CLIPTextModel(_text_config()),
        text_encoder_2=CLIPTextModelWithProjection(_text_config()),
        tokenizer=_tokenizer(folder.parent / "words"),
        tokenizer_2=_tokenizer(folder.parent / "words"),
        unet=_unet(),
        scheduler=EulerAncestralDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            steps_offset=1,
            timestep_spacing="trailing",
        ),
    ).save_pretrained(folder)
    torch.random.set_rng_state(state)
    if card:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


def save_tiny_lora(path: Path, *, rank: int = 2) -> Path:
    """Write a LoRA of the tiny pipeline's attention, in the names that training scripts give."""
    generator = torch.Generator().manual_seed(9)
    weights = {}
    for name, module in _unet().named_modules():
        if name.endswith(("to_q", "to_v")):
            rows, columns = module.weight.shape
            weights[f"unet.{name}.lora_A.weight"] = torch.randn(rank, columns, generator=generator)
            weights[f"unet.{name}.lora_B.weight"] = torch.randn(rows, rank, generator=generator)
    save_file(weights, path)
    return path


def _unet() -> Any:
    build: Any = UNet2DConditionModel  # its annotations say one block where it takes several
    return build(
        sample_size=8,  # of latents: 64 pixels
        block_out_channels=(16, 32, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 1, 1),
        attention_head_dim=(2, 4, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + WIDTH,
        cross_attention_dim=2 * WIDTH,
        norm_num_groups=8,
    )


def _vae() -> Any:
    build: Any = AutoencoderKL
    return build(
        block_out_channels=(8, 8, 8, 8),  # three halvings, as the real one: 8 pixels a latent
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.13025,
    )


def _text_config() -> CLIPTextConfig:
    return CLIPTextConfig(
        hidden_size=WIDTH,
        projection_dim=WIDTH,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        vocab_size=len(_vocabulary()),
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        max_position_embeddings=77,
    )


def _tokenizer(folder: Path) -> CLIPTokenizer:
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(_vocabulary()), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def _vocabulary() -> dict[str, int]:
    """Single characters, as CLIP's vocabulary begins: alone, and at the end of a word."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789,.!?'-:"
    pieces = [*letters, *(f"{letter}</w>" for letter in letters)]
    return {piece: place for place, piece in enumerate(["<|startoftext|>", "<|endoftext|>", *pieces])}


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference of two pictures, 0 to 255."""
    return float(np.abs(one.astype(float) - other).mean())

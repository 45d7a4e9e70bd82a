"""Full-size image and language models with random weights, for `benchmarks.engines`: SDXL-Turbo and Phi-3-mini.

The architectures are those of the public configurations. Weights are drawn on the device from a narrow normal
distribution, so that activations stay finite in half precision; what is painted or written is noise, and takes as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from resources.models.choice import EngineChoice

__all__ = ["LANGUAGE", "PICTURES", "language_model", "over_frames"]

Engine = Callable[[Sequence[np.ndarray]], object]

PICTURES: dict[str, dict[str, Any]] = {
    "full": {
        "channels": (320, 640, 1280),
        "transformers": (1, 2, 10),
        "heads": (5, 10, 20),
        "vae": (128, 256, 512, 512),
        "first": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
        "second": {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20},
    },
    "small": {
        "channels": (64, 128, 256),
        "transformers": (1, 1, 2),
        "heads": (2, 4, 8),
        "vae": (32, 64, 64, 64),
        "first": {"hidden_size": 96, "intermediate_size": 192, "num_hidden_layers": 2, "num_attention_heads": 4},
        "second": {"hidden_size": 160, "intermediate_size": 320, "num_hidden_layers": 2, "num_attention_heads": 4},
    },
}
"""SDXL-Turbo's sizes (its model card's config.json files), and some for a CPU."""

LANGUAGE: dict[str, dict[str, Any]] = {
    "full": {
        "vocab_size": 32064,
        "hidden_size": 3072,
        "intermediate_size": 8192,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
    },
    "small": {
        "vocab_size": 512,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    },
}
"""Phi-3-mini's sizes, 3.8 thousand million weights, and some for a CPU."""

_TOKENS = 72
"""Of an answer: three taglines' worth."""


def over_frames(folder: Path, device: str, *, size: str) -> Engine:
    """Paints over each picture, at the strength and steps that variants use."""
    from ops.thumbnails.art import STRENGTH
    from resources.models.sdxl import SdxlPainter

    _save_sdxl(folder, device, **PICTURES[size])
    painter = SdxlPainter(EngineChoice.parse("image_engine", f"sdxl-turbo:{folder}"), device=device)
    return lambda pictures: [
        painter.img2img(each, "key art", negative="", strength=STRENGTH, seed=1) for each in pictures
    ]


def language_model(folder: Path, device: str, *, size: str) -> Engine:
    """Writes an answer of three taglines' length for each picture."""
    from transformers import Phi3Config, Phi3ForCausalLM

    from resources.models.causal_lm import CausalLmWriter

    config = Phi3Config(**LANGUAGE[size], pad_token_id=0, bos_token_id=1, eos_token_id=LANGUAGE[size]["vocab_size"] - 1)
    _drawn(lambda: Phi3ForCausalLM(config), device).save_pretrained(folder)
    _word_tokenizer(folder)
    writer = CausalLmWriter(EngineChoice.parse("text_engine", f"causal-lm:{folder}"), device=device)
    return lambda pictures: [writer.answer("Write three taglines.", seed=1, tokens=_TOKENS) for _ in pictures]


def _save_sdxl(
    folder: Path,
    device: str,
    *,
    channels: tuple[int, ...],
    transformers: tuple[int, ...],
    heads: tuple[int, ...],
    vae: tuple[int, ...],
    first: dict[str, Any],
    second: dict[str, Any],
) -> None:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
    from diffusers.schedulers.scheduling_euler_ancestral_discrete import EulerAncestralDiscreteScheduler
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    unet: dict[str, Any] = {
        "sample_size": 64,
        "block_out_channels": channels,
        "layers_per_block": 2,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": transformers,
        "attention_head_dim": heads,
        "cross_attention_dim": first["hidden_size"] + second["hidden_size"],
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 6 * 256 + second["hidden_size"],
    }
    decoder: dict[str, Any] = {
        "block_out_channels": vae,
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "layers_per_block": 2,
        "latent_channels": 4,
        "sample_size": 1024,
        "scaling_factor": 0.13025,
        "force_upcast": True,
    }
    words: dict[str, Any] = {"vocab_size": 49408, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    texts = [CLIPTextConfig(**each, **words, projection_dim=each["hidden_size"]) for each in (first, second)]
    tokenizer = _letters(folder.parent / f"{folder.name}-letters")
    pipeline: Any = StableDiffusionXLPipeline
    pipeline(
        vae=_drawn(lambda: AutoencoderKL(**decoder), device),
        text_encoder=_drawn(lambda: CLIPTextModel(texts[0]), device),
        text_encoder_2=_drawn(lambda: CLIPTextModelWithProjection(texts[1]), device),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=_drawn(lambda: UNet2DConditionModel(**unet), device),
        scheduler=EulerAncestralDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="trailing"
        ),
    ).save_pretrained(folder)


def _drawn(build: Callable[[], Any], device: str) -> Any:
    """A model built without memory and drawn where it will work: full-size ones take minutes to draw on a CPU."""
    import torch

    from resources.models.weights import torch_device

    device = torch_device(device)
    half = device == "cuda"
    with torch.device("meta"):
        model = build()
    model = model.to(torch.float16 if half else torch.float32).to_empty(device=device)
    generator = torch.Generator(device).manual_seed(1)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim > 1:
                weight.normal_(0.0, 0.02, generator=generator)
            else:
                weight.fill_(0.0 if name.endswith("bias") else 1.0)
        for name, buffer in model.named_buffers():
            if name.endswith("position_ids"):
                buffer.copy_(torch.arange(buffer.shape[-1]).expand_as(buffer))
    return model.to("cpu")


def _letters(folder: Path) -> Any:
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({piece: place for place, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def _word_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast

    words = {word: place for place, word in enumerate(["<unk>", "<s>", "write", "three", "taglines", "."])}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()  # type: ignore[assignment]
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>").save_pretrained(folder)

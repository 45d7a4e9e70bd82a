"""Opens a checkpoint that turns one sequence into another, whole, in the precision of its device.

What it is and that its weights are there is looked at first, and costs nothing; the weights are gigabytes.

NLLB's publisher gives PyTorch's own files and no safetensors. They are read by PyTorch's restricted unpickler, which
builds tensors and runs no code, and only where there are no safetensors beside them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import regex

from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice

__all__ = ["TRANSLATION_FILES", "half_precision", "revision_of", "sequence_config", "sequence_model"]

TRANSLATION_FILES = ("*.json", "*.safetensors*", "pytorch_model*.bin*")
"""What is read of a hub repository."""

_COMMIT = regex.compile(r"[0-9a-f]{40}")
_SAMPLES, _SAMPLE_BYTES = 256, 4096
"""Stretches of a file of weights that are looked at, evenly over it: other training moves them all."""


def half_precision(device: str, *, needs_range: bool) -> Any:
    """The number format for a device: float32 on a CPU; on a GPU bfloat16 where its cores have it (Ampere and later).

    Args:
        device: "cpu" or "cuda".
        needs_range: Whether the model overflows float16, as T5 does; then an older GPU calculates in float32.
    """
    import torch

    if device == "cpu":
        return torch.float32
    if torch.cuda.get_device_capability()[0] >= 8:
        return torch.bfloat16
    return torch.float32 if needs_range else torch.float16


def sequence_config(folder: Path, choice: EngineChoice, *, types: tuple[str, ...]) -> Any:
    """The configuration of a folder's model, whose weights lie beside it.

    Args:
        folder: Holds config.json and the weights.
        choice: What errors name.
        types: The `model_type`s of config.json that will do.

    Raises:
        ModelUnavailable: It is another model, weights are missing, or the file is damaged.
    """
    from transformers import AutoConfig

    found = _model_type(folder, choice)
    if found not in types:
        raise unusable(choice, f"its config.json is of a {found or 'nameless'} model, not of {' or '.join(types)}")
    if not _weights(folder):
        fix = "" if Path(choice.reference).exists() else f"Run: hf download {choice.reference}"
        raise unusable(
            choice, f"there are no weights in {folder}: neither *.safetensors nor pytorch_model*.bin", fix=fix
        )
    with opening(choice):
        return AutoConfig.from_pretrained(folder, local_files_only=True)


def sequence_model(kind: Any, folder: Path, choice: EngineChoice, *, device: str, dtype: Any) -> Any:
    """The model of a folder, ready to infer, that generates by this house's settings alone.

    Args:
        kind: A class of transformers with `from_pretrained`.
        folder: As `sequence_config` looked at it.
        choice: What errors name.
        device: "cpu" or "cuda".
        dtype: torch's number format.

    Raises:
        ModelUnavailable: Weights are missing or damaged.
    """
    from transformers import GenerationConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    with opening(choice):
        model, told = kind.from_pretrained(
            folder,
            output_loading_info=True,
            use_safetensors=any(folder.glob("*.safetensors")),
            weights_only=True,
            dtype=dtype,
            local_files_only=True,
        )
    missing = [*told["missing_keys"], *told["mismatched_keys"]]
    if missing:
        raise unusable(choice, f"its files lack {len(missing)} of the model's weights, for example {missing[0]}")
    model.generation_config = GenerationConfig()  # a folder's own may sample, or force a language
    return model.to(device).eval()


def revision_of(folder: Path) -> str:
    """What tells a folder's weights and vocabulary from others that may lie there: the hub's commit, else a hash.

    Of weights the length and an even sample are hashed, not every one of gigabytes.
    """
    if _COMMIT.fullmatch(folder.name) and folder.parent.name == "snapshots":
        return folder.name
    told = hashlib.sha256()
    for file in [folder / "config.json", folder / "tokenizer.json", *_weights(folder)]:
        size = file.stat().st_size
        told.update(f"{file.name} {size} ".encode())
        with file.open("rb") as read:
            for start in range(0, size, max(_SAMPLE_BYTES, size // _SAMPLES)):
                read.seek(start)
                told.update(read.read(_SAMPLE_BYTES))
    return told.hexdigest()[:16]


def _weights(folder: Path) -> list[Path]:
    """The files that are read: PyTorch's own where there are no safetensors."""
    return sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))


def _model_type(folder: Path, choice: EngineChoice) -> str:
    config = folder / "config.json"
    if not config.is_file():
        raise unusable(choice, f"there is no config.json in {folder}; it must be a folder as save_pretrained writes it")
    with opening(choice):
        return str(json.loads(config.read_text(encoding="utf-8")).get("model_type", ""))

"""Opens a transformers checkpoint that lies on this machine, and refuses one that is not what the engine needs.

transformers itself is lenient: a weight that the files lack is drawn at random with a line in the log, and the model
answers noise. Here that is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.errors import ModelUnavailable
from resources.models.choice import EngineChoice
from resources.settings import variable_of

__all__ = ["CHECKPOINT_FILES", "model_of", "opening", "unusable"]

CHECKPOINT_FILES = ("*.json", "*.txt", "*.safetensors")
"""What the engines read of a hub repository; PyTorch's pickles and other frameworks' weights are left there."""


def unusable(choice: EngineChoice, why: str, *, fix: str = "") -> ModelUnavailable:
    """The error that a choice's model is here and cannot be used."""
    variable = variable_of(choice.setting)
    return ModelUnavailable(
        f"{choice.reference} cannot be used: {why}",
        where=variable,
        fix=fix or f"Set {variable} to another model, or to embedded.",
    )


@contextmanager
def opening(choice: EngineChoice) -> Iterator[None]:
    """Turn what libraries say of damaged or foreign files into one clear error.

    Raises:
        ModelUnavailable: Whatever went wrong inside.
    """
    try:
        yield
    except ModelUnavailable:
        raise
    except Exception as error:  # files of any content, and libraries that raise anything over them
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise unusable(choice, f"{type(error).__name__}: {first[:300]}") from error


def model_of(kind: Any, folder: Path, choice: EngineChoice, *, types: tuple[str, ...], device: str) -> Any:
    """The model of a checkpoint folder, whole, in float32, on its device, ready to infer.

    Args:
        kind: A class of transformers with `from_pretrained`.
        folder: Holds config.json and safetensors.
        choice: What errors name.
        types: The `model_type`s of config.json that will do.
        device: "cpu" or "cuda".

    Raises:
        ModelUnavailable: It is another model, its weights are missing in part, or its files are damaged.
    """
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()  # the house shows its own progress, and bars would run across it
    found = _model_type(folder, choice)
    if found not in types:
        raise unusable(choice, f"its config.json is of a {found or 'nameless'} model, not of {' or '.join(types)}")
    with opening(choice):
        model, told = kind.from_pretrained(
            folder, output_loading_info=True, use_safetensors=True, dtype=torch.float32, local_files_only=True
        )
    missing = [*told["missing_keys"], *told["mismatched_keys"]]
    if missing:
        raise unusable(choice, f"its files lack {len(missing)} of the model's weights, for example {missing[0]}")
    return model.to(device).eval()


def _model_type(folder: Path, choice: EngineChoice) -> str:
    config = folder / "config.json"
    if not config.is_file():
        raise unusable(choice, f"there is no config.json in {folder}; it must be a folder as save_pretrained writes it")
    with opening(choice):
        return str(json.loads(config.read_text(encoding="utf-8")).get("model_type", ""))

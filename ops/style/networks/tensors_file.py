"""Weights that people bring, as a plain table of tensors: nothing in a file is ever run."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ops.errors import ModelUnavailable

__all__ = ["read_tensors", "summary"]

_INSIDE = ("params_ema", "params", "state_dict", "model")
"""Where training scripts put the table, the one that is to be preferred first."""

_PREFIXES = ("module.",)
_MOST_BYTES = 2 * 1024**3


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by name, in float32, on the CPU.

    Args:
        path: .safetensors, or PyTorch's .pth, .pt or .model, read with `weights_only`.

    Raises:
        ModelUnavailable: There is no such file, it is too large, or it holds anything but tensors.
    """
    if not path.is_file():
        raise ModelUnavailable("there is no such file", where=path, fix="Give the path of a file of weights.")
    if path.stat().st_size > _MOST_BYTES:
        raise _foreign(path, "it is larger than 2 GiB")
    return _plain(_safetensors(path) if path.suffix == ".safetensors" else _pickled(path), path)


def _safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise _foreign(path, _told(error)) from error


def _pickled(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise _foreign(path, "it is no table of tensors, or holds more than tensors") from error
    except Exception as error:
        # A damaged pickle raises what its bytes happen to say: 14,000 files with a few bytes changed raised eleven
        # kinds, from AssertionError and UnicodeDecodeError to struct.error, and torch promises no list of them.
        raise _foreign(path, _told(error)) from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error) or 'unreadable').splitlines()[0][:200]}"


def _plain(found: Any, path: Path) -> dict[str, Tensor]:
    if isinstance(found, Mapping):
        for name in _INSIDE:
            if isinstance(found.get(name), Mapping):
                found = found[name]
                break
    if not isinstance(found, Mapping) or not found:
        raise _foreign(path, "it holds no table of tensors")
    table: dict[str, Tensor] = {}
    for name, value in found.items():
        if not isinstance(value, Tensor):
            raise _foreign(path, f"{str(name)[:60]!r} in it is no tensor")
        for prefix in _PREFIXES:
            name = str(name).removeprefix(prefix)  # noqa: PLW2901 (the name without what wrapped it)
        table[name] = value.float() if value.is_floating_point() else value
    return table


def summary(tensors: Mapping[str, Tensor]) -> str:
    """What a file holds, for people: how many tensors, and the first of them."""
    first = next(iter(tensors))
    return f"{len(tensors)} tensors that begin with {first} of {tuple(tensors[first].shape)}"


def _foreign(path: Path, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"cannot be read as weights: {why}",
        where=path,
        fix="Give a .safetensors file, or a .pth that holds a state dict and nothing else.",
    )

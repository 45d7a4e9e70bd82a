"""Style networks as files: one trunk in half precision, its styles' rows, and each style's colours.

A file is safetensors, which holds numbers and nothing that runs. What is read is checked whole before it is used.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ops.errors import ModelUnavailable
from ops.style.networks.colour import Colours
from ops.style.networks.trunk import CODE_LENGTH, Trunk

__all__ = ["HOUSE", "StyleNetwork", "house_network", "is_ours", "read_network", "write_network"]

HOUSE = Path(__file__).parent / "weights" / "house.safetensors"
_KIND = "showrunner-style-network/"
_FORMAT = f"{_KIND}2"
_MOST_STYLES = 256


@dataclass(frozen=True)
class StyleNetwork:
    """A trunk and the styles that it knows.

    Attributes:
        trunk: Its weights, in float32.
        styles: Their names, in the order of the trunk's rows.
        colours: The colours of each style's picture.
        card: What the file tells of its making: seed, steps, losses, data.
    """

    trunk: Trunk
    styles: tuple[str, ...]
    colours: tuple[Colours, ...]
    card: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits of the shared weights: rows of networks that agree in it may be mixed."""
        digest = hashlib.sha256()
        for name, value in sorted(self.trunk.state_dict().items()):
            if name != "codes":
                digest.update(name.encode() + value.half().numpy().tobytes())
        return digest.hexdigest()[:16]

    def row(self, style: str) -> int:
        """Which row a style is.

        Raises:
            ModelUnavailable: The network does not know it.
        """
        if style not in self.styles:
            raise ModelUnavailable(
                f"the network has no style {style!r}", where="style", fix=f"It has {', '.join(self.styles)}."
            )
        return self.styles.index(style)


@lru_cache(maxsize=1)
def house_network() -> StyleNetwork:
    """The network that ships with the house."""
    return read_network(HOUSE)


def write_network(network: StyleNetwork, path: Path) -> None:
    """Write a network as half-precision safetensors."""
    tensors = {f"trunk.{name}": value.half().contiguous() for name, value in network.trunk.state_dict().items()}
    tensors["colours.mean"] = torch.from_numpy(np.stack([each.mean for each in network.colours])).float()
    tensors["colours.covariance"] = torch.from_numpy(np.stack([each.covariance for each in network.colours])).float()
    told = {"format": _FORMAT, "styles": json.dumps(network.styles), "card": json.dumps(network.card)}
    save_file(tensors, path, metadata=told)


def read_network(path: Path) -> StyleNetwork:
    """The network of a file that `write_network` wrote.

    Raises:
        ModelUnavailable: There is no such file, or it is none of these.
    """
    if not path.is_file():
        raise _unusable(path, "there is no such file")
    try:
        with safe_open(path, framework="pt") as file:
            told = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        if told.get("format", "").startswith(_KIND) and told["format"] != _FORMAT:
            raise _unusable(path, "it was trained on an earlier trunk, and its style has to be made anew")
        if told.get("format") != _FORMAT:
            raise _unusable(path, f"it holds {_summary(tensors)}")
        styles = tuple(str(name) for name in json.loads(told.get("styles", "[]")))
        card = {str(name): str(value) for name, value in json.loads(told.get("card", "{}")).items()}
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError) as error:
        raise _unusable(path, f"it cannot be read: {error}") from error
    return StyleNetwork(_trunk(tensors, len(styles), path), styles, _colours(tensors, len(styles), path), card)


def is_ours(path: Path) -> bool:
    """Whether a file says that it is one of the house's networks: of this kind, if not sound."""
    if path.suffix != ".safetensors" or not path.is_file():
        return False
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get("format", "").startswith(_KIND)
    except (SafetensorError, OSError):
        return False


def _trunk(tensors: dict[str, Tensor], styles: int, path: Path) -> Trunk:
    if not 0 < styles <= _MOST_STYLES or tensors.get("trunk.codes", torch.empty(0)).shape != (styles, CODE_LENGTH):
        raise _unusable(path, f"it names {styles} styles and holds {_summary(tensors)}")
    trunk = Trunk(styles)
    weights = {
        name.removeprefix("trunk."): value.float() for name, value in tensors.items() if name.startswith("trunk.")
    }
    if not all(bool(torch.isfinite(value).all()) for value in weights.values()):
        raise _unusable(path, "it holds numbers that are none")
    try:
        trunk.load_state_dict(weights)
    except RuntimeError as error:
        raise _unusable(path, str(error).splitlines()[0]) from error
    return trunk.eval().requires_grad_(False)


def _colours(tensors: dict[str, Tensor], styles: int, path: Path) -> tuple[Colours, ...]:
    means, covariances = tensors.get("colours.mean"), tensors.get("colours.covariance")
    if means is None or covariances is None or means.shape != (styles, 3) or covariances.shape != (styles, 3, 3):
        raise _unusable(path, "it lacks the styles' colours")
    if not bool(torch.isfinite(means).all() and torch.isfinite(covariances).all()):
        raise _unusable(path, "it holds numbers that are none")
    pairs = zip(means.double().numpy(), covariances.double().numpy(), strict=True)
    return tuple(Colours(mean, covariance) for mean, covariance in pairs)


def _summary(tensors: dict[str, Tensor]) -> str:
    if not tensors:
        return "nothing"
    first = min(tensors)
    return f"{len(tensors)} tensors, for example {first} of {tuple(tensors[first].shape)}"


def _unusable(path: Path, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"is no style network of this house: {why}", where=path, fix="Train one: python -m ops.style.networks.train."
    )

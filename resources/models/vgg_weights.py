"""torchvision's VGG-16 and VGG-19 weights as the house's `FeatureNet`.

Files are safetensors or PyTorch's, read without running anything in them; the classifier's layers are left aside. The
Caffe original is refused: its weights want BGR of 0 to 255 less a mean, have the same shapes, and would answer noise
here without a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ops.errors import ModelUnavailable

if TYPE_CHECKING:
    from torch import Tensor

    from ops.perception.vgg import FeatureNet

__all__ = ["load_vgg"]

_CAFFE = ("d01eb7cb", "00b39a1b")
"""How SHA-256 of the usual conversions of the Caffe originals begins (vgg19-d01eb7cb.pth, vgg16-00b39a1b.pth): names
and shapes are torchvision's, so nothing else tells them apart."""

_CHUNK = 1 << 22


def load_vgg(path: Path) -> FeatureNet:
    """The features of a torchvision VGG, max-pooled as it was trained.

    Args:
        path: `vgg19-….pth`, `vgg16-….pth` or the same as safetensors, with or without the classifier.

    Raises:
        ModelUnavailable: There is no such file, or it is another network's.
    """
    from ops.perception.vgg import VGG16_WIDTHS, VGG19_WIDTHS, FeatureNet, Pooling, layer_names
    from ops.style.networks.tensors_file import read_tensors

    tensors = read_tensors(path)
    if path.stem.endswith(_CAFFE) or _digest(path).startswith(_CAFFE):
        raise ModelUnavailable(
            "is the Caffe original of VGG, whose weights read other colours than torchvision's",
            where=path,
            fix="Give torchvision's own, vgg19-dcbb9e9d.pth.",
        )
    for family, widths in (("vgg19/", VGG19_WIDTHS), ("vgg16/", VGG16_WIDTHS)):
        places = _places(widths)
        if _fits(tensors, places, widths):
            convolutions = {
                name: (tensors[f"features.{place}.weight"], tensors[f"features.{place}.bias"])
                for name, place in zip(layer_names(widths), places, strict=True)
            }
            return FeatureNet(convolutions, pooling=Pooling.MAXIMUM, name=family)
    raise _refused(tensors, path)


def _places(widths: tuple[tuple[int, ...], ...]) -> list[int]:
    """Where torchvision's convolutions stand among ReLUs and poolings."""
    places, place = [], 0
    for block in widths:
        for _ in block:
            places.append(place)
            place += 2
        place += 1
    return places


def _fits(tensors: Mapping[str, Tensor], places: list[int], widths: tuple[tuple[int, ...], ...]) -> bool:
    found = {name for name in tensors if name.startswith("features.")}
    if found != {f"features.{place}.{part}" for place in places for part in ("weight", "bias")}:
        return False
    before = 3
    for place, channels in zip(places, (channels for block in widths for channels in block), strict=True):
        if tuple(tensors[f"features.{place}.weight"].shape) != (channels, before, 3, 3):
            return False
        if tuple(tensors[f"features.{place}.bias"].shape) != (channels,):
            return False
        before = channels
    return True


def _refused(tensors: Mapping[str, Tensor], path: Path) -> ModelUnavailable:
    from ops.style.networks.tensors_file import summary

    return ModelUnavailable(
        f"is neither torchvision's VGG-19 nor its VGG-16 without batch norm: it holds {summary(tensors)}",
        where=path,
        fix="Give vgg19-dcbb9e9d.pth of torchvision, or the same as safetensors.",
    )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

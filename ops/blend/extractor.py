"""What a blend needs of a network: named layers, and what they answer; VGG behind it here, others in `resources/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import torch
from torch import Tensor

from ops.perception.vgg import FeatureNet, features, random_vgg

__all__ = ["Extractor", "VggExtractor", "random_extractor"]


class Extractor(Protocol):
    """A network that answers features of pictures.

    Attributes:
        name: Family and fingerprint: blends of equally named networks are equal.
        layers: Names of its layers, from the picture down.
        trained: Whether it was trained on pictures. Random weights read textures from lightness, and make speckles of
            colours.
        style_layers: What textures are read from unless a recipe says otherwise, with weights.
        content_layers: What forms are read from, likewise.
    """

    name: str
    layers: tuple[str, ...]
    trained: bool
    style_layers: Mapping[str, float]
    content_layers: Mapping[str, float]

    def features(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """(N, 3, H, W) RGB, 0 to 1, to (N, C, h, w) by layer; gradients flow through."""
        ...

    def to(self, device: torch.device | str) -> Extractor:
        """The same network on another device."""
        ...


class VggExtractor:
    """A VGG as an `Extractor`.

    Args:
        net: Random or loaded weights.
        trained: Whether they were trained.
    """

    def __init__(self, net: FeatureNet, *, trained: bool) -> None:
        self.net = net
        self.name = net.name
        self.layers = net.layers
        self.trained = trained
        # with its full weight, the shallowest layer of a random net paints grain
        self.style_layers: Mapping[str, float] = {
            "relu1_1": 1.0 if trained else 0.3,
            "relu2_1": 1.0,
            "relu3_1": 1.0,
            "relu4_1": 1.0,
        }
        self.content_layers: Mapping[str, float] = {"relu4_2": 1.0} if trained else {"relu3_2": 1.0}

    def features(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """What the named layers answer.

        Raises:
            KeyError: It has no such layer.
        """
        return features(self.net, images, layers)

    def to(self, device: torch.device | str) -> VggExtractor:
        """The same network on another device."""
        return VggExtractor(self.net.to(device), trained=self.trained)


def random_extractor(seed: int) -> VggExtractor:
    """The house's own: a seeded VGG of random weights (He, Wang, Hopcroft 2016)."""
    return VggExtractor(random_vgg(seed, slim=True), trained=False)

"""What a blend is to be like: Gram matrices region by region, and features, mixed once and not in every step.

A loss of several styles under one mask, Σ wᵢ‖G - Gᵢ‖², and one of several contents, Σ wᵢ‖F - Fᵢ‖², are each one square
about the weighted mean and a constant. So mixing costs nothing per step, and a moved slider changes targets alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.perception.vgg import gram

__all__ = ["ContentTarget", "GramCache", "StyleTarget", "Targets", "content_target", "shrunk", "style_target"]

_VANISHING = 0.25
"""Share of a region that erosion must leave of it: a thin one is matched whole rather than not at all."""

_FLOOR = 0.02
"""Least distance, relative to the target's own size, that a layer's loss is measured in: a style that the start is
already like would else be magnified without end."""


@dataclass(frozen=True)
class StyleTarget:
    """One layer's Gram matrix in one region.

    Attributes:
        layer: The layer's name.
        gram: (1, C, C).
        mask: (1, 1, h, w) of the layer's size, 0 to 1; None is everywhere.
        weight: Of its squared distance.
        constant: What is left of the loss when the mean is met: how far the mixed styles are apart.
    """

    layer: str
    gram: Tensor
    mask: Tensor | None
    weight: float
    constant: float = 0.0


@dataclass(frozen=True)
class ContentTarget:
    """One layer's features.

    Attributes:
        layer: The layer's name.
        feature: (1, C, h, w).
        weight: Of the mean squared distance.
        share: (1, 1, h, w): weight of each place; None is 1 everywhere.
        constant: As of a style.
    """

    layer: str
    feature: Tensor
    weight: float
    share: Tensor | None = None
    constant: float = 0.0


@dataclass(frozen=True)
class Targets:
    """All that one scale of a blend is held against.

    Attributes:
        styles: By layer and region.
        contents: By layer.
        smoothness: Weight of the total variation.
    """

    styles: tuple[StyleTarget, ...]
    contents: tuple[ContentTarget, ...]
    smoothness: float

    @property
    def constant(self) -> float:
        """What no picture can take from the loss: the mixed styles, and contents, are apart."""
        return sum(each.constant for each in (*self.styles, *self.contents))

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that are read."""
        return tuple(dict.fromkeys([*(each.layer for each in self.styles), *(each.layer for each in self.contents)]))


class GramCache:
    """Gram matrices by picture, network and size, the newest kept.

    Args:
        most: How many pictures' statistics; a picture of four layers is 1.4 MB.
    """

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], Mapping[str, Tensor]] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Mapping[str, Tensor] | None:
        """What was kept under a key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: tuple[object, ...], grams: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Keep and return."""
        self._kept[key] = grams
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return grams


def shrunk(mask: Tensor, feature: Tensor, layer: str) -> Tensor:
    """A mask at a layer's size, by area; eroded where a pixel of the layer sees far beyond its own place.

    Args:
        mask: (1, 1, H, W), 0 to 1.
        feature: What the layer answers, (1, C, h, w).
        layer: Its name: of the third block and below, one pixel of the layer's is taken off every edge.
    """
    scaled = F.adaptive_avg_pool2d(mask, (feature.shape[-2], feature.shape[-1]))
    if _block(layer) < 3:
        return scaled
    eroded = -F.max_pool2d(-F.pad(scaled, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return eroded if float(eroded.sum()) > _VANISHING * float(scaled.sum()) else scaled


def style_target(
    layer: str,
    grams: Sequence[Tensor],
    shares: Sequence[float],
    *,
    start: Tensor,
    mask: Tensor | None,
    weight: float,
) -> StyleTarget:
    """A layer's mixed Gram matrix in one region, in units of how far the start is from it.

    Args:
        layer: The layer's name.
        grams: (1, C, C) each.
        shares: Of the mix, summing to 1.
        start: What the layer answers to the picture that the blend starts from, (1, C, h, w).
        mask: The region, at the layer's size; None is everywhere.
        weight: The layer's, times the region's.
    """
    mixed = torch.stack([share * each for share, each in zip(shares, grams, strict=True)]).sum(0)
    apart = sum(share * float((each - mixed).square().sum()) for share, each in zip(shares, grams, strict=True))
    begins = float((gram(start, mask) - mixed).square().sum())
    unit = max(begins, _FLOOR * float(mixed.square().sum()), torch.finfo(torch.float32).tiny)
    return StyleTarget(layer, mixed, mask, weight / unit, constant=apart * weight / unit)


def content_target(
    layer: str, features: Sequence[Tensor], shares: Sequence[Tensor | float], *, weight: float
) -> ContentTarget:
    """A layer's mixed features, in units of their variance.

    Args:
        layer: The layer's name.
        features: (1, C, h, w) each.
        shares: A number or (1, 1, h, w) each.
        weight: The layer's.
    """
    placed = [torch.as_tensor(share, dtype=features[0].dtype, device=features[0].device) for share in shares]
    total = torch.stack([share.expand_as(features[0][:, :1]) for share in placed]).sum(0)
    mixed = torch.stack([share * each for share, each in zip(placed, features, strict=True)]).sum(0)
    mixed = mixed / total.clamp_min(1e-6)
    apart = sum(float((share * (each - mixed).square()).mean()) for share, each in zip(placed, features, strict=True))
    scaled = weight / max(float(mixed.var()), 1e-8)
    return ContentTarget(layer, mixed, scaled, share=total, constant=scaled * apart)


def _block(layer: str) -> int:
    """Which block a layer is of: 3 of "relu3_1" and of "layer3.0"."""
    digits = [letter for letter in layer if letter.isdigit()]
    return int(digits[0]) if digits else 1

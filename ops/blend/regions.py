"""Who has which place of the blend: shares of the sources, from their weights and what was painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ops.blend.model import BlendRecipe, Source

__all__ = ["Region", "content_shares", "coverage", "paint_shares", "style_regions", "whose_detail"]

Plane = np.ndarray

_SHARPNESS = 10.0
"""How decided the softmax over painted strengths is: full paint takes 99 % of a place, half a paint half of it."""

_FEATHER = 0.008
"""Softening of painted edges, in diagonals: a hard edge shows as a seam between two textures."""

_STRUCTURE = 8.0
"""Power that turns shares into whose detail is shown: six to four is 96 to 4, so that nothing is seen double."""


@dataclass(frozen=True)
class Region:
    """Where one mix of styles goes.

    Attributes:
        parts: Places in the recipe's sources, each with its share of the mix; shares sum to 1.
        share: (H, W) float32, 0 to 1: how much of each place is this region's; None where it is all of every place.
        weight: Share of the picture that it covers, times the styles' strength.
    """

    parts: tuple[tuple[int, float], ...]
    share: Plane | None
    weight: float


def style_regions(recipe: BlendRecipe, masks: Mapping[str, NDArray[np.uint8]], shape: tuple[int, int]) -> list[Region]:
    """The regions of a recipe's styles; sources under the same mask share one, and mix there.

    Args:
        recipe: The blend.
        masks: By name, (H, W) uint8, 255 where a source goes.
        shape: Height and width of the canvas.
    """
    groups: dict[str | None, list[int]] = {}
    for place, source in enumerate(recipe.sources):
        if source.style > 0:
            groups.setdefault(source.style_mask, []).append(place)
    if not groups:
        return []
    painted = {name: _paint(name, masks, shape) for name in groups}
    totals = {name: sum(recipe.sources[place].style for place in places) for name, places in groups.items()}
    shares = paint_shares([totals[name] for name in groups], [painted[name] for name in groups], shape)
    regions = []
    for (name, places), share in zip(groups.items(), shares, strict=True):
        parts = tuple((place, recipe.sources[place].style / totals[name]) for place in places)
        everywhere = len(groups) == 1 and name is None
        covered = float(share.mean())
        if covered > 0:
            strength = min(totals[name], 1.0)
            regions.append(Region(parts, None if everywhere else share, covered * strength))
    return regions


def coverage(recipe: BlendRecipe, masks: Mapping[str, NDArray[np.uint8]], shape: tuple[int, int]) -> Plane | None:
    """How much of each place some style is to have: (H, W) float32, 0 to 1; None where it is all of every place."""
    regions = style_regions(recipe, masks, shape)
    if any(region.share is None for region in regions):
        return None
    if all(source.style_mask for source in recipe.sources if source.style > 0):
        cover = sum((region.share for region in regions if region.share is not None), np.zeros(shape, np.float32))
        return np.clip(cover, 0.0, 1.0).astype(np.float32)
    return None


def content_shares(
    recipe: BlendRecipe, masks: Mapping[str, NDArray[np.uint8]], shape: tuple[int, int]
) -> list[tuple[Source, Plane]]:
    """The contents, each with its share of every place; where none reaches, the target has it."""
    giving = [source for source in recipe.sources if source.content > 0]
    painted = [_paint(source.content_mask, masks, shape) for source in giving]
    shares = paint_shares([source.content for source in giving], painted, shape)
    found = list(zip(giving, shares, strict=True))
    left = np.clip(1.0 - sum(shares, np.zeros(shape, np.float32)), 0.0, 1.0).astype(np.float32)
    if not giving or float(left.max()) > 1e-3:
        found.append((Source(recipe.target, content=1.0), left))
    return found


def paint_shares(weights: Sequence[float], painted: Sequence[Plane | None], shape: tuple[int, int]) -> list[Plane]:
    """A softmax of painted strengths, place by place, each source by its weight.

    A source without a mask is ground: it has what paint leaves of it. Where everything is painted out, shares sum to
    less than 1, down to nothing.

    Args:
        weights: Above 0, one a source.
        painted: (H, W) float32, 0 to 1; None for ground.
        shape: Height and width.

    Returns:
        (H, W) float32 a source.
    """
    ground = float(np.expm1(_SHARPNESS / 2))  # half a paint then has half of what is ground's
    strengths = [
        np.full(shape, weight * ground, np.float32) if paint is None else (weight * np.expm1(_SHARPNESS * paint))
        for weight, paint in zip(weights, painted, strict=True)
    ]
    if not strengths:
        return []
    total = np.sum(strengths, axis=0)
    if all(paint is not None for paint in painted):  # no ground: what is hardly painted is hardly there
        total = np.maximum(total, max(weights) * ground)
    return [(strength / total).astype(np.float32) for strength in strengths]


def whose_detail(shares: Sequence[Plane]) -> list[Plane]:
    """Shares made decided: each place has one source of detail, with narrow changes between."""
    powers = [np.maximum(share, 1e-6) ** _STRUCTURE for share in shares]
    total = np.sum(powers, axis=0)
    return [(power / total).astype(np.float32) for power in powers]


def _paint(name: str | None, masks: Mapping[str, NDArray[np.uint8]], shape: tuple[int, int]) -> Plane | None:
    if name is None:
        return None
    height, width = shape
    mask = masks[name]
    shrinks = mask.shape[0] > height or mask.shape[1] > width
    scaled = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    sigma = max(_FEATHER * float(np.hypot(height, width)), 0.5)
    return cv2.GaussianBlur(scaled.astype(np.float32) / 255.0, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)

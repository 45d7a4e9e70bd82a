"""The guide: what a blend shows before any brush touches it: the contents melted, in the styles' colours.

It is the first picture that a person sees after a slider moves, what the optimiser starts from and keeps to, and where
the hues of a blend come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ops.blend.colour import colour_map, mixed_map, to_oklab
from ops.blend.model import BlendRecipe, Colour, ContentMode
from ops.blend.pyramid import melt
from ops.blend.regions import content_shares, style_regions, whose_detail
from ops.errors import UsageError

__all__ = ["BlendInputs", "canvas_shape", "content_guide", "fitted", "paper", "style_guide"]

Picture = NDArray[np.uint8]
Plane = np.ndarray

_LEAST_SIDE = 16
"""What four halvings of a VGG leave a pixel of."""

_LONGEST_ASPECT = 8.0
_STROKES = 1.5
"""How much larger than the canvas a style picture is read: brush strokes then come out as wide as a painter's."""

_CLOUD = 64
"""Side of the thumbnail whose colours a picture is known by."""


@dataclass(frozen=True)
class BlendInputs:
    """The pictures of a recipe, decoded.

    Attributes:
        pictures: By the names that the recipe has for them: (H, W, 3) uint8 sRGB.
        masks: By name: (H, W) uint8, 255 where a source goes; of any size, stretched over the blend.
    """

    pictures: Mapping[str, Picture]
    masks: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)

    def check(self, recipe: BlendRecipe) -> None:
        """Whether all is here that the recipe names.

        Raises:
            UsageError: A picture or a mask is missing, or the target is no shape for a picture.
        """
        for name in recipe.pictures:
            if name not in self.pictures:
                raise UsageError("there is no such picture", where=name, fix="Upload it, or take it out of the recipe.")
        for name in recipe.masks:
            if name not in self.masks:
                raise UsageError("there is no such mask", where=name, fix="Paint it again, or take it out.")
        height, width = self.pictures[recipe.target].shape[:2]
        if min(height, width) < _LEAST_SIDE or max(height, width) > _LONGEST_ASPECT * min(height, width):
            raise UsageError(
                f"{width} × {height} pixels are no frame for a blend",
                where="target",
                fix=f"Take a picture of {_LEAST_SIDE} pixels or more, at most {_LONGEST_ASPECT:.0f} times as long as"
                " it is wide.",
            )


def canvas_shape(target: Picture, size: int) -> tuple[int, int]:
    """Height and width of a blend whose longer side has `size` pixels."""
    height, width = target.shape[:2]
    scale = size / max(height, width)
    return max(round(height * scale), _LEAST_SIDE), max(round(width * scale), _LEAST_SIDE)


def fitted(picture: Picture, shape: tuple[int, int]) -> Picture:
    """A picture that fills a canvas: scaled to cover it, and cropped about its middle."""
    height, width = shape
    there, across = picture.shape[:2]
    scale = max(height / there, width / across)
    tall, wide = min(round(height / scale), there) or 1, min(round(width / scale), across) or 1
    top, left = (there - tall) // 2, (across - wide) // 2
    return _scaled(picture[top : top + tall, left : left + wide], shape)


def paper(picture: Picture, shape: tuple[int, int]) -> Picture:
    """A style picture, whole, at the scale of a canvas, whatever its shape: its strokes keep their size."""
    there, across = picture.shape[:2]
    scale = _STROKES * float(np.sqrt(shape[0] * shape[1] / (there * across)))
    longest = 4 * max(shape)
    sides = (np.clip(round(side * scale), _LEAST_SIDE, longest) for side in (there, across))
    return _scaled(picture, (int(next(sides)), int(next(sides))))


def content_guide(recipe: BlendRecipe, inputs: BlendInputs, shape: tuple[int, int]) -> Plane:
    """The contents melted into one picture: (H, W, 3) float32 OKLab."""
    shares = content_shares(recipe, inputs.masks, shape)
    broad = [share for _, share in shares]
    fine = whose_detail(broad) if recipe.content_mode is ContentMode.REGION else broad
    pictures = [to_oklab(fitted(inputs.pictures[source.picture], shape)) for source, _ in shares]
    return melt(pictures, broad, fine)


def style_guide(recipe: BlendRecipe, inputs: BlendInputs, content: Plane) -> Plane:
    """The content in the colours that the recipe asks for, region by region: (H, W, 3) float32 OKLab."""
    if recipe.colour is Colour.KEEP:
        return content
    shape = content.shape[:2]
    cloud = cv2.resize(content, (_CLOUD, _CLOUD), interpolation=cv2.INTER_AREA)
    coloured = np.zeros_like(content)
    left = np.ones(shape, np.float32)
    for region in style_regions(recipe, inputs.masks, shape):
        maps = [colour_map(cloud, _cloud(inputs.pictures[recipe.sources[each].picture])) for each, _ in region.parts]
        total = sum(recipe.sources[place].style for place, _ in region.parts)
        mapped = mixed_map(maps, [share for _, share in region.parts], min(total, 1.0))(content)
        if region.share is None:
            return mapped
        coloured += region.share[..., None] * mapped
        left -= region.share
    return coloured + np.maximum(left, 0.0)[..., None] * content


def _cloud(picture: Picture) -> Plane:
    return to_oklab(_scaled(picture, (_CLOUD, _CLOUD)))


def _scaled(picture: Picture, shape: tuple[int, int]) -> Picture:
    height, width = shape
    shrinks = picture.shape[0] > height or picture.shape[1] > width
    scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)

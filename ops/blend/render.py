"""A recipe at its full size: painted as large as the machine can hold, and what was painted laid over the full guide.

A step of the optimiser holds every layer's features: 2.6 kB a pixel, 43 GB at 16 megapixels. Above what is at hand, the
difference that the painting made is scaled up and added to the contents at full size: their edges stay as sharp as they
are, and strokes are as fine as they were painted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ops.blend.colour import from_oklab, to_oklab
from ops.blend.guide import BlendInputs, canvas_shape, content_guide, style_guide
from ops.blend.model import BlendRecipe
from ops.blend.regions import coverage
from ops.blend.session import BlendSession, Step
from ops.errors import MediaError
from ops.progress import Progress, no_progress

__all__ = ["BYTES_A_PIXEL", "RenderedBlend", "render_blend"]

BYTES_A_PIXEL = 2600
"""What a step of a VGG to relu4_1 holds for a pixel of the canvas: 264 channel values, each before and after its ReLU,
padded, and as a gradient."""

_SMALLEST = 256
"""Longer side that is painted whatever the memory."""


@dataclass(frozen=True)
class RenderedBlend:
    """A finished blend and how it came about.

    Attributes:
        picture: (H, W, 3) uint8 sRGB.
        engine: The network's name.
        painted_size: Longer side of what was painted.
        losses: (size, iteration, loss) of every step that was looked at.
        painted_change: Mean change by the painting where styles were to go, in lightness 0 to 1.
        bare_change: The same where none was to go; None where there is no such place.
    """

    picture: NDArray[np.uint8]
    engine: str
    painted_size: int
    losses: tuple[tuple[int, int, float], ...]
    painted_change: float
    bare_change: float | None

    @property
    def loss_fell(self) -> float:
        """By what share the loss of the first scale fell; 1 where there was nothing to paint."""
        first = [loss for size, _, loss in self.losses if size == self.losses[0][0]]
        return 1.0 - first[-1] / first[0] if first and first[0] > 0 else 1.0

    @property
    def finite(self) -> bool:
        """Whether every loss is a number."""
        return all(math.isfinite(loss) for _, _, loss in self.losses)


def render_blend(
    recipe: BlendRecipe,
    inputs: BlendInputs,
    session: BlendSession,
    *,
    memory_bytes: int,
    progress: Progress = no_progress,
    watch: Callable[[Step], None] = lambda step: None,
) -> RenderedBlend:
    """The recipe's picture.

    Args:
        recipe: The blend.
        inputs: Its pictures and masks.
        session: What paints.
        memory_bytes: What a step may hold.
        progress: Told how far it is.
        watch: Shown every picture on the way.

    Raises:
        UsageError: A picture, mask or layer is missing, or the target is no frame.
        ModelUnavailable: torch is not installed.
        MediaError: The walk came to no picture.
    """
    painted_size = _painted_size(recipe, inputs, memory_bytes)
    losses, last = [], None
    for step in session.refine(recipe, inputs, size=painted_size):
        losses.append((step.size, step.iteration, step.loss))
        progress(0.98 * step.iteration / max(step.iterations, 1))
        watch(step)
        last = step
    if last is None:
        raise MediaError("nothing was painted", where="blend", fix="Try other weights.")
    shape = canvas_shape(inputs.pictures[recipe.target], recipe.size)
    picture = last.picture if painted_size == recipe.size else _laid_over(recipe, inputs, last.picture, shape)
    within, beyond = _changes(recipe, inputs, picture)
    return RenderedBlend(picture, session.engine(recipe), painted_size, tuple(losses), within, beyond)


def _painted_size(recipe: BlendRecipe, inputs: BlendInputs, memory_bytes: int) -> int:
    inputs.check(recipe)
    height, width = canvas_shape(inputs.pictures[recipe.target], recipe.size)
    scale = math.sqrt(memory_bytes / (BYTES_A_PIXEL * height * width))
    return recipe.size if scale >= 1 else min(max(int(recipe.size * scale), _SMALLEST), recipe.size)


def _laid_over(
    recipe: BlendRecipe, inputs: BlendInputs, painted: NDArray[np.uint8], shape: tuple[int, int]
) -> NDArray[np.uint8]:
    guide = style_guide(recipe, inputs, content_guide(recipe, inputs, shape))
    small = cv2.resize(guide, (painted.shape[1], painted.shape[0]), interpolation=cv2.INTER_AREA)
    change = cv2.resize(to_oklab(painted) - small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return from_oklab(guide + change)


def _changes(recipe: BlendRecipe, inputs: BlendInputs, picture: NDArray[np.uint8]) -> tuple[float, float | None]:
    """What painting changed where styles go, and where they do not."""
    shape = picture.shape[:2]
    content = content_guide(replace(recipe, size=max(shape)), inputs, shape)
    change = np.abs(to_oklab(picture)[..., 0] - to_oklab(from_oklab(content))[..., 0])
    cover = coverage(recipe, inputs.masks, shape)
    if cover is None:
        return float(change.mean()), None
    within, beyond = change[cover > 0.5], change[cover < 0.01]
    return float(within.mean()) if within.size else 0.0, float(beyond.mean()) if beyond.size else None

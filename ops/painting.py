"""Pictures from words: what the craft asks of an image model, and the canvas that suits a shape.

What paints is an engine (`resources/models/sdxl.py`). There is no embedded one: without a model, variants are made of
the film's own frames alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["UNKNOWN_LICENCE", "ImagePainter", "canvas"]

UNKNOWN_LICENCE = "unknown"
"""Of a model whose card names none: somebody must find out before its pictures are used."""

_STEP = 64
"""Pixels: sides that a latent diffusion model is trained on are multiples of this."""


class ImagePainter(Protocol):
    """Paints pictures. The same call gives the same picture, on the same machine."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "sdxl-turbo:stabilityai/sdxl-turbo"."""
        ...

    @property
    def licence(self) -> str:
        """The model's licence by its name, or `UNKNOWN_LICENCE`."""
        ...

    @property
    def side(self) -> int:
        """Pixels of the square that the model was trained on; it paints about as many, whatever the shape."""
        ...

    def text2img(self, prompt: str, *, negative: str, size: tuple[int, int], seed: int) -> np.ndarray:
        """Paint from words.

        Args:
            prompt: What to paint.
            negative: What to leave out; a model that works without guidance does not heed it.
            size: Width and height of the result in pixels; painted at the model's own size, then scaled.
            seed: Another seed is another picture.

        Returns:
            (height, width, 3) uint8 RGB.
        """
        ...

    def img2img(self, image: np.ndarray, prompt: str, *, negative: str, strength: float, seed: int) -> np.ndarray:
        """Paint over a picture.

        Args:
            image: (H, W, 3) uint8 RGB.
            prompt: What it should become.
            negative: What to leave out; see `text2img`.
            strength: How far to go: near 0 keeps the picture, 1 keeps nothing of it.
            seed: Another seed is another picture.

        Returns:
            (H, W, 3) uint8 RGB.
        """
        ...


def canvas(ratio: float, side: int) -> tuple[int, int]:
    """The size that a model of that native side paints a shape in: multiples of 64 with about as many pixels.

    Among all such sizes, the nearest in shape and area together; a picture of 16:9 gets 704 x 384 of a model of 512.

    Args:
        ratio: Width over height, 0.25 to 4; beyond, the nearest of those.
        side: `ImagePainter.side`, 64 or more.

    Returns:
        Width and height in pixels.
    """
    ratio = min(max(ratio, 0.25), 4.0)
    steps = range(1, 4 * side // _STEP + 1)
    sizes = [(across * _STEP, down * _STEP) for across in steps for down in steps]

    def off(size: tuple[int, int]) -> float:
        width, height = size
        shape = abs(math.log(width / height / ratio))
        area = abs(math.log(width * height / side**2))
        return shape + 0.5 * area

    return min(sizes, key=lambda size: (off(size), size))

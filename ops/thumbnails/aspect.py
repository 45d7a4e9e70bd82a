"""The shapes that front pages ask for, and how large a thumbnail of each is."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["MAX_UPSCALE", "Aspect"]

MAX_UPSCALE = 2.0
"""Beyond twice the film's own pixels a thumbnail only looks soft: it is then published smaller, in the same shape."""


class Aspect(StrEnum):
    """A thumbnail's shape, width x height, as its asset is named: `thumbnails/16x9`."""

    W16X9 = "16x9"
    W4X3 = "4x3"
    SQUARE = "1x1"
    W2X3 = "2x3"
    W9X16 = "9x16"

    @property
    def ratio(self) -> tuple[int, int]:
        """Width and height in lowest terms."""
        width, height = self.value.split("x")
        return int(width), int(height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels where the film has enough of them."""
        return _SIZES[self]

    def size_for(self, crop_width: int) -> tuple[int, int]:
        """The size of a thumbnail cut `crop_width` source pixels wide: the full one, or smaller, exactly in shape."""
        width, _ = self.size
        across, down = self.ratio
        step = min(width // across, max(1, int(crop_width * MAX_UPSCALE) // across))
        return across * step, down * step


_SIZES = {
    Aspect.W16X9: (1280, 720),
    Aspect.W4X3: (1200, 900),
    Aspect.SQUARE: (1080, 1080),
    Aspect.W2X3: (1000, 1500),
    Aspect.W9X16: (1080, 1920),
}

"""A rectangle in a picture, in fractions of it: what crops, faces and safe areas are measured with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["WHOLE", "Box"]


@dataclass(frozen=True)
class Box:
    """A rectangle; origin at the picture's top left, every value a fraction of its width or height."""

    x: float
    y: float
    w: float
    h: float

    def __iter__(self) -> Iterator[float]:
        yield from (self.x, self.y, self.w, self.h)

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.y + self.h

    @property
    def area(self) -> float:
        """Its share of the picture."""
        return self.w * self.h

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.w / 2, self.y + self.h / 2

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(0.0, width) * max(0.0, height)

    def holds(self, other: Box, slack: float = 1e-6) -> bool:
        """Whether the other lies wholly inside."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def cuts(self, other: Box, slack: float = 1e-6) -> bool:
        """Whether an edge of this box runs through the other: partly inside, partly outside."""
        return self.overlap(other) > slack and not self.holds(other, slack)

    def clipped(self) -> Box:
        """The part of it that lies in the picture."""
        x, y = max(0.0, self.x), max(0.0, self.y)
        return Box(x, y, max(0.0, min(1.0, self.right) - x), max(0.0, min(1.0, self.bottom) - y))

    def within(self, frame: Box) -> Box:
        """The same rectangle in fractions of a frame that is part of the picture."""
        return Box((self.x - frame.x) / frame.w, (self.y - frame.y) / frame.h, self.w / frame.w, self.h / frame.h)

    def around(self, other: Box) -> Box:
        """The smallest box that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in whole pixels of a picture of that size, never empty."""
        left = min(round(self.x * width), width - 1)
        top = min(round(self.y * height), height - 1)
        right = min(max(round(self.right * width), left + 1), width)
        bottom = min(max(round(self.bottom * height), top + 1), height)
        return max(left, 0), max(top, 0), right, bottom


WHOLE = Box(0.0, 0.0, 1.0, 1.0)
"""The whole picture."""

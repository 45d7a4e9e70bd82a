"""Faces in a picture: where they are, which way they look, whether their eyes are open.

What finds them is an engine (`resources/models/faces.py` has the embedded one); the craft asks for it by
`FaceDetector`. All positions are fractions of the picture, origin at the top left, so that a face found on a
small picture holds on the large one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from ops.box import Box

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Face", "FaceDetector"]


@dataclass(frozen=True)
class Face:
    """One face.

    Attributes:
        x: Left edge of the box from brow to chin, as a fraction of the picture's width.
        y: Top edge, as a fraction of its height.
        w: Width of the box, as a fraction of the picture's width.
        h: Height of the box, as a fraction of its height.
        score: How sure the detector is, 0 to 1.
        eyes: Centres of the eyes that were found, from left to right.
        eyes_open: Whether the eyes are open; None where the face is too small, or turned too far, to tell.
        facing: Which way it looks: -1 to the picture's left, 0 to the camera, +1 to its right.
    """

    x: float
    y: float
    w: float
    h: float
    score: float
    eyes: tuple[tuple[float, float], ...] = ()
    eyes_open: bool | None = None
    facing: float = 0.0

    @property
    def box(self) -> Box:
        """From brow to chin: what must never be cut."""
        return Box(self.x, self.y, self.w, self.h)

    @property
    def head(self) -> Box:
        """The face with its hair, ears and chin, inside the picture.

        Proportions measured by hand on portraits, with hair and without hats, around the boxes of OpenCV's
        frontal cascades: the box covers about 60 % of the head's height and 70 % of its width.
        """
        return Box(self.x - 0.2 * self.w, self.y - 0.45 * self.h, 1.4 * self.w, 1.65 * self.h).clipped()

    @property
    def area(self) -> float:
        """Share of the picture that the face covers."""
        return self.w * self.h

    def seen_in(self, frame: Box) -> Face:
        """The same face with its positions as fractions of a part of the picture."""
        x, y, w, h = self.box.within(frame)
        eyes = tuple(((ex - frame.x) / frame.w, (ey - frame.y) / frame.h) for ex, ey in self.eyes)
        return replace(self, x=x, y=y, w=w, h=h, eyes=eyes)

    def placed_by(self, frame: Box) -> Face:
        """The reverse of `seen_in`: positions in a part of the picture become positions in the whole."""
        eyes = tuple((frame.x + ex * frame.w, frame.y + ey * frame.h) for ex, ey in self.eyes)
        return replace(
            self,
            x=frame.x + self.x * frame.w,
            y=frame.y + self.y * frame.h,
            w=self.w * frame.w,
            h=self.h * frame.h,
            eyes=eyes,
        )

    def to_json(self) -> dict[str, Any]:
        """JSON values, positions to four decimals (a tenth of a pixel at 1000)."""
        row = asdict(self)
        row |= {name: round(row[name], 4) for name in ("x", "y", "w", "h", "score", "facing")}
        row["eyes"] = [[round(ex, 4), round(ey, 4)] for ex, ey in self.eyes]
        return row

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Face:
        """Read back what `to_json` wrote."""
        row = dict(value)
        eyes = tuple((ex, ey) for ex, ey in row.pop("eyes"))
        return cls(**row, eyes=eyes)


class FaceDetector(Protocol):
    """Finds the faces of a picture."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "embedded/opencv-cascade"."""
        ...

    def detect(self, rgb: np.ndarray) -> list[Face]:
        """The faces of an (H, W, 3) uint8 RGB picture, surest first; empty where there is none."""
        ...

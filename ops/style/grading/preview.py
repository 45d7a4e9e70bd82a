"""A still in a look: what pages show of a style before any film is made in it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame

from ops.errors import UsageError
from ops.style.model import Recipe, Style, look_of
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Tick

__all__ = ["house_still", "jpeg", "styled_still"]

_STILL = Path(__file__).with_name("still.jpg")
_FRAME = 12
"""Of the film that the still stands for: by then rain has begun to fall and a camera to move."""


@lru_cache(maxsize=1)
def house_still() -> np.ndarray:
    """The still that styles are shown on: (270, 480, 3) uint8 RGB.

    Left a shot of the house's painted demonstration film, for sky and sand; right Eileen Collins in 1999, for skin: a
    NASA portrait, public domain, as scikit-image ships it.
    """
    still = cv2.imread(str(_STILL))
    if still is None:
        raise UsageError("the house's still is missing", where=_STILL.name, fix="Install Showrunner again.")
    return still[..., ::-1]


def styled_still(style: Style, still: np.ndarray, values: Mapping[str, float] | None = None) -> np.ndarray:
    """A (H, W, 3) uint8 RGB still as the style shows it, its sides made even.

    Args:
        style: Which.
        still: What is shown.
        values: Of the style's parameters, where they are not at their default.

    Raises:
        UsageError: A stage's settings or a value cannot be used.
        ModelUnavailable: The style's network is not here.
    """
    height, width = (side // 2 * 2 for side in still.shape[:2])
    if not height or not width:
        raise UsageError("is too small", where="still", fix="Give a picture of at least 2 by 2 pixels.")
    look = look_of([(Recipe(style.id, dict(values or {})), 1.0)], {style.id: style})
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(still[:height, :width]), format="rgb24")
    with Styler(look, {style.id: style}, Canvas(width, height, Fraction(24))) as styler:
        return styler(frame, Tick(_FRAME, cut=True)).to_ndarray(format="rgb24")


def jpeg(picture: np.ndarray, *, quality: int = 85) -> bytes:
    """A (H, W, 3) uint8 RGB picture as a JPEG file."""
    done, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return encoded.tobytes()

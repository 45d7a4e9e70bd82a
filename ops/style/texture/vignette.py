"""The falloff of light to a picture's corners, as a lens has it."""

from __future__ import annotations

from ops.style.stages import Build, Canvas, GraphFilter, Node
from ops.style.texture.plates import KEPT_RANGE, film, plate

__all__ = ["vignette"]

_DARKEST = 0.75
"""Of its light that a corner loses at amount 1: two stops, a fast lens wide open."""

_PLATE_WIDTH = 320
"""The falloff is drawn once at this width and made as large as the picture: it has no detail."""


def vignette(given: Build) -> GraphFilter:
    """Corners that darken with the fourth power of the angle's cosine (the law of natural vignetting).

    Settings: amount, 0…1. Every colour loses the same share of its light, so hues stay; FFmpeg's own `vignette` also
    scales the offset of black, which turns a dark yellow green.
    """
    amount = given.number("amount", 0.5) * given.strength
    if amount < 0.01:
        return GraphFilter.chain(("null", {}))
    size = {"w": str(given.canvas.width), "h": str(given.canvas.height), "flags": "bicubic", **KEPT_RANGE}
    return GraphFilter(
        (
            film(),
            *plate("blank", "black", _plate_size(given.canvas), "yuv444p"),
            Node("drawn", "geq", dict.fromkeys(("lum", "cb", "cr"), _falloff(amount)), ("blank",)),
            Node("large", "scale", size, ("drawn",)),
            Node("light", "format", {"pix_fmts": "yuv420p"}, ("large",)),
            Node("dark", "lutyuv", {"y": "16", "u": "128", "v": "128"}, ("film",)),
            Node("fallen", "maskedmerge", {}, ("dark", "film", "light")),
        )
    )


def _falloff(amount: float) -> str:
    """The share of light that is left, 0…255, over the distance from the middle in half diagonals."""
    tangent = ((1.0 - _DARKEST * min(1.0, amount)) ** -0.5) - 1.0  # tan² of the corner's angle: cos⁴ = 1 / (1 + tan²)²
    return f"255/pow(1+{tangent:.5f}*(pow(X-W/2,2)+pow(Y-H/2,2))/(W*W/4+H*H/4),2)"


def _plate_size(canvas: Canvas) -> str:
    return f"{_PLATE_WIDTH}x{max(2, round(_PLATE_WIDTH * canvas.height / canvas.width / 2) * 2)}"

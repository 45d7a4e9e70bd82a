"""Halation: light that goes through the film, is thrown back by its base, and reddens what lies around a highlight."""

from __future__ import annotations

from ops.style.stages import Build, Canvas, GraphFilter, Node
from ops.style.texture.plates import KEPT_RANGE, film

__all__ = ["halation"]

_SMALLER = 4
"""The glow has no detail: it is made at a quarter of the size, where its blur costs a sixteenth."""

_INSIDE = 0.9
"""Of a highlight's own light that is taken back out of its glow: the ring reddens, not the white within it."""


def halation(given: Build) -> GraphFilter:
    """A red-orange glow around highlights.

    Settings: amount, 0…1; radius, 0.1…10, the glow's σ in percent of the picture's height; threshold, 0…1, the tone at
    which a highlight begins (its light is whole a sixth above that).
    """
    amount = given.number("amount", 0.4) * given.strength
    if amount < 0.005:
        return GraphFilter.chain(("null", {}))
    canvas = given.canvas
    sigma = max(0.5, given.number("radius", 1.2) / 100 * canvas.height / _SMALLER)
    bright = f"255*clip(((val-16)/219-{given.number('threshold', 0.72):.4f})*6,0,1)"
    return GraphFilter(
        (
            film(),
            Node("small", "scale", {**_size(canvas, _SMALLER), "flags": "area"}, ("film",)),
            Node("light", "mergeplanes", _LUMA_THRICE, ("small",)),
            Node("lights", "lutyuv", dict.fromkeys("yuv", bright), ("light",)),
            Node("glow", "gblur", {"sigma": f"{sigma:.3f}", "steps": "2"}, ("lights",)),
            Node("within", "lutyuv", dict.fromkeys("yuv", f"{_INSIDE}*val"), ("lights",)),
            Node("ring", "blend", {"all_mode": "subtract"}, ("glow", "within")),
            Node("soft", "gblur", {"sigma": f"{sigma / 3:.3f}", "steps": "1"}, ("ring",)),
            Node("red", "lutyuv", _film_base(amount), ("soft",)),
            Node("large", "scale", {**_size(canvas, 1), "flags": "bilinear"}, ("red",)),
            Node("even", "format", {"pix_fmts": "yuv420p"}, ("large",)),
            Node("lit", "blend", _ADDED, ("film", "even")),
        )
    )


_LUMA_THRICE = {**{f"map{plane}{part}": "0" for plane in range(3) for part in "sp"}, "format": "yuv444p"}
"""Luma in the place of all three planes: what the glow's colour is made of."""

_ADDED = {"c0_mode": "screen", "c1_mode": "grainmerge", "c2_mode": "grainmerge"}
"""Light is added to luma, and the glow's colour to the picture's, both kept in their range."""


def _film_base(amount: float) -> dict[str, str]:
    """Red goes deepest into the film and comes back most; green a third of it, blue hardly: in BT.709's Y'CbCr."""
    red, green, blue = 0.95 * amount, 0.32 * amount, 0.08 * amount
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return {
        "y": f"{luma:.4f}*val",
        "u": f"128+{(blue - luma) / 1.8556:.4f}*val",
        "v": f"128+{(red - luma) / 1.5748:.4f}*val",
    }


def _size(canvas: Canvas, divisor: int) -> dict[str, str]:
    width, height = max(2, canvas.width // divisor // 2 * 2), max(2, canvas.height // divisor // 2 * 2)
    return {"w": str(width), "h": str(height), **KEPT_RANGE}

"""Film grain: clumps of silver the size they are on film, strongest in the middle tones, new in every frame."""

from __future__ import annotations

from ops.style.stages import Build, Canvas, GraphFilter, Node
from ops.style.texture.plates import film, plate

__all__ = ["grain"]

_SIZE = 1 / 1500
"""A clump's σ over the picture's height at size 1: 0.72 pixels at 1080p, as in a 2K scan of 35 mm negative."""

_SPARE = 256
"""The plate of grain is this much larger than the picture: it is laid at another of 128 × 128 places in every frame."""

_RAW_SIGMA = 71.0
"""Of the noise that the plate is blurred from, FFmpeg's at strength 100, by what comes out at 1080p."""

_STRONGEST = 14.0
"""Standard deviation, in steps of 8 bits, of grain at amount 1 in the middle tones."""

_SOFTEST = 0.35
"""Where a clump is much smaller than a pixel its noise averages out: below this σ in pixels it only fades."""


def grain(given: Build) -> GraphFilter:
    """Grain on luma, its strength by tone.

    Settings: amount, 0…1 (35 mm stock is about 0.35, pushed 16 mm 0.8); size, 0.25…4, 1 for 35 mm, 2 for 16 mm.

    One plate of Gaussian noise is made when the graph starts. Every frame sees it from another place, drawn from the
    frame's time and the seed, so a frame's grain is its own wherever rendering began. It is added most at middle grey,
    and fades towards black and white, where film has no silver left to develop or no light that shows it.
    """
    amount = given.number("amount", 0.35) * given.strength
    if amount < 0.005:
        return GraphFilter.chain(("null", {}))
    canvas = given.canvas
    sigma = _SIZE * given.number("size", 1.0) * canvas.height
    return GraphFilter(
        (
            film(),
            *_plate(canvas, sigma, amount, given.seed),
            Node("moved", "overlay", _place(canvas, given.seed), ("film", "plate")),
            Node("grained", "blend", _LUMA_ALONE, ("film", "moved")),
            Node("tone", "lutyuv", {"y": _BY_TONE, "u": "0", "v": "0"}, ("film",)),
            Node("toned", "maskedmerge", {"planes": "1"}, ("film", "grained", "tone")),
        )
    )


_LUMA_ALONE = {"c0_mode": "grainmerge", "c1_mode": "normal", "c2_mode": "normal"}

_BY_TONE = "255*pow(4*clip((val-16)/219,0,0.94)*(1-clip((val-16)/219,0,0.94)),0.6)"


def _plate(canvas: Canvas, sigma: float, amount: float, seed: int) -> tuple[Node, ...]:
    size = f"{_even(canvas.width + _SPARE)}x{_even(canvas.height + _SPARE)}"
    reach = max(sigma, _SOFTEST)
    gain = amount * _STRONGEST * min(1.0, sigma / _SOFTEST) / _blurred_sigma(reach)
    return (
        *plate("grey", "gray", size, "yuv420p"),
        Node("flat", "lutyuv", {"y": "128"}, ("grey",)),
        Node("noise", "noise", {"c0s": "100", "c0_seed": str(1 + seed % 2**31)}, ("flat",)),
        Node("clumps", "gblur", {"sigma": f"{reach:.3f}", "steps": "2", "planes": "1"}, ("noise",)),
        Node("plate", "lutyuv", {"y": f"128+{gain:.4f}*(val-128)"}, ("clumps",)),
    )


def _blurred_sigma(reach: float) -> float:
    """The standard deviation that is left of the raw noise when it is blurred over `reach` pixels."""
    return _RAW_SIGMA * min(1.0, 1.0 / (2.0 * reach * 3.14159265**0.5))


def _place(canvas: Canvas, seed: int) -> dict[str, str]:
    frame = f"round(t*{canvas.rate.numerator}/{canvas.rate.denominator})"
    return {"x": _drawn(frame, 12.9898, seed), "y": _drawn(frame, 78.233, seed), "eval": "frame", "format": "yuv420"}


def _drawn(frame: str, factor: float, seed: int) -> str:
    """Minus an even number under `_SPARE`, by chance but of the frame and the seed alone."""
    wave = f"sin(mod({frame},9973)*{factor}+{seed % 1000})*43758.5453"
    return f"-2*floor({_SPARE // 2}*({wave}-floor({wave})))"


def _even(pixels: int) -> int:
    return pixels + pixels % 2

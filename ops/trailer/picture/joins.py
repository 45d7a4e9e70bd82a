"""How two stretches give way to each other, as FFmpeg filters.

Dips and flashes are exposures over time on either side: the same on luma and colour, eased, and exactly black or white
just behind the cut. A dissolve mixes two prepared pictures.
"""

from __future__ import annotations

from fractions import Fraction

from ops.trailer.events import JoinKind

__all__ = ["dissolved", "exposure", "in_a_row"]

_BLACK, _WHITE = 16, 235
"""Luma of black and white in limited range."""


def dissolved(before: str, after: str, frames: int, rate: Fraction, out: str) -> str:
    """The graph that mixes two pads of the same length: frame i of n shows (i + 1) / (n + 1) of the new picture."""
    step = 1_000_000 / rate
    duration, offset = round((frames + 1) * step), -round(step)
    return (
        f"[{before}][{after}]xfade=transition=fade:duration={duration}us:offset={offset}us,fps={rate},"
        f"trim=end_frame={frames}[{out}]"
    )


def in_a_row(labels: list[str], out: str) -> str:
    """The graph that shows pads one behind the other."""
    return f"{''.join(f'[{label}]' for label in labels)}concat=n={len(labels)}:v=1:a=0[{out}]"


def exposure(kind: JoinKind, frames: int, *, going: bool) -> str:
    """The filters that take one side of a dip or flash to black or white, or bring it back.

    One table of values a frame: `eq`, which knows time, cuts fractions off, and dark pictures turn green by it.

    Args:
        kind: Dip or flash.
        frames: Length of that side.
        going: Whether it is the side ahead of the cut.
    """
    level = {JoinKind.DIP: _BLACK, JoinKind.FLASH: _WHITE}[kind]
    filters = []
    for frame in range(frames):
        share = _share(kind, frame, frames, going=going)
        luma, colour = (f"val+({middle}-val)*{share:.5f}+0.5" for middle in (level, 128))
        filters.append(f"lutyuv=y='{luma}':u='{colour}':v='{colour}':enable='eq(n,{frame})'")
    return ",".join(filters)


def _share(kind: JoinKind, frame: int, frames: int, *, going: bool) -> float:
    """How much black or white is mixed into a frame of one side; 1 just behind the cut."""
    x = (frame + 1) / (frames + 1) if going else 1 - frame / frames
    if kind is JoinKind.DIP:
        return (3 - 2 * x) * x * x
    # a lamp goes off in a blink, and its glow falls off quickly, then slowly
    return x**2 if going else x**1.6

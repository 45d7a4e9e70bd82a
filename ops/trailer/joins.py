"""How two stretches give way to each other, as filter graphs on two prepared pictures.

Both come in at the trailer's size and rate, from time 0. Dips and flashes are exposures over time, by `eq`, whose
expressions know the frame: the same on luma and colour, eased, and exactly black or white at the cut.
"""

from __future__ import annotations

from fractions import Fraction

from ops.trailer.events import JoinKind

__all__ = ["join_graph"]

_BLACK, _WHITE = 16 / 255, 235 / 255
"""Luma of black and white in limited range."""


def join_graph(
    kind: JoinKind, before: str, after: str, *, before_frames: int, after_frames: int, rate: Fraction, out: str
) -> str:
    """The graph that joins two pads.

    Args:
        kind: Dissolve, dip or flash; a whip is drawn (`joins_whip.py`).
        before: Label of the picture that goes.
        after: Label of the one that comes.
        before_frames: Length of the one.
        after_frames: Length of the other; the same for a dissolve.
        rate: Frames a second.
        out: Label of what comes out.
    """
    if kind is JoinKind.DISSOLVE:
        # frame i of n shows (i + 1) / (n + 1) of the new picture: no frame of it is one picture alone
        step = 1_000_000 / rate
        duration, offset = round((before_frames + 1) * step), -round(step)
        return (
            f"[{before}][{after}]xfade=transition=fade:duration={duration}us:offset={offset}us,fps={rate},"
            f"trim=end_frame={before_frames}[{out}]"
        )
    level = {JoinKind.DIP: _BLACK, JoinKind.FLASH: _WHITE}[kind]
    going, coming = _shares(kind, before_frames, after_frames)
    sides, labels = [], ""
    for label, frames, share in ((before, before_frames, going), (after, after_frames, coming)):
        if frames:
            sides.append(f"[{label}]{_towards(level, share)}[{label}x]")
            labels += f"[{label}x]"
    joined = f"{labels}concat=n={len(sides)}:v=1:a=0[{out}]"
    return ";".join([*sides, joined])


def _shares(kind: JoinKind, before: int, after: int) -> tuple[str, str]:
    """How much black or white is mixed in on the way there and back, by the frame `n`; 1 just behind the cut."""
    if kind is JoinKind.DIP:
        eased = "(3-2*{x})*{x}*{x}"
        there, back = f"((n+1)/{before + 1})", f"(1-n/{max(1, after)})"
        return eased.format(x=there), eased.format(x=back)
    # a lamp goes off in a blink and its glow falls off quickly, then slowly
    return f"pow((n+1)/{before + 1},2)", f"pow(1-n/{max(1, after)},1.6)"


def _towards(level: float, share: str) -> str:
    """Mixing `share` of black or white into a picture: y' = (1 − a)·y + a·level, about eq's pivot of one half."""
    return (
        f"eq=eval=frame:contrast='1-{share}':saturation='1-{share}':brightness='({share})*({level - 0.5:.6f})'"
    )

"""The shot timeline: shots and transitions as shares of the film's length, ready for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serving.gallery.model import GalleryShot
from serving.gallery.wording import timecode

__all__ = ["Block", "Overlay", "Reel", "Tick", "keyframe_id", "lay_out"]

BLOCK_PX = 14
"""Width that a shot of middling length keeps; with more shots than fit, the strip itself scrolls."""

FITTING = 40
"""Shots that fit a phone's width."""

MOST_TICKS = 9
"""Times under a strip as wide as the page; a wider one has more, one every 120 pixels at most."""

_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


@dataclass(frozen=True)
class Block:
    """A shot on the strip; `at` and `end` in seconds of the player's clock, `left` and `width` in percent."""

    index: int
    at: str
    end: str
    left: str
    width: str
    label: str
    picture: str


@dataclass(frozen=True)
class Overlay:
    """A gradual transition, drawn over the blocks that it joins."""

    kind: str
    left: str
    width: str


@dataclass(frozen=True)
class Tick:
    """A time under the strip."""

    left: str
    text: str


@dataclass(frozen=True)
class Reel:
    """The whole strip.

    Attributes:
        length: Seconds from the first picture to the last shot's end.
        least: Smallest width of the strip, as CSS.
        shots: Its blocks.
        transitions: Gradual ones only: a cut is where two blocks meet.
        ticks: Times to print under it.
        kinds: The kinds of gradual transitions there are, for the legend.
        poster: Id of the keyframe that stands for the film, or empty.
    """

    length: str
    least: str
    shots: tuple[Block, ...]
    transitions: tuple[Overlay, ...]
    ticks: tuple[Tick, ...]
    kinds: tuple[str, ...]
    poster: str


def keyframe_id(shot: int, nth: int = 0) -> str:
    """The id of a keyframe's picture on the page."""
    return f"keyframe-{shot}-{nth}"


def lay_out(shots: Sequence[GalleryShot], *, poster_s: float | None = None) -> Reel | None:
    """Lay shots out along the film; None where there are none or they have no length.

    The player counts from the film's first picture, whatever the container's clock says there.

    Args:
        shots: In order.
        poster_s: The time on the film's clock that stands for the film, for example the best thumbnail's.
    """
    if not shots or shots[-1].end_s <= shots[0].start_s:
        return None
    origin, length = shots[0].start_s, shots[-1].end_s - shots[0].start_s

    def share(start_s: float, end_s: float) -> tuple[str, str]:
        return _percent((start_s - origin) / length), _percent((end_s - start_s) / length)

    blocks, overlays = [], []
    for shot in shots:
        left, width = share(shot.start_s, shot.end_s)
        at, end = shot.start_s - origin, shot.end_s - origin
        picture = keyframe_id(shot.index) if shot.keyframes else ""
        blocks.append(Block(shot.index, f"{at:.6f}", f"{end:.6f}", left, width, _label(shot, origin), picture))
        if shot.transition_from_s is not None and shot.transition_to_s is not None:
            overlays.append(Overlay(shot.transition, *share(shot.transition_from_s, shot.transition_to_s)))
    return Reel(
        length=f"{length:.6f}",
        least="100%" if len(shots) <= FITTING else f"max(100%, {BLOCK_PX * len(shots)}px)",
        shots=tuple(blocks),
        transitions=tuple(overlays),
        ticks=_ticks(length, max(MOST_TICKS, BLOCK_PX * len(shots) // 120)),
        kinds=tuple(dict.fromkeys(one.kind for one in overlays)),
        poster=_poster(shots, poster_s),
    )


def _label(shot: GalleryShot, origin: float) -> str:
    span = f"{timecode(shot.start_s - origin)}–{timecode(shot.end_s - origin)}"
    how = "" if shot.transition in ("start", "cut") else f", {shot.transition}"
    return f"Shot {shot.index}, {span}{how}"


def _poster(shots: Sequence[GalleryShot], poster_s: float | None) -> str:
    pictured = [shot for shot in shots if shot.keyframes]
    if not pictured:
        return ""
    wanted = [shot for shot in pictured if poster_s is not None and shot.start_s <= poster_s < shot.end_s]
    return keyframe_id((wanted or pictured)[0].index)


def _ticks(length: float, most: int) -> tuple[Tick, ...]:
    step = next((step for step in _STEPS_S if length / step <= most), _STEPS_S[-1])
    times = [step * nth for nth in range(int(length / step) + 1) if step * nth < 0.97 * length]
    return tuple(Tick(_percent(time / length), _clock(time, step)) for time in times)


def _clock(seconds: float, step: float) -> str:
    code = timecode(seconds)
    return code if step < 1 else code.rpartition(".")[0]


def _percent(share: float) -> str:
    return f"{100 * share:.4f}"

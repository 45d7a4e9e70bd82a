"""The screenplay as frames: which shots a frame shows, how far they are mixed, how dark it is, and the cut list."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from ops.demo.screenplay import DISSOLVE, FADE_IN, FADE_OUT, FRAMES, SHOTS, PlannedShot

__all__ = ["Change", "Exposure", "ShownShot", "changes", "expose", "lasting", "shown_shots"]

_STARTS = tuple(accumulate((shot.frames for shot in SHOTS), initial=0))


@dataclass(frozen=True)
class Exposure:
    """How one frame of the film is made.

    Attributes:
        shot: Index of the shot in the screenplay.
        at: Frame within that shot's own time.
        under: The shot before and the frame of its time, where the two are mixed.
        share: How much of `shot` is seen, 0 to 1; the rest is `under`.
        light: Factor of brightness: under 1 in a fade.
    """

    shot: int
    at: int
    under: tuple[int, int] | None
    share: float
    light: float


@dataclass(frozen=True)
class Change:
    """A transition: its kind, its first and last frame, and the first frame that is wholly the new shot's."""

    kind: str
    first_frame: int
    last_frame: int
    new_shot_frame: int | None


@dataclass(frozen=True)
class ShownShot:
    """A shot as the audience sees it, end exclusive; a dissolve belongs to the tail of the shot before."""

    start: int
    end: int
    what: str


def expose(frame: int) -> Exposure:
    """What frame `frame` of the film is made of."""
    shot = max(i for i, start in enumerate(_STARTS[:-1]) if start <= frame)
    at = frame - _STARTS[shot]
    under, share = None, 1.0
    if SHOTS[shot].dissolve_in and at < DISSOLVE:
        under, share = (shot - 1, SHOTS[shot - 1].frames + at), (at + 1) / (DISSOLVE + 1)
    light = min(1.0, (frame + 1) / (FADE_IN + 1), (FRAMES - frame) / (FADE_OUT + 1))
    return Exposure(shot, at, under, share, light)


def lasting(index: int) -> int:
    """Frames for which a shot's painter is asked: its own, and those in which the next dissolves over it."""
    over = DISSOLVE if index + 1 < len(SHOTS) and SHOTS[index + 1].dissolve_in else 0
    return SHOTS[index].frames + over


def changes() -> tuple[Change, ...]:
    """Every transition, in order."""
    inner = [_way_in(shot, start) for shot, start in zip(SHOTS[1:], _STARTS[1:], strict=False)]
    head = Change("fade_in", 0, FADE_IN - 1, 0)
    tail = Change("fade_out", FRAMES - FADE_OUT, FRAMES - 1, None)
    return (head, *inner, tail)


def _way_in(shot: PlannedShot, start: int) -> Change:
    if shot.dissolve_in:
        return Change("dissolve", start, start + DISSOLVE - 1, start + DISSOLVE)
    return Change("cut", start, start, start)


def shown_shots() -> tuple[ShownShot, ...]:
    """The shots, covering the film without gap or overlap."""
    starts = [start + (DISSOLVE if shot.dissolve_in else 0) for shot, start in zip(SHOTS, _STARTS, strict=False)]
    return tuple(
        ShownShot(start, end, shot.what) for shot, start, end in zip(SHOTS, starts, [*starts[1:], FRAMES], strict=True)
    )

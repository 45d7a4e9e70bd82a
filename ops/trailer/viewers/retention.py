"""How long viewers stay with a trailer: from viewings to the share still watching, second by second.

A viewing is what a player saw: the stretches that were played, in the order of playing. How far it reached is its time
of leaving. Who went on to the film, or was cut off, did not leave: their viewings are censored there, and the curve is
the product-limit estimate (Kaplan and Meier 1958), its interval Greenwood's on the log(-log) scale. Each second also
tells who jumped ahead from it, and how often it was seen again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COMPLETE", "Completion", "Retention", "Stop", "Viewing", "completion", "merge_stretches", "retention"]

COMPLETE = 0.9
"""Share of a trailer's seconds that were seen where it counts as completed: its end card takes the last 7 to 10 %."""

_AT_THE_END_S = 0.5
"""A player's last report comes a little before the end; who reached this far did not leave."""

_JUMP_S = 0.5
"""Players report a place to a quarter of a second or so: smaller gaps between two stretches are no jumps."""

_Z = 1.959963984540054


class Stop(StrEnum):
    """How a viewing stopped."""

    LEFT = "left"
    """The viewer closed it, scrolled on, or let it run out."""
    FILM = "film"
    """The viewer went on to the film: what a trailer is for."""
    CUT_OFF = "cut_off"
    """The network, a call, a crash: no word of the viewer's."""


@dataclass(frozen=True)
class Viewing:
    """One viewing of a trailer.

    Attributes:
        played: From and to, in seconds of the trailer, of each stretch, in the order of playing.
        stop: How it stopped.
    """

    played: tuple[tuple[float, float], ...]
    stop: Stop = Stop.LEFT

    def __post_init__(self) -> None:
        if not self.played or any(not 0 <= start < end < math.inf for start, end in self.played):
            raise UsageError(
                f"{self.played} are no stretches of a trailer",
                where="a viewing",
                fix="Tell from and to of each, in seconds; every one ends after it begins.",
            )

    @property
    def reached(self) -> float:
        """The furthest second that was seen."""
        return max(end for _, end in self.played)

    @property
    def seen_s(self) -> float:
        """How many of its seconds were seen, each once."""
        return sum(end - start for start, end in merge_stretches(self.played))

    @property
    def jumps(self) -> list[tuple[float, float]]:
        """From and to of each jump, ahead or back."""
        return [(a[1], b[0]) for a, b in pairwise(self.played) if abs(b[0] - a[1]) > _JUMP_S]

    def completed(self, length_s: float) -> bool:
        """Whether nearly all of it was seen; jumping to the end does not complete a trailer."""
        return self.seen_s >= COMPLETE * length_s

    def left(self, length_s: float) -> bool:
        """Whether the viewer left before the end, of their own will and not for the film."""
        return self.stop is Stop.LEFT and self.reached < length_s - _AT_THE_END_S


def merge_stretches(played: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same seconds, each once: stretches that touch or overlap become one, in the order of the trailer."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(played):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class Completion:
    """How many viewings were completed, or left for the film, of those whose end is known."""

    viewings: int
    completed: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share; nan of none."""
        return self.completed / self.viewings if self.viewings else math.nan


def completion(viewings: Sequence[Viewing], length_s: float) -> Completion:
    """Count completions, with Wilson's 95 % interval; viewings that were cut off before that are not counted."""
    done = [each.completed(length_s) or each.stop is Stop.FILM for each in viewings]
    known = [yes for yes, each in zip(done, viewings, strict=True) if yes or each.stop is not Stop.CUT_OFF]
    if not known:
        return Completion(0, 0, 0.0, 1.0)
    from ops.experiments.intervals import wilson

    return Completion(len(known), sum(known), *wilson(sum(known), len(known)))


@dataclass(frozen=True)
class Retention:
    """What the viewings of one version of a trailer tell. Each sequence has one number a second, from 0 on.

    Attributes:
        length_s: Of the trailer.
        viewings: How many.
        completion: How many came to its end card.
        watching: Share still watching when the second begins (Kaplan-Meier); one more number than seconds, the last
            for the end.
        low: Lower end of its 95 % interval.
        high: Upper end.
        seen: Viewings in which the second was played.
        left: Of these, those that ended in it.
        skipped: Of these, those that jumped ahead from it.
        replays: Times that it was played again.
    """

    length_s: float
    viewings: int
    completion: Completion
    watching: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    seen: tuple[int, ...]
    left: tuple[int, ...]
    skipped: tuple[int, ...]
    replays: tuple[int, ...]

    @property
    def lost(self) -> tuple[int, ...]:
        """Viewers whom each second lost: those who left in it and those who jumped ahead from it."""
        return tuple(a + b for a, b in zip(self.left, self.skipped, strict=True))

    def worst(self) -> int | None:
        """The second that lost the largest share of those who saw it; None where none lost any."""
        shares = [
            (lost / seen, -second)
            for second, (lost, seen) in enumerate(zip(self.lost, self.seen, strict=True))
            if lost and seen
        ]
        return -max(shares)[1] if shares else None

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def retention(viewings: Sequence[Viewing], length_s: float) -> Retention:
    """Draw up the curve of one version of a trailer.

    Args:
        viewings: Of that version alone; one a viewer, or fans who come back would speak for all.
        length_s: The trailer's length.

    Raises:
        UsageError: The length is not above 0.
    """
    if not 0 < length_s < math.inf:
        raise UsageError(f"a trailer of {length_s} s has no curve", where="retention", fix="Tell its length.")
    seconds = math.ceil(length_s)
    seen, left, skipped, replays = (np.zeros(seconds, np.int64) for _ in range(4))
    for each in viewings:
        plays = _plays(each, seconds)
        seen += plays > 0
        replays += np.maximum(plays - 1, 0)
        if each.left(length_s):
            left[_second_before(each.played[-1][1], seconds)] += 1
        ahead = {_second_before(start, seconds) for start, to in each.jumps if to > start}
        skipped[sorted(ahead)] += 1
    times = np.array([min(each.reached, length_s) for each in viewings])
    gone = np.array([each.left(length_s) for each in viewings], bool)
    watching, low, high = _kaplan_meier(times, gone, np.minimum(np.arange(seconds + 1), length_s))
    return Retention(
        length_s=length_s,
        viewings=len(viewings),
        completion=completion(viewings, length_s),
        watching=tuple(watching.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        seen=tuple(seen.tolist()),
        left=tuple(left.tolist()),
        skipped=tuple(skipped.tolist()),
        replays=tuple(replays.tolist()),
    )


def _second_before(place_s: float, seconds: int) -> int:
    """The second that was on screen when something happened: at 8.0 s it was the one from 7 to 8."""
    return min(max(math.ceil(place_s) - 1, 0), seconds - 1)


def _plays(viewing: Viewing, seconds: int) -> NDArray[np.int64]:
    """How often each second was on screen; a second counts once it was seen for half its length, or was entered last.

    Stretches that follow each other without a jump are one playing: a pause does not show a second twice.
    """
    plays = np.zeros(seconds, np.int64)
    runs = [list(viewing.played[0])]
    for start, end in viewing.played[1:]:
        if abs(start - runs[-1][1]) <= _JUMP_S:
            runs[-1][1] = max(runs[-1][1], end)
        else:
            runs.append([start, end])
    for start, end in runs:
        first, last = round(start), _second_before(end, seconds)
        plays[min(first, last) : last + 1] += 1
    return plays


def _kaplan_meier(
    times: NDArray[np.float64], gone: NDArray[np.bool_], at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The product-limit estimate just before each moment, with its 95 % interval; all 1 of no viewing."""
    moments, left = np.unique(times[gone], return_counts=True) if gone.any() else (np.zeros(0), np.zeros(0))
    at_risk = len(times) - np.searchsorted(np.sort(times), moments, side="left")
    factors = np.concatenate([[1.0], 1 - left / np.maximum(at_risk, 1)])
    terms = np.concatenate([[0.0], left / np.maximum(at_risk * (at_risk - left), 1e-300)])
    place = np.searchsorted(moments, at, side="left")
    share = np.asarray(np.cumprod(factors)[place], np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(terms)[place]) / np.abs(np.log(share))
        inside = (share > 0) & (share < 1)
        low = np.where(inside, share ** np.exp(_Z * spread), share)
        high = np.where(inside, share ** np.exp(-_Z * spread), share)
    return share, low, high

"""Which shot goes where: one optimisation over all slots together.

Every slot wants a moment of its intensity, from its place in the story; neighbours should differ, scenes should not
repeat, all parts of the film should be met. The optimum of what each slot wants by itself is an assignment problem and
is found exactly (Jonker-Volgenant); what moments do to each other is then improved by exchanging, one for an unused one
or two for each other, until no exchange helps, from several starts (iterated local search, Lourenço et al. 2003).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ops.trailer.editing.moments import Moments
from ops.trailer.editing.pacing import Slot
from ops.trailer.events import Part

__all__ = ["TooFewMoments", "Wishes", "choose_moments", "worth"]

_STARTS = 40
"""Restarts. Of 60 cases of 5 slots and 9 shots, solved by trying every choice, 40 find the optimum in 59, 10 in 50 and
none in 31; 17 slots and 400 shots take 0.3 s."""

_STAGES = (0.19, 0.21, 0.27, 0.21, 0.12)
"""How official trailers draw on the fifths of what they may show (craft §4.2, after IPOT)."""


class TooFewMoments(ValueError):
    """There are fewer usable shots than slots to fill."""


@dataclass(frozen=True)
class Wishes:
    """What counts, and how much, beside a moment's own value, whose weight is one.

    Attributes:
        intensity: Being as intense as the slot asks.
        order: Lying where the story is at the slot.
        motion: Moving, where the slot is short.
        contrast: Being unlike the neighbours.
        diversity: Being unlike everything else.
        scenes: Every shot beyond two of one scene.
        coverage: Drawing on all stages of the film.
    """

    intensity: float = 1.2
    order: float = 1.0
    motion: float = 0.4
    contrast: float = 0.9
    diversity: float = 0.6
    scenes: float = 0.5
    coverage: float = 1.0


_PLACES: Mapping[Part, tuple[float, float]] = {
    Part.HOOK: (0.5, 0.5),
    Part.SETUP: (0.05, 0.45),
    Part.RISE: (0.40, 0.85),
    Part.CLIMAX: (0.75, 0.95),
    Part.BUTTON: (0.9, 0.9),
}
"""Where in what may be shown the story is at a part's beginning and end."""

_HELD: Mapping[Part, float] = {Part.HOOK: 0.0, Part.SETUP: 1.0, Part.RISE: 0.5, Part.CLIMAX: 0.2, Part.BUTTON: 0.2}
"""How much a part holds to the film's order: the set-up tells, the climax collides."""

_FLURRY_S = 0.9


@dataclass(frozen=True, eq=False)
class _Problem:
    own: np.ndarray  # (S, C), -inf where a moment does not fit
    alike: np.ndarray  # (C, C), the cost of being neighbours
    same: np.ndarray  # (C, C), the cost of being in one trailer
    scene: np.ndarray  # (C,)
    stage: np.ndarray  # (C,)
    wishes: Wishes
    fixed: np.ndarray  # (S,) bool


def choose_moments(
    slots: Sequence[Slot],
    moments: Moments,
    *,
    pinned: Mapping[int, int] | None = None,
    wishes: Wishes | None = None,
    seed: int = 0,
) -> list[int]:
    """One moment for each slot, none twice.

    Args:
        slots: Where moments are wanted, in order.
        moments: The candidates.
        pinned: Slots that are spoken for, with their candidate: lines of dialogue.
        wishes: What counts.
        seed: Another seed searches from other starts.

    Returns:
        Indices of candidates.

    Raises:
        TooFewMoments: The slots cannot all be filled.
    """
    problem = _problem(slots, moments, pinned or {}, wishes or Wishes())
    first = _assigned(problem)
    random = np.random.default_rng(seed)
    best = _improved(first, problem)
    best_worth = _total(best, problem)
    free = np.flatnonzero(~problem.fixed)
    for _ in range(_STARTS if len(free) > 1 else 0):
        start = best.copy()
        for slot in random.choice(free, size=min(3, len(free)), replace=False):
            fits = np.setdiff1d(np.flatnonzero(np.isfinite(problem.own[slot])), start)
            if len(fits):
                start[slot] = random.choice(fits)
        found = _improved(start, problem)
        total = _total(found, problem)
        if total > best_worth + 1e-12:
            best, best_worth = found, total
    return [int(each) for each in best]


def worth(chosen: Sequence[int], slots: Sequence[Slot], moments: Moments, *, wishes: Wishes | None = None) -> float:
    """What a choice is worth by the objective that `choose_moments` maximises; -inf where one does not fit its slot."""
    return _total(np.asarray(chosen), _problem(slots, moments, {}, wishes or Wishes()))


def _problem(slots: Sequence[Slot], moments: Moments, pinned: Mapping[int, int], wishes: Wishes) -> _Problem:
    own = _own_worth(slots, moments, wishes)
    for slot, candidate in pinned.items():
        held = own[slot, candidate] if np.isfinite(own[slot, candidate]) else 0.0
        own[slot, :] = -np.inf
        own[:, candidate] = -np.inf
        own[slot, candidate] = held
    stage = np.minimum(4, (5 * moments.place * moments.frames / max(1, moments.spoiler_frame)).astype(int))
    near = np.clip((moments.likeness - 0.5) / 0.5, 0, 1)
    return _Problem(
        own=own,
        alike=wishes.contrast * (near + 0.5 * (moments.scene[:, None] == moments.scene[None, :])),
        same=wishes.diversity * np.clip((moments.likeness - 0.8) / 0.2, 0, 1),
        scene=moments.scene,
        stage=stage,
        wishes=wishes,
        fixed=np.array([place in pinned for place in range(len(slots))]),
    )


def _own_worth(slots: Sequence[Slot], moments: Moments, wishes: Wishes) -> np.ndarray:
    length = np.array([slot.frames for slot in slots])[:, None]
    asked = np.array([slot.intensity for slot in slots])[:, None]
    wanted, held = np.array(_story(slots)).T[:, :, None]
    place = (moments.place * moments.frames / max(1, moments.spoiler_frame))[None, :]
    flurry = np.clip(1 - length / float(_FLURRY_S * moments.rate), 0, 1)
    own = (
        moments.value[None, :]
        - wishes.intensity * (moments.intensity[None, :] - asked) ** 2
        - wishes.order * held * np.abs(place - wanted)
        - wishes.motion * flurry * (1 - moments.traits[None, :, 0])
    )
    own[(moments.last - moments.first)[None, :] < length] = -np.inf
    return own


def _story(slots: Sequence[Slot]) -> list[tuple[float, float]]:
    """Where in the film each slot would be, and how much that is held to."""
    told = []
    for part in Part:
        own = [slot for slot in slots if slot.part is part]
        low, high = _PLACES[part]
        told += [(low + (high - low) * (n + 0.5) / len(own), _HELD[part]) for n in range(len(own))]
    return told


def _assigned(problem: _Problem) -> np.ndarray:
    from scipy.optimize import linear_sum_assignment

    try:
        _, chosen = linear_sum_assignment(np.where(np.isfinite(problem.own), problem.own, -1e6), maximize=True)
    except ValueError as error:
        raise TooFewMoments(str(error)) from error
    slots = np.arange(len(problem.own))
    if len(chosen) < len(problem.own) or not np.isfinite(problem.own[slots, chosen]).all():
        raise TooFewMoments(f"{problem.own.shape[1]} shots cannot fill {len(problem.own)} slots")
    return chosen


def _total(chosen: np.ndarray, problem: _Problem) -> float:
    own = problem.own[np.arange(len(chosen)), chosen].sum()
    together = np.triu(problem.same[np.ix_(chosen, chosen)], 1).sum()
    _, per_scene = np.unique(problem.scene[chosen], return_counts=True)
    crowded = np.maximum(per_scene - _per_scene(len(chosen)), 0).sum()
    return float(
        own
        - _joints(chosen, problem)
        - together
        - problem.wishes.scenes * crowded
        - problem.wishes.coverage * _uneven(problem.stage[chosen])
    )


def _per_scene(slots: int) -> int:
    """Most shots that one scene should give: two in a trailer of 30 s, in proportion in others."""
    return max(2, round(slots / 9))


def _uneven(stages: np.ndarray) -> float:
    shares = np.bincount(stages, minlength=5) / len(stages)
    return float(np.abs(shares - np.array(_STAGES)).sum())


def _improved(chosen: np.ndarray, problem: _Problem) -> np.ndarray:
    """Exchanges, as long as one makes the whole better."""
    chosen = chosen.copy()
    free = np.flatnonzero(~problem.fixed)
    better = True
    while better:
        better = False
        for slot in free.tolist():
            scores = _scores(slot, chosen, problem)
            best = int(np.argmax(scores))
            if scores[best] > scores[chosen[slot]] + 1e-9:
                chosen[slot] = best
                better = True
        while (pair := _best_swap(chosen, free, problem)) is not None:
            a, b = pair
            chosen[a], chosen[b] = chosen[b], chosen[a]
            better = True
    return chosen


def _best_swap(chosen: np.ndarray, free: np.ndarray, problem: _Problem) -> tuple[int, int] | None:
    """The two slots whose moments had best change places, None where no two had; who is chosen stays the same."""
    picked = problem.own[:, chosen]
    own = np.diag(picked)
    with np.errstate(invalid="ignore"):
        gain = picked + picked.T - own[:, None] - own[None, :]
    before = _joints(chosen, problem)
    most, found = 1e-9, None
    bound = 4 * float(problem.alike.max(initial=0.0))  # no more than four joints change
    for nth, a in enumerate(free):
        for b in free[nth + 1 :]:
            if not gain[a, b] + bound > most:
                continue
            swapped = chosen.copy()
            swapped[a], swapped[b] = chosen[b], chosen[a]
            won = gain[a, b] + before - _joints(swapped, problem)
            if won > most:
                most, found = won, (int(a), int(b))
    return found


def _joints(chosen: np.ndarray, problem: _Problem) -> float:
    return float(problem.alike[chosen[:-1], chosen[1:]].sum())


def _scores(slot: int, chosen: np.ndarray, problem: _Problem) -> np.ndarray:
    """What the whole would gain by each candidate in a slot, up to a constant; -inf for those in use elsewhere."""
    others = np.delete(chosen, slot)
    scores = problem.own[slot] - problem.same[:, others].sum(axis=1)
    if slot > 0:
        scores = scores - problem.alike[chosen[slot - 1]]
    if slot + 1 < len(chosen):
        scores = scores - problem.alike[chosen[slot + 1]]
    used = np.bincount(problem.scene[others], minlength=int(problem.scene.max()) + 1)
    scores = scores - problem.wishes.scenes * (used[problem.scene] >= _per_scene(len(chosen)))
    uneven = np.array([_uneven(np.append(problem.stage[others], stage)) for stage in range(5)])
    scores = scores - problem.wishes.coverage * uneven[problem.stage]
    scores[others] = -np.inf
    return scores

"""Viewers watch a film every other day; the house chooses what in, by its rule or by another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.tastes.crowd import KINDS, STYLES, Crowd
from ops.tastes.belief import taste_of
from ops.tastes.evidence import Deed, Evidence, Fading, cells_of
from ops.tastes.weights import Mix, deal

__all__ = ["House", "Lost", "popular", "random_style", "regret", "showrunner"]

_BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
_EVERY = timedelta(days=2)
_Cells = dict[str, dict[str, Evidence]]


@dataclass(frozen=True)
class Visit:
    """A viewer who is about to watch a kind of film."""

    viewer: int
    kind: int
    now: datetime
    seed: int


class House:
    """What the house has counted: the product's own evidence and belief, without its database."""

    def __init__(self, fading: Fading) -> None:
        self.fading = fading
        self.own: dict[int, _Cells] = {}
        self.all: _Cells = {}

    def count(self, viewer: int, deeds: Iterable[Deed]) -> None:
        """Count a viewer's deeds, in theirs and in everybody's."""
        for style, cells in cells_of(deeds, self.fading).items():
            for content, evidence in cells.items():
                for into in (self.own.setdefault(viewer, {}), self.all):
                    known = into.setdefault(style, {})
                    known[content] = known.get(content, Evidence()) + evidence

    def shows(self, visit: Visit) -> Mix:
        """What the product would show."""
        own, everybody = (self._now(cells, visit.now) for cells in (self.own.get(visit.viewer, {}), self.all))
        return deal(taste_of(own, everybody, KINDS[visit.kind], STYLES), visit.seed).mix

    def _now(self, cells: _Cells, now: datetime) -> _Cells:
        scale = 1 / self.fading.growth(now)
        return {style: {key: each.times(scale) for key, each in own.items()} for style, own in cells.items()}


Rule = Callable[[House, Crowd, Visit], Mix]


def showrunner(house: House, crowd: Crowd, visit: Visit) -> Mix:
    """The product."""
    return house.shows(visit)


def random_style(house: House, crowd: Crowd, visit: Visit) -> Mix:
    """Any style."""
    return {STYLES[int(np.random.default_rng(visit.seed).integers(len(STYLES)))]: 1.0}


def popular(house: House, crowd: Crowd, visit: Visit) -> Mix:
    """The style that most like on this kind of film, in truth: better than any count of votes."""
    return {STYLES[int(crowd.liking[:, visit.kind].mean(axis=0).argmax())]: 1.0}


@dataclass(frozen=True)
class Lost:
    """What viewers lost.

    Attributes:
        lost: (F, V) at each film, how much less likely it was liked than in the viewer's best style; NaN before they
            came.
        best: (F, V) how likely it would have been liked in that.
        joined: (V,) the film with which each viewer came.
    """

    lost: np.ndarray
    best: np.ndarray
    joined: np.ndarray

    def share(self, first: int = 0, last: int | None = None, *, newcomers: bool = False) -> float:
        """Of all that could be liked, what was lost, from one film of each viewer's own to another.

        Args:
            first: Of a viewer's own films, from 0.
            last: Up to which, exclusive; None for all.
            newcomers: Of those who came later, instead of those who were there from the first film on.
        """
        own = np.arange(len(self.lost))[:, None] - self.joined
        taken = (own >= first) & (own < (len(self.lost) if last is None else last)) & ((self.joined > 0) == newcomers)
        return float(self.lost[taken].sum() / self.best[taken].sum())


def regret(crowd: Crowd, rule: Rule, films: int, seed: int, *, change_at: int | None = None, join_at: int = 0) -> Lost:
    """Let every viewer of a crowd watch so many films.

    Args:
        crowd: The viewers.
        rule: What chooses.
        films: Films a viewer watches, one every other day.
        seed: Of all chance: equal for all rules, viewers watch the same films.
        change_at: The film from which on changed tastes hold.
        join_at: The film with which the second half of the viewers come.
    """
    house, viewers = House(Fading()), len(crowd.liking)
    lost, best = np.full((films, viewers), np.nan), np.full((films, viewers), np.nan)
    joined = np.where(np.arange(viewers) < viewers // 2, 0, join_at)
    kinds = np.random.default_rng(seed).integers(len(KINDS), size=(films, viewers))
    for film in range(films):
        now, changed = _BEGIN + film * _EVERY, change_at is not None and film >= change_at
        done = []
        for viewer in np.flatnonzero(joined <= film).tolist():
            kind = int(kinds[film, viewer])
            mix = rule(house, crowd, Visit(viewer, kind, now, seed + film * viewers + viewer))
            chance = crowd.chance(viewer, kind, mix, changed)
            best[film, viewer] = (crowd.after if changed else crowd.liking)[viewer, kind].max()
            lost[film, viewer] = best[film, viewer] - chance
            dice = np.random.default_rng([seed, film, viewer])
            done.append((viewer, crowd.deeds(chance, mix, kind, now, dice)))
        for viewer, deeds in done:  # counted once a day, as by night
            house.count(viewer, deeds)
    return Lost(lost, best, joined)

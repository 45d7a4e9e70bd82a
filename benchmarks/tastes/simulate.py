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

__all__ = ["Lost", "House", "popular", "random_style", "regret", "showrunner"]

_BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
_EVERY = timedelta(days=2)
_Cells = dict[str, dict[str, Evidence]]


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

    def shows(self, viewer: int, kind: int, now: datetime, seed: int) -> Mix:
        """What the product would show."""
        faded = [self._now(cells, now) for cells in (self.own.get(viewer, {}), self.all)]
        return deal(taste_of(faded[0], faded[1], KINDS[kind], STYLES), seed).mix

    def _now(self, cells: _Cells, now: datetime) -> _Cells:
        scale = 1 / self.fading.growth(now)
        return {style: {key: each.times(scale) for key, each in own.items()} for style, own in cells.items()}


Rule = Callable[[House, Crowd, int, int, datetime, int], Mix]


def showrunner(house: House, crowd: Crowd, viewer: int, kind: int, now: datetime, seed: int) -> Mix:
    """The product."""
    return house.shows(viewer, kind, now, seed)


def random_style(house: House, crowd: Crowd, viewer: int, kind: int, now: datetime, seed: int) -> Mix:
    """Any style."""
    return {STYLES[int(np.random.default_rng(seed).integers(len(STYLES)))]: 1.0}


def popular(house: House, crowd: Crowd, viewer: int, kind: int, now: datetime, seed: int) -> Mix:
    """The style that most like on this kind of film, in truth: better than any count of votes."""
    return {STYLES[int(crowd.liking[:, kind].mean(axis=0).argmax())]: 1.0}


@dataclass(frozen=True)
class Lost:
    """What viewers lost.

    Attributes:
        per_film: (F,) at each film, how much less likely it was liked than in the viewer's best style; mean of all.
        best: (F,) how likely it would have been liked in that.
    """

    per_film: np.ndarray
    best: np.ndarray

    @property
    def share(self) -> float:
        """Of all that could be liked, what was lost."""
        return float(self.per_film.sum() / self.best.sum())


def regret(crowd: Crowd, rule: Rule, films: int, seed: int, *, change_at: int | None = None) -> Lost:
    """Let every viewer of a crowd watch so many films.

    Args:
        crowd: The viewers.
        rule: What chooses.
        films: Films a viewer watches, one every other day.
        seed: Of all chance: equal for all rules, viewers watch the same films.
        change_at: The film from which on changed tastes hold.
    """
    house, viewers = House(Fading()), len(crowd.liking)
    lost, best = np.zeros((films, viewers)), np.zeros((films, viewers))
    kinds = np.random.default_rng(seed).integers(len(KINDS), size=(films, viewers))
    for film in range(films):
        now, changed = _BEGIN + film * _EVERY, change_at is not None and film >= change_at
        done = []
        for viewer in range(viewers):
            kind = int(kinds[film, viewer])
            mix = rule(house, crowd, viewer, kind, now, seed + film * viewers + viewer)
            chance = crowd.chance(viewer, kind, mix, changed)
            best[film, viewer] = (crowd.after if changed else crowd.liking)[viewer, kind].max()
            lost[film, viewer] = best[film, viewer] - chance
            dice = np.random.default_rng([seed, film, viewer])
            done.append((viewer, crowd.deeds(chance, mix, kind, now, dice)))
        for viewer, deeds in done:  # counted once a day, as by night
            house.count(viewer, deeds)
    return Lost(lost.mean(axis=1), best.mean(axis=1))

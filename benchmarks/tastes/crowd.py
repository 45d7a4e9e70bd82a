"""Viewers whose tastes are known: how much each likes every style on every kind of film, and what they do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ops.tastes.content import Content, Pace, Tone
from ops.tastes.evidence import PLAIN, Deed, DeedKind
from ops.tastes.weights import Mix

__all__ = ["KINDS", "STYLES", "Crowd", "crowd"]

STYLES = (*(f"style_{number:02d}" for number in range(15)), PLAIN)
KINDS = tuple(Content(tone, pace) for tone in Tone for pace in Pace)

_AMONG_STYLES, _AMONG_VIEWERS, _AMONG_KINDS = 0.6, 1.2, 0.6
"""Standard deviations of the log odds of liking: viewers differ by more than styles do, and kinds of film by less."""

_SAYS_LIKE, _SAYS_DISLIKE, _SKIPS = 0.10, 0.08, 0.5
"""How often who likes it says so, who does not says so, and who does not skips; all others only watch."""

_WATCHED_LIKED, _WATCHED_NOT = (6.0, 1.5), (1.5, 3.0)
"""Beta parameters of how much of the film is watched."""


@dataclass(frozen=True)
class Crowd:
    """The viewers.

    Attributes:
        liking: (V, K, S) the chance that a viewer likes a kind of film in a style.
        after: The same after their tastes have changed, for those whose do.
    """

    liking: np.ndarray
    after: np.ndarray

    def chance(self, viewer: int, kind: int, mix: Mix, changed: bool) -> float:
        """How likely the viewer likes it in a mix: as its styles by weight."""
        own = (self.after if changed else self.liking)[viewer, kind]
        return float(sum(weight * own[STYLES.index(style)] for style, weight in mix.items()))

    def deeds(self, chance: float, mix: Mix, kind: int, at: datetime, dice: np.random.Generator) -> list[Deed]:
        """What a viewer does about what they saw."""
        content, weights = KINDS[kind].key, dict(mix)
        if dice.random() < chance:
            done = [Deed(DeedKind.WATCH, at, weights, float(dice.beta(*_WATCHED_LIKED)), content)]
            return [*done, Deed(DeedKind.LIKE, at, weights, None, content)] if dice.random() < _SAYS_LIKE else done
        if dice.random() < _SAYS_DISLIKE:
            return [Deed(DeedKind.DISLIKE, at, weights, None, content)]
        if dice.random() < _SKIPS:
            return [Deed(DeedKind.SKIP, at, weights, None, content)]
        return [Deed(DeedKind.WATCH, at, weights, float(dice.beta(*_WATCHED_NOT)), content)]


def crowd(viewers: int, changing: float, seed: int) -> Crowd:
    """Viewers, of whom a share will change: their taste is then another, drawn anew."""
    dice = np.random.default_rng(seed)
    styles = dice.normal(0, _AMONG_STYLES, len(STYLES))
    styles[STYLES.index(PLAIN)] = 0.4

    def drawn() -> np.ndarray:
        own = dice.normal(0, _AMONG_VIEWERS, (viewers, 1, len(STYLES)))
        kinds = dice.normal(0, _AMONG_KINDS, (viewers, len(KINDS), len(STYLES)))
        return 1 / (1 + np.exp(-(styles + own + kinds)))

    before, anew = drawn(), drawn()
    changes = dice.random(viewers) < changing
    return Crowd(before, np.where(changes[:, None, None], anew, before))

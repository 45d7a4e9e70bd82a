"""What a trailer may show: the film's shots as candidates, valued by genre, with what must never be shown left out.

The default spoiler limit is the first 85 % of the film and nothing of its last scene: turning points fall at 10, 25,
50, 75 and 94.5 % of a film (Papalampidi et al., 2021), and the last of them is what viewers pay for.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ops.scenes.model import SceneAnalysis
from ops.trailer.editing.structure import TERMS, Genre

__all__ = ["SPOILER_LIMIT", "Moments", "find_moments", "spoiler_frame"]

SPOILER_LIMIT = 0.85

_LONGEST_ENDING = Fraction(1, 3)

_MOSTLY = 0.5
"""A shot that is a title card, black or frozen for half of its length or more is not shown."""

_BLACK, _BLACK_S = 0.04, 0.25
"""Mean light of a step below which it is black (a finished trailer's pictures are below 10 of 255), and how much of it
no moment should hold."""

_SHORTEST_S = 0.5
_A_LARGE_FACE = 0.12
"""Share of the picture from which a face is a close-up."""

_GONE = 0.5
"""Of a shot's light: less of it at its end is a fade out."""

_INTENSE: Mapping[str, float] = {"action": 0.5, "loudness": 0.2, "onsets": 0.15, "arousal": 0.15}
_COLUMN: Mapping[str, str] = {"colour": "colourfulness"}


@dataclass(frozen=True, eq=False)
class Moments:
    """Candidates, one a usable shot, in film order; arrays have one row a candidate.

    Attributes:
        rate: Frames a second of the trailer.
        frames: Length of the film on that rate.
        shot: int, the film's shot.
        scene: int, its scene.
        first: int, first frame that may be shown.
        last: int, one past the last.
        traits: (N, 8) float, each of `TERMS` by rank within the title, 0 to 1.
        value: float, what the genre makes of the traits, 0 to 1.
        intensity: float, by rank within the title, 0 to 1.
        pan: float, signed camera motion sideways, picture widths a second.
        camera: float, camera motion by rank within the title.
        speech: float, share of the shot in which somebody speaks.
        music: float, share in which there is music.
        likeness: (N, N) float, 0 to 1.
        left_out: How many shots were left out, by reason.
        spoiler_frame: No frame from here on may be shown.
        step_s: Step of `highlight` and `dark`.
        highlight: (T,) float, the film's highlight curve.
        dark: (T,) bool, where the film is black.
    """

    rate: Fraction
    frames: int
    shot: np.ndarray
    scene: np.ndarray
    first: np.ndarray
    last: np.ndarray
    traits: np.ndarray
    value: np.ndarray
    intensity: np.ndarray
    pan: np.ndarray
    camera: np.ndarray
    speech: np.ndarray
    music: np.ndarray
    likeness: np.ndarray
    left_out: Mapping[str, int]
    spoiler_frame: int
    step_s: float
    highlight: np.ndarray
    dark: np.ndarray

    def __len__(self) -> int:
        return len(self.shot)

    @property
    def place(self) -> np.ndarray:
        """Where in the film each lies, 0 to 1."""
        return (self.first + self.last) / 2 / max(1, self.frames)

    def window(self, candidate: int, frames: int, *, ahead: int = 0, behind: int = 0) -> tuple[int, int]:
        """The stretch of a shot, so many frames long, with the most highlight in it.

        Of stretches with a quarter of a second of black and more, only where there is no other, the one with the least.

        Args:
            candidate: Which.
            frames: How long.
            ahead: Handle that must be left before it.
            behind: Handle that must be left behind it.
        """
        low, high = int(self.first[candidate]) + ahead, int(self.last[candidate]) - behind - frames
        starts = np.arange(low, max(low, high) + 1)
        step = float(Fraction(self.step_s).limit_denominator(1000) * self.rate)  # frames a step
        worth = _within(self.highlight, starts, starts + frames, step)
        black_s = np.round(_within(self.dark, starts, starts + frames, step) * self.step_s, 6)
        seen = black_s <= max(_BLACK_S - 1e-3, float(black_s.min()))
        start = int(starts[int(np.argmax(np.where(seen, np.round(worth, 6), -np.inf)))])
        return start, start + frames


def _within(curve: np.ndarray, starts: np.ndarray, ends: np.ndarray, step: float) -> np.ndarray:
    """Sums of a curve from each start to each end, frames; a step lasts so many frames, and is shared by what it is."""
    sums = np.concatenate([[0.0], np.cumsum(curve, dtype=float)])
    at = np.arange(len(sums)) * step
    return np.interp(ends, at, sums) - np.interp(starts, at, sums)


def spoiler_frame(analysis: SceneAnalysis, rate: Fraction, limit: float = SPOILER_LIMIT) -> int:
    """The film's frame from which on nothing may be shown: the limit, or where its last scene begins, if sooner.

    A film of one scene has no last one. Of a last scene of more than a third of the film, the third is kept back: a
    montage or one long place, whose beginning gives no end away.
    """
    frames = int(analysis.duration_s * rate)
    frame = int(limit * frames)
    if analysis.scene_count < 2:
        return frame
    last = analysis.column("scene") == analysis.scene_count - 1
    begins = round(Fraction(float(analysis.column("start_s")[last].min())) * rate)
    return min(frame, max(begins, frames - int(_LONGEST_ENDING * frames)))


def find_moments(
    analysis: SceneAnalysis,
    rate: Fraction,
    genre: Genre,
    *,
    spoiler_limit: float = SPOILER_LIMIT,
    barred: Set[int] = frozenset(),
    into_fades: float = 0.0,
) -> Moments:
    """The candidates of a film.

    Args:
        analysis: What its shots are like.
        rate: The trailer's rate.
        genre: What a moment is worth.
        spoiler_limit: Share of the film from its beginning that may be shown; its last scene may not in any case,
            where the film has several.
        barred: Shots that must not be shown: flagged by the safety gates, or rejected by a person.
        into_fades: How far into its fades a shot may be shown, as a share of them: a film of many fades and few shots
            gives no trailer otherwise. A dissolve, in which another shot is seen, is never entered.
    """
    column = analysis.column
    frames = int(analysis.duration_s * rate)
    end = spoiler_frame(analysis, rate, spoiler_limit)
    scene = column("scene").astype(int)
    begins_s, ends_s = _shown(analysis, into_fades)
    first = np.ceil(begins_s * float(rate) - 1e-4).astype(int)
    last = np.floor(ends_s * float(rate) + 1e-4).astype(int)
    highlight = np.asarray(analysis.curves["highlight"], dtype=float)
    black = highlight <= 0  # nothing can be seen; a night scene is dark, but has its highlights
    dark = black | (np.asarray(analysis.curves["brightness"], dtype=float) < _BLACK)
    black_frames = _within(black, first, last, float(Fraction(analysis.step_s).limit_denominator(1000) * rate))
    reasons = {
        "too near the end": last > end,
        "title cards": column("lettering") >= _MOSTLY,
        "black": (column("darkness") >= _MOSTLY) | (black_frames >= _MOSTLY * np.maximum(1, last - first)),
        "frozen": column("stillness") >= _MOSTLY,
        "too short": last - first < _SHORTEST_S * rate,
        "barred by the safety gates or a person": np.isin(column("shot").astype(int), list(barred)),
    }
    kept = np.ones(len(first), bool)
    left_out = {}
    for reason, out in reasons.items():
        left_out[reason] = int((kept & out).sum())
        kept &= ~out
    traits = np.stack([_trait(analysis, term) for term in TERMS], axis=1)
    worth = np.array([genre.values[term] for term in TERMS])
    value = traits @ worth / max(float(worth.sum()), 1e-9)
    ranked = np.stack([weight * _ranks(column(_COLUMN.get(term, term))) for term, weight in _INTENSE.items()])
    intensity = _ranks(ranked.sum(axis=0))
    chosen = np.flatnonzero(kept)
    return Moments(
        rate=rate,
        frames=frames,
        shot=column("shot").astype(int)[chosen],
        scene=scene[chosen],
        first=first[chosen],
        last=last[chosen],
        traits=traits[chosen],
        value=value[chosen],
        intensity=intensity[chosen],
        pan=column("pan").astype(float)[chosen],
        camera=_ranks(column("camera"))[chosen],
        speech=column("speech").astype(float)[chosen],
        music=column("music").astype(float)[chosen],
        likeness=analysis.likeness(chosen[:, None], chosen[None, :]),
        left_out={reason: count for reason, count in left_out.items() if count},
        spoiler_frame=end,
        step_s=analysis.step_s,
        highlight=highlight,
        dark=dark,
    )


def _shown(analysis: SceneAnalysis, into_fades: float) -> tuple[np.ndarray, np.ndarray]:
    """From and to of what may be shown of every shot, seconds: its steady part, and a share of its fades.

    What lies between a shot's beginning and its steady part is a fade in. At its end another shot may be mixed in: it
    is a fade out where the light goes.
    """
    start, end = analysis.column("start_s").astype(float), analysis.column("end_s").astype(float)
    begins, ends = analysis.column("steady_start_s").astype(float), analysis.column("steady_end_s").astype(float)
    light = np.asarray(analysis.curves["brightness"], dtype=float)
    at = np.arange(len(light)) * analysis.step_s
    full = np.interp((begins + ends) / 2, at, light)
    fades_out = np.interp(np.maximum(end - analysis.step_s, ends), at, light) < _GONE * full
    return begins - into_fades * (begins - start), ends + into_fades * np.where(fades_out, end - ends, 0.0)


def _trait(analysis: SceneAnalysis, term: str) -> np.ndarray:
    if term == "faces":
        return np.clip(analysis.column("face_area") / _A_LARGE_FACE, 0, 1)
    if term == "valence":
        return (analysis.column("valence") + 1) / 2
    return _ranks(analysis.column(_COLUMN.get(term, term)))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Each value's rank among all, 0 to 1, equals alike; one half where all are equal."""
    from scipy.stats import rankdata

    if len(values) < 2 or float(np.ptp(values)) == 0.0:
        return np.full(len(values), 0.5)
    return (rankdata(values) - 1) / (len(values) - 1)

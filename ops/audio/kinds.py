"""What is heard when: speech, music, silence or other sound, from the first sample of a track to its last.

No model is needed: silence is a matter of level, and the rest is weighed by a logistic regression on evidence
that has names (`evidence.py`). A voice above music or noise counts as speech, as it does for an editor.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from ops.audio.evidence import EVIDENCE, STEP, gather_evidence
from ops.audio.kind_weights import INTERCEPT, WEIGHTS
from ops.audio.spectrum import FRAMES_PER_S
from ops.audio.traits import FrameTraits

__all__ = ["Segment", "SoundKind", "tell_kinds"]


class SoundKind(StrEnum):
    """What a listener would call a stretch of sound."""

    SPEECH = "speech"
    MUSIC = "music"
    OTHER = "other"
    SILENCE = "silence"


_JUDGED = (SoundKind.SPEECH, SoundKind.MUSIC, SoundKind.OTHER)

_TRUST = 0.35
"""Judgements 0.2 s apart share nine tenths of what they heard, so each counts for about a third."""

_CHANGE = 2.5
"""Log odds that a change of kind has to overcome."""

_UNMOVED_DB, _UNCHANGED = 0.05, 0.9
"""Two seconds in which the level and the partials hold like this: a generator. Held chords move by 0.3 dB."""

_A_TONE = (0.01, 0.01, 0.98)

_SEARCH = int(1.2 * FRAMES_PER_S)
"""A change is somewhere within the window that saw it: it is looked for this far around."""


@dataclass(frozen=True)
class Segment:
    """A stretch of one kind.

    Attributes:
        kind: What is heard.
        start_s, end_s: From and to, seconds from the track's first sample.
        confidence: Mean probability of the kind along it, 0 to 1; 1 for silence.
    """

    kind: SoundKind
    start_s: float
    end_s: float
    confidence: float


def tell_kinds(traits: FrameTraits, sounding: np.ndarray, duration_s: float) -> tuple[Segment, ...]:
    """Segments of a track in order, each beginning where the last one ends.

    Args:
        traits: Of T frames, taken at `traits.REFERENCE_LUFS`.
        sounding: (T,) bool, as `silence.sounding_frames` gives it.
        duration_s: The track's length, at which the last segment ends.
    """
    if len(traits) == 0:  # less than the resampler's reach: too short to be called anything
        return (Segment(SoundKind.OTHER, 0.0, duration_s, 0.0),)
    chances = _chances(gather_evidence(traits, sounding))
    bands = traits.bands.astype(np.float32)
    found: list[tuple[int, int, SoundKind, float]] = []
    for start, end in _runs(sounding):
        if not sounding[start]:
            found.append((start, end, SoundKind.SILENCE, 1.0))
            continue
        first = start // STEP
        last = max(first + 1, -(-end // STEP))
        path = _path(chances[first:last])
        changes = np.flatnonzero(np.diff(path)) + 1
        edges = _refined(bands, [start, *((first + changes) * STEP).tolist(), end])
        for (begin, stop), part in zip(pairwise(edges), np.split(np.arange(len(path)), changes), strict=True):
            kind = _JUDGED[path[part[0]]]
            sure = float(chances[first + part, path[part[0]]].mean())
            found.append((begin, stop, kind, sure))
    times = [min(begin / FRAMES_PER_S, duration_s) for begin, *_ in found] + [duration_s]
    return tuple(
        Segment(kind, start_s, end_s, sure)
        for (start_s, end_s), (_, _, kind, sure) in zip(pairwise(times), found, strict=True)
        if end_s > start_s
    )


def _chances(evidence: np.ndarray) -> np.ndarray:
    """(W, 18) evidence to (W, 3) probabilities of speech, music and other sound."""
    table = np.array([WEIGHTS[name] for name in EVIDENCE])
    odds = np.clip((evidence - table[:, 0]) / table[:, 1], -4, 4) @ table[:, 2:] + np.array(INTERCEPT)
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    chances = odds / odds.sum(axis=1, keepdims=True)
    # a line-up tone is steadier than any instrument, but music it is not
    modulation, steadiness = (evidence[:, EVIDENCE.index(name)] for name in ("modulation", "steadiness"))
    chances[(modulation < _UNMOVED_DB) & (steadiness > _UNCHANGED)] = _A_TONE
    return chances


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = [0, *(np.flatnonzero(np.diff(flags)) + 1).tolist(), len(flags)]
    return list(pairwise(edges))


def _path(chances: np.ndarray) -> np.ndarray:
    """(W, 3) probabilities to (W,) the likeliest course of kinds (Viterbi)."""
    gain = _TRUST * np.log(np.maximum(chances, 0.01))
    move = _CHANGE * (1 - np.eye(gain.shape[1]))
    total, came_from = gain[0], np.zeros(gain.shape, dtype=np.int64)
    for window in range(1, len(gain)):
        options = total[:, None] - move
        came_from[window] = options.argmax(axis=0)
        total = options.max(axis=0) + gain[window]
    path = np.empty(len(gain), dtype=np.int64)
    path[-1] = total.argmax()
    for window in range(len(gain) - 1, 0, -1):
        path[window - 1] = came_from[window, path[window]]
    return path


def _refined(bands: np.ndarray, edges: list[int]) -> list[int]:
    """Move each inner edge to where the sound before and the sound after differ most.

    That is the cut that leaves the least to explain by one Gaussian a side (the Bayesian criterion of Chen and
    Gopalakrishnan 1998, with diagonal covariances on the band levels).
    """
    refined = list(edges)
    for index in range(1, len(edges) - 1):
        before, here, after = refined[index - 1], edges[index], edges[index + 1]
        first, last = max(before, here - 2 * _SEARCH), min(after, here + 2 * _SEARCH)
        stretch = bands[first:last].astype(np.float64)
        least = 20
        low = max(least, here - _SEARCH - first)
        high = min(len(stretch) - least, here + _SEARCH - first)
        if high <= low:
            continue
        sums, squares = np.cumsum(stretch, axis=0), np.cumsum(stretch**2, axis=0)
        cuts = np.arange(low, high)
        left = _spread_cost(sums[cuts - 1], squares[cuts - 1], cuts)
        right = _spread_cost(sums[-1] - sums[cuts - 1], squares[-1] - squares[cuts - 1], len(stretch) - cuts)
        refined[index] = first + int(cuts[np.argmin(left + right)])
    return refined


def _spread_cost(sums: np.ndarray, squares: np.ndarray, counts: np.ndarray) -> np.ndarray:
    mean = sums / counts[:, None]
    variance = np.maximum(squares / counts[:, None] - mean**2, 1.0)  # 1 dB: the coding noise of the levels
    return counts * np.log(variance).sum(axis=1)

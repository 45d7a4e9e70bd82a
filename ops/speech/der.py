"""How wrong a diarisation is: the error rates of NIST and of DIHARD.

Both are computed exactly, on the pieces between all times at which anybody begins or ends, not on a grid of frames.
Overlapping speech counts once for each who speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ops.speech.model import Turn

__all__ = ["DiarisationError", "diarisation_error", "jaccard_error"]


@dataclass(frozen=True)
class DiarisationError:
    """NIST's diarisation error, in seconds (The 2009 RT Evaluation Plan, section 6.1).

    Attributes:
        missed_s: Speech that nobody was found for.
        false_alarm_s: Speakers found where there are fewer.
        confused_s: Speech that another was found for.
        speech_s: Speech in the reference, overlaps counted for each who speaks.
    """

    missed_s: float
    false_alarm_s: float
    confused_s: float
    speech_s: float

    @property
    def rate(self) -> float:
        """All errors over the speech; may be above 1. 0 where neither has speech, infinite where only one has."""
        wrong = self.missed_s + self.false_alarm_s + self.confused_s
        if self.speech_s == 0:
            return 0.0 if wrong == 0 else float("inf")
        return wrong / self.speech_s


def diarisation_error(reference: Sequence[Turn], found: Sequence[Turn], *, collar_s: float = 0.0) -> DiarisationError:
    """Compare who was found with who spoke, under the mapping of speakers that agrees for the longest.

    Args:
        reference: What is true.
        found: What is to be judged; its ids mean nothing.
        collar_s: Left out on either side of each beginning and end in the reference.
    """
    edges = [time for turn in reference for time in (turn.start_s, turn.end_s)]
    unscored = [(time - collar_s, time + collar_s) for time in edges] if collar_s > 0 else []
    pieces = _pieces(reference, found, unscored)
    same = _mapping(reference, found, pieces)
    missed = false_alarm = confused = speech = 0.0
    for length, spoken, heard in pieces:
        right = sum(1 for speaker in spoken if same.get(speaker) in heard)
        missed += length * max(0, len(spoken) - len(heard))
        false_alarm += length * max(0, len(heard) - len(spoken))
        confused += length * (min(len(spoken), len(heard)) - right)
        speech += length * len(spoken)
    return DiarisationError(missed, false_alarm, confused, speech)


def jaccard_error(reference: Sequence[Turn], found: Sequence[Turn]) -> float:
    """Jaccard error rate (Ryant et al., The Second DIHARD Diarization Challenge, 2019): each speaker weighs the same.

    One less each true speaker's time that was found over the time that either spoke or was found, on average over
    the speakers, under the mapping that is best for it. 0 where nobody speaks and nobody is found, 1 where only
    somebody is found.
    """
    pieces = _pieces(reference, found, [])
    speakers, others = _ids(reference), _ids(found)
    if not speakers:
        return 1.0 if others else 0.0
    wrong = np.ones((len(speakers), max(1, len(others))))
    for row, speaker in enumerate(speakers):
        for column, other in enumerate(others):
            both = sum(length for length, spoken, heard in pieces if speaker in spoken and other in heard)
            either = sum(length for length, spoken, heard in pieces if speaker in spoken or other in heard)
            wrong[row, column] = 1.0 - both / either if either else 0.0
    rows, columns = _assigned(wrong)
    return float((wrong[rows, columns].sum() + len(speakers) - len(rows)) / len(speakers))


_Piece = tuple[float, frozenset[str], frozenset[str]]
"""Its length, who speaks in it, who was found in it."""


def _pieces(reference: Sequence[Turn], found: Sequence[Turn], unscored: Sequence[tuple[float, float]]) -> list[_Piece]:
    edges = {time for turn in (*reference, *found) for time in (turn.start_s, turn.end_s)}
    edges |= {time for span in unscored for time in span}
    pieces: list[_Piece] = []
    for start, end in pairwise(sorted(edges)):
        middle = (start + end) / 2
        if not any(begin < middle < over for begin, over in unscored):
            pieces.append((end - start, _speaking(reference, middle), _speaking(found, middle)))
    return pieces


def _speaking(turns: Sequence[Turn], time_s: float) -> frozenset[str]:
    return frozenset(turn.speaker for turn in turns if turn.start_s < time_s < turn.end_s)


def _mapping(reference: Sequence[Turn], found: Sequence[Turn], pieces: Sequence[_Piece]) -> dict[str, str]:
    speakers, others = _ids(reference), _ids(found)
    if not speakers or not others:
        return {}
    row = {speaker: place for place, speaker in enumerate(speakers)}
    column = {other: place for place, other in enumerate(others)}
    together = np.zeros((len(speakers), len(others)))
    for length, spoken, heard in pieces:
        for speaker in spoken:
            for other in heard:
                together[row[speaker], column[other]] += length
    rows, columns = _assigned(-together)
    return {speakers[place]: others[other] for place, other in zip(rows, columns, strict=True)}


def _assigned(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost)
    return np.asarray(rows), np.asarray(columns)


def _ids(turns: Sequence[Turn]) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in turns))

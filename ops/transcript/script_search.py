"""Sentences of which nothing was heard, tried on the speech between their neighbours until the sound holds them.

Each sentence is forced onto each stretch of speech that it could fill, in the mix and in the sound with the dialogue in
front, and a walk over all that were held finds the places that keep the script's order and say most of it. What
nothing holds has no place: in music or in another's speech a forced sentence has a word that does not fit at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ops.transcript.model import Timing, Word
from ops.transcript.recognition import Aligner, Window
from ops.transcript.script_text import ScriptWord, letters_of
from ops.transcript.windows import windows_of

__all__ = ["Placement", "Seeker", "holds", "mean_sure"]

_RATE = 16_000

_HELD, _NO_WORD, _IN_TEN = 0.5, 0.05, 10
"""What the words of a sentence must have in the mean, and what all but one in ten of them must.

The means at which the embedded recogniser's fits were parted (see its `_LOW_FIT` and `_EVERY_FIT`).
"""

_SHORT, _SHORT_HELD, _SHORTEST = 15, 0.85, 8
"""Letters below which a sentence must fit as read speech does: "What?" was found in music, "Get out!" in rain. Below
the last it has no place of its own, however well it fits."""

_BESIDE_HELD = 0.7
"""What a short sentence must have where it is forced together with its neighbours, which leave it less room."""

_SLOW, _FAST = 6.0, 30.0
"""Letters a second of the words alone; a word of three sounds that lasts for 1.7 s is music."""

_USUAL = 14.0
"""Letters a second of a usual speaker, pauses left out."""

_ROOM, _ROOM_S = (0.5, 1.8), 0.6
"""How much shorter and longer than usual a stretch may be for what is tried in it."""

_PIECE_S, _PIECES, _LONGEST_S, _PAUSE_S = 4.0, 8, 14.0, 2.5
"""Speech is parted at its quietest places; so many neighbouring parts are tried together, over shorter pauses."""

_AROUND_S = 0.3
_ALL, _NEAR = 600, 12
"""Sentences times parts that are all tried; beyond, each sentence is tried in so many parts to either side of where it
would be if the script were said evenly."""

_SURE = 0.8
"""Mean from which the second sound is not tried."""


@dataclass(frozen=True)
class Placement:
    """Words of the script, from `first` on, where they are said."""

    first: int
    words: tuple[Word, ...]

    @property
    def end(self) -> int:
        """One past the last word's place in the script."""
        return self.first + len(self.words)

    @property
    def gain(self) -> float:
        """How much of the script it says, in letters, by how sure it is."""
        return letters_of([word.text for word in self.words]) * mean_sure(self.words)


@dataclass(frozen=True)
class Seeker:
    """Looks for a script's words in a film's sounds.

    Attributes:
        said: The script.
        sounds: Of one film and of one length, (N,) float32 mono at 16 kHz; the first is tried first.
        aligner: Must know the language.
        language: A code of `ops.languages`.
    """

    said: Sequence[ScriptWord]
    sounds: Sequence[np.ndarray]
    aligner: Aligner
    language: str

    def forced(self, start_s: float, end_s: float, places: Sequence[int]) -> list[Word] | None:
        """Words of the script forced onto a stretch, in the sound that holds them better; None where neither does."""
        best: list[Word] | None = None
        for sound in self.sounds:
            window = Window(start_s, np.asarray(sound[int(start_s * _RATE) : int(end_s * _RATE)]))
            texts = [self.said[place].text for place in places]
            found = self.aligner.align(window, texts, language=self.language) if len(window.sound) else None
            if found is not None and (best is None or mean_sure(found) > mean_sure(best)):
                best = found
            if best is not None and mean_sure(best) >= _SURE:
                break
        if best is None:
            return None
        return [
            replace(word, spaced=self.said[place].spaced, speaker=self.said[place].speaker)
            for place, word in zip(places, best, strict=True)
        ]

    def sought(
        self,
        sentences: Sequence[tuple[int, int]],
        spans: Sequence[tuple[float, float]],
        bounds: tuple[float, float],
        *,
        together: Sequence[int],
    ) -> list[Placement]:
        """The places of sentences between two of their neighbours, in order; those that nothing holds have none.

        Args:
            sentences: Neighbours in the script, each by its first and one past its last word.
            spans: Where somebody speaks, in order.
            bounds: When the neighbours before and after end and begin, in seconds.
            together: How many neighbouring sentences are tried at once.
        """
        pieces = self._pieces(spans, bounds)
        found: list[Placement] = []
        for count in together:
            for at in range(len(sentences) - count + 1):
                run = sentences[at : at + count]
                for start_s, end_s in self._stretches(run, pieces, sentences):
                    around = max(bounds[0], start_s - _AROUND_S), min(bounds[1], end_s + _AROUND_S)
                    words = self.forced(*around, range(run[0][0], run[-1][1]))
                    if words is not None and self._all_hold(run, words):
                        found.append(Placement(run[0][0], tuple(words)))
        return _best_chain(found)

    def _pieces(self, spans: Sequence[tuple[float, float]], bounds: tuple[float, float]) -> list[tuple[float, float]]:
        pieces: list[tuple[float, float]] = []
        for start_s, end_s in ((max(one, bounds[0]), min(other, bounds[1])) for one, other in spans):
            if end_s - start_s >= 0.1:
                cut = windows_of(self.sounds[0], [(start_s, end_s)], longest_s=_PIECE_S)
                pieces += [(max(start_s, part.start_s), min(end_s, part.end_s)) for part in cut]
        return pieces

    def _stretches(
        self, run: Sequence[tuple[int, int]], pieces: Sequence[tuple[float, float]], among: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[float, float]]:
        """Where a run of sentences could be said, by how long it lasts and about where in the script it stands."""
        usual_s = self._letters(run[0][0], run[-1][1]) / _USUAL
        low, high = 0, len(pieces)
        if len(among) * len(pieces) > _ALL:
            share = self._letters(among[0][0], run[0][0]) / max(1, self._letters(among[0][0], among[-1][1]))
            low, high = int(share * len(pieces)) - _NEAR, int(share * len(pieces)) + _NEAR
        for first in range(max(0, low), min(len(pieces), high)):
            speech_s = 0.0
            for last in range(first, min(len(pieces), first + _PIECES)):
                if last > first and pieces[last][0] - pieces[last - 1][1] > _PAUSE_S:
                    break
                speech_s += pieces[last][1] - pieces[last][0]
                if pieces[last][1] - pieces[first][0] > _LONGEST_S:
                    break
                if _ROOM[0] * usual_s <= speech_s <= _ROOM[1] * usual_s + _ROOM_S:
                    yield pieces[first][0], pieces[last][1]

    def _letters(self, first: int, end: int) -> int:
        return letters_of([word.text for word in self.said[first:end]])

    def _all_hold(self, run: Sequence[tuple[int, int]], words: Sequence[Word]) -> bool:
        return all(holds(words[first - run[0][0] : end - run[0][0]], alone=len(run) == 1) for first, end in run)


def holds(words: Sequence[Word], *, alone: bool) -> bool:
    """Whether the sound holds a sentence that was forced onto it, by how its words fit and how fast they are said.

    Args:
        words: Of one sentence, from an aligner.
        alone: Whether it was forced by itself: short ones then must fit better.
    """
    timed = [word for word in words if word.timing is Timing.ALIGNED]
    letters = letters_of([word.text for word in timed])
    lasting_s = sum(word.end_s - word.start_s for word in timed)
    if lasting_s <= 0 or not _SLOW <= letters / lasting_s <= _FAST:
        return False
    sure = mean_sure(timed)
    if letters < _SHORT:
        return sure >= (_SHORT_HELD if alone else _BESIDE_HELD) and (letters >= _SHORTEST or not alone)
    return sure >= _HELD and sum(word.confidence < _NO_WORD for word in timed) <= len(timed) // _IN_TEN


def mean_sure(words: Sequence[Word]) -> float:
    """Mean confidence of the words that were found in the sound; 0 for none."""
    timed = [word.confidence for word in words if word.timing is Timing.ALIGNED]
    return sum(timed) / len(timed) if timed else 0.0


def _best_chain(found: Sequence[Placement]) -> list[Placement]:
    """Of all places those that keep the order of the script and of the film and say most of it."""
    ordered = sorted(found, key=lambda one: (one.first, one.words[0].start_s))
    best: list[float] = []
    before: list[int] = []
    for place, one in enumerate(ordered):
        fitting = [
            at
            for at in range(place)
            if ordered[at].end <= one.first and ordered[at].words[-1].end_s <= one.words[0].start_s
        ]
        behind = max(fitting, key=lambda at: best[at], default=-1)
        best.append(one.gain + (best[behind] if behind >= 0 else 0.0))
        before.append(behind)
    chain: list[Placement] = []
    place = max(range(len(ordered)), key=lambda at: best[at], default=-1)
    while place >= 0:
        chain.append(ordered[place])
        place = before[place]
    return chain[::-1]

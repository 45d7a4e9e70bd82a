"""Words while they are corrected: what is said in them is spelled once, and of a change its run alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ops.subtitles.corrections.model import said
from ops.subtitles.identity import plain
from ops.transcript.model import Word

__all__ = ["Span", "SpokenWords"]

Span = tuple[int, int]
"""A run of words: the first, and one past the last."""


class SpokenWords:
    """The words of a film, in order, as a text that is searched and as times.

    Attributes:
        words: As they are now.
        places: int64, one more than there were words: for each place between those, the place between these.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = list(words)
        self.places: NDArray[np.int64] = np.arange(len(self.words) + 1)
        self._said = [said(word.text) for word in words]
        self._whole = "".join(self._said)
        self._at = _offsets(self._said)
        self._start_s, self._end_s = _times(words)

    def __getitem__(self, span: Span) -> list[Word]:
        return self.words[span[0] : span[1]]

    def replaced(self, span: Span, made: Sequence[Word]) -> None:
        """Have other words in the place of a run."""
        first, end = span
        spelled = [said(word.text) for word in made]
        from_, to = int(self._at[first]), int(self._at[end])
        self._whole = self._whole[:from_] + "".join(spelled) + self._whole[to:]
        inner = _offsets(spelled) + from_
        self._at = np.concatenate([self._at[:first], inner, self._at[end + 1 :] + (int(inner[-1]) - to)])
        self._said[first:end] = spelled
        self.words[first:end] = made
        start_s, end_s = _times(made)
        self._start_s = np.concatenate([self._start_s[:first], start_s, self._start_s[end:]])
        self._end_s = np.concatenate([self._end_s[:first], end_s, self._end_s[end:]])
        within = first + np.minimum(len(made), self.places - first)
        self.places = np.where(
            self.places <= first,
            self.places,
            np.where(self.places >= end, self.places + len(made) - (end - first), within),
        )

    def occurrences(self, text: str, within: Span | None = None) -> list[Span]:
        """Every run of whole words that says a text, whatever its marks and the case of its letters.

        Args:
            text: What is said.
            within: The words among which it begins; None for all.
        """
        searched = said(text)
        if not searched:
            return []
        first, end = within or (0, len(self.words))
        written, spans = plain(text), []
        at, last = int(self._at[first]) - 1, int(self._at[end]) - 1 + len(searched)
        while (at := self._whole.find(searched, at + 1, last)) >= 0:
            first = int(np.searchsorted(self._at, at, side="right")) - 1  # the word of that letter
            end = int(np.searchsorted(self._at, at + len(searched), side="left"))
            if self._at[first] != at or self._at[end] != at + len(searched):
                continue
            while end < len(self.words) and not self._said[end] and written.endswith(self.words[end].text):
                end += 1  # a mark that stands apart: "Vraiment ?"
            spans.append((first, end))
        return spans

    def near(self, text: str, at_s: float, within_s: float) -> list[Span]:
        """The runs that say a text and begin near a time, the nearest first."""
        then = np.flatnonzero(np.abs(self._start_s - at_s) <= within_s)
        if not then.size:
            return []
        found = self.occurrences(text, (int(then[0]), int(then[-1]) + 1))
        near = sorted((abs(float(self._start_s[span[0]]) - at_s), span) for span in found)
        return [span for distance_s, span in near if distance_s <= within_s]

    def around(self, at_s: float, within_s: float) -> str:
        """What is said about then."""
        near = np.flatnonzero(np.abs(self._start_s - at_s) <= within_s)
        return " ".join(self.words[place].text for place in near)

    def gap(self, start_s: float, end_s: float) -> Span | None:
        """The place of what is said between two times, where nobody else is known to speak."""
        middle = (self._start_s + self._end_s) / 2
        if np.any((start_s < middle) & (middle < end_s)):
            return None
        place = int(np.count_nonzero(self._start_s < start_s))
        return place, place


def _offsets(spelled: Sequence[str]) -> NDArray[np.int64]:
    """Where each word begins in them all, and where the last one ends: int64."""
    return np.cumsum([0, *map(len, spelled)], dtype=np.int64)


def _times(words: Sequence[Word]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array([float(word.start_s) for word in words]), np.array([float(word.end_s) for word in words])

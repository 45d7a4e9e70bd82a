"""A supplied script found in the sound: anchored by what is heard, then forced onto the stretches between."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol, runtime_checkable

import numpy as np

from ops.transcript.from_cues import said_lines
from ops.transcript.hallucination import folded
from ops.transcript.listen import confidence_of
from ops.transcript.model import Transcript, Word
from ops.transcript.recognition import Aligner, HeardWindow, Window
from ops.transcript.speakers import sentence_runs
from ops.transcript.units import units_of
from ops.transcript.windows import windows_of

__all__ = ["transcript_of_script"]

_RATE = 16_000
_LONGEST_S = 12.0
"""Windows are shorter than a recogniser's: a line that is not said spoils one of them and not half a minute."""

_FEWEST = 0.34
"""The share of a window's heard words that the script must have there; below it the window is none of the script."""


_TRIES = 6
_SQUEEZED = 0.35
"""Mean confidence of a sentence's places below which it is none of a window's, where nothing of it was heard."""

_Share = tuple[tuple[int, int], tuple[int, int]]


@runtime_checkable
class _Hears(Protocol):
    def hear(self, windows: Sequence[Window], *, language: str) -> list[HeardWindow]: ...


@dataclass(frozen=True)
class _Said:
    """A word of the script and who says it, where the script names them."""

    text: str
    spaced: bool
    speaker: str


def transcript_of_script(
    text: str, samples: np.ndarray, spans: Sequence[tuple[float, float]], aligner: Aligner, *, language: str
) -> Transcript:
    """The words of a script with the times at which they are said.

    Names before a colon, descriptions in brackets and lines in brackets are removed. What is heard in each window of
    speech (by the aligner itself, where it is a recogniser too) is matched with the script in order; the script's words
    between the matches are forced onto the window. Words that no window holds are left out and told in a note.

    Args:
        text: The script, as plain text.
        samples: (N,) float32 mono at 16 kHz.
        spans: Where somebody speaks, in order.
        aligner: Must know the language.
        language: A code of `ops.languages`.

    Raises:
        UsageError: The aligner does not know the language.
    """
    said = _said(text, language)
    windows = windows_of(samples, spans, longest_s=_LONGEST_S)
    shares = _shares(said, windows, aligner, language)
    words: list[Word] = []
    found: set[int] = set()
    for window, (share, anchored) in zip(windows, shares, strict=True):
        start, placed = _forced(window, said, share, anchored, aligner, language=language)
        found.update(range(start, start + len(placed)))
        words += placed
    lost = [each.text for place, each in enumerate(said) if place not in found]
    notes = (f"{len(lost)} of the script's {len(said)} words were not found in the sound and are left out"
             f"{': ' + _shown(lost) if lost else ''}.",) if lost else ()  # fmt: skip
    return Transcript(
        language,
        tuple(words),
        f"script, placed by {aligner.name}",
        confidence=confidence_of(words) if words else 0.0,
        dropped=tuple((run, "not found in the sound") for run in _runs(said, found)),
        notes=notes,
    )


def _said(text: str, language: str) -> list[_Said]:
    units: list[_Said] = []
    for speaker, line in said_lines(text):
        units += [
            _Said(unit, spaced or place == 0, speaker)
            for place, (unit, spaced) in enumerate(units_of(line, language=language))
        ]
    return units


def _shares(said: Sequence[_Said], windows: Sequence[Window], aligner: Aligner, language: str) -> list[_Share]:
    """Of each window the script's words that may be in it and those that were heard: first and one past the last."""
    if not isinstance(aligner, _Hears):
        return _by_length(said, windows)
    heard = aligner.hear(windows, language=language)
    spoken = [(folded(word.text), place) for place, each in enumerate(heard) for word in each.words]
    script = [folded(each.text) for each in said]
    blocks = difflib.SequenceMatcher(None, script, [word for word, _ in spoken], autojunk=False).get_matching_blocks()
    owner: dict[int, int] = {}
    matched = [0] * len(windows)
    for block in blocks:
        for step in range(block.size):
            owner[block.a + step] = spoken[block.b + step][1]
            matched[spoken[block.b + step][1]] += 1
    good = {
        place
        for place, each in enumerate(heard)
        if each.words and matched[place] / len(each.words) >= _FEWEST * min(1.0, len(each.words) / 3)
    }
    return _bounds(owner, good, len(script), windows)


def _bounds(owner: dict[int, int], good: set[int], length: int, windows: Sequence[Window]) -> list[_Share]:
    """Words between two windows' anchors may be in either: each takes those nearer to its own."""
    anchors = sorted((word, window) for word, window in owner.items() if window in good)
    shares: list[_Share] = [((0, 0), (0, 0))] * len(windows)
    if not anchors:
        return shares
    firsts: dict[int, int] = {}
    lasts: dict[int, int] = {}
    for word, window in anchors:
        firsts.setdefault(window, word)
        lasts[window] = word
    order = sorted(firsts)
    for place, window in enumerate(order):
        before = lasts[order[place - 1]] + 1 if place else 0
        after = firsts[order[place + 1]] if place + 1 < len(order) else length
        low = before if not place else _middle(before, firsts[window])
        high = after if place + 1 == len(order) else _middle(lasts[window] + 1, after)
        shares[window] = ((low, high), (firsts[window], lasts[window] + 1))
    return shares


def _middle(low: int, high: int) -> int:
    return (low + high) // 2


def _by_length(said: Sequence[_Said], windows: Sequence[Window]) -> list[_Share]:
    """Without ears: by how long the windows are."""
    total = sum(len(window.sound) for window in windows) or 1
    edges = [0]
    done = 0
    for window in windows:
        done += len(window.sound)
        edges.append(round(len(said) * done / total))
    return [(share, share) for share in pairwise(edges)]


def _forced(
    window: Window,
    said: Sequence[_Said],
    share: tuple[int, int],
    anchored: tuple[int, int],
    aligner: Aligner,
    *,
    language: str,
) -> tuple[int, list[Word]]:
    """The words onto their window, with fewer at either end where it does not hold them all; (first, words)."""
    for low, high in _candidates(said, share, anchored):
        words = aligner.align(window, [each.text for each in said[low:high]], language=language)
        if words is not None:
            placed = [
                replace(word, spaced=each.spaced, speaker=each.speaker)
                for word, each in zip(words, said[low:high], strict=True)
            ]
            return _held(low, placed, anchored)
    return share[0], []


def _candidates(said: Sequence[_Said], share: tuple[int, int], anchored: tuple[int, int]) -> list[tuple[int, int]]:
    """Ever less of the script around what was heard: whole sentences fewer at the end, at the beginning, at both."""
    if share[1] <= share[0]:
        return []
    ends = [place for place in range(anchored[1], share[1] + 1) if place == share[1] or _closes(said[place - 1].text)]
    starts = [place for place in range(share[0], anchored[0] + 1) if place == share[0] or _closes(said[place - 1].text)]
    ends, starts = [*reversed(ends), anchored[1]][-_TRIES:], [*starts, anchored[0]][-_TRIES:]
    pairs = [(start, end) for start in dict.fromkeys(starts) for end in dict.fromkeys(ends)]
    return sorted(pairs, key=lambda pair: pair[0] - pair[1])


def _held(low: int, placed: list[Word], anchored: tuple[int, int]) -> tuple[int, list[Word]]:
    """Without the sentences at either end that were squeezed in: nothing of them was heard and they hardly fit."""
    runs = sentence_runs(placed)
    while runs and low + runs[-1][0] >= anchored[1] and _doubted(placed, runs[-1]):
        runs.pop()
    while runs and low + runs[0][1] <= anchored[0] and _doubted(placed, runs[0]):
        runs.pop(0)
    return (low + runs[0][0], placed[runs[0][0] : runs[-1][1]]) if runs else (low, [])


def _doubted(words: Sequence[Word], run: tuple[int, int]) -> bool:
    return sum(word.confidence for word in words[run[0] : run[1]]) / (run[1] - run[0]) < _SQUEEZED


def _closes(text: str) -> bool:
    return text.rstrip("\"'”’»)").endswith((".", "!", "?", "…", "。", "！", "？"))


def _runs(said: Sequence[_Said], found: set[int]) -> list[str]:
    """What was not found, neighbours as one."""
    runs: list[str] = []
    for place, each in enumerate(said):
        if place in found:
            continue
        joined = runs and place and place - 1 not in found
        if joined:
            runs[-1] += (" " if each.spaced else "") + each.text
        else:
            runs.append(each.text)
    return runs


def _shown(words: Sequence[str]) -> str:
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "")

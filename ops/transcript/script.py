"""A supplied script found in the sound: anchored by what is heard, forced onto it there, and sought in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from ops.transcript.layers import folded
from ops.transcript.listen import confidence_of
from ops.transcript.model import Transcript, Word
from ops.transcript.recognition import Aligner, HeardWindow, Window
from ops.transcript.script_anchors import matched
from ops.transcript.script_search import Seeker, holds, mean_sure
from ops.transcript.script_text import ScriptWord, script_words, sentences_of
from ops.transcript.windows import windows_of

__all__ = ["transcript_of_script"]

_LONGEST_S = 12.0
"""Windows are shorter than a recogniser's: a line that is not said spoils one of them and not half a minute."""

_FEWEST = 0.34
"""The share of a window's heard words that the script must have there; below it the window is none of the script."""

_TRIES = 4
_HEARD_HELD = 0.35
"""Mean confidence of a sentence of which something was heard, below which it is not placed by that."""

_TOGETHER = ((1,), (2, 3))
"""Sentences are sought alone, then those left with their neighbours: together they fill a stretch that neither does."""

_Span = tuple[int, int]


@runtime_checkable
class _Hears(Protocol):
    def hear(self, windows: Sequence[Window], *, language: str) -> list[HeardWindow]: ...


def transcript_of_script(
    text: str,
    samples: np.ndarray,
    spans: Sequence[tuple[float, float]],
    aligner: Aligner,
    *,
    language: str,
    dialogue: np.ndarray | None = None,
) -> Transcript:
    """The words of a script with the times at which they are said.

    Names before a colon, descriptions in brackets and lines in brackets are removed. What is heard in each window of
    speech (by the aligner itself, where it is a recogniser too) is matched with the script in order, and the sentences
    that were heard are forced onto their windows. The others are sought, each between its placed neighbours. What no
    sound holds, or is said in another order, is left out and told in a note.

    Args:
        text: The script, as plain text.
        samples: (N,) float32 mono at 16 kHz.
        spans: Where somebody speaks, in order.
        aligner: Must know the language.
        language: A code of `ops.languages`.
        dialogue: The same film with the dialogue in front, as `samples`; of both the one that holds a sentence better
            gives its times.

    Raises:
        UsageError: The aligner does not know the language.
    """
    said = script_words(text, language=language)
    sounds = [samples] if dialogue is None else [samples, dialogue]
    seeker = Seeker(said, sounds, aligner, language)
    sentences = sentences_of(said)
    placed: dict[int, Word] = {}
    if isinstance(aligner, _Hears) and said:
        windows = windows_of(samples, spans, longest_s=_LONGEST_S)
        for window, anchors, share in _shares(said, windows, sounds, aligner, language):
            placed |= _forced(seeker, window, _within(sentences, share), anchors)
    for together in _TOGETHER:
        for among, bounds in list(_gaps(sentences, placed, len(samples) / 16_000)):
            for each in seeker.sought(among, spans, bounds, together=together):
                placed |= dict(zip(range(each.first, each.end), each.words, strict=True))
    return _told(said, placed, aligner.name, language)


def _told(said: Sequence[ScriptWord], placed: dict[int, Word], by: str, language: str) -> Transcript:
    words = [placed[place] for place in sorted(placed)]
    lost = [each.text for place, each in enumerate(said) if place not in placed]
    told = (
        f"{len(lost)} of the script's {len(said)} words were not found in the sound and are left out: “{_shown(lost)}”"
    )
    return Transcript(
        language,
        tuple(words),
        f"script, placed by {by}",
        confidence=confidence_of(words) if words else 0.0,
        dropped=tuple((run, "not found in the sound") for run in _runs(said, placed)),
        notes=(told,) if lost else (),
    )


def _shares(
    said: Sequence[ScriptWord], windows: Sequence[Window], sounds: Sequence[np.ndarray], ears: _Hears, language: str
) -> Iterator[tuple[Window, set[int], _Span]]:
    """The windows in which something of the script was heard, with those words and all that may be in them.

    A window in which nothing of it was heard is heard again in the other sound.
    """
    script = [folded(each.text) for each in said]
    heard = [[folded(word.text) for word in each.words] for each in ears.hear(windows, language=language)]
    anchors = _anchors(script, heard)
    deaf = [place for place in range(len(windows)) if place not in anchors]
    if len(sounds) > 1 and deaf:
        again = [_same(windows[place], sounds[1]) for place in deaf]
        for place, each in zip(deaf, ears.hear(again, language=language), strict=True):
            heard[place] = [folded(word.text) for word in each.words]
        anchors = _anchors(script, heard)
    order = sorted(anchors)
    for at, place in enumerate(order):
        first, last = min(anchors[place]), max(anchors[place])
        low = (max(anchors[order[at - 1]]) + 1 + first) // 2 if at else 0
        high = (last + 1 + min(anchors[order[at + 1]])) // 2 if at + 1 < len(order) else len(said)
        yield windows[place], anchors[place], (low, high)


def _same(window: Window, sound: np.ndarray) -> Window:
    start = round(window.start_s * 16_000)
    return Window(window.start_s, np.asarray(sound[start : start + len(window.sound)]))


def _anchors(script: Sequence[str], heard: Sequence[Sequence[str]]) -> dict[int, set[int]]:
    """By window, the places in the script of words that were heard in it, where they are enough of what was."""
    spoken = [(word, place) for place, words in enumerate(heard) for word in words]
    found: dict[int, set[int]] = {}
    for here, there in matched(script, [word for word, _ in spoken]):
        found.setdefault(spoken[there][1], set()).add(here)
    return {
        place: anchors
        for place, anchors in found.items()
        if len(anchors) / len(heard[place]) >= _FEWEST * min(1.0, len(heard[place]) / 3)
    }


def _within(sentences: Sequence[_Span], share: _Span) -> list[_Span]:
    """The sentences of a share of the script, cut at its ends."""
    return [
        (max(first, share[0]), min(end, share[1])) for first, end in sentences if first < share[1] and end > share[0]
    ]


def _forced(seeker: Seeker, window: Window, among: Sequence[_Span], anchors: set[int]) -> dict[int, Word]:
    """The sentences heard in a window with those around them that it holds too, or those alone that were heard."""
    heard = [any(first <= place < end for place in anchors) for first, end in among]
    first, last = heard.index(True), len(heard) - 1 - heard[::-1].index(True)
    tries = [
        list(range(start, end + 1))
        for start in range(max(0, first - _TRIES), first + 1)
        for end in range(last, min(len(among), last + 1 + _TRIES))
    ]
    tries.sort(key=len, reverse=True)
    for chosen in [*tries, [at for at, known in enumerate(heard) if known]]:
        places = [place for at in chosen for place in range(*among[at])]
        words = seeker.forced(window.start_s, window.end_s, places)
        if words is None:
            continue
        found = dict(zip(places, words, strict=True))
        if all(_fits([found[place] for place in range(*among[at])], heard=heard[at]) for at in chosen):
            return found
    return {}


def _fits(words: Sequence[Word], *, heard: bool) -> bool:
    return mean_sure(words) >= _HEARD_HELD if heard else holds(words, alone=False)


def _gaps(
    sentences: Sequence[_Span], placed: dict[int, Word], length_s: float
) -> Iterator[tuple[list[_Span], tuple[float, float]]]:
    """What of the script has no place, neighbours together, and the seconds between what is placed around it."""
    missing: list[_Span] = []
    low_s = 0.0
    for first, end in sentences:
        for place in range(first, end):
            word = placed.get(place)
            if word is None:
                if missing and missing[-1][1] == place and place > first:
                    missing[-1] = (missing[-1][0], place + 1)
                else:
                    missing.append((place, place + 1))
                continue
            if missing:
                yield missing, (low_s, word.start_s)
                missing = []
            low_s = word.end_s
    if missing:
        yield missing, (low_s, length_s)


def _runs(said: Sequence[ScriptWord], placed: dict[int, Word]) -> list[str]:
    """What was not found, neighbours as one."""
    runs: list[str] = []
    for place, each in enumerate(said):
        if place in placed:
            continue
        if runs and place - 1 not in placed:
            runs[-1] += (" " if each.spaced else "") + each.text
        else:
            runs.append(each.text)
    return runs


def _shown(words: Sequence[str]) -> str:
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "")

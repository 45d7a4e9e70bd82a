"""A script's words and its sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ops.transcript.from_cues import said_lines
from ops.transcript.units import units_of

__all__ = ["ScriptWord", "letters_of", "script_words", "sentences_of"]

_LONGEST = 70
"""Letters of a sentence that is looked for at once, some 5 s; what is longer is parted at a comma or a semicolon."""

_WIDE = 3
"""A Chinese, Japanese or Korean sign takes about as long to say as three letters: 5 a second against 14."""

_DIGIT = 4
"""One digit's name has as many letters."""


@dataclass(frozen=True)
class ScriptWord:
    """A word of a script.

    Attributes:
        text: As it is written.
        spaced: Whether a space comes before it in writing.
        speaker: Who says it, where the script names them.
        opens: Whether a line begins with it.
    """

    text: str
    spaced: bool
    speaker: str
    opens: bool = False


def script_words(text: str, *, language: str) -> list[ScriptWord]:
    """What is said of a script: without names before a colon, descriptions in brackets and lines that only describe.

    Args:
        text: Plain text.
        language: A code of `ops.languages`.
    """
    return [
        ScriptWord(unit, spaced or place == 0, speaker, place == 0)
        for speaker, line in said_lines(text)
        for place, (unit, spaced) in enumerate(units_of(line, language=language))
    ]


def sentences_of(words: Sequence[ScriptWord]) -> list[tuple[int, int]]:
    """The first and one past the last word of each sentence, in order and without gaps.

    A line that begins in a capital, or in a script that has none, begins a sentence; so does another speaker.
    """
    found: list[tuple[int, int]] = []
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or _ends(words[place - 1], words[place]):
            found += _parted(words, first, place)
            first = place
    return found


def letters_of(words: Sequence[str]) -> int:
    """How much there is to say, in letters of an alphabet."""
    return sum(_weight(sign) for word in words for sign in word)


def _weight(sign: str) -> int:
    if sign.isdigit():
        return _DIGIT
    return (_WIDE if unicodedata.east_asian_width(sign) == "W" else 1) if sign.isalpha() else 0


def _ends(word: ScriptWord, after: ScriptWord) -> bool:
    if after.speaker != word.speaker or _closes(word.text):
        return True
    return after.opens and not next((sign.islower() for sign in after.text if sign.isalpha()), True)


def _closes(text: str) -> bool:
    bare = text.rstrip("\"'”’»)」』")
    return bare.endswith((".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "။", "។", "།")) and not _is_title(bare)


def _is_title(text: str) -> bool:
    return text.casefold() in {"mr.", "mrs.", "ms.", "dr.", "st."}


def _parted(words: Sequence[ScriptWord], first: int, end: int) -> list[tuple[int, int]]:
    """A sentence in parts of bearable length, at the comma nearest to the middle, else in the middle."""
    if end - first < 2 or letters_of([word.text for word in words[first:end]]) <= _LONGEST:
        return [(first, end)]
    middle = (first + end) // 2
    commas = [place for place in range(first + 1, end) if words[place - 1].text.endswith((",", ";", ":", "，", "、"))]
    near = [place for place in commas if abs(place - middle) <= (end - first) // 4]
    cut = min(near, key=lambda place: abs(place - middle), default=middle)
    return _parted(words, first, cut) + _parted(words, cut, end)

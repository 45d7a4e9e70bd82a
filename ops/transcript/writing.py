"""Capitals and stops for words that were heard without any, by rule: so that English cues read as sentences.

It is a typist's first guess and no more: pauses tell where a sentence may end, grammar where it may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ops.transcript.model import Word

__all__ = ["is_bare", "written"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STOP_S, _COMMA_S = 0.6, 0.15
"""Pauses that end a sentence or part it, where grammar lets them: of 0.4 to 1.0 s and of 0.15 to 0.3 s the best on the
right words of two recordings (`docs/transcript.md`)."""

_SHORTEST = 3
"""Words of the shortest sentence that a pause alone ends."""

_NEVER_LAST = _set(
    "a an the and or but so if because as than that which who whose to of for with from by at into onto upon about "
    "between without within my your his her its our their this these those is are was were be been am being has have "
    "had do does did will would shall should can could may might must not no every each some any very more most mr mrs "
    "ms dr st i he she we they there what when where while until till unless although though whether"
)
"""Words that lean on the next one: no sentence ends with them (some rarely do; a full stop missed reads better)."""

_OPENS_A_QUESTION = _set("who what where when why how which whose whom")
_AUXILIARIES = _set(
    "is are was were am do does did will would shall should can could may might must has have had isn't aren't wasn't "
    "don't doesn't didn't won't wouldn't can't couldn't"
)
_SUBJECTS = _set("i you he she it we they there this that these those anyone anybody")
_FORMS = {"mr": "Mr.", "mrs": "Mrs.", "ms": "Ms.", "dr": "Dr.", "i": "I", "ok": "OK", "tv": "TV", "usa": "USA"}
_NAMES = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september "
    "october november december america american americans england english britain british france french germany german "
    "europe european china chinese japan japanese russia russian london paris york christmas god"
)


def is_bare(words: Sequence[Word]) -> bool:
    """Whether a text has neither capitals nor stops, as engines write that know sounds only."""
    return bool(words) and all(word.text == word.text.lower() and word.text[-1].isalnum() for word in words)


def written(words: Sequence[Word]) -> list[Word]:
    """English words with capitals and stops.

    A full stop (or a question mark after a question's order of words) comes at a pause of 0.6 s after at least three
    words, a comma at one of 0.15 s, neither after a word that leans on the next; capitals come at a sentence's
    beginning, on "I", titles, days, months and a few countries.

    Args:
        words: In order, bare.
    """
    marks = _marks(words)
    texts: list[str] = []
    opening = True
    for word, mark in zip(words, marks, strict=True):
        text = _cased(word.text, opening)
        texts.append(text + ("" if mark == "." and text.endswith(".") else mark))
        opening = mark in (".", "?")
    return [replace(word, text=text) for word, text in zip(words, texts, strict=True)]


def _marks(words: Sequence[Word]) -> list[str]:
    marks: list[str] = []
    first = 0
    for place, word in enumerate(words):
        if place + 1 == len(words):
            marks.append(_stop(words[first:]))
            continue
        pause = words[place + 1].start_s - word.end_s
        leans = word.text in _NEVER_LAST
        if pause >= _STOP_S and not leans and place + 1 - first >= _SHORTEST:
            marks.append(_stop(words[first : place + 1]))
            first = place + 1
        else:
            marks.append("," if pause >= _COMMA_S and not leans else "")
    return marks


def _stop(sentence: Sequence[Word]) -> str:
    """What ends a sentence: a question begins with its verb, or with its question word and a verb and a subject."""
    texts = [word.text for word in sentence]
    verb = texts[0] in _AUXILIARIES and len(texts) > 1 and texts[1] in _SUBJECTS
    asked = (
        len(texts) > 2
        and texts[0] in _OPENS_A_QUESTION
        and texts[1] in _AUXILIARIES
        and texts[2] in _SUBJECTS | {"the"}
    )
    return "?" if verb or asked else "."


def _cased(text: str, opening: bool) -> str:
    stem = text.partition("'")[0]
    if text in _FORMS:
        return _FORMS[text]
    if stem == "i" and "'" in text:
        return "I" + text[1:]
    return text[0].upper() + text[1:] if opening or stem in _NAMES else text

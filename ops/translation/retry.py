"""What is tried when a translation fails: another way to decode, or another way to ask, by what went wrong.

The settings that cure one fault cause others (a ban on repeats breaks names and numbers, a least length breaks
Chinese), so none of them is on before something went wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import regex

from ops.translation.gates import Fault
from ops.translation.translator import Decoding

__all__ = ["MOST_TRIES", "Asking", "Remedy", "asked", "joined", "remedies"]

MOST_TRIES = 4
"""The first and three more: of what three different remedies leave, a fourth has little hope."""


class Asking(Enum):
    """How the source is put to the engine."""

    AS_IT_IS = auto()
    PLAIN = auto()
    """Without quotes, semicolons and colons, at which NLLB stops."""
    HALVES = auto()
    """In two, at a clause; each is translated alone."""


@dataclass(frozen=True)
class Remedy:
    """One thing to try.

    Attributes:
        name: As reports tell it.
        decoding: How the engine looks.
        asking: What it is given.
    """

    name: str
    decoding: Decoding
    asking: Asking = Asking.AS_IT_IS


_GREEDY = Remedy("greedy", Decoding(beams=1))
_NO_LOOPS = Remedy("greedy, repetition penalised", Decoding(beams=1, repetition_penalty=1.2))
_WHOLE_LENGTH = Remedy("a least length", Decoding(beams=4, shortest=0.8))
_PLAIN = Remedy("without quotes and semicolons", Decoding(beams=4), Asking.PLAIN)
_HALVES = Remedy("in two halves", Decoding(beams=4), Asking.HALVES)
_SEVERAL = Remedy("best of four", Decoding(beams=4, candidates=4))

_BY_FAULT: dict[Fault, tuple[Remedy, ...]] = {
    Fault.DROPPED: (_PLAIN, _WHOLE_LENGTH, _HALVES),
    Fault.CUT_SHORT: (_NO_LOOPS, _HALVES, _PLAIN),
    Fault.REPEATED: (_NO_LOOPS, _GREEDY, _HALVES),
    Fault.ADDED: (_GREEDY, _NO_LOOPS, _HALVES),
    Fault.COPIED: (_GREEDY, _SEVERAL, _PLAIN),
    Fault.WRONG_SCRIPT: (_SEVERAL, _GREEDY, _NO_LOOPS),
    Fault.WRONG_LANGUAGE: (_SEVERAL, _GREEDY, _PLAIN),
    Fault.NUMBERS: (_SEVERAL, _GREEDY, _HALVES),
    Fault.UNKNOWN_GLYPH: (_SEVERAL, _PLAIN, _GREEDY),
}
_OTHERWISE = (_SEVERAL, _GREEDY, _HALVES)

_QUOTES = regex.compile('["“”„‟«»‹›「」『』]')
_STOPS = regex.compile(r"\s*[;:؛；：](?=\s|$)")
_CLAUSE = regex.compile(r"[,;:،؛，；：、—–](?:\s+|(?=[\p{Han}\p{Hiragana}\p{Katakana}]))")
_FULL_STOP = regex.compile(r"[.。।۔።။]+$")
_ENDS_ITSELF = regex.compile(r"[.!?…。！？।॥۔؟።။]$")
_UNSPACED_TARGETS = ("zho", "yue", "jpn", "tha", "lao", "khm", "mya", "bod", "dzo")


def remedies(faults: Sequence[Fault]) -> list[Remedy]:
    """What to try in turn: the first remedy of each fault that fails a sentence, then the second of each, …"""
    lists = [_BY_FAULT.get(fault, _OTHERWISE) for fault in faults if fault.fails] or [_OTHERWISE]
    turns = (remedy for rank in range(max(map(len, lists))) for own in lists for remedy in own[rank : rank + 1])
    return list(dict.fromkeys(turns))


def asked(text: str, asking: Asking) -> list[str] | None:
    """What the engine is given, in one piece or two; None where this asks for nothing else than the text itself."""
    if asking is Asking.AS_IT_IS:
        return [text]
    if asking is Asking.PLAIN:
        plain = " ".join(_STOPS.sub(",", _QUOTES.sub("", text)).split()).rstrip(",")
        return [plain] if plain and plain != text else None
    middle = len(text) / 2
    clauses = [each for each in _CLAUSE.finditer(text) if 0.2 * len(text) < each.end() < 0.8 * len(text)]
    if not clauses:
        return None
    at = min(clauses, key=lambda each: abs(each.end() - middle)).end()
    return [text[:at].strip(), text[at:].strip()]


def joined(pieces: Sequence[str], translations: Sequence[str], target: str) -> str:
    """The pieces' translations as one text: a full stop that an engine put after a first half is taken out again."""
    texts = [
        _FULL_STOP.sub("", text.strip()) if place + 1 < len(pieces) and not _ENDS_ITSELF.search(piece) else text.strip()
        for place, (piece, text) in enumerate(zip(pieces, translations, strict=True))
    ]
    return ("" if target.startswith(_UNSPACED_TARGETS) else " ").join(text for text in texts if text)

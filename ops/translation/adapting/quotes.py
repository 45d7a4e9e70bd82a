"""Quotation marks as a language writes them."""

from __future__ import annotations

from collections.abc import Iterator

import regex

__all__ = ["with_quotes"]

_STRAIGHT = r'"＂'
_OPEN_OR_CLOSED = "“”„‟«»「」"
_MARK = regex.compile(rf"[{_STRAIGHT}{_OPEN_OR_CLOSED}]")
_GERSHAYIM = regex.compile(r"(?<=\p{Hebrew})\"(?=\p{Hebrew})")
_FAMILIES = ('"＂', "“”„‟", "«»", "「」")


def with_quotes(text: str, quotes: str) -> str:
    """A text with its quotation marks in pairs, as the language writes them.

    Left alone are: marks without their other half (a quotation may go on in the next cue), quotations within
    quotations, single quotes, which are apostrophes as well.
    """
    places = list(_quotes(text))
    if len(places) % 2 or not places or _nested(text, places):
        return text
    written = list(text)
    for order, place in enumerate(places):
        written[place] = quotes[order % 2]
    return "".join(written)


def _quotes(text: str) -> Iterator[int]:
    """Where quotation marks stand; neither Hebrew's abbreviations nor inches ("5\" wide") are any."""
    no_quotes = {match.start() for match in _GERSHAYIM.finditer(text)}
    within = False
    for match in _MARK.finditer(text):
        inches = not within and match[0] in _STRAIGHT and text[: match.start()][-1:].isdigit()
        if match.start() not in no_quotes and not inches:
            within = not within
            yield match.start()


def _nested(text: str, places: list[int]) -> bool:
    """Whether marks of two kinds stand there, or a pair's halves have no words between them."""
    kinds = {next(kind for kind, family in enumerate(_FAMILIES) if text[place] in family) for place in places}
    empty = any(
        not regex.search(r"[\p{L}\p{N}]", text[start:end]) for start, end in zip(places[::2], places[1::2], strict=True)
    )
    return len(kinds) > 1 or empty

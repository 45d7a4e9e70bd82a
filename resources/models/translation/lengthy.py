"""Sentences that are longer than a model reads, in parts that it reads: what each says, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import regex

from ops.translation.retry import Asking, asked, joined
from ops.translation.translator import Candidate, TranslatorRow
from resources.models.translation.planning import fits
from resources.models.translation.vocabulary import Vocabulary

__all__ = ["put_together", "readable"]


def readable(rows: Sequence[TranslatorRow], vocabulary: Vocabulary) -> list[list[TranslatorRow]]:
    """Of each row the rows to translate: itself, or its parts in order, which know of no sentence before."""
    return [
        [row] if fits(vocabulary, row.text) else [TranslatorRow(part) for part in _parts(row.text, vocabulary)]
        for row in rows
    ]


def put_together(parts: Sequence[TranslatorRow], found: Sequence[list[Candidate]], target: str) -> list[Candidate]:
    """The candidates of a row: of one in parts a single one, made of the best of each."""
    if len(parts) == 1:
        return found[0]
    best = [own[0] for own in found]
    text = joined([part.text for part in parts], [each.text for each in best], target)
    return [replace(best[0], text=text, log_prob=fmean(each.log_prob for each in best),
                    cut_short=any(each.cut_short for each in best))]  # fmt: skip


def _parts(text: str, vocabulary: Vocabulary) -> list[str]:
    if fits(vocabulary, text) or len(text) < 2:
        return [text]
    return [part for half in _halves(text) for part in _parts(half, vocabulary)]


def _halves(text: str) -> list[str]:
    """In two: at the clause, else the space, that is nearest to the middle, else in the middle."""
    halves = asked(text, Asking.HALVES)
    if halves:
        return halves
    middle = len(text) / 2
    spaces = [each.start() for each in regex.finditer(r"(?<=\S)\s+(?=\S)", text)]
    at = min(spaces, key=lambda place: abs(place - middle), default=len(text) // 2)
    return [half for half in (text[:at].strip(), text[at:].strip()) if half] or [""]

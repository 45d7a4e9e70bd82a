"""What engines are asked: many languages in one call, of which one that fails costs no other; what was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ops.errors import ModelUnavailable, StoreError
from ops.translation.alignment import UNTOLD, Alignment
from ops.translation.translator import Candidate, Decoding, Pair, Translator, TranslatorRow

__all__ = ["OUTAGES", "alignments", "answers"]

OUTAGES = (StoreError, OSError)
"""A store or a disk that is away is away for every language."""


def answers(
    translator: Translator, rows: Sequence[TranslatorRow], source: str, targets: Sequence[str], decoding: Decoding
) -> Iterator[tuple[str, list[list[Candidate]] | Exception]]:
    """What the engine gives, as it comes; where it breaks down, each language that is left is asked for by itself.

    Yields:
        Each target once, with the rows' candidates, or with what the engine raised for it.

    Raises:
        StoreError, OSError: What it reads is out of reach.
    """
    left = list(targets)
    try:
        for target, candidates in translator.translate(rows, source, targets, decoding=decoding):
            left.remove(target)
            yield target, candidates
    except Exception as failure:  # of one language, or of all: asking for each tells
        if isinstance(failure, OUTAGES):
            raise
        if len(targets) == 1 and left:
            yield targets[0], failure
            return
    else:
        for target in left:
            yield target, ModelUnavailable("the engine gave nothing for it", where=translator.name)
        return
    for target in left:
        yield from answers(translator, rows, source, [target], decoding)


def alignments(translator: Translator, pairs: Sequence[Pair], source: str, target: str) -> list[Alignment]:
    """Which words of each pair go together; `UNTOLD` where the engine cannot tell."""
    told = translator.attention(pairs, source, target)
    return [UNTOLD] * len(pairs) if told is None else [Alignment.of(each) for each in told]

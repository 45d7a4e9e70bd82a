"""A text in the units that a break may part: words, or syllables of scripts whose words no dictionary here tells."""

from __future__ import annotations

import regex

from ops.languages.table import language as language_of
from ops.subtitles.unspaced import UNSPACED, unspaced_units

__all__ = ["is_unspaced", "units_of"]

_STRETCH = regex.compile(r"\S+")


def is_unspaced(language: str) -> bool:
    """Whether a language's script writes no spaces between words (Korean does)."""
    return language_of(language).script in UNSPACED


def units_of(text: str, *, language: str) -> list[tuple[str, bool]]:
    """The units of one line or more, punctuation on them, each with whether a space comes before it in writing.

    In Chinese, Japanese and Thai a unit is a word, with particles and endings apart; in Lao, Khmer and Burmese a
    syllable or two and never a word for certain; in Tibetan and Dzongkha a syllable by its tsheg. Closing punctuation
    stays on the unit before it, opening punctuation on the one after it.

    Args:
        text: Without markup.
        language: A code of `ops.languages`.
    """
    script = language_of(language).script
    if script not in UNSPACED:
        return [(word, True) for word in text.split()]
    units: list[tuple[str, bool]] = []
    for stretch in _STRETCH.finditer(text):
        for place, (start, end) in enumerate(_spans(stretch.group(), script)):
            units.append((stretch.group()[start:end], place == 0 and bool(units)))
    return units


def _spans(stretch: str, script: str) -> list[tuple[int, int]]:
    """Of what lies between two spaces; a zero-width space stays on the unit before it."""
    starts = [start for start, _ in unspaced_units(stretch, script)]
    return list(zip([0, *starts[1:]], [*starts[1:], len(stretch)], strict=True))

"""Which sentences cannot be understood alone, and which one before them says what they mean.

"He did." needs a sentence before it, "The lamp is on the table." none. An engine of single sentences is given context
only where it is needed, since what is joined to a sentence may cost the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ops.translation.sentence import Sentence

__all__ = ["antecedents", "leans"]

_FEW_WORDS = 4
_FEW_CHARACTERS = 8
"""In scripts without spaces."""

_FURTHEST = 3
"""Sentences back; what was said before those is another exchange."""

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*")
_TRAILING = ("…", "...", "—", "–")

_POINTING = {
    "eng": {"he", "she", "it", "they", "him", "her", "them", "this", "that", "these", "those", "his", "its", "their",
            "one", "so", "neither", "which"},
    "deu": {"er", "sie", "es", "ihn", "ihm", "ihr", "ihnen", "das", "dies", "diese", "dieser", "dieses", "der", "die",
            "den", "dem", "denen", "sein", "seine"},
    "fra": {"il", "elle", "ils", "elles", "le", "la", "lui", "leur", "ça", "cela", "ce", "c'est", "c’est", "celui",
            "celle"},
    "spa": {"él", "ella", "ellos", "ellas", "lo", "la", "le", "les", "eso", "esto", "este", "ese", "esa"},
    "por": {"ele", "ela", "eles", "elas", "isso", "isto", "este", "esse", "essa", "lhe"},
    "ita": {"lui", "lei", "loro", "lo", "la", "gli", "questo", "quello", "ciò"},
    "nld": {"hij", "zij", "ze", "het", "hem", "haar", "hen", "hun", "dat", "dit", "die", "deze"},
    "rus": {"он", "она", "оно", "они", "его", "её", "ее", "их", "ему", "ей", "это", "этот", "эта", "тот", "та"},
}  # fmt: skip
"""Words that, when they come first, point at what was said before."""


def leans(text: str, language: str) -> bool:
    """Whether a sentence is hard to translate alone: very short, begun with a pronoun, or broken off.

    Args:
        text: The sentence.
        language: Its code.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words:
        return False
    if _UNSPACED.search(text):
        return sum(len(word) for word in words) <= _FEW_CHARACTERS
    begins_midway = text.lstrip("\"'“„«»-–—… .")[:1].islower()
    return (
        len(words) <= _FEW_WORDS
        or words[0] in _POINTING.get(language.partition("_")[0], ())
        or (begins_midway and text.lstrip().startswith(("…", "...")))
        or text.rstrip("\"'”’»").endswith(_TRAILING)
    )


def antecedents(sentences: Sequence[Sentence], language: str) -> list[int | None]:
    """For each sentence the place of the one that it is read in the light of, or None where it stands alone.

    That is the nearest before it that stands alone itself: "Yes." explains nothing, and what a sentence hangs on stays
    one sentence, however many short ones come between.
    """
    leaning = [leans(each.text, language) for each in sentences]
    return [
        next((before for before in range(place - 1, max(-1, place - 1 - _FURTHEST), -1) if not leaning[before]), None)
        if leaning[place]
        else None
        for place in range(len(sentences))
    ]

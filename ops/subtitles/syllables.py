"""Where syllables end in Thai, Lao, Khmer, Burmese and Tibetan, told by their letters alone.

No break that is not forbidden parts a syllable. The price is that some are forbidden that a dictionary would allow: in
Lao and Khmer a consonant without a vowel may end the syllable before it or begin one of its own, and no line begins
with one that may be an end.
"""

from __future__ import annotations

import regex

from ops.subtitles.grammar import FORBIDDEN

__all__ = ["is_bare", "syllable_penalty"]

_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_FOLLOWING = frozenset("ะาำๅๆฯະາຳຽໆຯ")
_SILENT = frozenset("\u0e4c\u0e4e\u0ecc")
_SHORT = frozenset("ะๆະໆ")
_H = frozenset("หຫ")
_AFTER_H = frozenset("งญนมยรลวງຍນມຣລວ")
_LAO_CODAS = frozenset("ກງດນບມຍວຣອ")
_LAO_CLUSTER = "ກວ"

_ASAT, _BURMESE_VIRAMA, _GREAT_SA, _COENG, _TSHEG = "\u103a", "\u1039", "\u103f", "\u17d2", "\u0f0b"
_BANTOC, _TOANDAKHIAT = "\u17cb", "\u17cd"
_SHADS = "།༔"
_CONSONANT = regex.compile(r"\p{InSC=Consonant}")

_AFTER_SHAD, _FAIR, _PLAIN, _POOR = 2.0, 10.0, 14.0, 26.0
"""As in `ops.subtitles.unspaced`."""


def syllable_penalty(before: str, after: str, following: str, script: str) -> float:
    """How bad a break between two clusters is; `FORBIDDEN` within a syllable.

    Args:
        before: The cluster before the break.
        after: The one after it.
        following: The character behind that, or nothing.
        script: "Thai", "Laoo", "Khmr", "Mymr" or "Tibt".
    """
    if script == "Tibt":
        return _tibetan(before)
    if script == "Mymr":
        return _burmese(before, after)
    if script == "Khmr":
        return _khmer(before, after)
    return (
        FORBIDDEN
        if _joins(before, after) or (script == "Laoo" and _joins_lao(before, after, following))
        else (_PLAIN if after[0] in _LEADING_VOWELS or before[-1] in _SHORT else _POOR)
    )


def is_bare(cluster: str) -> bool:
    """Whether it is a consonant without vowel or tone, which may end a syllable as well as begin one."""
    return len(cluster) == 1 and bool(_CONSONANT.match(cluster))


def _tibetan(before: str) -> float:
    if before[-1] in _SHADS:
        return _AFTER_SHAD
    return _FAIR if before[-1] == _TSHEG else FORBIDDEN


def _burmese(before: str, after: str) -> float:
    """A consonant with asat, a stacked one and the great sa end the syllable before them."""
    ends = _ASAT in after or _BURMESE_VIRAMA in after or after[0] == _GREAT_SA or before[-1] == _BURMESE_VIRAMA
    return FORBIDDEN if ends else _PLAIN


def _khmer(before: str, after: str) -> float:
    """Bantoc stands on the consonant that ends a syllable, toandakhiat on one that is not spoken."""
    ends = before[-1] == _COENG or is_bare(after) or _BANTOC in after or _TOANDAKHIAT in after
    return FORBIDDEN if ends else _POOR


def _joins(before: str, after: str) -> bool:
    """Thai and Lao: a vowel stays with the consonant that it is written before or behind, a leading h with what it
    raises."""
    if before in _LEADING_VOWELS or after[0] in _FOLLOWING or _SILENT & set(after):
        return True
    return before[0] in _H and after[0] in _AFTER_H


def _joins_lao(before: str, after: str, following: str) -> bool:
    """Whether a consonant may end the syllable, or the one before it cannot."""
    if is_bare(after) and after in _LAO_CODAS and following not in _FOLLOWING:
        return True
    return is_bare(before) and (before not in _LAO_CODAS or before + after[0] == _LAO_CLUSTER)

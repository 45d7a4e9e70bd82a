"""Whether two words are one typo apart."""

from __future__ import annotations

__all__ = ["one_typo_apart"]


def one_typo_apart(word: str, meant: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes one of the other; equal words are not.

    That is a distance of 1 by Damerau and Levenshtein (optimal string alignment).
    """
    if word == meant or abs(len(word) - len(meant)) > 1:
        return False
    shorter, longer = sorted((word, meant), key=len)
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[same:] == longer[same + 1 :]
    replaced = shorter[same + 1 :] == longer[same + 1 :]
    swapped = shorter[same : same + 2] == longer[same : same + 2][::-1] and shorter[same + 2 :] == longer[same + 2 :]
    return replaced or swapped

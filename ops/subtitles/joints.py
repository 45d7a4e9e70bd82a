"""How bad a line or a cue may end between two words of a film, told with what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from ops.languages.table import language
from ops.subtitles.grammar import FORBIDDEN, ends_sentence
from ops.subtitles.linebreak import space_penalty
from ops.subtitles.spoken import SpokenWord
from ops.subtitles.unspaced import UNSPACED, unspaced_breaks

__all__ = ["joints"]


def joints(words: Sequence[SpokenWord], language_code: str) -> list[float]:
    """The penalty of a break before each word, as `ops.subtitles.grammar` tells them; 0 before the first.

    Words of a script without spaces may be phrases, signs or what a recogniser made of them: where phrases end is
    told by the text that they make together.

    Args:
        words: In order.
        language_code: A code of `ops.languages`.
    """
    if not words:
        return []
    if language(language_code).script not in UNSPACED:
        return [0.0, *(_joint(words, place, language_code) for place in range(1, len(words)))]
    found: list[float] = []
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place].spaced or words[place].speaker != words[place - 1].speaker:
            found += _solid(words[first:place], language_code)
            if place < len(words):
                found.append(_joint(words, place, language_code))
            first = place
    return [0.0, *found]


def _joint(words: Sequence[SpokenWord], place: int, language_code: str) -> float:
    before, after = words[place - 1], words[place]
    if before.ends or ends_sentence(before.text, language_code, after.text):
        return 0.0
    if not after.spaced and before.speaker == after.speaker:
        return FORBIDDEN
    beyond = words[place + 1].text if place + 1 < len(words) else ""
    return space_penalty(before.text, after.text, language_code, beyond)


def _solid(words: Sequence[SpokenWord], language_code: str) -> list[float]:
    """Between words that no space parts: one less than there are words."""
    texts = [word.text for word in words]
    breaks = unspaced_breaks("".join(texts), language(language_code).script)
    ends = list(accumulate(len(text) for text in texts))[:-1]
    return [
        0.0 if one.ends or ends_sentence(one.text, language_code, other.text) else breaks.get(end, FORBIDDEN)
        for (one, other), end in zip(pairwise(words), ends, strict=True)
    ]

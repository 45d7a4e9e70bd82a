"""Translated sentences cued anew: as if they had been spoken in the target language, while they were said.

For languages whose word order or reading speed leaves the source's cues no good place for their words (Japanese reads
four characters a second, and ends with its verb). What comes out are words with times, from which
`ops.subtitles.build.cues_from_words` cuts cues as from any others; sentences keep their ids, and with them the cues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from ops.transcript.model import Timing, Word
from ops.translation.sentence import Sentence
from ops.translation.splitting import units_of

__all__ = ["spoken_in"]


def spoken_in(
    target: str, sentences: Sequence[Sentence], translations: Mapping[str, str], words: Sequence[Word]
) -> tuple[list[Word], list[Sentence]]:
    """The words of a translation with the times in which the source says as much of each sentence.

    Args:
        target: The target's code.
        sentences: The source's.
        translations: By the sentences' ids.
        words: The source's, to which `sentences` point.

    Returns:
        Words in order of their beginnings, in scripts without spaces what a break may part; and the sentences, pointing
        to them. A sentence whose translation is empty is left out.

    Raises:
        KeyError: A sentence has no translation.
    """
    spoken: list[Word] = []
    held: list[Sentence] = []
    for each in sentences:
        text = translations[each.id]
        units = units_of(text, target)
        if not units:
            continue
        times_s = _times_s(words[each.first_word : each.end_word], [end - start for start, end in units])
        first = len(spoken)
        for place, ((start, end), (begins_s, ends_s)) in enumerate(zip(units, pairwise(times_s), strict=True)):
            spoken.append(
                Word(
                    text=text[start:end],
                    start_s=begins_s,
                    end_s=ends_s,
                    confidence=each.confidence,
                    speaker=each.speaker,
                    spaced=place == 0 or start > units[place - 1][1],
                    timing=Timing.SHARED,
                )
            )
        held.append(Sentence(each.id, text, first, len(spoken), each.speaker, each.confidence))
    return spoken, held


def _times_s(words: Sequence[Word], sizes: Sequence[int]) -> list[float]:
    """Where each unit begins, and the last ends: at the share of the words said by then; pauses say nothing."""
    said = np.cumsum([0, *(max(1, len(word.text)) for word in words)]).astype(float)
    shares = np.cumsum([0, *sizes]) / sum(sizes) * said[-1]
    marks = np.repeat(said, 2)[1:-1] + np.tile([1e-9, -1e-9], len(words))
    times = np.array([time_s for word in words for time_s in (word.start_s, word.end_s)])
    found = np.interp(shares, marks, np.maximum.accumulate(times))
    return [float(time_s) for time_s in found]

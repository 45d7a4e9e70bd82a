"""Known texts forced onto a sound by the embedded recogniser, and how well they fit there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.transcript.model import Timing, Word
from ops.transcript.recognition import Window
from ops.transcript.timing import shared

if TYPE_CHECKING:
    from pocketsphinx import Decoder

__all__ = ["FRAME_S", "LEAST_FIT", "Side", "alignment", "bare", "decoded", "fit_of", "forced", "placed"]

FRAME_S = 0.01
"""Of the model."""

LEAST_FIT = -20.0
"""Below it nothing changes; likelihoods of a frame have no bound."""

_VARIANT = re.compile(r"\(\d+\)$")

_FIT = -2.4
"""Mean log-likelihood of a frame, above which a text is taken to be what is said.

Measured: the right text of eleven recordings -0.7 to -2.1 (telephone); of 93 wrong texts 87 did not reach it or found
no way through, the others were of three or four words.
"""

_LOW_FIT, _EVERY_FIT = -3.0, -5.3
"""A text of a lower mean is taken to be said too where it has no word that fits worse than the second.

Speech in a film's music lies between the two means. Found so are 43 of 45 right places of sentences, clean, by
telephone, in rain and in the trailer of Sintel; 39 by the mean alone. Of other sentences of 15 letters and more, at a
speed at which one can speak, none was taken for said in clean speech, by telephone, in rain at 10 dB and in music
(1,630 tried); in rain as loud as the voice three were.
"""

_PLACED_AT_EVEN, _PLACED_BY_FIT = 2.94, 1.21
"""Fit, with its sign turned, at which a word's place is as likely right as wrong, and how soon that changes.

Logistic regression on 334 words in their right places and 809 that were forced where they are not said. Of the right
ones half have 0.82 and more, one in twenty less than 0.28.
"""

_EDGE_S, _EDGE_SOUND_S = 0.15, 0.09
"""How long an entry at either end of a text may last, and for each of its sounds. Noise before and after a text is
taken for its words: "A" took half a second of the music before it in the trailer of Sintel."""

_LEAST = -745.0
"""The logarithm of the least that a double holds: the library tells a word's likelihood as a plain number."""


Side = tuple[float, float, float]
"""Where a word begins and ends, and how well it fits there."""


_Entry = tuple[str, int, int, float]


def _pcm(sound: np.ndarray) -> bytes:
    return (np.clip(np.nan_to_num(sound), -1.0, 1.0) * 32_767).astype("<i2").tobytes()


def decoded(decoder: Decoder, window: Window) -> Iterator[Any]:
    """The segments of a window, none where it is too short for any.

    The mean of the cepstra goes on from window to window in this library: begun anew, a window is heard the same
    wherever it stands.
    """
    if len(window.sound) < 1_600:
        return
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(_pcm(window.sound), full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is not None:
        yield from decoder.seg() or ()


def forced(decoder: Decoder, window: Window, entries: Sequence[str]) -> list[Side] | None:
    """When each entry is said, in the film's seconds, and how well it fits; None where the sound does not hold them."""
    if len(window.sound) / 160 < 9 * len(entries) / 2:  # no word is shorter than a sound or two of three frames each
        return None
    said = alignment(decoder, window, entries)
    if said is None or not _holds(said):
        return None
    starts = [window.start_s + each[1] * FRAME_S for each in said]
    ends = [window.start_s + each[2] * FRAME_S for each in said]
    starts[0] = max(starts[0], ends[0] - _longest_s(decoder, entries[0]))
    ends[-1] = min(ends[-1], starts[-1] + _longest_s(decoder, entries[-1]))
    return list(zip(starts, ends, (_fits(fit_of([each])) for each in said), strict=True))


def _longest_s(decoder: Decoder, entry: str) -> float:
    return _EDGE_S + _EDGE_SOUND_S * len((decoder.lookup_word(entry) or "").split())


def bare(entry: str) -> str:
    """An entry of the dictionary without the number of its pronunciation."""
    return _VARIANT.sub("", entry)


def alignment(decoder: Decoder, window: Window, entries: Sequence[str]) -> list[_Entry] | None:
    """Each entry with its first frame, one past its last, and its likelihood; None where there is no way through."""
    decoder.set_align_text(" ".join(entries))
    try:
        found = [(each.word, each.start_frame, each.end_frame + 1, each.ascore) for each in decoded(decoder, window)]
    except RuntimeError:  # the search died out before the end
        found = []
    finally:
        decoder.activate_search()
    said = [each for each in found if each[0][0] not in "<[+"]
    if [bare(each[0]) for each in said] != list(entries):
        return None
    return said


def _holds(said: Sequence[_Entry]) -> bool:
    fit = fit_of(said)
    return fit >= _FIT or (fit >= _LOW_FIT and min(fit_of([each]) for each in said) >= _EVERY_FIT)


def _fits(fit: float) -> float:
    """How likely a word is where it was found, by its mean log-likelihood of a frame."""
    return 1 / (1 + math.exp(-_PLACED_BY_FIT * (max(fit, LEAST_FIT) + _PLACED_AT_EVEN)))


def fit_of(said: Sequence[_Entry]) -> float:
    """Mean log-likelihood of a frame of the words, against the model's best state for it."""
    total = sum(math.log(score) if score > 0 else _LEAST for *_, score in said)
    return total / sum(end - start for _, start, end, _ in said)


def placed(words: Sequence[str], sides: Sequence[Side | None], window: Window) -> list[Word]:
    """The words where they were found; those without a sound between their neighbours."""
    placed: list[Word] = []
    place = 0
    while place < len(words):
        side = sides[place]
        if side is not None:
            placed.append(Word(words[place], *side, timing=Timing.ALIGNED))
            place += 1
            continue
        until = next((at for at in range(place, len(words)) if sides[at] is not None), len(words))
        low = placed[-1].end_s if placed else window.start_s
        after = sides[until] if until < len(words) else None
        high = max(low, after[0] if after else window.end_s)
        placed += shared([Word(word, 0.0, 0.0) for word in words[place:until]], low, min(high, low + 1.0))
        place = until
    return placed

"""Where a translated sentence is parted when it stands in several cues: monotone dynamic programming.

After Cherry et al. (Subtitle Translation as Markup Translation, 2021): what was said in a cue stays in that cue. Every
cost is told in characters, so that they can be weighed against one another: characters on the wrong side by the
engine's attention, characters more or fewer than the source's cue has a share of, characters too many to be read, and
how bad the break is by `ops.subtitles.grammar`, which counts in characters too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex

from ops.languages.scripts import UNSPACED, word_spans
from ops.languages.table import language
from ops.subtitles.grammar import FORBIDDEN, break_penalty
from ops.subtitles.measure import length
from ops.subtitles.profile import Limits
from ops.subtitles.unspaced import unspaced_breaks, unspaced_units

__all__ = ["Slot", "attended", "joiner", "parted", "solid", "units_of"]

_WRONG, _SHARE, _BREAK, _EXCESS = 1.0, 0.35, 0.4, 1.0
"""A character on the wrong side of a cue weighs as much as one too many to be read. Shares are a bad guide between
languages of different word order, and a good one where nothing else is known; a break after an article (26) costs
some ten characters. Set by hand on a few sentences: there are no cues translated by people here to measure them on."""

_EMPTY = 400.0
"""A cue without words: only where there are fewer words than cues."""

_WORDS_TO_CHARACTERS = 6.0 / 60.0
"""Of a limit in words a minute: five letters and a space."""

_DENSE = 2.0
"""A character of a script without spaces says what two say elsewhere; a bad break is as bad."""

_AT_SPACE = 2.0
"""In a script that writes words without spaces a space ends a clause."""

_SOLID_JOIN = {"Hans", "Hant", "Jpan", "Mymr", "Tibt"}


@dataclass(frozen=True)
class Slot:
    """One of the cues that a sentence stands in.

    Attributes:
        said: The stretch of the source sentence that it holds, in characters that are not white space.
        seconds_s: How long this sentence may be read in it.
        room: Characters that it has room for.
    """

    said: tuple[int, int]
    seconds_s: float
    room: float


def parted(text: str, slots: Sequence[Slot], masses: np.ndarray | None, limits: Limits, target: str) -> list[str]:
    """A translated sentence in as many pieces as it has cues; nothing is lost or said twice, order stays.

    Args:
        text: The translation.
        slots: Its cues.
        masses: (units, slots) float, the share of each unit's attention on each cue, rows summing to 1 (`attended`);
            None where the engine tells none: then the cues' shares of the source decide.
        limits: Of the target's profile.
        target: Its code.
    """
    units = units_of(text, target)
    if len(slots) == 1 or not units:
        return [text.strip(), *[""] * (len(slots) - 1)]
    ends = _best_ends(_costs(text, units, slots, masses, limits), _breaks(text, units, target))
    starts = [0, *ends[:-1]]
    return [
        text[units[first][0] : units[end - 1][1]].strip() if end > first else ""
        for first, end in zip(starts, ends, strict=True)
    ]


def units_of(text: str, target: str) -> list[tuple[int, int]]:
    """What a break may part, as (from, to) in code points: words; syllables where no dictionary tells words."""
    script = language(target).script
    if script in UNSPACED:
        return unspaced_units(text, script)
    return [each.span() for each in regex.finditer(r"\S+", text)]


def joiner(target: str) -> str:
    """What stands between two sentences in one line."""
    return "" if language(target).script in _SOLID_JOIN else " "


def solid(text: str, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """(N, 2) int64: spans of code points, counted without white space."""
    before = np.concatenate([[0], np.cumsum([not each.isspace() for each in text])]).astype(np.int64)
    return before[np.array(spans, dtype=np.int64).reshape(-1, 2)]


def attended(
    attention: np.ndarray, source_text: str, text: str, slots: Sequence[Slot], *, source: str, target: str
) -> np.ndarray | None:
    """How much of each unit's attention falls on each cue's words.

    Args:
        attention: (target words, source words), as `Translator.attention` gives it.
        source_text: The sentence.
        text: Its translation.
        slots: Its cues.
        source: The source's code.
        target: The target's.

    Returns:
        (units, slots) float64, rows summing to 1; None where the attention is not that of these texts.
    """
    if attention.ndim != 2 or not np.isfinite(attention).all():
        return None
    rows, columns = _laid_out(text, target, attention.shape[0]), _laid_out(source_text, source, attention.shape[1])
    if rows is None or columns is None:
        return None
    cues = np.array([slot.said for slot in slots], dtype=np.int64)
    on_cues = np.clip(attention, 0, None) @ _overlap(columns, cues)
    masses = _overlap(solid(text, units_of(text, target)), rows) @ on_cues
    total = masses.sum(axis=1, keepdims=True)
    return np.where(total > 0, masses / np.where(total > 0, total, 1), 1 / len(slots))


def _laid_out(text: str, code: str, count: int) -> np.ndarray | None:
    """The stretches of a text that are its words or characters, without white space; None where it has not so many."""
    spans = word_spans(text, language(code).script)
    return solid(text, spans) if len(spans) == count and spans else None


def _overlap(these: np.ndarray, those: np.ndarray) -> np.ndarray:
    """(N, M): the share of each of these stretches that lies in each of those."""
    shared = np.minimum(these[:, None, 1], those[None, :, 1]) - np.maximum(these[:, None, 0], those[None, :, 0])
    return np.clip(shared, 0, None) / np.maximum(1, these[:, 1] - these[:, 0])[:, None]


def _costs(
    text: str, units: Sequence[tuple[int, int]], slots: Sequence[Slot], masses: np.ndarray | None, limits: Limits
) -> np.ndarray:
    """(slots, N + 1, N + 1): what it costs that a slot holds the units from one place to before another."""
    sizes = np.array([float(length(text[start:end], wide=limits.wide)) for start, end in units])
    space = 0.5 if limits.wide else 1.0
    gaps = np.array([0.0, *(space * (after[0] > before[1]) for before, after in pairwise(units))])
    upto = np.concatenate([[0.0], np.cumsum(sizes + gaps)])
    lead = np.concatenate([gaps, [0.0]])
    chars = np.maximum(0.0, upto[None, :] - upto[:, None] - lead[:, None])
    shares = np.array([max(0, slot.said[1] - slot.said[0]) for slot in slots], dtype=float)
    shares = shares / shares.sum() if shares.sum() else np.full(len(slots), 1 / len(slots))
    a_second = float(limits.cps) if limits.cps else (limits.words_a_minute or 0) * _WORDS_TO_CHARACTERS
    costs = np.empty((len(slots), len(units) + 1, len(units) + 1))
    for place, slot in enumerate(slots):
        most = min(slot.room, a_second * slot.seconds_s) if a_second else slot.room
        costs[place] = _SHARE * np.abs(chars - shares[place] * upto[-1]) + _EXCESS * np.maximum(0.0, chars - most)
        if masses is not None:
            wrong = np.concatenate([[0.0], np.cumsum(sizes * (1 - masses[:, place]))])
            costs[place] += _WRONG * (wrong[None, :] - wrong[:, None])
    costs[:, np.arange(len(units) + 1), np.arange(len(units) + 1)] += _EMPTY
    costs[:, np.tri(len(units) + 1, k=-1, dtype=bool)] = np.inf
    return costs


def _breaks(text: str, units: Sequence[tuple[int, int]], target: str) -> np.ndarray:
    """(N + 1,) what it costs to break before each unit; nothing at the text's ends."""
    solid_script = language(target).script in UNSPACED
    breaks = unspaced_breaks(text, language(target).script) if solid_script else {}
    costs = np.zeros(len(units) + 1)
    for place in range(1, len(units)):
        (start, end), (after_start, after_end) = units[place - 1], units[place]
        if not solid_script:
            penalty = break_penalty(text[start:end], text[after_start:after_end], target)
        elif after_start > end:
            penalty = _DENSE * _AT_SPACE
        else:
            penalty = _DENSE * breaks.get(after_start, FORBIDDEN)
        costs[place] = _BREAK * penalty
    return costs


def _best_ends(costs: np.ndarray, breaks: np.ndarray) -> list[int]:
    """The cheapest ends of all slots, the last being the text's."""
    best = costs[0, 0] + breaks
    came = []
    for cost in costs[1:]:
        through = best[:, None] + cost
        came.append(np.argmin(through, axis=0))
        best = np.min(through, axis=0) + breaks
    ends = [costs.shape[1] - 1]
    for origin in reversed(came):
        ends.append(int(origin[ends[-1]]))
    return ends[::-1]

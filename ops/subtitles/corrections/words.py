"""Corrections of what is spoken, on the transcript's words: what is translated is what a person made of it.

Only the corrected run of words changes. Its sentences have other ids by it, and they alone are translated again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import regex

from ops.subtitles.corrections.model import Conflict, Correction, MadeOver, in_order, is_telling, said
from ops.subtitles.corrections.spoken import Span, SpokenWords
from ops.subtitles.identity import plain
from ops.subtitles.measure import clusters, unmarked
from ops.transcript.model import Timing, Word

__all__ = ["CorrectedWords", "corrected_words"]

_REACH_S, _SHORT_REACH_S = 10.0, 3.0
"""A text is known again within that of where it was said; one of few letters, of which a film has many, within less."""

_AROUND_S = 2.0
"""What is said so near to a correction is shown beside it, where its own text is gone."""

_DASH = regex.compile(r"^\s*[-–—]\s*")
_LEADING, _TRAILING = regex.compile(r"^(?:…|\.\.\.)\s*"), regex.compile(r"\s*(?:…|\.\.\.)$")

_Token = tuple[str, bool]


@dataclass(frozen=True)
class CorrectedWords:
    """Words with people's corrections.

    Attributes:
        words: All of them.
        places: For each place between the words before (one more than there were), the place between these.
        applied: Whose words are in them.
        conflicts: Whose are not.
    """

    words: tuple[Word, ...]
    places: tuple[int, ...]
    applied: tuple[Correction, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth telling, as sentences."""
        notes = [f"{len(self.applied)} corrections are in its words."] if self.applied else []
        notes += [f"A correction to “{plain(one.correction.text)}” is not: {one.why}." for one in self.conflicts]
        return tuple(notes)


def corrected_words(words: Sequence[Word], corrections: Sequence[Correction]) -> CorrectedWords:
    """Correct what is spoken.

    Words that a correction leaves as they are keep their times; those that it changes share the time of those that
    they replace, by letters.

    Args:
        words: In order.
        corrections: Of the spoken language; those of times alone change no words.
    """
    now = SpokenWords(words)
    applied: dict[Correction, None] = {}
    conflicts: list[Conflict] = []
    own = in_order(corrections)
    made_over, new_cues = MadeOver(own), _NewCues(own)
    for each in own:
        if plain(each.text) == plain(each.base_text) or each in applied:
            continue
        span = _span_of(each, now) if each.cue else _gap_for(each, now)
        if span is not None:
            old = now[span]
            parts = new_cues.with_those_within(each, old) if each.cue else [each]
            now.replaced(span, _rewritten(_text_of(parts, old), old) if each.cue else _added(each))
            applied |= dict.fromkeys(parts)
        elif _says_already(each, now) or (each.cue and made_over.words_of(each)):
            applied[each] = None
        else:
            there = "" if each.at_s is None else now.around(each.at_s, _AROUND_S)
            conflicts.append(Conflict(each, there, "its text is not said there any more"))
    return CorrectedWords(
        tuple(now.words),
        tuple(now.places.tolist()),
        tuple(applied),
        tuple(one for one in conflicts if one.correction not in applied),
    )


class _NewCues:
    """The cues that people added, by when they stand."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        added = [
            ((each.start_s + each.end_s) / 2, nth, each)
            for nth, each in enumerate(corrections)
            if not each.cue and each.start_s is not None and each.end_s is not None
        ]
        self._added = sorted(added, key=lambda row: row[:2])
        self._middles = [row[0] for row in self._added]

    def with_those_within(self, correction: Correction, old: Sequence[Word]) -> list[Correction]:
        """A correction with the cues added while its words are said: who splits a cue shortens it and adds one."""

        def begins_s(each: Correction) -> float:
            return next((time for time in (each.start_s, each.at_s) if time is not None), old[0].start_s)

        first = bisect_left(self._middles, float(old[0].start_s))
        end = bisect_right(self._middles, float(old[-1].end_s))
        return sorted([correction, *(row[2] for row in self._added[first:end])], key=begins_s)


def _text_of(parts: Sequence[Correction], old: Sequence[Word]) -> str:
    return " ".join(_undecorated(each, old) if each.cue else plain(_without_dashes(each.text)) for each in parts)


def _span_of(correction: Correction, words: SpokenWords) -> Span | None:
    """The run of words that a correction was made over."""
    reach_s = _REACH_S if is_telling(correction.base_text) else _SHORT_REACH_S
    if correction.at_s is not None and (near := words.near(correction.base_text, correction.at_s, reach_s)):
        return near[0]
    spans = words.occurrences(correction.base_text)
    return spans[0] if len(spans) == 1 and (is_telling(correction.base_text) or correction.at_s is None) else None


def _says_already(correction: Correction, words: SpokenWords) -> bool:
    if correction.at_s is None:
        return False
    if not said(correction.text):
        return not words.near(correction.base_text, correction.at_s, _REACH_S)
    return bool(words.near(correction.text, correction.at_s, _REACH_S))


def _rewritten(text: str, old: Sequence[Word]) -> list[Word]:
    """The run as a correction has it."""
    spaced = sum(word.spaced for word in old) * 2 >= len(old)
    tokens = [(each, True) for each in text.split()] if spaced else _unspaced(text, old)
    if tokens:
        tokens[0] = tokens[0][0], old[0].spaced
    kept = _kept([word.text for word in old], [each for each, _ in tokens])
    return _timed(tokens, kept, old, speaker=old[0].speaker)


def _undecorated(correction: Correction, old: Sequence[Word]) -> str:
    """Its words without what a cue adds to them: the dashes of two speakers, the dots of what goes on."""
    base, text = unmarked(correction.base_text), unmarked(correction.text)
    if sum(bool(_DASH.match(line)) for line in base.splitlines()) > 1 or (
        _DASH.match(base) and not _DASH.match(old[0].text)
    ):
        text = "\n".join(_DASH.sub("", line) for line in text.splitlines())
    if _LEADING.match(base) and not _LEADING.match(old[0].text):
        text = _LEADING.sub("", text)
    if _TRAILING.search(base) and not _TRAILING.search(old[-1].text):
        text = _TRAILING.sub("", text)
    return plain(text)


def _unspaced(text: str, old: Sequence[Word]) -> list[_Token]:
    """A text without spaces between its words: the old words at its ends, what is between character by character."""
    head, tail = [], []
    rest = text
    remaining = list(old)
    while remaining and rest.startswith(remaining[0].text):
        head.append((remaining[0].text, remaining[0].spaced))
        rest = rest[len(remaining.pop(0).text) :]
    while remaining and rest.endswith(remaining[-1].text):
        tail.insert(0, (remaining[-1].text, remaining[-1].spaced))
        rest = rest[: -len(remaining.pop().text)]
    middle: list[_Token] = []
    for part in regex.split(r"(\s+)", rest):
        middle += [(each, place == 0 and bool(middle)) for place, each in enumerate(clusters(part.strip()))]
    return [*head, *middle, *tail]


def _kept(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each new word the old one that it is, or None."""
    kept: list[int | None] = [None] * len(new)
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        kept[block.b : block.b + block.size] = range(block.a, block.a + block.size)
    return kept


def _timed(tokens: Sequence[_Token], kept: Sequence[int | None], old: Sequence[Word], *, speaker: str) -> list[Word]:
    """Kept words with their times; new ones in the time of what they replace, or of a neighbour that they join."""
    words: list[Word] = []
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and kept[end] is None:
            end += 1
        if end == place:
            words.append(replace(old[kept[place] or 0], spaced=tokens[place][1], confidence=1.0))
            place += 1
            continue
        first = 0 if place == 0 else (kept[place - 1] or 0) + 1
        last = len(old) if end == len(tokens) else kept[end] or 0
        group = list(tokens[place:end])
        if first < last:
            span = old[first].start_s, old[last - 1].end_s
            speaker = old[first].speaker or speaker
        elif words:
            joined = words.pop()
            group, span, speaker = (
                [(joined.text, joined.spaced), *group],
                (joined.start_s, joined.end_s),
                joined.speaker,
            )
        else:
            joined = old[last]
            group, span, speaker = [*group, tokens[end]], (joined.start_s, joined.end_s), joined.speaker
            end += 1
        words += _shared(group, *span, speaker)
        place = end
    return words


def _shared(tokens: Sequence[_Token], start_s: float, end_s: float, speaker: str) -> list[Word]:
    """Words that share a stretch by their letters."""
    weights = [max(1, len(said(text))) for text, _ in tokens]
    total, words, so_far = sum(weights), [], 0
    for (text, spaced), weight in zip(tokens, weights, strict=True):
        begins = start_s + (end_s - start_s) * so_far / total
        so_far += weight
        ends = start_s + (end_s - start_s) * so_far / total
        words.append(Word(text, begins, ends, speaker=speaker, spaced=spaced, timing=Timing.SHARED))
    return words


def _gap_for(correction: Correction, words: SpokenWords) -> Span | None:
    """Where the words of an added cue go: between others."""
    start_s, end_s = correction.start_s, correction.end_s
    if start_s is None or end_s is None or not said(correction.text) or end_s <= start_s:
        return None
    return words.gap(start_s, end_s)


def _added(correction: Correction) -> list[Word]:
    tokens = [(each, True) for each in plain(_without_dashes(correction.text)).split()]
    return _shared(tokens, correction.start_s or 0.0, correction.end_s or 0.0, "")


def _without_dashes(text: str) -> str:
    return "\n".join(_DASH.sub("", line) for line in text.splitlines())

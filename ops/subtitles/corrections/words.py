"""Corrections of what is spoken, on the transcript's words: what is translated is what a person made of it.

Only the corrected run of words changes. Its sentences have other ids by it, and they alone are translated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import regex

from ops.subtitles.corrections.model import Conflict, Correction, in_order, is_telling, said
from ops.subtitles.identity import plain
from ops.subtitles.measure import clusters, unmarked
from ops.transcript.model import Timing, Word

__all__ = ["CorrectedWords", "corrected_words"]

_REACH_S = 10.0
"""A short text is known again within that of where it was said."""

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
    now, places = list(words), list(range(len(words) + 1))
    applied: list[Correction] = []
    conflicts: list[Conflict] = []
    own = in_order(corrections)
    bases = {each.base for each in own if each.cue}
    for each in own:
        if plain(each.text) == plain(each.base_text) or each in applied:
            continue
        span = _span_of(each, now) if each.cue else _gap_for(each, now)
        if span is not None:
            parts = _parts(each, now[span[0] : span[1]], own) if each.cue else [each]
            old = now[span[0] : span[1]]
            made = _rewritten(_text_of(parts, old), old, now[: span[0]]) if each.cue else _added(each)
            now[span[0] : span[1]] = made
            places = [_moved(place, span, len(made)) for place in places]
            applied += parts
        elif _says_already(each, now) or (each.cue and _hash_of(each) in bases - {each.base}):
            applied.append(each)
        else:
            conflicts.append(Conflict(each, _around(each, now), "its text is not said there any more"))
    return CorrectedWords(
        tuple(now), tuple(places), tuple(applied), tuple(one for one in conflicts if one.correction not in applied)
    )


def _parts(correction: Correction, old: Sequence[Word], all_of_them: Sequence[Correction]) -> list[Correction]:
    """A correction with the cues added while its words are said: who splits a cue shortens it and adds one."""

    def begins_s(each: Correction) -> float:
        return next((time for time in (each.start_s, each.at_s) if time is not None), old[0].start_s)

    added = [
        each
        for each in all_of_them
        if not each.cue
        and each.start_s is not None
        and each.end_s is not None
        and old[0].start_s <= (each.start_s + each.end_s) / 2 <= old[-1].end_s
    ]
    return sorted([correction, *added], key=begins_s)


def _text_of(parts: Sequence[Correction], old: Sequence[Word]) -> str:
    return " ".join(_undecorated(each, old) if each.cue else plain(_without_dashes(each.text)) for each in parts)


def _hash_of(correction: Correction) -> str:
    return replace(correction, base_text=correction.text).base


def _span_of(correction: Correction, words: Sequence[Word]) -> tuple[int, int] | None:
    """The run of words that a correction was made over: first, and one past the last."""
    spans = _occurrences(correction.base_text, words)
    if correction.at_s is not None:
        near = [span for span in spans if abs(words[span[0]].start_s - correction.at_s) <= _REACH_S]
        if near:
            at_s = correction.at_s
            return min(near, key=lambda span: abs(words[span[0]].start_s - at_s))
    return spans[0] if len(spans) == 1 and (is_telling(correction.base_text) or correction.at_s is None) else None


def _occurrences(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Every run of whole words that says a text, whatever its marks and the case of its letters."""
    searched = said(text)
    if not searched:
        return []
    heard = [said(word.text) for word in words]
    starts, ends, length = {}, {}, 0
    for place, each in enumerate(heard):
        if each:
            starts[length] = place
            length += len(each)
            ends[length] = place + 1
    whole, spans, at = "".join(heard), [], -1
    while (at := whole.find(searched, at + 1)) >= 0:
        if at in starts and at + len(searched) in ends:
            first, end = starts[at], ends[at + len(searched)]
            while end < len(words) and not heard[end] and plain(text).endswith(words[end].text):
                end += 1  # a mark that stands apart: "Vraiment ?"
            spans.append((first, end))
    return spans


def _says_already(correction: Correction, words: Sequence[Word]) -> bool:
    if correction.at_s is None:
        return False
    at_s = correction.at_s
    if not said(correction.text):
        return not any(
            abs(words[first].start_s - at_s) <= _REACH_S for first, _ in _occurrences(correction.base_text, words)
        )
    return any(abs(words[first].start_s - at_s) <= _REACH_S for first, _ in _occurrences(correction.text, words))


def _around(correction: Correction, words: Sequence[Word]) -> str:
    """What is said where it was made."""
    if correction.at_s is None:
        return ""
    return " ".join(word.text for word in words if abs(word.start_s - correction.at_s) <= 2)


def _rewritten(text: str, old: Sequence[Word], before: Sequence[Word]) -> list[Word]:
    """The run as a correction has it."""
    spaced = sum(word.spaced for word in old) * 2 >= len(old)
    tokens = [(each, True) for each in text.split()] if spaced else _unspaced(text, old)
    if tokens:
        tokens[0] = tokens[0][0], old[0].spaced
    kept = _kept([word.text for word in old], [each for each, _ in tokens])
    return _timed(tokens, kept, old, speaker=next((word.speaker for word in (*old, *reversed(before))), ""))


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


def _gap_for(correction: Correction, words: Sequence[Word]) -> tuple[int, int] | None:
    """Where the words of an added cue go: between others, where nobody else is known to speak."""
    start_s, end_s = correction.start_s, correction.end_s
    if start_s is None or end_s is None or not said(correction.text) or end_s <= start_s:
        return None
    if any(start_s < (word.start_s + word.end_s) / 2 < end_s for word in words):
        return None
    place = sum(word.start_s < start_s for word in words)
    return place, place


def _added(correction: Correction) -> list[Word]:
    tokens = [(each, True) for each in plain(_without_dashes(correction.text)).split()]
    return _shared(tokens, correction.start_s or 0.0, correction.end_s or 0.0, "")


def _without_dashes(text: str) -> str:
    return "\n".join(_DASH.sub("", line) for line in text.splitlines())


def _moved(place: int, span: tuple[int, int], made: int) -> int:
    first, end = span
    if place <= first:
        return place
    return place + made - (end - first) if place >= end else first + min(made, place - first)

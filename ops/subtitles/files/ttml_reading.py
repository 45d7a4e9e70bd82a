"""TTML (W3C, "Timed Text Markup Language"): its paragraphs with their times, as IMSC, EBU-TT-D and SMPTE-TT have them.

Times count from the parent's, and none reaches beyond it. Not read: children that follow each other
(`timeContainer="seq"`), regions other than top and bottom, pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree

from ops.errors import MediaError
from ops.subtitles.files.lettering import clean, undirected
from ops.subtitles.files.markup import Run, tagged_text, without_tags
from ops.subtitles.files.subtitle_file import ReadCue

__all__ = ["read_ttml"]

_CLOCK = re.compile(r"([0-9]{2,6}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9})|:([0-9]{2,4}))?")
_OFFSET = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?(h|m|s|ms|f|t)")
_UNITS_S = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
_FIX = "Convert it to SRT or WebVTT with the program that made it."


_SYLLABLE_S = Fraction(1, 2)
"""Spans that most last shorter are the words of a song as they light up, and one text."""


@dataclass(frozen=True)
class _Time:
    """When an element is shown; without an end until its parent's, of which there may be none."""

    start_s: Fraction
    end_s: Fraction | None
    told: bool

    @property
    def lasts(self) -> bool:
        return self.told and self.end_s is not None and self.end_s > self.start_s


@dataclass(frozen=True)
class _Clock:
    """What a frame and a tick of the file last."""

    frame_s: Fraction
    tick_s: Fraction

    def time_s(self, text: str | None) -> Fraction | None:
        """A time expression in seconds; None where there is none or it is of another kind."""
        text = (text or "").strip()
        if found := _CLOCK.fullmatch(text):
            hours, minutes, seconds, decimals, frames = found.groups()
            whole = Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
            return whole + Fraction(int(decimals or 0), 10 ** len(decimals or "")) + int(frames or 0) * self.frame_s
        if found := _OFFSET.fullmatch(text):
            value = int(found[1]) + Fraction(int(found[2] or 0), 10 ** len(found[2] or ""))
            return value * {**_UNITS_S, "f": self.frame_s, "t": self.tick_s}[found[3]]
        return None


def read_ttml(text: str) -> tuple[list[ReadCue], str, list[str]]:
    """The cues, the language that the file names, and what was passed over.

    Raises:
        MediaError: No well-formed XML, or one with a document type (TTML has none; entities grow without bound in one).
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MediaError("declares XML entities, which TTML does not have", fix=_FIX)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (what is dangerous in XML is refused above)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise MediaError(f"is no well-formed TTML ({error})", fix=_FIX) from error
    if _name(root.tag) != "tt":
        raise MediaError(f"is XML and not TTML: it begins with {_name(root.tag)[:40]}", fix=_FIX)
    clock = _clock(_attributes(root))
    faults: Counter[str] = Counter()
    cues = [cue for element, time in _paragraphs(root, clock) for cue in _cues(element, time, clock, faults)]
    notes = [f"{count} × a paragraph {fault}." for fault, count in faults.items()]
    return cues, _attributes(root).get("lang", "")[:40], notes


def _paragraphs(root: ElementTree.Element, clock: _Clock) -> Iterator[tuple[ElementTree.Element, _Time]]:
    """In order, with their times; none within another."""
    pending = [(root, _Time(Fraction(0), None, told=False))]
    while pending:
        element, outer = pending.pop()
        time = _time(element, outer, clock)
        if _name(element.tag) == "p":
            yield element, time
        else:
            pending += [(child, time) for child in reversed(element)]


def _time(element: ElementTree.Element, outer: _Time, clock: _Clock) -> _Time:
    """An element's time, from its parent's beginning on and within it."""
    row = _attributes(element)
    begin_s, end_s, duration_s = (clock.time_s(row.get(name)) for name in ("begin", "end", "dur"))
    if begin_s is None and end_s is None and duration_s is None:
        return outer
    start_s = outer.start_s + (begin_s or 0)
    ends = [
        *([outer.end_s] if outer.end_s is not None else []),
        *([outer.start_s + end_s] if end_s is not None else []),
        *([start_s + duration_s] if duration_s is not None else []),
    ]
    return _Time(start_s, min(ends, default=None), told=True)


def _clock(root: Mapping[str, str]) -> _Clock:
    rate = Fraction(_whole(root.get("frameRate"), 30))
    factor = [_whole(each, 1) for each in root.get("frameRateMultiplier", "1 1").replace(":", " ").split()[:2]]
    rate *= Fraction(factor[0], factor[1]) if len(factor) > 1 else 1
    return _Clock(1 / rate, Fraction(1, _whole(root.get("tickRate"), 1)))


def _whole(text: str | None, default: int) -> int:
    """A positive whole number of up to nine digits, or the default."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 and int(text) > 0 else default


def _cues(paragraph: ElementTree.Element, time: _Time, clock: _Clock, faults: Counter[str]) -> Iterator[ReadCue]:
    """A cue, or one for each time that its spans have of their own."""
    texts: dict[_Time, list[Run]] = {}
    latest = time
    for run, when in _runs(paragraph, time, clock):
        latest = when if run[0].strip() else latest  # what parts two spans is shown with the first
        texts.setdefault(latest, []).append(run)
    shown = {when: words for when, runs in texts.items() if without_tags(words := _words(runs)).strip()}
    if not shown:
        faults["without text"] += 1
    for when, words in _sung_together(shown, paragraph, time, clock).items():
        if when.lasts and when.end_s is not None:
            yield ReadCue(when.start_s, when.end_s, words, id=_attributes(paragraph).get("id", "")[:100])
        else:
            faults["without times that last"] += 1


def _sung_together(
    shown: dict[_Time, str], paragraph: ElementTree.Element, time: _Time, clock: _Clock
) -> dict[_Time, str]:
    """All in one time where most of the spans are no longer than a sung word."""
    lasting = [(when.start_s, when.end_s) for when in shown if when.lasts and when.end_s is not None]
    short = sum(end_s - start_s < _SYLLABLE_S for start_s, end_s in lasting)
    if len(shown) < 2 or short * 2 <= len(lasting):
        return shown
    whole = _Time(min(start for start, _ in lasting), max(end for _, end in lasting), told=True)
    return {time if time.lasts else whole: _words([run for run, _ in _runs(paragraph, time, clock)])}


def _words(runs: Iterable[Run]) -> str:
    return "\n".join(map(undirected, tagged_text(_tidy(runs)).split("\n")))


def _runs(paragraph: ElementTree.Element, time: _Time, clock: _Clock) -> Iterator[tuple[Run, _Time]]:
    """Letters of a paragraph in order, and when they are shown; a file's own line ends are spaces."""
    pending = [(paragraph, frozenset[str](), time, False)]
    while pending:
        element, kinds, outer, is_tail = pending.pop()
        if is_tail:
            yield (_flowing(element.tail), kinds), outer
            continue
        inner, when = _kinds(element, kinds), outer if element is paragraph else _within(element, outer, clock)
        yield ("\n" if _name(element.tag) == "br" else _flowing(element.text), inner), when
        for child in reversed(element):
            pending += [(child, inner, when, True), (child, inner, when, False)]


def _within(element: ElementTree.Element, outer: _Time, clock: _Clock) -> _Time:
    """A span's time; its paragraph's where its own lies outside, so that no word of it is lost."""
    time = _time(element, outer, clock)
    return time if time.lasts or not outer.lasts else outer


def _kinds(element: ElementTree.Element, outer: frozenset[str]) -> frozenset[str]:
    row = _attributes(element)
    wanted = {"i": row.get("fontStyle") in ("italic", "oblique"), "b": row.get("fontWeight") == "bold"}
    wanted["u"] = "underline" in row.get("textDecoration", "").split()
    return outer | {kind for kind, on in wanted.items() if on}


def _flowing(text: str | None) -> str:
    return clean(text or "") if not (text or "").isspace() else " "


def _tidy(runs: Iterable[Run]) -> list[Run]:
    """Spaces in a row are one."""
    tidy: list[Run] = []
    for text, kinds in runs:
        single = text if text == "\n" else re.sub(" {2,}", " ", text)
        if single.startswith(" ") and tidy and tidy[-1][0].endswith((" ", "\n")):
            single = single[1:]
        if single:
            tidy.append((single, kinds))
    return tidy


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {_name(name): value for name, value in element.attrib.items()}

"""TTML (W3C, "Timed Text Markup Language"): its paragraphs with their times, as IMSC, EBU-TT-D and SMPTE-TT have them.

Not read: times that count from a parent's (`timeContainer="seq"`), regions other than top and bottom, pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
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
    cues = [cue for element in _paragraphs(root) for cue in _cues(element, clock, faults)]
    notes = [f"{count} × a paragraph {fault}." for fault, count in faults.items()]
    return cues, _attributes(root).get("lang", "")[:40], notes


def _paragraphs(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """In order; none within another."""
    pending = [root]
    while pending:
        element = pending.pop()
        if _name(element.tag) == "p":
            yield element
        else:
            pending += reversed(element)


def _clock(root: Mapping[str, str]) -> _Clock:
    rate = Fraction(_whole(root.get("frameRate"), 30))
    factor = [_whole(each, 1) for each in root.get("frameRateMultiplier", "1 1").replace(":", " ").split()[:2]]
    rate *= Fraction(factor[0], factor[1]) if len(factor) > 1 else 1
    return _Clock(1 / rate, Fraction(1, _whole(root.get("tickRate"), 1)))


def _whole(text: str | None, default: int) -> int:
    """A positive whole number of up to nine digits, or the default."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 and int(text) > 0 else default


def _cues(paragraph: ElementTree.Element, clock: _Clock, faults: Counter[str]) -> Iterator[ReadCue]:
    row = _attributes(paragraph)
    start_s, end_s = clock.time_s(row.get("begin")), clock.time_s(row.get("end"))
    duration_s = clock.time_s(row.get("dur"))
    if start_s is not None and end_s is None and duration_s is not None:
        end_s = start_s + duration_s
    words = "\n".join(map(undirected, tagged_text(_tidy(_runs(paragraph))).split("\n")))
    if not without_tags(words).strip():
        faults["without text"] += 1
    elif start_s is None or end_s is None or end_s <= start_s:
        faults["without times that last"] += 1
    else:
        yield ReadCue(start_s, end_s, words, id=row.get("id", "")[:100])


def _runs(paragraph: ElementTree.Element) -> Iterator[Run]:
    """Letters of a paragraph in order; a file's own line ends are spaces."""
    pending: list[tuple[ElementTree.Element, frozenset[str], bool]] = [(paragraph, frozenset(), False)]
    while pending:
        element, kinds, is_tail = pending.pop()
        if is_tail:
            yield _flowing(element.tail), kinds
            continue
        inner = _kinds(element, kinds)
        yield "\n" if _name(element.tag) == "br" else _flowing(element.text), inner
        for child in reversed(element):
            pending += [(child, inner, True), (child, inner, False)]


def _kinds(element: ElementTree.Element, outer: frozenset[str]) -> frozenset[str]:
    row = _attributes(element)
    wanted = {"i": row.get("fontStyle") in ("italic", "oblique"), "b": row.get("fontWeight") == "bold"}
    wanted["u"] = "underline" in row.get("textDecoration", "").split()
    return outer | {kind for kind, on in wanted.items() if on}


def _flowing(text: str | None) -> str:
    return clean(text or "") if not (text or "").isspace() else " "


def _tidy(runs: Iterator[Run]) -> list[Run]:
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

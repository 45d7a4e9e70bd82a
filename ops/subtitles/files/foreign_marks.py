"""Markup of SRT and ASS texts (HTML tags, override codes in braces) as runs of plain letters."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from ops.subtitles.files.lettering import clean
from ops.subtitles.files.markup import KINDS, Run

__all__ = ["REFERENCE", "Marks"]

_TAG = r"<(?P<close>/?)(?P<tag>[A-Za-z]{1,10})(?:[ =][^<>]{0,200})?/?>"
_WITH_TAGS = re.compile(rf"\{{(?P<code>\\[^{{}}]{{0,10000}})\}}|{_TAG}")
_IN_BRACES = re.compile(r"\{(?P<code>[^{}]{0,10000})\}")
"""Each piece is bounded, and none holds the beginning of another, so that any text is read in linear time."""
_KINDS_OF_TAGS = {"i": "i", "em": "i", "b": "b", "strong": "b", "u": "u"}
_SILENT_TAGS = frozenset({"font", "s", "strike", "span", "c", "p", "div"})
_BREAK = "br"
REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|lrm|rlm|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
"""A character written by name or number; of the names those that stand for syntax and for what is not seen."""
_CODE = re.compile(r"\\(?:(an?)([0-9]{1,2})|([ibu])([0-9]{1,3})(?![a-z])|(p)([0-9]{1,2})(?![a-z])|(r))")
_REGULAR = 400
"""Weight of letters that are not bold."""
_UPPER = frozenset({"7", "8", "9"})
_UPPER_OLD = frozenset({"5", "6", "7"})
"""Alignments of SSA's `\\a`, which counts otherwise than `\\an`."""


@dataclass
class Marks:
    """Takes in a text, and holds what it means.

    Attributes:
        runs: Letters, and what they are set in.
        kinds: What the letters to come are set in.
        at_top: Whether an override puts the cue at the top; None where none says.
        drawing: Whether what comes is a drawing and not text.
    """

    runs: list[Run] = field(default_factory=list)
    kinds: frozenset[str] = frozenset()
    at_top: bool | None = None
    drawing: bool = False

    def take(self, text: str, *, tags: bool) -> None:
        """Read a text with override codes; with HTML tags too, if `tags`.

        With tags come the references of HTML that programs write for its syntax ("&amp;"). What looks like a tag and is
        none stands as it is written; in ASS, what stands in braces and is no override is
        a comment. A brace that is never closed is a letter.
        """
        at = 0
        for found in (_WITH_TAGS if tags else _IN_BRACES).finditer(text):
            self._say(text[at : found.start()], references=tags)
            at = found.end()
            if found["code"] is not None:
                self._override(found["code"])
            else:
                self._take_tag(found)
        self._say(text[at:], references=tags)

    def _take_tag(self, found: re.Match[str]) -> None:
        name = found["tag"].lower()
        if name in _KINDS_OF_TAGS:
            self._set(_KINDS_OF_TAGS[name], on=not found["close"])
        elif name == _BREAK:
            self._say("\n")
        elif name not in _SILENT_TAGS:
            self._say(found[0])

    def _override(self, inner: str) -> None:
        for code in _CODE.finditer(inner):
            align, place, kind, weight, drawing, scale, reset = code.groups()
            if align:
                self.at_top = place in (_UPPER if align == "an" else _UPPER_OLD)
            elif kind:
                self._set(kind, on=weight == "1" or (kind == "b" and int(weight) > _REGULAR))
            elif drawing:
                self.drawing = int(scale) > 0
            elif reset:
                self.kinds = frozenset()

    def _set(self, kind: str, *, on: bool) -> None:
        self.kinds = self.kinds | {kind} if on else self.kinds - {kind}

    def _say(self, text: str, *, references: bool = False) -> None:
        if references:
            text = REFERENCE.sub(lambda found: html.unescape(found[0]), text)
        if text and not self.drawing:
            self.runs.append(("\n".join(map(clean, text.split("\n"))), self.kinds & frozenset(KINDS)))

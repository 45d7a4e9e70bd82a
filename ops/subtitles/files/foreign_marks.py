"""Markup of SRT and ASS texts (HTML tags, override codes in braces) as runs of plain letters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ops.subtitles.files.lettering import clean
from ops.subtitles.files.markup import KINDS, Run

__all__ = ["Marks"]

_ANY, _BRACE = re.compile("[<{]"), re.compile("{")
_LONGEST_TAG = 200
_LONGEST_OVERRIDE = 10_000
"""Bounds on what is looked at for an end, so that a text of opened ones is read in linear time."""
_TAG = re.compile(r"<(/?)([A-Za-z]{1,10})(?:[ =][^<>]{0,180})?/?>")
_KINDS_OF_TAGS = {"i": "i", "em": "i", "b": "b", "strong": "b", "u": "u"}
_SILENT_TAGS = frozenset({"font", "s", "strike", "span", "c", "p", "div"})
_BREAK = "br"
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

        What looks like a tag and is none stands as it is written; in ASS, what stands in braces and is no override is
        a comment. A brace that is never closed is a letter.
        """
        at = 0
        while (found := (_ANY if tags else _BRACE).search(text, at)) is not None:
            self._say(text[at : found.start()])
            if found[0] == "<":
                at = self._take_tag(text, found.start())
            else:
                at = self._take_braces(text, found.start(), comments=not tags)
        self._say(text[at:])

    def _take_braces(self, text: str, opened: int, *, comments: bool) -> int:
        """Overrides; and what else stands in braces, where that is a comment."""
        closed = text.find("}", opened, opened + _LONGEST_OVERRIDE)
        if closed < 0 or not (comments or text[opened + 1] == "\\"):
            self._say(text[opened])
            return opened + 1
        self._override(text[opened + 1 : closed])
        return closed + 1

    def _take_tag(self, text: str, opened: int) -> int:
        tag = _TAG.match(text, opened, opened + _LONGEST_TAG)
        name = tag[2].lower() if tag else ""
        if tag is None or name not in _KINDS_OF_TAGS.keys() | _SILENT_TAGS | {_BREAK}:
            self._say(text[opened])
            return opened + 1
        if name == _BREAK:
            self._say("\n")
        elif name in _KINDS_OF_TAGS:
            self._set(_KINDS_OF_TAGS[name], on=not tag[1])
        return tag.end()

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

    def _say(self, text: str) -> None:
        if text and not self.drawing:
            self.runs.append(("\n".join(map(clean, text.split("\n"))), self.kinds & frozenset(KINDS)))

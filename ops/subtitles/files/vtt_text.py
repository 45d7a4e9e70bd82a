"""WebVTT's cue text: tags and character references, read by the standard's own algorithm (W3C WebVTT, 6.4)."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from ops.subtitles.files.lettering import clean, undirected
from ops.subtitles.files.markup import KINDS, Run, tagged_text, without_tags

__all__ = ["cue_text"]

_SPACE = " \t\n\f\r"
_TAGS = frozenset({"c", "i", "b", "u", "ruby", "rt", "v", "lang"})

_DEEPEST = 64
"""Tags within tags that are followed; a person's text has three."""


@dataclass
class _Reader:
    """Open tags, what was read, and who was speaking."""

    open: list[tuple[str, str]] = field(default_factory=list)
    runs: list[tuple[Run, str]] = field(default_factory=list)
    kinds: frozenset[str] = frozenset()
    voice: str = ""

    def take_text(self, text: str) -> None:
        """Text between tags: references resolved, clean."""
        text = "\n".join(clean(line) for line in _unescaped(text).split("\n"))
        if text:
            self.runs.append(((text, self.kinds), self.voice))

    def take_tag(self, tag: str) -> None:
        """What stands between "<" and ">"; timestamps of karaoke and unknown tags say nothing here."""
        if tag.startswith("/"):
            self._close(tag[1:])
            return
        head = tag
        annotation = ""
        for at, letter in enumerate(tag):
            if letter in _SPACE:
                head, annotation = tag[:at], tag[at + 1 :]
                break
        name = head.partition(".")[0]
        if len(self.open) < _DEEPEST and name in _TAGS and (name != "rt" or (self.open and self.open[-1][0] == "ruby")):
            if name == "rt":
                self.take_text("(")
            self.open.append((name, " ".join(clean(_unescaped(annotation)).split()) if name == "v" else ""))
            self._settle()

    def finish(self) -> None:
        """The payload's end closes every tag."""
        while self.open:
            self._pop()

    def _close(self, name: str) -> None:
        if not self.open:
            return
        current = self.open[-1][0]
        if name == "ruby" and current == "rt":
            self._pop()
            self._pop()
        elif name == current:
            self._pop()

    def _pop(self) -> None:
        name, _ = self.open.pop()
        self._settle()
        if name == "rt":
            self.take_text(")")

    def _settle(self) -> None:
        self.kinds = frozenset(name for name, _ in self.open if name in KINDS)
        self.voice = next((voice for name, voice in reversed(self.open) if name == "v"), "")


def cue_text(payload: str) -> tuple[str, tuple[str, ...]]:
    """A payload as lines with `<i>`, `<b>`, `<u>`, and who speaks: nobody, one for all, or one a line.

    Where one person's words end and another's begin within a line, the line is broken. Ruby's reading stands in
    brackets after its base.
    """
    reader = _Reader()
    at = 0
    while at < len(payload):
        opened = payload.find("<", at)
        if opened < 0:
            opened = len(payload)
        reader.take_text(payload[at:opened])
        if opened == len(payload):
            break
        closed = payload.find(">", opened)
        closed = len(payload) if closed < 0 else closed
        reader.take_tag(payload[opened + 1 : closed])
        at = closed + 1
    reader.finish()
    return _by_speaker(reader.runs)


def _by_speaker(runs: list[tuple[Run, str]]) -> tuple[str, tuple[str, ...]]:
    lines: list[str] = []
    speakers: list[str] = []
    turn: list[Run] = []
    for index, (run, voice) in enumerate(runs):
        turn.append(run)
        if index + 1 == len(runs) or _changes(runs, index):
            rows = [undirected(row) for row in tagged_text(turn).split("\n") if without_tags(row).strip()]
            lines += rows
            speakers += [voice] * len(rows)
            turn = []
    if len(set(speakers)) <= 1:
        speakers = [each for each in speakers[:1] if each]
    return "\n".join(lines), tuple(speakers)


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a numeric reference of thousands of digits
        return text


def _changes(runs: list[tuple[Run, str]], index: int) -> bool:
    """Whether another voice speaks next; blanks between two are nobody's."""
    return runs[index][1] != runs[index + 1][1]

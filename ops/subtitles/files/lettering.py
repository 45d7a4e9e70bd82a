"""What of a line goes into a file: no control characters, and marks that keep right-to-left text in order.

Text is stored in logical order. A line of a right-to-left language that holds anything else (digits, Latin words,
punctuation, the dash of a speaker) is put between U+202B and U+202C. A first-strong mark (U+200F) would not do: libass
lays each line out from left to right whatever it begins with, and the full stop jumps to the right end. The isolates
(U+2067 … U+2069) came with Unicode 6.3 and show as boxes in older televisions. A line of letters and spaces alone
looks the same in any direction and gets no marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ops.languages.table import languages
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.markup import JOINER, Run, runs_of_line

__all__ = ["clean", "comparable", "directed", "is_rtl", "shown_cues", "shown_lines", "undirected"]

_RLE, _PDF = "\u202b", "\u202c"
_WRAPPED = re.compile("^[\u202b\u2067]([^\u202a-\u202e\u2066-\u2069]*)[\u202c\u2069]$")
_DIRECTING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ORDERED = frozenset({"R", "AL", "NSM", "WS", "BN"})

_AS_SPACE = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def clean(text: str) -> str:
    """Without NUL, control characters, byte order marks and halves of surrogate pairs; breaks of other kinds than "\\n"
    (and it too) are spaces.
    """
    return "".join(map(_cleaned, text)) if not text.isascii() or not text.isprintable() else text


def _cleaned(letter: str) -> str:
    if letter in _AS_SPACE:
        return " "
    kind = unicodedata.category(letter)
    return "" if kind in ("Cc", "Cs") or letter in "\ufeff\ufffe\uffff" else letter


def is_rtl(language: str) -> bool:
    """Whether a language of the house is written from right to left; of an unknown code no."""
    known = languages().get(language)
    return known is not None and known.rtl


def shown_lines(cue: Cue) -> list[tuple[int, list[Run]]]:
    """The lines that show anything, each with its place in the cue, clean and without spaces at its ends."""
    shown = []
    for line in range(len(cue.lines)):
        runs = _stripped([(clean(text), kinds) for text, kinds in runs_of_line(cue, line)])
        if runs:
            shown.append((line, runs))
    return shown


def shown_cues(track: CueTrack) -> list[int]:
    """The places of the cues that show anything: a cue of control characters alone is in no file."""
    return [index for index, cue in enumerate(track.cues) if shown_lines(cue)]


def directed(line: str, plain: str, *, rtl: bool) -> str:
    """A line, markup and all, between marks where its plain text would fall out of order."""
    if not rtl or _DIRECTING.search(plain) or all(unicodedata.bidirectional(each) in _ORDERED for each in plain):
        return line
    return f"{_RLE}{line}{_PDF}"


def undirected(line: str) -> str:
    """A line without the marks around it."""
    return _WRAPPED.sub(r"\1", line)


def comparable(lines: Iterable[str]) -> str:
    """Lines as two files of different formats must agree on them: letters, without spaces at the ends, marks of
    direction, joiners, and what stands in for a format's own syntax.
    """
    table = {ord(each): None for each in f"{JOINER}{_RLE}{_PDF}"} | {0x2774: "{", 0x2775: "}"}
    text = "\n".join(line.translate(table).replace("-->", "→").strip() for line in lines)
    return unicodedata.normalize("NFC", text)


def _stripped(runs: list[Run]) -> list[Run]:
    showing = [at for at, (text, _) in enumerate(runs) if text.strip()]
    if not showing:
        return []
    runs = runs[showing[0] : showing[-1] + 1]
    runs[0] = (runs[0][0].lstrip(), runs[0][1])
    runs[-1] = (runs[-1][0].rstrip(), runs[-1][1])
    return runs

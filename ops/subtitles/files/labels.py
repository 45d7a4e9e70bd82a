"""Speakers' names before a colon: whom a file's lines name, and where a line's own words begin.

A name that is taken off is lost to who reads, so it is taken only where the file names its speakers again and again:
"CHAPTER 1: THE BEGINNING" and "LONDON: 1984" come once. In a file that is all capitals nothing tells a name from words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Label", "label_of", "names_in"]

_LABEL = re.compile(
    r"\s*(?:(?:[-‐‑–—]|>>)\s*)?(?:(?:\[[^\[\]]{0,80}\]|\([^()]{0,80}\))\s*)?"
    r"(?P<name>[^\W\d_][\w.'’#& -]{0,30}?)\s*(?:\([^()]{0,30}\)\s*)?[:：](?:\s+|$|(?=[^\x00-\x7f]))"
)
_TAG = re.compile(r"</?[ibu]>")
_LEAST_SMALL = 0.1
"""Of the letters that have a case, in a file that is not all capitals; English prose has 0.95, shouted lines and signs
bring single files down to a half."""


@dataclass(frozen=True)
class Label:
    """A name before a line's words.

    Attributes:
        name: Who is named.
        start: Where in the line the name begins, behind the dash of a turn and what is described.
        end: Where the words begin.
    """

    name: str
    start: int
    end: int


def names_in(texts: Iterable[str], *, script: bool = False) -> frozenset[str]:
    """The names of the speakers of a file.

    Names in capitals count where they come twice; those in small letters where two and more of them do, for
    "Remember: …" may come twice in a film.

    Args:
        texts: All of a file's, lines by "\\n", with `<i>`, `<b>`, `<u>` as their only markup.
        script: Whether it is the script of a play, where a name in capitals counts that comes once.
    """
    counts: Counter[str] = Counter()
    small = cased = 0
    for text in texts:
        for line in _TAG.sub("", text).split("\n"):
            found = _LABEL.match(line)
            said = line[found.end() :] if found else line
            if found and found["name"][0].isupper():
                counts[found["name"]] += 1
            small += sum(map(str.islower, said))
            cased += sum(each.islower() or each.isupper() for each in said)
    if small < _LEAST_SMALL * cased:
        return frozenset()
    again = {name for name, count in counts.items() if count > 1}
    capitals = {name for name in (counts if script else again) if name.isupper() and len(name) > 1}
    return frozenset(again if len(again) > 1 else capitals & again) | frozenset(capitals)


def label_of(line: str, names: frozenset[str]) -> Label | None:
    """The label of a line without markup; None where it names none of the speakers."""
    found = _LABEL.match(line)
    if found is None or found["name"] not in names:
        return None
    return Label(found["name"], found.start("name"), found.end())

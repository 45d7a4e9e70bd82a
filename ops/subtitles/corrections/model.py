"""A correction: the text that a person looked at, and what it must say instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

import regex

from ops.subtitles.identity import base_hash, plain

__all__ = [
    "NEAR_S",
    "SAME_CUE_S",
    "Conflict",
    "Correction",
    "MadeOver",
    "in_order",
    "is_same_place",
    "is_telling",
    "said",
]

NEAR_S = 2.0
"""A re-run times a cue anew, by less than that."""

SAME_CUE_S = 0.5
"""Two cues never begin so near to each other: no profile lets one stand as short."""

_TELLING = 15
"""Letters from which a text found elsewhere is the same one and no other "Yes, sir."."""

_LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True)
class Correction:
    """One correction.

    Attributes:
        language: Of the subtitles, a code of `ops.languages`.
        cue: The cue's id (`identity.cue_ids`); empty for a cue that a person added.
        base_text: What it said when it was corrected.
        text: What it must say, lines by "\\n"; empty where the cue is to go.
        start_s: When it must come, in the film's seconds; None where that stays.
        end_s: When it must go.
        at_s: When it came when it was corrected; None where that was not told.
        who: Who corrected it.
        when: And when, ISO 8601; corrections are applied in that order.
    """

    language: str
    cue: str
    base_text: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    at_s: float | None = None
    who: str = ""
    when: str = ""

    @property
    def base(self) -> str:
        """Hash of the text that it was made over; of an added cue, of its own words."""
        return base_hash(self.base_text if self.cue else self.text)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Correction:
        """Read back what `to_json` wrote.

        Raises:
            TypeError: It is not such a value.
        """
        return cls(**value)


@dataclass(frozen=True)
class Conflict:
    """A correction that could not be applied.

    Attributes:
        correction: It.
        now: What stands in its cue now; empty where there is no such cue.
        why: In words.
    """

    correction: Correction
    now: str
    why: str


def said(text: str) -> str:
    """A text's letters and digits alone, in small ones: what is heard of it."""
    return "".join(_LETTERS.findall(plain(text).casefold()))


def is_telling(text: str) -> bool:
    """Whether a text is long enough to be known again wherever it stands."""
    return len(said(text)) >= _TELLING


class MadeOver:
    """Which corrections were made over what others say: these need not be found again, as the later one tells more."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        self._by_base: dict[str, list[Correction]] = defaultdict(list)
        for each in corrections:
            if each.cue:
                self._by_base[each.base].append(each)

    def words_of(self, correction: Correction) -> bool:
        """Whether another of its cue, or of one that came when it did, begins where it ends."""
        wanted = base_hash(correction.text)
        return wanted != correction.base and any(
            each.cue == correction.cue or _distance_s(each, correction) <= NEAR_S
            for each in self._by_base.get(wanted, ())
        )


def in_order(corrections: Sequence[Correction]) -> list[Correction]:
    """In the order in which they were made; of two of the same text in the same cue the later alone."""
    ordered = sorted(corrections, key=lambda each: each.when)
    latest: dict[tuple[str, str], list[int]] = defaultdict(list)
    for nth, each in enumerate(ordered):
        over = latest[each.cue, each.base]
        over[:] = [*(one for one in over if not is_same_place(ordered[one], each)), nth]
    return [ordered[nth] for nth in sorted(nth for over in latest.values() for nth in over)]


def is_same_place(one: Correction, other: Correction) -> bool:
    """Whether two corrections of the same words and the same id are of one cue.

    An id counts the cues of the same words, so that it may have been another's when the first was made. Added cues are
    the same where they begin at once.
    """
    if not one.cue or not other.cue:
        return one.cue == other.cue and one.start_s == other.start_s
    return None in (one.at_s, other.at_s) or _distance_s(one, other) <= SAME_CUE_S


def _distance_s(one: Correction, other: Correction) -> float:
    return inf if one.at_s is None or other.at_s is None else abs(one.at_s - other.at_s)

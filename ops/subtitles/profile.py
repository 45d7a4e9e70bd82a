"""The rules that broadcasters and platforms set for subtitles: dated, cited profiles, read from `profiles.toml`.

A profile's limits depend on the language and on who reads; in frames they depend on the film's rate too.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ops.errors import UsageError
from ops.languages.table import language

__all__ = ["CutZones", "Dashes", "FrameLimits", "Limits", "Profile", "profile_named", "profile_names"]

_TABLE = Path(__file__).with_name("profiles.toml")


class Dashes(StrEnum):
    """How a cue of two speakers tells them apart."""

    BOTH = "both"
    BOTH_SPACED = "both spaced"
    SECOND = "second"
    SECOND_SPACED = "second spaced"
    NONE = "none"


@dataclass(frozen=True)
class CutZones:
    """How near a cut an edge may lie, in frames: in `Limits` at 24 frames a second, in `FrameLimits` at the film's
    rate.

    Attributes:
        after: An in-time less than that after a cut goes onto the cut.
        snap: An in-time up to that before a cut goes onto it.
        before: An in-time further before than `snap`, but nearer than that, is pulled to that.
        out: An out-time nearer than that to a cut, on either side, goes to a gap before the cut.
    """

    after: int
    snap: int
    before: int
    out: int


@dataclass(frozen=True)
class FrameLimits:
    """`Limits` at a film's rate, in whole frames.

    Attributes:
        rate: Frames a second.
        shortest: Least duration.
        longest: Greatest duration.
        gap: Between two cues at least.
        early: An in-time may come so long before its sound.
        late: And so long after it.
        linger: An out-time may stay so long after its sound, to be read.
        chain_below: A gap above `gap` and below that is closed to `gap`; 0 where gaps are left as they are.
        cuts: Zones around cuts; None where the profile has no rule for them.
    """

    rate: Fraction
    shortest: int
    longest: int
    gap: int
    early: int
    late: int
    linger: int
    chain_below: int
    cuts: CutZones | None


@dataclass(frozen=True)
class Limits:
    """What a profile asks of cues in one language for one audience.

    Attributes:
        profile: Its name.
        language: A code of `ops.languages`.
        chars: Characters a line, by `measure.length` with `wide`.
        lines: Lines a cue.
        cps: Characters a second; None where the profile counts words.
        words_a_minute: Where the profile counts words, else None.
        wide: Whether full-width characters count 1 and others a half.
        shortest_s: Least duration.
        longest_s: Greatest duration.
        gap_frames: Frames between two cues at least, at any rate.
        early_s: How long before its sound a cue may come.
        late_frames: How many frames after it.
        linger_s: How long after its sound it may stay, to be read.
        chain: Whether short gaps are closed.
        chain_below_s: Gaps shorter than that.
        cuts: Zones around cuts; None for no rule.
        dashes: How two speakers in one cue are told apart.
        italics: Whether italics are allowed.
        continued: Whether an ellipsis may tell that a sentence goes on in the next cue.
        resumed: Whether the next cue begins with one too, after a pause.
        ellipsis: As it is written.
        balance: The least share of the longer line that the other may have, of two of one speaker; 0 for no rule.
        borrowed: The profile that these numbers come from, where this one has none for the script.
    """

    profile: str
    language: str
    chars: int
    lines: int
    cps: Fraction | None
    words_a_minute: int | None
    wide: bool
    shortest_s: Fraction
    longest_s: Fraction
    gap_frames: int
    early_s: Fraction
    late_frames: int
    linger_s: Fraction
    chain: bool
    chain_below_s: Fraction
    cuts: CutZones | None
    dashes: Dashes
    italics: bool
    continued: bool
    resumed: bool
    ellipsis: str
    balance: Fraction = Fraction(0)
    borrowed: str = ""

    def at(self, rate: Fraction) -> FrameLimits:
        """These in frames: the shortest rounded up, what may not be passed down; half a second to close is 13 at 25.

        Raises:
            ValueError: The rate is not positive.
        """
        if rate <= 0:
            raise ValueError(f"a film has more than {rate} frames a second")
        shortest = max(1, math.ceil(self.shortest_s * rate))
        return FrameLimits(
            rate=rate,
            shortest=shortest,
            longest=max(shortest, math.floor(self.longest_s * rate)),
            gap=self.gap_frames,
            early=_rounded(self.early_s * rate),
            late=self.late_frames,
            linger=math.floor(self.linger_s * _nominal(rate)),
            chain_below=_rounded(self.chain_below_s * rate) if self.chain else 0,
            cuts=None if self.cuts is None else _scaled(self.cuts, rate),
        )


@dataclass(frozen=True)
class Profile:
    """One set of rules.

    Attributes:
        name: "netflix".
        title: What it is called by those who wrote it.
        version: Which state of their rules.
        read: When they were read.
        sources: Where.
        ours: Settings that the sources leave open and the house filled in.
        general: Settings of all languages, as the table has them.
        by_language: Settings by "*", script and code; the later override the earlier.
        borrowed: The profile that a script's settings come from, where they are another's.
    """

    name: str
    title: str
    version: str
    read: date
    sources: tuple[str, ...]
    ours: tuple[str, ...]
    general: Mapping[str, Any]
    by_language: Mapping[str, Mapping[str, Any]]
    borrowed: Mapping[str, str]

    def limits(self, language_code: str, *, child: bool = False, hearing_impaired: bool = False) -> Limits:
        """What it asks of a language.

        Args:
            language_code: A code of `ops.languages`.
            child: Whether children read.
            hearing_impaired: Whether sounds are told too: such cues may be read faster.

        Raises:
            UsageError: No such language.
        """
        spoken = language(language_code)
        row = dict(self.general)
        for key in ("*", spoken.script, spoken.code):
            row |= self.by_language.get(key, {})
        if "adult" in row:
            row.pop("words_a_minute", None)
        speed = row.get("adult")
        if hearing_impaired:
            speed = row.get("sdh_child" if child else "sdh", row.get("child" if child else "adult"))
        elif child:
            speed = row.get("child", speed)
        words = row.get("words_a_minute")
        if words is not None and child:
            words = row.get("child_words_a_minute", words)
        return Limits(
            profile=self.name,
            language=spoken.code,
            chars=row["chars"],
            lines=row["lines"],
            cps=None if speed is None else Fraction(speed),
            words_a_minute=words,
            wide=row["wide"],
            shortest_s=Fraction(row["shortest_s"]),
            longest_s=Fraction(row["longest_s"]),
            gap_frames=row["gap_frames"],
            early_s=Fraction(row["early_s"]),
            late_frames=row["late_frames"],
            linger_s=Fraction(row["linger_s"]),
            chain=row["chain"],
            chain_below_s=Fraction(row["chain_below_s"]),
            cuts=row.get("cuts"),
            dashes=Dashes(row["dashes"]),
            italics=row["italics"],
            continued=row["continued"],
            resumed=row.get("resumed", False),
            ellipsis=row["ellipsis"],
            balance=Fraction(row.get("balance", 0)),
            borrowed=self.borrowed.get(spoken.script, ""),
        )


def profile_names() -> tuple[str, ...]:
    """The profiles that there are, in the table's order."""
    return tuple(_profiles())


def profile_named(name: str) -> Profile:
    """The profile of a name.

    Raises:
        UsageError: There is none; the message tells what comes near.
    """
    known = _profiles()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    fix = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."
    raise UsageError("is no profile of subtitles", where=name or "an empty name", fix=fix)


@cache
def _profiles() -> Mapping[str, Profile]:
    from ops.subtitles.profile_table import read_profiles  # it builds the values of this module

    return MappingProxyType(read_profiles(_TABLE.read_text(encoding="utf-8"), where=str(_TABLE)))


def _nominal(rate: Fraction) -> Fraction:
    """24 for 24000/1001: the guides count the frames of a second so, and give 12 and 15 for half a one."""
    whole = rate * Fraction(1001, 1000)
    return whole if whole.denominator == 1 else rate


def _rounded(frames: Fraction) -> int:
    """To the nearest frame, a half up: half a second at 25 frames a second is 13."""
    return math.floor(frames + Fraction(1, 2))


def _scaled(zones: CutZones, rate: Fraction) -> CutZones:
    scaled = (_rounded(frames * rate / 24) for frames in (zones.after, zones.snap, zones.before, zones.out))
    return CutZones(*scaled)

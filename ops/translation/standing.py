"""What becomes of a language's subtitles: published, a draft, or withheld; by what was measured, not by its fame.

The thresholds are data (`standing.toml`).
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ops.translation.gates import Judgement

__all__ = ["Standing", "StandingState", "Thresholds", "standing_of", "thresholds"]

_FILE = Path(__file__).with_name("standing.toml")


class StandingState(StrEnum):
    """What a language's subtitles are fit for."""

    PUBLISHED = "published"
    """To be shown."""
    DRAFT = "draft"
    """To be looked through by a person before they are shown."""
    WITHHELD = "withheld"
    """Not to be shown: the source's subtitles serve."""


@dataclass(frozen=True)
class Thresholds:
    """From what share on a language is what; see `standing.toml`."""

    published_pass_rate: float
    published_conforming: float
    draft_pass_rate: float
    fewest_sentences: int


@dataclass(frozen=True)
class Standing:
    """What a language's subtitles are, and why.

    Attributes:
        state: What they are.
        pass_rate: Share of sentences that passed every gate that fails, 0 to 1; 0 where there are none.
        why: One sentence for people.
    """

    state: StandingState
    pass_rate: float
    why: str


@cache
def thresholds() -> Thresholds:
    """The house's."""
    return Thresholds(**tomllib.loads(_FILE.read_text(encoding="utf-8")))


def standing_of(
    judgements: Sequence[Judgement],
    *,
    conforming: float | None = None,
    draft_source: bool = False,
    limits: Thresholds | None = None,
) -> Standing:
    """What a language's subtitles are.

    Args:
        judgements: Of every sentence, after retries.
        conforming: Share of cues that keep their profile's rules, 0 to 1; None where it was not measured, which does
            not stand for a pass: the language is a draft.
        draft_source: Whether the source's own words are a draft; no translation of theirs is more.
        limits: Other thresholds than the house's.
    """
    limits = limits or thresholds()
    if not judgements:
        return Standing(StandingState.WITHHELD, 0.0, "There is no sentence to judge.")
    rate = sum(judgement.passed for judgement in judgements) / len(judgements)
    if rate < limits.draft_pass_rate:
        return Standing(
            StandingState.WITHHELD,
            rate,
            f"{_told(rate)}, and a draft needs {limits.draft_pass_rate:.0%}{_worst(judgements)}.",
        )
    held = _held_back(judgements, rate, conforming, draft_source, limits)
    if held:
        return Standing(StandingState.DRAFT, rate, f"{_told(rate)}; {held}{_worst(judgements)}.")
    return Standing(StandingState.PUBLISHED, rate, f"{_told(rate)}.")


def _held_back(
    judgements: Sequence[Judgement], rate: float, conforming: float | None, draft_source: bool, limits: Thresholds
) -> str:
    """Why what is better than withheld is not published; empty where it is."""
    reasons = {
        "the source's words are a draft themselves": draft_source,
        f"publishing needs {limits.published_pass_rate:.0%}": rate < limits.published_pass_rate,
        f"{len(judgements)} sentences are too few to tell": len(judgements) < limits.fewest_sentences and rate < 1.0,
        "whether its cues keep their rules is not known": conforming is None,
        f"of its cues {conforming or 0.0:.1%} keep their rules, and publishing needs "
        f"{limits.published_conforming:.0%}": conforming is not None and conforming < limits.published_conforming,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def _told(rate: float) -> str:
    return f"{rate:.1%} of the sentences pass"


def _worst(judgements: Sequence[Judgement]) -> str:
    counted = Counter(
        fault for judgement in judgements if not judgement.passed for fault in judgement.faults if fault.fails
    )
    most = [f"{fault} {times}" for fault, times in counted.most_common(3)]
    return f" (most often: {', '.join(most)})" if most else ""

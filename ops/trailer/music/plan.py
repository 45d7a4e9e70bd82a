"""The plan of a synthesised bed: whole bars over the trailer's length, and in which bar each part begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ops.trailer.events import Part
from ops.trailer.music.styles import STYLES, Style

__all__ = ["BEATS", "SHARES", "Plan", "plan_of"]

BEATS = 4
"""Beats a bar."""

SHARES: Mapping[Part, float] = {
    Part.HOOK: 0.10, Part.SETUP: 0.30, Part.RISE: 0.40, Part.CLIMAX: 0.13, Part.BUTTON: 0.07,
}  # fmt: skip
"""A trailer's parts where nobody says otherwise, shares of its time."""

_WIDEST_BPM = (80.0, 150.0)
"""Beyond its style's tempo a very short trailer may go so far, to hold a bar for each part."""


@dataclass(frozen=True)
class Plan:
    """A piece before a note of it is written.

    Attributes:
        style: Name of the style.
        seed: What is left to chance.
        bars: Whole bars over the whole length.
        bar_s: Length of a bar.
        firsts: The bar in which each part begins, from hook to button.
    """

    style: str
    seed: int
    bars: int
    bar_s: float
    firsts: tuple[int, int, int, int, int]

    @property
    def tempo_bpm(self) -> float:
        """Its tempo."""
        return 60 * BEATS / self.bar_s

    @property
    def stop_beats(self) -> int:
        """Beats of silence before the button: a bar where the climax can spare it, else half a bar."""
        return BEATS if self.firsts[4] - self.firsts[3] >= 3 else BEATS // 2

    def part_of(self, bar: int) -> tuple[Part, float]:
        """The part that a bar is in, and how far within it, 0 to 1."""
        edges = (*self.firsts, self.bars)
        place = max(index for index, first in enumerate(self.firsts) if first <= bar)
        return list(Part)[place], (bar - edges[place]) / (edges[place + 1] - edges[place])


def plan_of(
    seconds: float,
    style: str,
    seed: int,
    *,
    shares: Mapping[Part, float] = SHARES,
    marks: Mapping[Part, int] | None = None,
    bars: int | None = None,
) -> Plan:
    """Fit whole bars to a length.

    Args:
        seconds: Length of the trailer.
        style: Of `STYLES`.
        seed: Moves the tempo within its style, by a twentieth at most.
        shares: How much of the time each part takes.
        marks: The bar in which parts begin, where that is settled; the rest keeps to `shares`.
        bars: How many, where that is settled.

    Raises:
        ValueError: The style is unknown, the length holds no five bars, or the marks are out of order.
    """
    if style not in STYLES:
        raise ValueError(f"there is no music style {style!r}; there are {', '.join(STYLES)}")
    bars = bars or _bars(seconds, STYLES[style], seed)
    firsts = _firsts(bars, shares, marks or {})
    if list(firsts) != sorted(set(firsts)) or firsts[0] != 0 or firsts[-1] >= bars:
        raise ValueError(f"parts that begin in bars {firsts} of {bars} are not in order")
    return Plan(style, seed, bars, seconds / bars, firsts)


def _bars(seconds: float, style: Style, seed: int) -> int:
    slowest, usual, quickest = style.tempo_bpm
    wanted = usual * (1 + np.random.default_rng((seed, 1)).uniform(-0.05, 0.05))
    for low, high in ((slowest, quickest), _WIDEST_BPM):
        fitting = [n for n in range(len(Part), 400) if low <= 60 * BEATS * n / seconds <= high]
        if fitting:  # phrases are of two bars: an odd number has to be nearer by three hundredths
            return min(fitting, key=lambda n: abs(60 * BEATS * n / seconds / wanted - 1) + 0.03 * (n % 2))
    raise ValueError(f"{seconds:.1f} s hold no {len(Part)} bars of music, one for each part")


def _firsts(bars: int, shares: Mapping[Part, float], marks: Mapping[Part, int]) -> tuple[int, int, int, int, int]:
    parts = list(Part)
    whole = sum(shares.get(part, 0.0) for part in parts)
    firsts, passed = [0], 0.0
    for place, part in enumerate(parts[1:], 1):
        passed += shares.get(parts[place - 1], 0.0) / whole
        wanted = marks.get(part, round(passed * bars))
        after = len(parts) - place  # bars that this part and those behind it need
        if part not in marks:
            wanted = min(max(wanted, firsts[-1] + 1), bars - after)
        firsts.append(wanted)
    return firsts[0], firsts[1], firsts[2], firsts[3], firsts[4]

"""The exact frame rate behind timestamps that a container has rounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

__all__ = ["STANDARD_RATES", "constant_rate"]

STANDARD_RATES: tuple[Fraction, ...] = (
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 100, 120, 5, 10, 12, 15, 20)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120, 15, 12)),
)
"""Rates of film and television (SMPTE ST 428-11, ITU-R BT.709 and BT.2020), and the usual ones of the web."""

_JITTER_S = 1e-3
"""A frame this far from its place still counts as on time: Matroska and FLV round to it, and whoever re-muxes
them into a finer clock carries it along."""


def constant_rate(
    times: Sequence[int] | np.ndarray, time_base: Fraction, nominal: Sequence[Fraction]
) -> Fraction | None:
    """Find the rate at which frame k lies at first + k / rate throughout, but for rounding.

    Every frame is held against the first, so that neither a single dropped frame nor a slow drift passes.

    Args:
        times: Presentation or decoding times of consecutive frames, in any order, in units of `time_base`.
        time_base: Seconds a unit.
        nominal: Rates that the container or the codec states, likeliest first; preferred where they fit.

    Returns:
        The first nominal rate that fits, else the best standard one, else the measured one; None where the
        frames are not evenly spaced. A single frame has the first nominal rate.
    """
    stated = [rate for rate in dict.fromkeys(nominal) if rate > 0]
    if len(times) < 2:
        return stated[0] if stated else None
    ticks = np.sort(np.asarray(times, dtype=np.int64))
    span = int(ticks[-1] - ticks[0])
    if span == 0:
        return None
    for rate in stated:
        if _stray_s(ticks, time_base, rate) <= _tolerance_s(time_base, rate):
            return rate
    measured = Fraction(len(ticks) - 1) / (span * time_base)
    fitting = [
        (stray, rate)
        for rate in STANDARD_RATES
        if (stray := _stray_s(ticks, time_base, rate)) <= _tolerance_s(time_base, rate)
    ]
    if fitting:
        return min(fitting)[1]
    for rate in (measured.limit_denominator(1001), measured):
        if rate > 0 and _stray_s(ticks, time_base, rate) <= _tolerance_s(time_base, rate):
            return rate
    return None


def _stray_s(ticks: np.ndarray, time_base: Fraction, rate: Fraction) -> float:
    """How far the worst frame lies from its place, in seconds."""
    offsets = (ticks - ticks[0]).astype(np.float64) * float(time_base)
    places = np.arange(len(ticks), dtype=np.float64) / float(rate)
    return float(np.abs(offsets - places).max())


def _tolerance_s(time_base: Fraction, rate: Fraction) -> float:
    """Rounding of two timestamps (half a tick each, a whole one where cut off), but never half a frame."""
    return min(max(1.01 * float(time_base), _JITTER_S * 1.001), 0.49 / float(rate))

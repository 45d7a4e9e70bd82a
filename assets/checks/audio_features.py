"""What the tables of beats, of segments and of loudness must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.checks.expectations import above, between, number, one_of
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BEATS_PROMISES",
    "LOUDNESS_PROMISES",
    "SEGMENTS_PROMISES",
    "beats_suite",
    "loudness_suite",
    "segments_suite",
]

KINDS = ("speech", "music", "other", "silence")
FLOOR_LUFS = -70.0
"""As `ops.audio.kinds.SoundKind` and `ops.audio.loudness` have them (a test holds them equal): those modules load
numpy and PyAV, which definitions must not wait for."""

FASTEST_S, SLOWEST_S = 0.2, 2.5
"""Seconds from beat to beat: 300 to 24 beats a minute, beyond the range of music that people tap to."""

LOUDEST_LUFS, HOTTEST_DBTP = 10.0, 3.0
"""What no programme reaches: a square wave at full scale measures about +3 LUFS, masters peak near 0."""

_SLACK_S = 1e-3
"""A millisecond: times that were rounded for keeping."""

_BEATS_WHOLE = Promise("beats_table_whole", "The table of beats has its columns, their types and no hole.", True)
_ORDERED = Promise("beats_ordered", "Every beat comes after the one before.", True)
_IN_TRACK = Promise("beats_in_track", "Every beat lies within the track.", True)
_CONFIDENCE = Promise("beat_confidence_in_range", "Confidence is from 0 to 1, tempo from 20 to 400 a minute.", True)
_SPACING = Promise("beat_spacing_plausible", "Beats of a passage are 0.2 to 2.5 s apart.", False)
BEATS_PROMISES = (_BEATS_WHOLE, _ORDERED, _IN_TRACK, _CONFIDENCE, _SPACING)

_SEGMENTS_WHOLE = Promise("segments_table_whole", "The table of segments has its columns, types and no hole.", True)
_MEET = Promise("segments_meet", "Each segment starts where the one before ends: no gap, no overlap.", True)
_COVER = Promise("segments_cover_track", "The segments reach from the track's start to its end.", True)
_LENGTH = Promise("segments_have_length", "Every segment ends after it starts.", True)
_KINDS_KNOWN = Promise("segment_kinds_known", f"Every segment is {', '.join(KINDS[:-1])} or {KINDS[-1]}.", True)
_SURE = Promise("segment_confidence_in_range", "Every segment's confidence is from 0 to 1.", False)
SEGMENTS_PROMISES = (_SEGMENTS_WHOLE, _MEET, _COVER, _LENGTH, _KINDS_KNOWN, _SURE)

_LOUDNESS_WHOLE = Promise("loudness_table_whole", "The loudness curve has its columns, their types and no hole.", True)
_RISING = Promise("loudness_times_rise", "The curve's times rise.", True)
_LOUD = Promise("loudness_in_range", f"Loudness is from {FLOOR_LUFS:.0f} to +{LOUDEST_LUFS:.0f} LUFS all along.", True)
_PEAK = Promise("true_peak_plausible", f"The true peak is at most +{HOTTEST_DBTP:.0f} dBTP.", False)
LOUDNESS_PROMISES = (_LOUDNESS_WHOLE, _RISING, _LOUD, _PEAK)


def beats_suite(duration_s: float) -> Suite:
    """The checks of `AudioFeatures.beats_table()`; a track without a beat has none and passes.

    Args:
        duration_s: Length of the track in seconds.
    """

    def outside(row: Row) -> str:
        return f"{row['name']} is at {number(row['time_s'])} s of a track of {number(duration_s)} s"

    return Suite(
        row="beat",
        key="beat",
        columns=(
            *(Column(name, Kind.NUMBER) for name in ("time_s", "tempo_bpm", "confidence", "strength")),
            *(Column(name, Kind.WHOLE) for name in ("position", "passage")),
        ),
        whole=_BEATS_WHOLE,
        derived=(
            Derived("previous_s", ("time_s",), lambda t: t["time_s"].shift(1)),
            Derived("since_s", ("time_s", "passage"), lambda t: t.groupby("passage")["time_s"].diff()),
        ),
        checks=(
            Check(_ORDERED, (above("time_s", "previous_s", _early),)),
            Check(_IN_TRACK, (between("time_s", 0, duration_s + _SLACK_S, says=outside),)),
            Check(_CONFIDENCE, (between("confidence", 0, 1), between("tempo_bpm", 20, 400, what="tempo"))),
            Check(_SPACING, (between("since_s", FASTEST_S, SLOWEST_S, says=_uneven),)),
        ),
        fewest_rows=0,
    )


def _early(row: Row) -> str:
    return f"{row['name']} is at {number(row['time_s'])} s, the one before at {number(row['previous_s'])} s"


def _uneven(row: Row) -> str:
    return f"{row['name']} comes {number(row['since_s'])} s after the one before"


def segments_suite(duration_s: float) -> Suite:
    """The checks of `AudioFeatures.segments_table()`.

    Args:
        duration_s: Length of the track in seconds.
    """

    def left(table: pd.DataFrame) -> Any:
        """How far the track goes on after each segment without another: 0, but for the last."""
        return (duration_s - table["end_s"]).where(table.index == len(table) - 1, 0.0)

    def short(row: Row) -> str:
        return f"the last segment ends at {number(row['end_s'])} s of a track of {number(duration_s)} s"

    return Suite(
        row="segment",
        key="segment",
        columns=(
            Column("kind", Kind.TEXT),
            *(Column(name, Kind.NUMBER) for name in ("start_s", "end_s", "confidence")),
        ),
        whole=_SEGMENTS_WHOLE,
        derived=(
            Derived("previous_end_s", ("end_s", "start_s"), lambda t: t["end_s"].shift(1).fillna(t["start_s"])),
            Derived("gap_s", ("start_s", "previous_end_s"), lambda t: t["start_s"] - t["previous_end_s"]),
            Derived("first_s", ("start_s",), lambda t: t["start_s"].where(t.index == 0, 0.0)),
            Derived("left_s", ("end_s",), left),
        ),
        checks=(
            Check(_MEET, (between("gap_s", -_SLACK_S, _SLACK_S, says=_apart),)),
            Check(
                _COVER,
                (
                    between("first_s", -_SLACK_S, _SLACK_S, says=_late),
                    between("left_s", -_SLACK_S, _SLACK_S, says=short),
                ),
            ),
            Check(_LENGTH, (above("end_s", "start_s", _empty),)),
            Check(_KINDS_KNOWN, (one_of("kind", KINDS),)),
            Check(_SURE, (between("confidence", 0, 1),)),
        ),
        fewest_rows=1 if duration_s > 0.1 else 0,  # a blink of sound has nothing to tell apart
    )


def _apart(row: Row) -> str:
    fault = "overlaps the one before" if row["gap_s"] < 0 else "leaves a gap"
    starts, ended = number(row["start_s"]), number(row["previous_end_s"])
    return f"{row['name']} {fault}: it starts at {starts} s, that one ends at {ended} s"


def _late(row: Row) -> str:
    return f"the first segment starts at {number(row['start_s'])} s, not at 0"


def _empty(row: Row) -> str:
    return f"{row['name']} starts at {number(row['start_s'])} s and ends at {number(row['end_s'])} s"


def loudness_suite(integrated_lufs: float | None, true_peak_dbtp: float | None) -> Suite:
    """The checks of `AudioFeatures.loudness_table()`, the curve at ten values a second.

    Args:
        integrated_lufs: The programme's loudness; None where nothing is above the gate.
        true_peak_dbtp: Its highest peak; None for digital silence.
    """

    def once(table: pd.DataFrame, value: float | None) -> list[float | None]:
        """A value of the whole programme, in the first row alone."""
        return [value, *[None] * (len(table) - 1)][: len(table)]

    def hot(row: Row) -> str:
        return f"the sound peaks at {number(true_peak_dbtp)} dBTP"

    def loud(row: Row) -> str:
        return f"the programme's loudness is {number(integrated_lufs)} LUFS"

    return Suite(
        row="tenth of a second",
        key="time_s",
        columns=tuple(Column(name, Kind.NUMBER) for name in ("time_s", "momentary_lufs", "short_term_lufs")),
        whole=_LOUDNESS_WHOLE,
        derived=(
            Derived("previous_s", ("time_s",), lambda t: t["time_s"].shift(1)),
            Derived("integrated_lufs", (), lambda t: once(t, integrated_lufs)),
            Derived("true_peak_dbtp", (), lambda t: once(t, true_peak_dbtp)),
        ),
        checks=(
            Check(_RISING, (above("time_s", "previous_s", _early),)),
            Check(
                _LOUD,
                (
                    between("momentary_lufs", FLOOR_LUFS, LOUDEST_LUFS, what="loudness", unit=" LUFS"),
                    between("short_term_lufs", FLOOR_LUFS, LOUDEST_LUFS, what="short-term loudness", unit=" LUFS"),
                    between("integrated_lufs", FLOOR_LUFS, LOUDEST_LUFS, says=loud),
                ),
            ),
            Check(_PEAK, (between("true_peak_dbtp", None, HOTTEST_DBTP, says=hot),)),
        ),
        fewest_rows=0,
    )

"""What the table of a master's streams must hold: facts that no film has are a damaged header."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from assets.checks.expectations import between, number, one_of, present, total
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SOURCE_VIDEO_PROMISES", "source_video_suite"]

LONGEST_S = 48 * 3600.0
"""Longer than any film or stream recording that is delivered in one file."""

_WHOLE = Promise("streams_table_whole", "The table of streams has its columns, their types and a row.", True)
_ONE_FILM = Promise("one_video_stream", "The file has exactly one video stream that is the film.", True)
_DURATION = Promise("duration_sane", "The film lasts longer than nothing and at most two days.", True)
_SIZE = Promise("picture_size_sane", "The picture is 16 to 16,384 pixels wide and high.", True)
_RATE = Promise("frame_rate_sane", "The film shows 1 to 240 pictures a second.", False)
_SOUND = Promise("sound_sane", "Every sound stream can be decoded: 4 to 384 kHz, 1 to 64 channels.", False)

SOURCE_VIDEO_PROMISES = (_WHOLE, _ONE_FILM, _DURATION, _SIZE, _RATE, _SOUND)

_APPLIES_TO_SOME = ("width", "height", "average_rate", "sample_rate", "channels")
"""Columns that the table has only where a stream of that kind is there."""


def source_video_suite(duration_s: float) -> Suite:
    """The checks of `MediaInfo.table()`.

    Args:
        duration_s: Length of the film in seconds.
    """

    def too_long(row: Row) -> str:
        return f"the film lasts {number(duration_s)} s"

    def films(row: Row) -> str:
        return f"the file has {number(row['observed'])} video streams"

    def optional(column: str) -> Derived:
        return Derived(f"its_{column}", (), lambda t: _numbers(t, column))

    return Suite(
        row="stream",
        key="index",
        columns=(Column("index", Kind.WHOLE), Column("kind", Kind.TEXT), Column("codec", Kind.TEXT)),
        whole=_WHOLE,
        derived=(
            Derived("is_film", ("kind",), lambda t: (t["kind"] == "video").astype("int64")),
            Derived("duration_s", (), lambda t: duration_s + 0.0 * t.index),
            *(optional(column) for column in _APPLIES_TO_SOME),
        ),
        checks=(
            Check(_ONE_FILM, (one_of("kind", ["video", "audio", "subtitle"]), total("is_film", 1, films))),
            Check(
                _DURATION,
                (
                    present("duration_s", what="length"),
                    between("duration_s", 0.001, LONGEST_S, says=too_long),
                ),
            ),
            Check(
                _SIZE,
                (
                    between("its_width", 16, 16_384, what="width", unit=" pixels"),
                    between("its_height", 16, 16_384, what="height", unit=" pixels"),
                ),
            ),
            Check(_RATE, (between("its_average_rate", 1, 240, what="frame rate", unit=" fps"),)),
            Check(
                _SOUND,
                (
                    between("its_sample_rate", 4_000, 384_000, what="sample rate", unit=" Hz"),
                    between("its_channels", 1, 64, what="channel count"),
                ),
            ),
        ),
    )


def _numbers(table: pd.DataFrame, column: str) -> list[float]:
    """A column as numbers, NaN where it does not apply or is none; rates come as "24000/1001"."""
    return [_number(value) for value in table[column]] if column in table else [float("nan")] * len(table)


def _number(value: object) -> float:
    try:
        return float(Fraction(str(value)))
    except (ValueError, ZeroDivisionError):
        return float("nan")

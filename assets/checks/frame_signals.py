"""What the table of frame signals must hold.

All of it blocks: a NaN, or one frame too few, spreads through every score made from them.
"""

from __future__ import annotations

from assets.checks.expectations import LARGEST, above, between, number, rows
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

__all__ = ["FRAME_SIGNALS_PROMISES", "frame_signals_suite"]

_WHOLE = Promise(
    "frame_signals_table_whole", "The table of frame signals has its columns and types, and no hole.", True
)
_COVER = Promise("frame_signals_cover_film", "There is one row for every frame of the film.", True)
_TIMES = Promise("frame_times_rise", "Every frame is shown after the one before.", True)
_RANGE = Promise("frame_signals_in_range", "Every measurement is finite and within its scale.", True)

FRAME_SIGNALS_PROMISES = (_WHOLE, _COVER, _TIMES, _RANGE)

_SCALES = {
    "luma": (0.0, 255.0),
    "contrast": (0.0, 127.5),  # the standard deviation of half black, half white
    "clipped": (0.0, 1.0),
    "motion": (0.0, 255.0),
    "sharpness": (0.0, LARGEST),
    "colourfulness": (0.0, LARGEST),
}


def frame_signals_suite(frames: int) -> Suite:
    """The checks of `FrameSignals.table()`.

    Args:
        frames: How many frames the film has.
    """

    def incomplete(row: Row) -> str:
        return f"there are {row['observed']} rows for the {frames} frames of the film"

    return Suite(
        row="frame",
        key="frame",
        columns=(
            Column("frame", Kind.WHOLE),
            Column("pts", Kind.WHOLE),
            *(Column(name, Kind.NUMBER) for name in _SCALES),
        ),
        whole=_WHOLE,
        derived=(Derived("previous_pts", ("pts",), lambda t: t["pts"].shift(1)),),
        checks=(
            Check(_COVER, (rows(frames, frames, incomplete),)),
            Check(_TIMES, (above("pts", "previous_pts", _backwards),)),
            Check(_RANGE, tuple(between(name, low, high) for name, (low, high) in _SCALES.items())),
        ),
    )


def _backwards(row: Row) -> str:
    return f"{row['name']} is shown at pts {number(row['pts'])}, the one before at {number(row['previous_pts'])}"

"""What the table of keyframes must hold: thumbnails, trailers and embeddings are all made from these pictures."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from assets.checks.expectations import above, between, covers, number, present, unique
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KEYFRAMES_PROMISES", "keyframes_suite"]

_WHOLE = Promise("keyframes_table_whole", "The table of keyframes has its columns, their types and no hole.", True)
_INSIDE = Promise("keyframes_inside_shots", "Every keyframe is a frame of the shot that it stands for.", True)
_DISTINCT = Promise("keyframes_distinct", "No frame and no file comes twice, and times rise.", True)
_QUALITY = Promise("keyframe_quality_in_range", "Sharpness, exposure and score are numbers from 0 to 1.", True)
_COVER = Promise("keyframes_cover_shots", "Every shot that has a usable frame has a keyframe.", False)

KEYFRAMES_PROMISES = (_WHOLE, _INSIDE, _DISTINCT, _QUALITY, _COVER)

_NO_SHOT = float("nan")

_SHARES = ("sharpness", "exposure", "lettering", "plainness", "score")


def keyframes_suite(shots: pd.DataFrame, skipped: Collection[int] = ()) -> Suite:
    """The checks of `KeyframeSet.table()`; a film without a usable frame has none.

    Args:
        shots: The table of the film's shots.
        skipped: Shots that were left out on purpose, having no usable frame.
    """
    starts = dict(zip(shots["index"], shots["start"], strict=True))
    ends = dict(zip(shots["index"], shots["end"], strict=True))
    usable = [int(shot) for shot in shots["index"] if shot not in set(skipped)]

    return Suite(
        row="keyframe",
        key="frame",
        columns=(
            *(Column(name, Kind.WHOLE) for name in ("frame", "pts", "shot")),
            *(Column(name, Kind.NUMBER) for name in ("time_s", *_SHARES)),
            Column("file", Kind.TEXT),
        ),
        whole=_WHOLE,
        derived=(
            Derived("shot_start", ("shot",), lambda t: [starts.get(shot, _NO_SHOT) for shot in t["shot"]]),
            Derived("shot_end", ("shot",), lambda t: [ends.get(shot, _NO_SHOT) for shot in t["shot"]]),
            Derived("previous_pts", ("pts",), lambda t: t["pts"].shift(1)),
        ),
        checks=(
            Check(
                _INSIDE,
                (
                    present("shot_start", says=_of_no_shot),
                    above("frame", "shot_start", _outside, or_equal=True),
                    above("shot_end", "frame", _outside),
                ),
            ),
            Check(_DISTINCT, (unique("frame"), unique("file"), above("pts", "previous_pts", _backwards))),
            Check(_QUALITY, tuple(between(name, 0, 1) for name in _SHARES)),
            Check(_COVER, (covers("shot", usable, noun="shot", lacks="keyframe"),)),
        ),
        fewest_rows=0,
    )


def _of_no_shot(row: Row) -> str:
    return f"{row['name']} stands for shot {number(row['shot'])}, which the film does not have"


def _outside(row: Row) -> str:
    span = f"{number(row['shot_start'])} to {number(row['shot_end'])}"
    return f"{row['name']} lies outside its shot {number(row['shot'])}, which has frames {span}"


def _backwards(row: Row) -> str:
    return f"{row['name']} is shown at pts {number(row['pts'])}, the one before at {number(row['previous_pts'])}"

"""What the scene analysis must hold: a trailer is cut by these numbers, so one off its scale decides an edit."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from assets.checks.expectations import LARGEST, above, between, equal, extreme, number, one_row_a_shot, rows
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCENES_PROMISES", "scene_curves_suite", "scene_lines_suite", "scenes_suite"]

_SLACK_S = 0.005
"""A frame's time after it went through float32: 0.5 ms at two hours, and rounding in between."""

_WHOLE = Promise("scenes_table_whole", "The table of shots has its columns, types and no hole.", True)
_COVER = Promise("scenes_cover_shots", "There is exactly one row for every shot.", True)
_TIMES = Promise("scene_shots_follow_each_other", "Every shot begins where the one before ends, the first at 0.", True)
_JOINED = Promise("scenes_contiguous", "Scenes are runs of neighbouring shots, numbered from 0 without a gap.", True)
_STEADY = Promise("scene_steady_parts_inside", "The steady part of every shot lies within the shot.", True)
_RANGE = Promise("scene_scores_in_range", "Every score is finite and on its scale.", True)
_CURVES_WHOLE = Promise("scene_curves_whole", "The curves are all there, of numbers, without a hole.", True)
_CURVES_COVER = Promise("scene_curves_cover_film", "The curves run from the film's first picture to its last.", True)
_CURVES_RANGE = Promise("scene_curves_in_range", "Every curve is finite and on its scale.", True)
_LINES_WHOLE = Promise("scene_lines_whole", "The table of lines has its columns and types.", True)
_LINES_IN_FILM = Promise(
    "scene_lines_in_film", "Every line of dialogue begins, ends and is said within the film.", True
)
_LINES_ORDER = Promise("scene_lines_in_order", "No line begins before the one before it.", True)

SCENES_PROMISES = (
    _WHOLE, _COVER, _TIMES, _JOINED, _STEADY, _RANGE,
    _CURVES_WHOLE, _CURVES_COVER, _CURVES_RANGE,
    _LINES_WHOLE, _LINES_IN_FILM, _LINES_ORDER,
)  # fmt: skip

_SHARE, _SIGNED, _ANY, _SIZE = (0.0, 1.0), (-1.0, 1.0), (-LARGEST, LARGEST), (0.0, LARGEST)

_SCALES = {
    "action": _SIZE, "camera": _SIZE, "pan": _ANY, "tilt": _ANY, "zoom": _ANY,
    "faces": (0.0, 1_000.0), "face_area": _SHARE, "speech": _SHARE, "music": _SHARE,
    "loudness": (-70.0, 20.0), "loudness_peak": (-70.0, 20.0), "onsets": (0.0, 100.0),
    "arousal": _SHARE, "valence": _SIGNED, "warmth": _SIGNED, "brightness": _SHARE, "colourfulness": _SIZE,
    "aesthetics": _SHARE, "stillness": _SHARE, "darkness": _SHARE, "lettering": _SHARE, "highlight": _SHARE,
}  # fmt: skip

_CURVE_SCALES = {name: scale for name, scale in _SCALES.items() if name in (
    "action", "camera", "loudness", "speech", "music", "onsets", "arousal", "valence", "warmth", "brightness", "faces",
    "aesthetics", "highlight",
)}  # fmt: skip

_TIMED = ("start_s", "end_s", "steady_start_s", "steady_end_s")


def scenes_suite(shots: int) -> Suite:
    """The checks of `SceneAnalysis.table()`.

    Args:
        shots: How many shots the film has.
    """
    return Suite(
        row="shot",
        key="shot",
        columns=(
            Column("shot", Kind.WHOLE),
            Column("scene", Kind.WHOLE),
            *(Column(name, Kind.NUMBER) for name in (*_TIMED, *_SCALES)),
        ),
        whole=_WHOLE,
        derived=(
            Derived("previous_end_s", ("end_s",), lambda t: t["end_s"].shift(1, fill_value=0.0)),
            Derived("previous_scene", ("scene",), _scene_before),
            Derived("scene_step", ("scene", "previous_scene"), lambda t: t["scene"] - t["previous_scene"]),
        ),
        checks=(
            Check(_COVER, one_row_a_shot(shots)),
            Check(_TIMES, (equal("start_s", "previous_end_s", _apart), above("end_s", "start_s", _empty))),
            Check(
                _JOINED,
                (
                    between("scene_step", 0, 1, says=_jumps),
                    extreme("scene", smallest=True, is_=0, says=lambda row: f"the first scene is {row['observed']}"),
                ),
            ),
            Check(
                _STEADY,
                (
                    above("steady_start_s", "start_s", _unsteady, or_equal=True),
                    above("steady_end_s", "steady_start_s", _unsteady, or_equal=True),
                    above("end_s", "steady_end_s", _unsteady, or_equal=True),
                ),
            ),
            Check(_RANGE, tuple(between(name, low, high) for name, (low, high) in _SCALES.items())),
        ),
    )


def scene_curves_suite(duration_s: float, step_s: float) -> Suite:
    """The checks of `SceneAnalysis.curves_table()`.

    Args:
        duration_s: Length of the film in seconds.
        step_s: Seconds between two points.
    """
    least = max(1, ceil((duration_s - _SLACK_S) / step_s))

    def incomplete(row: Row) -> str:
        return f"there are {row['observed']} points for the {number(duration_s)} s of the film, which need {least}"

    return Suite(
        row="point",
        key="point",
        columns=tuple(Column(name, Kind.NUMBER) for name in ("time_s", *_CURVE_SCALES)),
        whole=_CURVES_WHOLE,
        derived=(Derived("point_off_s", ("time_s",), lambda t: (t["time_s"] - t.index.to_series() * step_s).abs()),),
        checks=(
            Check(
                _CURVES_COVER,
                (rows(least, least + 1, incomplete), between("point_off_s", 0, _SLACK_S, says=_off_the_grid)),
            ),
            Check(_CURVES_RANGE, tuple(between(name, low, high) for name, (low, high) in _CURVE_SCALES.items())),
        ),
    )


def scene_lines_suite(duration_s: float, shots: int) -> Suite:
    """The checks of `SceneAnalysis.lines_table()`; a film without a word has an empty one.

    Args:
        duration_s: Length of the film in seconds.
        shots: How many shots it has.
    """

    def outside(row: Row) -> str:
        return f"{row['name']} is from {number(row['start_s'])} to {number(row['end_s'])} s of a film of " + (
            f"{number(duration_s)} s"
        )

    return Suite(
        row="line",
        key="line",
        columns=(
            Column("shot", Kind.WHOLE),
            *(Column(name, Kind.NUMBER) for name in ("start_s", "end_s", "alone")),
            Column("words", Kind.TEXT),
        ),
        whole=_LINES_WHOLE,
        derived=(Derived("previous_s", ("start_s",), lambda t: t["start_s"].shift(1)),),
        checks=(
            Check(
                _LINES_IN_FILM,
                (
                    between("start_s", 0, duration_s, says=outside),
                    above("end_s", "start_s", outside),
                    between("shot", 0, shots - 1),
                    between("alone", 0, 1),
                ),
            ),
            Check(_LINES_ORDER, (above("start_s", "previous_s", _early, or_equal=True),)),
        ),
        fewest_rows=0,
    )


def _scene_before(table: pd.DataFrame) -> Any:
    """The scene of the shot before; for the first shot its own."""
    return table["scene"].shift(1).fillna(table["scene"])


def _apart(row: Row) -> str:
    return f"{row['name']} begins at {number(row['start_s'])} s, the one before ends at {number(row['previous_end_s'])}"


def _empty(row: Row) -> str:
    return f"{row['name']} ends at {number(row['end_s'])} s, where it begins"


def _jumps(row: Row) -> str:
    return f"{row['name']} is of scene {number(row['scene'])}, the one before of scene {number(row['previous_scene'])}"


def _unsteady(row: Row) -> str:
    return f"{row['name']} is steady from {number(row['steady_start_s'])} to {number(row['steady_end_s'])} s, beyond it"


def _off_the_grid(row: Row) -> str:
    return f"{row['name']} is at {number(row['time_s'])} s, off the grid"


def _early(row: Row) -> str:
    return f"{row['name']} begins at {number(row['start_s'])} s, the one before at {number(row['previous_s'])} s"

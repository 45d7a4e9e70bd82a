"""The checks of the scene analysis: each fault of a table is found and told by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from ops.scenes.model import COLUMNS, CURVES, Line, SceneAnalysis

SHOTS = 4


@pytest.fixture
def found() -> SceneAnalysis:
    numbers = np.zeros((SHOTS, len(COLUMNS)), np.float32)
    for name, values in {
        "shot": range(SHOTS), "scene": (0, 0, 1, 1), "start_s": (0, 2.4, 5.1, 6.3), "end_s": (2.4, 5.1, 6.3, 9.7),
        "steady_start_s": (0, 2.6, 5.1, 6.3), "steady_end_s": (2.4, 5.1, 6.0, 9.7), "loudness": (-30, -20, -23, -70),
        "loudness_peak": (-20, -18, -19, -70), "valence": (-1, -0.5, 0.5, 1), "highlight": (0, 0.3, 0.9, 1),
    }.items():  # fmt: skip
        numbers[:, COLUMNS.index(name)] = list(values)
    curves = {name: np.zeros(39, np.float32) for name in CURVES}
    lines = (Line(1.0, 2.0, "Come in.", 0, 0.5), Line(6.0, 7.5, "", 2, 0.9))
    return SceneAnalysis(numbers, np.zeros((SHOTS, 3), np.uint8), np.zeros((SHOTS, 2)), lines, curves, 0.25, {})


def faults(found: SceneAnalysis, shots: pd.DataFrame | None = None, curves: pd.DataFrame | None = None,
           lines: pd.DataFrame | None = None) -> dict[str, str]:  # fmt: skip
    outcomes = [
        *run_checks("scenes", found.table() if shots is None else shots, shots=SHOTS),
        *run_checks("scene_curves", found.curves_table() if curves is None else curves, duration_s=9.7, step_s=0.25),
        *run_checks("scene_lines", found.lines_table() if lines is None else lines, duration_s=9.7, shots=SHOTS),
    ]
    assert [one.name for one in outcomes] == [one.name for one in check_specs_for("scenes")]
    return {one.name: one.why for one in outcomes if not one.passed}


def test_a_sound_analysis_passes(found: SceneAnalysis):
    assert faults(found) == {}


def test_a_film_without_a_word_passes(found: SceneAnalysis):
    assert faults(found, lines=found.lines_table().head(0)) == {}


@pytest.mark.parametrize(
    ("fault", "check", "told"),
    [
        ((1, "start_s", 2.9), "scene_shots_follow_each_other", "shot 1 begins at 2.9"),
        ((0, "start_s", 0.2), "scene_shots_follow_each_other", "shot 0 begins at 0.2"),
        ((2, "scene", 2), "scenes_contiguous", "shot 2 is of scene 2"),
        ((3, "scene", 0), "scenes_contiguous", "shot 3 is of scene 0, the one before of scene 1"),
        ((2, "steady_end_s", 6.9), "scene_steady_parts_inside", "shot 2"),
        ((1, "arousal", 1.2), "scene_scores_in_range", "shot 1 has arousal 1.2"),
        ((1, "valence", -1.5), "scene_scores_in_range", "shot 1 has valence"),
        ((1, "action", float("inf")), "scene_scores_in_range", "shot 1 has action infinite"),
        ((3, "highlight", float("nan")), "scenes_table_whole", "shot 3 has no highlight"),
    ],
)
def test_a_fault_of_a_shot_is_told(found: SceneAnalysis, fault: tuple[int, str, float], check: str, told: str):
    row, column, value = fault
    table = found.table()
    table.loc[row, column] = value

    assert told in faults(found, shots=table)[check]


def test_a_missing_shot_is_told(found: SceneAnalysis):
    assert "3 rows for the 4 shots" in faults(found, shots=found.table().head(3))["scenes_cover_shots"]


def test_curves_that_end_early_or_leave_their_scale_are_told(found: SceneAnalysis):
    short, off = found.curves_table().head(30), found.curves_table()
    off.loc[7, "speech"] = 1.5

    assert "30 points" in faults(found, curves=short)["scene_curves_cover_film"]
    assert "point 7 has speech 1.5" in faults(found, curves=off)["scene_curves_in_range"]


@pytest.mark.parametrize(
    ("row", "column", "value", "check"),
    [
        (1, "end_s", 5.0, "scene_lines_in_film"),
        (0, "start_s", -0.5, "scene_lines_in_film"),
        (0, "alone", 2.0, "scene_lines_in_film"),
        (1, "shot", 9, "scene_lines_in_film"),
        (0, "start_s", 6.5, "scene_lines_in_order"),
    ],
)
def test_a_fault_of_a_line_is_told(found: SceneAnalysis, row: int, column: str, value: float, check: str):
    table = found.lines_table()
    table.loc[row, column] = value

    assert f"line {row if check.endswith('film') else 1}" in faults(found, lines=table)[check]

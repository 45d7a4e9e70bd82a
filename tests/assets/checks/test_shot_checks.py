"""The checks of shots and frame signals, on real tables and on ones that are wrong in one way each."""

from __future__ import annotations

import csv
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from ops.shots.model import Shot, ShotList, Transition
from ops.shots.signals import FrameSignals

FRAMES = 250


def failed(table_of: str, table: pd.DataFrame, frames: int = FRAMES) -> dict[str, str]:
    """Why, by name, for the checks that failed."""
    return {one.name: one.why for one in run_checks(table_of, table, frames=frames) if not one.passed}


@pytest.fixture(scope="module")
def bikes(data: Path) -> pd.DataFrame:
    """The published cuts of a real clip as the table of its shots."""
    with (data / "video" / "ground_truth" / "bikes_640x272.transitions.csv").open() as file:
        cuts = [int(row["new_shot_frame"]) for row in csv.DictReader(file) if row["type"] == "cut"]
    edges = list(pairwise([0, *cuts, FRAMES]))
    shots = [
        Shot(n, start, end, 512 * start, 512 * end, Transition.CUT if n else Transition.START)
        for n, (start, end) in enumerate(edges)
    ]
    return ShotList(Fraction(25), Fraction(1, 12_800), FRAMES, tuple(shots)).table()


@pytest.fixture
def signals() -> pd.DataFrame:
    """Measurements of ten frames."""
    flat = np.full(10, 0.5, dtype=np.float32)
    pictures = np.full((10, 3), 128, dtype=np.uint8)
    return FrameSignals(
        time_base=Fraction(1, 25),
        pts=np.arange(10),
        luma=flat,
        contrast=flat,
        clipped=flat,
        motion=flat,
        sharpness=flat,
        colourfulness=flat,
        colour=pictures,
    ).table()


def test_the_shots_of_a_real_clip_pass(bikes: pd.DataFrame) -> None:
    assert failed("shots", bikes) == {}


def test_an_overlap_names_both_shots_and_their_frames(bikes: pd.DataFrame) -> None:
    bikes = bikes.copy()
    bikes.loc[4, "start"] = 185

    assert failed("shots", bikes) == {"shots_meet": "shots 3 and 4 overlap: 4 starts at 185, 3 ends at 187"}


def test_a_gap_names_both_shots_and_their_frames(bikes: pd.DataFrame) -> None:
    bikes = bikes.copy()
    bikes.loc[1, "end"] = 70

    assert failed("shots", bikes) == {"shots_meet": "shots 1 and 2 leave a gap: 2 starts at 76, 1 ends at 70"}


def test_a_shot_that_is_missing_in_the_middle_leaves_a_gap(bikes: pd.DataFrame) -> None:
    assert "shots 1 and 3 leave a gap" in failed("shots", bikes.drop(index=2))["shots_meet"]


def test_a_film_that_is_not_covered_to_its_ends_is_told(bikes: pd.DataFrame) -> None:
    late = bikes.drop(index=0)

    why = failed("shots", late, frames=260)

    assert why["shots_cover_film"] == (
        "the first shot starts at frame 30, not 0; the last shot ends at frame 250, but the film has 260 frames"
    )


def test_a_shot_without_frames_is_told(bikes: pd.DataFrame) -> None:
    bikes = bikes.copy()
    bikes.loc[2, "end"] = bikes.loc[2, "start"]

    assert "shot 2 starts at 76 and ends at 76" in failed("shots", bikes)["shots_have_length"]


def test_times_that_fall_are_told(bikes: pd.DataFrame) -> None:
    bikes = bikes.copy()
    bikes.loc[3, "start_pts"] = 0
    bikes.loc[5, "end_pts"] = 1

    assert failed("shots", bikes)["shot_times_rise"] == (
        f"shot 3 starts at pts 0, the one before at {76 * 512}; shot 5 starts at pts {242 * 512} and ends at 1"
    )


def test_shots_in_the_wrong_order_fail(bikes: pd.DataFrame) -> None:
    assert {"shots_meet", "shot_times_rise"} <= set(failed("shots", bikes.iloc[::-1]))


def test_a_dissolve_in_the_tail_of_the_shot_before_passes_and_one_elsewhere_is_a_warning(
    bikes: pd.DataFrame,
) -> None:
    dissolved = bikes.copy()
    dissolved.loc[1, ["transition_in", "transition_start", "transition_end"]] = ["dissolve", 22, 30]
    elsewhere = dissolved.copy()
    elsewhere.loc[1, ["transition_start", "transition_end"]] = [90, 98]

    outcomes = run_checks("shots", elsewhere, frames=FRAMES)

    assert failed("shots", dissolved) == {}
    (warned,) = [one for one in outcomes if not one.passed]
    assert not warned.blocking
    assert warned.why == "shot 1 comes in over frames 90 to 98, but it starts at 30"


@pytest.mark.parametrize("column", ["index", "start", "end", "start_pts", "end_pts", "transition_in"])
def test_a_missing_column_is_named_and_never_a_crash(bikes: pd.DataFrame, column: str) -> None:
    assert failed("shots", bikes.drop(columns=column))["shots_table_whole"] == f"column {column} is missing"


def test_frames_told_as_text_or_with_holes_are_named(bikes: pd.DataFrame) -> None:
    text = bikes.astype({"end": str})
    holes = bikes.astype({"end": float})
    holes.loc[2, "end"] = float("nan")

    assert failed("shots", text)["shots_table_whole"] == "column end holds text, not whole numbers"
    assert "shot 2 has no end" in failed("shots", holes)["shots_table_whole"]


def test_no_shots_at_all_fail(bikes: pd.DataFrame) -> None:
    assert failed("shots", bikes.iloc[:0])["shots_table_whole"] == "the table has 0 rows, fewer than 1"


def test_good_signals_pass(signals: pd.DataFrame) -> None:
    assert failed("signals", signals, frames=10) == {}


def test_a_signal_that_is_no_number_names_its_frames(signals: pd.DataFrame) -> None:
    signals.loc[3:4, "motion"] = float("nan")

    assert failed("signals", signals, frames=10) == {
        "frame_signals_table_whole": "frame 3 has no motion; frame 4 has no motion"
    }


def test_a_signal_out_of_its_scale_or_infinite_names_its_frames(signals: pd.DataFrame) -> None:
    signals.loc[7, "clipped"] = 1.25
    signals.loc[8, "sharpness"] = float("inf")

    assert failed("signals", signals, frames=10) == {
        "frame_signals_in_range": "frame 7 has clipped 1.25, which is not within 0 and 1; "
        "frame 8 has sharpness infinite, which is not finite and at least 0"
    }


def test_signals_of_fewer_frames_than_the_film_has_fail(signals: pd.DataFrame) -> None:
    assert failed("signals", signals, frames=12) == {
        "frame_signals_cover_film": "there are 10 rows for the 12 frames of the film"
    }


def test_a_frame_shown_before_the_one_before_it_is_named(signals: pd.DataFrame) -> None:
    signals.loc[5, "pts"] = 4

    assert failed("signals", signals, frames=10) == {
        "frame_times_rise": "frame 5 is shown at pts 4, the one before at 4"
    }


def test_what_is_declared_of_shots_is_what_is_reported(bikes: pd.DataFrame, signals: pd.DataFrame) -> None:
    reported = [*run_checks("shots", bikes, frames=FRAMES), *run_checks("signals", signals, frames=10)]

    assert [(one.name, one.why, one.blocking) for one in reported] == check_specs_for("shots")

"""The checks of keyframes and shot features, on real films and on tables wrong in one way each."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from ops.keyframes.model import Keyframe, KeyframeSet
from ops.shot_features import ShotFeatures
from ops.shots.model import Shot, ShotList, Transition

EDGES = [(0, 30), (30, 76), (76, 137), (137, 187)]


@pytest.fixture(scope="module")
def shots() -> pd.DataFrame:
    """Four shots."""
    cut = [Shot(n, a, b, 512 * a, 512 * b, Transition.CUT if n else Transition.START) for n, (a, b) in enumerate(EDGES)]
    return ShotList(Fraction(25), Fraction(1, 12_800), 187, tuple(cut)).table()


@pytest.fixture
def keyframes() -> pd.DataFrame:
    """The middle frame of each shot."""
    chosen = [
        Keyframe((a + b) // 2, 512 * ((a + b) // 2), (a + b) / 50, n, f"shot{n:04d}.jpg", 0.9, 0.8, 0.0, 0.1, 0.7)
        for n, (a, b) in enumerate(EDGES)
    ]
    return KeyframeSet(tuple(chosen)).table()


@pytest.fixture
def features() -> pd.DataFrame:
    """Four rows; the third shot has no keyframe, and so no embedding."""
    embedding = np.eye(4, 8, dtype=np.float32)
    embedding[2] = 0
    return ShotFeatures(
        numbers=np.full((4, 9), 0.5, np.float32),
        colour=np.full((4, 3), 128, np.uint8),
        embedding=embedding,
        embedder="embedded/descriptors",
    ).table()


def keyframe_faults(table: pd.DataFrame, shots: pd.DataFrame, skipped: tuple[int, ...] = ()) -> dict[str, str]:
    outcomes = run_checks("keyframes", table, shots=shots, skipped=skipped)
    return {one.name: one.why for one in outcomes if not one.passed}


def feature_faults(table: pd.DataFrame, shots: int = 4) -> dict[str, str]:
    return {one.name: one.why for one in run_checks("shot_features", table, shots=shots) if not one.passed}


def test_one_keyframe_a_shot_passes(keyframes: pd.DataFrame, shots: pd.DataFrame) -> None:
    assert keyframe_faults(keyframes, shots) == {}


def test_a_keyframe_outside_its_shot_names_both(keyframes: pd.DataFrame, shots: pd.DataFrame) -> None:
    keyframes.loc[1, "frame"] = 76

    assert keyframe_faults(keyframes, shots) == {
        "keyframes_inside_shots": "keyframe 76 lies outside its shot 1, which has frames 30 to 76"
    }


def test_a_keyframe_of_a_shot_that_the_film_does_not_have_fails(keyframes: pd.DataFrame, shots: pd.DataFrame) -> None:
    keyframes.loc[3, "shot"] = 9

    faults = keyframe_faults(keyframes, shots)

    assert faults["keyframes_inside_shots"] == "keyframe 162 stands for shot 9, which the film does not have"


def test_a_shot_without_a_keyframe_is_a_warning_unless_it_was_skipped(
    keyframes: pd.DataFrame, shots: pd.DataFrame
) -> None:
    fewer = keyframes.drop(index=[1, 2])

    outcomes = [one for one in run_checks("keyframes", fewer, shots=shots) if not one.passed]

    assert [(one.name, one.blocking, one.why) for one in outcomes] == [
        ("keyframes_cover_shots", False, "2 shots have no keyframe: 1–2")
    ]
    assert keyframe_faults(fewer, shots, skipped=(2,)) == {"keyframes_cover_shots": "shot 1 has no keyframe"}
    assert keyframe_faults(fewer, shots, skipped=(1, 2)) == {}


def test_a_film_without_a_usable_frame_has_no_keyframes_and_passes(
    keyframes: pd.DataFrame, shots: pd.DataFrame
) -> None:
    nothing = KeyframeSet(()).table()

    assert keyframe_faults(nothing, shots, skipped=(0, 1, 2, 3)) == {}
    assert keyframe_faults(nothing, shots) == {"keyframes_cover_shots": "4 shots have no keyframe: 0–3"}
    assert keyframe_faults(keyframes.iloc[:0], shots, skipped=(0, 1, 2, 3)) == {}


def test_a_frame_or_a_file_that_comes_twice_fails(keyframes: pd.DataFrame, shots: pd.DataFrame) -> None:
    keyframes.loc[2, "file"] = "shot0001.jpg"

    assert keyframe_faults(keyframes, shots)["keyframes_distinct"] == (
        "keyframe 53 shares its file shot0001.jpg with another; keyframe 106 shares its file shot0001.jpg with another"
    )


@pytest.mark.parametrize("value", [float("inf"), 1.01, -0.5])
def test_a_sharpness_off_its_scale_blocks(keyframes: pd.DataFrame, shots: pd.DataFrame, value: float) -> None:
    keyframes.loc[0, "sharpness"] = value

    assert set(keyframe_faults(keyframes, shots)) == {"keyframe_quality_in_range"}


def test_a_score_that_is_no_number_names_its_keyframe(keyframes: pd.DataFrame, shots: pd.DataFrame) -> None:
    keyframes.loc[0, "score"] = float("nan")

    assert keyframe_faults(keyframes, shots) == {"keyframes_table_whole": "keyframe 15 has no score"}


def test_what_is_declared_of_keyframes_is_what_is_reported(keyframes: pd.DataFrame, shots: pd.DataFrame) -> None:
    reported = run_checks("keyframes", keyframes, shots=shots)

    assert [(one.name, one.why, one.blocking) for one in reported] == check_specs_for("keyframes")


def test_one_row_a_shot_passes_and_a_shot_without_a_picture_has_no_vector(features: pd.DataFrame) -> None:
    assert feature_faults(features) == {}


def test_a_row_missing_or_doubled_fails(features: pd.DataFrame) -> None:
    doubled = features.assign(shot=[0, 1, 1, 2])

    assert feature_faults(features, shots=5) == {
        "shot_features_cover_shots": "there are 4 rows for the 5 shots of the film"
    }
    assert "shot 1 shares its shot 1 with another" in feature_faults(doubled)["shot_features_cover_shots"]


def test_an_embedding_that_is_not_of_unit_length_names_its_shot(features: pd.DataFrame) -> None:
    features.loc[3, "embedding_norm"] = 0.97

    assert feature_faults(features) == {"embeddings_of_unit_length": "shot 3 has an embedding of length 0.97, not 1"}


@pytest.mark.parametrize(("column", "value"), [("face_area", 1.2), ("motion", float("inf")), ("luma", -1.0)])
def test_a_number_off_its_scale_names_its_shot(features: pd.DataFrame, column: str, value: float) -> None:
    features.loc[1, column] = value

    (why,) = feature_faults(features).values()

    assert why.startswith(f"shot 1 has {column}")


def test_what_is_declared_of_shot_features_is_what_is_reported(features: pd.DataFrame) -> None:
    reported = run_checks("shot_features", features, shots=4)

    assert [(one.name, one.why, one.blocking) for one in reported] == check_specs_for("shot_features")


@pytest.mark.parametrize(
    "asset", ["source_video", "shots", "audio_features", "keyframes", "shot_features", "thumbnails/16x9"]
)
def test_names_are_unique_within_an_asset_and_valid_in_dagster(asset: str) -> None:
    names = [one.name for one in check_specs_for(asset)]

    assert len(set(names)) == len(names) > 0
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in names)

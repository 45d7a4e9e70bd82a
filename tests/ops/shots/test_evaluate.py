"""The scorer, held against the figures AutoShot published, hand-checked cases and what any such rule must obey."""

from __future__ import annotations

import os
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.shots.evaluate import Change, Score, Truth, read_truth, score, total

_NEEDED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NEEDED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a table")
        return super().find_class(module, name)


@pytest.fixture
def autoshot() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """AutoShot's truth and per-frame scores for the 200 test videos of SHOT (wentaozhu/AutoShot, MIT)."""
    folder = Path(os.environ.get("SHOWRUNNER_ORACLES", ""))
    names = ("gt_scenes_dict_baseline_v2.pickle", "supernet_best_f1.pickle")
    if not os.environ.get("SHOWRUNNER_ORACLES") or not all((folder / name).is_file() for name in names):
        pytest.skip(f"set SHOWRUNNER_ORACLES to the folder that holds {' and '.join(names)}")
    tables = []
    for name in names:
        with (folder / name).open("rb") as file:
            tables.append(_ArraysOnly(file).load())
    return tables[0], tables[1]


def _changes(scenes: np.ndarray) -> tuple[Change, ...]:
    return tuple(Change(int(before[1]), int(after[0])) for before, after in pairwise(scenes))


def _scenes(flags: np.ndarray) -> np.ndarray:
    """Runs between transitions, as TransNet V2 cuts them out of per-frame verdicts."""
    scenes, before, start = [], 0, 0
    for frame, flag in enumerate(flags):
        if before and not flag:
            start = frame
        if flag and not before and frame:
            scenes.append((start, frame))
        before = flag
    if not before:
        scenes.append((start, len(flags) - 1))
    return np.array(scenes)


@pytest.mark.filterwarnings("ignore")
def test_autoshot_s_published_figures_come_out_to_the_last_digit(
    autoshot: tuple[dict[str, np.ndarray], dict[str, np.ndarray]],
) -> None:
    truths, verdicts = autoshot

    found = total(
        score(_changes(_scenes(verdicts[film].ravel() > 0.296)), Truth(_changes(truths[film])))[0] for film in truths
    )

    assert found == Score(right=2098, false=378, missed=418)
    assert found.f1 == pytest.approx(0.8405448717948718, abs=1e-12)
    assert found.precision == pytest.approx(0.8473344103392568, abs=1e-12)
    assert found.recall == pytest.approx(0.8338632750397457, abs=1e-12)


@pytest.mark.parametrize(("found", "right"), [(97, 0), (98, 1), (100, 1), (102, 1), (103, 0)])
def test_a_cut_is_found_within_two_frames(found: int, right: int) -> None:
    counts, _ = score([Change.cut(found)], Truth((Change.cut(100),)))

    assert counts == Score(right=right, false=1 - right, missed=1 - right)


@pytest.mark.parametrize(("found", "right"), [(47, 0), (48, 1), (55, 1), (63, 1), (64, 0)])
def test_a_gradual_transition_is_found_anywhere_in_it(found: int, right: int) -> None:
    dissolve = Change(old_end=49, new_start=61, kind="dissolve")

    counts, by_kind = score([Change.cut(found)], Truth((dissolve,)))

    assert counts.right == right
    assert by_kind == {"dissolve": (right, 1)}


def test_a_second_detection_inside_a_transition_is_false() -> None:
    counts, _ = score([Change.cut(52), Change.cut(58)], Truth((Change(49, 61, "dissolve"),)))

    assert counts == Score(right=1, false=1, missed=0)


def test_one_detection_cannot_answer_for_two_cuts() -> None:
    counts, _ = score([Change.cut(100)], Truth((Change.cut(99), Change.cut(101))))

    assert counts == Score(right=1, false=0, missed=1)


def test_a_detection_on_an_undecided_frame_counts_neither_way() -> None:
    counts, _ = score([Change.cut(10), Change.cut(41)], Truth((Change.cut(10),), undecided=(40,)))

    assert counts == Score(right=1)


def test_nothing_found_where_nothing_is_scores_one() -> None:
    counts, _ = score([], Truth(()))

    assert counts.f1 == 1.0


_frames = st.lists(st.integers(0, 400), unique=True).map(sorted)


@given(_frames, _frames)
def test_every_detection_and_every_change_is_counted_once(found: list[int], true: list[int]) -> None:
    counts, _ = score([Change.cut(frame) for frame in found], Truth(tuple(Change.cut(frame) for frame in true)))

    assert counts.right + counts.false == len(found)
    assert counts.right + counts.missed == len(true)


@given(_frames, st.integers(-2, 2))
def test_the_truth_shifted_within_tolerance_is_all_right(true: list[int], shift: int) -> None:
    spaced = [10 * frame for frame in true]

    counts, _ = score(
        [Change.cut(frame + shift) for frame in spaced], Truth(tuple(Change.cut(frame) for frame in spaced))
    )

    assert counts == Score(right=len(true))


@given(_frames, _frames, st.integers(0, 4))
def test_a_wider_tolerance_never_finds_less(found: list[int], true: list[int], tolerance: int) -> None:
    truth = Truth(tuple(Change.cut(frame) for frame in true))
    cuts = [Change.cut(frame) for frame in found]

    assert score(cuts, truth, tolerance=tolerance + 1)[0].right >= score(cuts, truth, tolerance=tolerance)[0].right


def test_a_table_s_fade_out_and_fade_in_are_one_change(data: Path) -> None:
    truth = read_truth(data / "video" / "ground_truth" / "edit_known_transitions.transitions.csv")

    kinds = [change.kind for change in truth.changes]

    assert kinds == ["cut", "cut", "dissolve", "cut", "cut", "wipe", "fade", "cut", "cut", "cut"]
    assert truth.changes[6] == Change(old_end=359, new_start=385, kind="fade")


def test_a_table_s_camera_move_is_undecided_and_its_flash_is_no_change(data: Path) -> None:
    truths = data / "video" / "ground_truth"

    assert read_truth(truths / "sintel_trailer_720p.transitions.csv").undecided == (409,)
    assert not any(
        change.old_end <= 140 <= change.new_start
        for change in read_truth(truths / "edit_known_transitions.transitions.csv").changes
    )

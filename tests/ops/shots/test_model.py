"""Shots cover the film without gap or overlap, and survive a table and JSON."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.shots.assemble import assemble
from ops.shots.cuts import Cut
from ops.shots.dissolves import Dissolve
from ops.shots.fades import Fade
from ops.shots.model import Shot, ShotList, Transition

_FRAMES = 200


@st.composite
def _spans(draw: st.DrawFn) -> tuple[int, int]:
    first = draw(st.integers(0, _FRAMES - 4))
    return first, draw(st.integers(first + 2, _FRAMES - 1))


@st.composite
def _fades(draw: st.DrawFn) -> Fade:
    out_start, flat_start, new_start, in_end = sorted(draw(st.tuples(*[st.integers(0, _FRAMES)] * 4)))
    return Fade(out_start, flat_start, new_start, in_end)


@st.composite
def _shot_lists(draw: st.DrawFn) -> ShotList:
    ticks = draw(st.lists(st.integers(1, 4000), min_size=_FRAMES, max_size=_FRAMES))
    times = [0]
    for tick in ticks:
        times.append(times[-1] + tick)
    return assemble(
        [Cut(frame, 20.0) for frame in draw(st.lists(st.integers(0, _FRAMES), max_size=12))],
        [Dissolve(first, last) for first, last in draw(st.lists(_spans(), max_size=4))],
        draw(st.lists(_fades(), max_size=4)),
        times=times,
        fps=None,
        time_base=Fraction(1, 1000),
    )


@given(_shot_lists())
def test_shots_cover_the_film_without_gap_or_overlap(shots: ShotList) -> None:
    covered = [frame for shot in shots.shots for frame in range(shot.start, shot.end)]

    assert covered == list(range(_FRAMES))
    assert shots.shots[0].transition_in is Transition.START
    assert all(a.end_pts == b.start_pts for a, b in zip(shots.shots, shots.shots[1:], strict=False))


@given(_shot_lists())
def test_a_shot_list_survives_json(shots: ShotList) -> None:
    assert ShotList.from_json(json.loads(json.dumps(shots.to_json()))) == shots


@given(_shot_lists())
def test_steady_frames_lie_in_the_shot_and_out_of_every_transition(shots: ShotList) -> None:
    for shot in shots.shots:
        first, end = shots.steady(shot)
        assert shot.start <= first <= end <= shot.end or first == end
        for other in shots.shots[shot.index : shot.index + 2]:
            if other.transition_start is not None and other.transition_end is not None and first < end:
                assert end <= other.transition_start or first >= other.transition_end


def test_json_tells_rates_as_ratios_and_times_in_seconds() -> None:
    shots = ShotList(
        fps=Fraction(24000, 1001),
        time_base=Fraction(1, 24000),
        frames=48,
        shots=(
            Shot(0, 0, 24, 0, 24024, Transition.START),
            Shot(1, 24, 48, 24024, 48048, Transition.DISSOLVE, 12, 24),
        ),
    )

    value = shots.to_json()

    assert value["fps"] == "24000/1001"
    assert value["time_base"] == "1/24000"
    assert value["shots"][1]["start_s"] == 1.001
    assert value["shots"][1]["transition_in"] == "dissolve"
    assert shots.steady(shots.shots[0]) == (0, 12)


def test_the_table_has_one_row_a_shot_with_lengths() -> None:
    shots = ShotList(None, Fraction(1, 10), 5, (Shot(0, 0, 5, 0, 10, Transition.START),))

    table = shots.table()

    assert table.loc[0, ["index", "start", "end", "frames", "duration_s"]].tolist() == [0, 0, 5, 5, 1.0]
    assert table["transition_start"].isna().tolist() == [True]


@pytest.mark.parametrize(
    "shots",
    [
        (),
        (Shot(0, 0, 4, 0, 4, Transition.START),),
        (Shot(0, 0, 2, 0, 2, Transition.START), Shot(1, 3, 5, 3, 5, Transition.CUT)),
        (Shot(0, 0, 3, 0, 3, Transition.START), Shot(1, 2, 5, 2, 5, Transition.CUT)),
        (Shot(0, 0, 0, 0, 0, Transition.START), Shot(1, 0, 5, 0, 5, Transition.CUT)),
    ],
    ids=["none", "short of the end", "gap", "overlap", "empty"],
)
def test_shots_that_do_not_cover_the_film_are_refused(shots: tuple[Shot, ...]) -> None:
    with pytest.raises(ValueError, match="shot"):
        ShotList(None, Fraction(1, 25), 5, shots)

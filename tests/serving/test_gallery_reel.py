"""The shot timeline in shares of the film's length."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.gallery.model import GalleryKeyframe, GalleryShot
from serving.gallery.reel import lay_out

CUTS = st.lists(st.integers(min_value=1, max_value=5_000), min_size=1, max_size=300)


def shots_of(lengths: list[int], rate: float = 25.0, origin_s: float = 0.0) -> list[GalleryShot]:
    shots, start = [], 0
    for index, length in enumerate(lengths):
        end = start + length
        shots.append(GalleryShot(index, start, end, origin_s + start / rate, origin_s + end / rate))
        start = end
    return shots


@given(CUTS, st.floats(min_value=0, max_value=1e5))
def test_blocks_fill_the_strip_without_gap_or_overlap_wherever_the_films_clock_begins(
    lengths: list[int], origin_s: float
) -> None:
    reel = lay_out(shots_of(lengths, origin_s=origin_s))

    assert reel is not None
    edge = 0.0
    for block in reel.shots:
        assert float(block.left) == pytest.approx(edge, abs=0.01)
        edge = float(block.left) + float(block.width)
    assert edge == pytest.approx(100, abs=0.01)


@given(CUTS)
def test_a_block_takes_the_player_to_the_first_frame_of_its_shot(lengths: list[int]) -> None:
    shots = shots_of(lengths, origin_s=7.5)

    reel = lay_out(shots)

    assert reel is not None
    assert [float(block.at) for block in reel.shots] == pytest.approx([s.start / 25 for s in shots], abs=1e-5)


@given(CUTS)
def test_times_under_the_strip_rise_and_stay_on_it(lengths: list[int]) -> None:
    reel = lay_out(shots_of(lengths))

    assert reel is not None
    places = [float(tick.left) for tick in reel.ticks]
    assert places == sorted(set(places))
    assert all(0 <= place < 98 for place in places)
    assert len(places) <= max(10, 1 + 14 * len(lengths) // 120)


def test_a_dissolve_is_drawn_over_the_blocks_it_joins_and_named_in_the_legend() -> None:
    before = GalleryShot(0, 0, 50, 0.0, 2.0, "start")
    after = GalleryShot(1, 50, 100, 2.0, 4.0, "dissolve", transition_from_s=1.6, transition_to_s=2.0)

    reel = lay_out([before, after])

    assert reel is not None
    assert reel.kinds == ("dissolve",)
    assert float(reel.transitions[0].left) == pytest.approx(40)
    assert float(reel.transitions[0].width) == pytest.approx(10)
    assert reel.shots[1].label == "Shot 1, 0:02.0–0:04.0, dissolve"


def test_the_poster_is_the_keyframe_of_the_shot_that_the_best_thumbnail_comes_from() -> None:
    keyframe = GalleryKeyframe(Path("any.jpg"), 1.0)
    shots = [GalleryShot(n, 25 * n, 25 * n + 25, n, n + 1, keyframes=(keyframe,)) for n in range(3)]

    by_thumbnail, without = lay_out(shots, poster_s=1.5), lay_out(shots)

    assert by_thumbnail is not None
    assert by_thumbnail.poster == by_thumbnail.shots[1].picture
    assert without is not None
    assert without.poster == without.shots[0].picture


def test_no_shots_or_shots_without_length_give_no_strip() -> None:
    assert lay_out([]) is None
    assert lay_out([GalleryShot(0, 0, 0, 0.0, 0.0)]) is None

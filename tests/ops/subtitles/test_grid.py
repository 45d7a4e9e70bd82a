"""The grid of a film: its own frames, or those of the nearest standard rate where its rate varies."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ops.shots.model import Shot, ShotList, Transition
from ops.subtitles.grid import FilmGrid


def film(starts: list[int], end: int, *, fps: Fraction | None, kinds: list[Transition] | None = None) -> ShotList:
    """Shots by their presentation times in milliseconds, 25 pictures a shot."""
    kinds = kinds or [Transition.START, *[Transition.CUT] * (len(starts) - 1)]
    ends = [*starts[1:], end]
    shots = [
        Shot(place, 25 * place, 25 * place + 25, begins, until, kind)
        for place, (begins, until, kind) in enumerate(zip(starts, ends, kinds, strict=True))
    ]
    return ShotList(fps, Fraction(1, 1000), 25 * len(starts), tuple(shots))


def test_a_film_of_constant_rate_is_its_own_grid():
    grid = FilmGrid.of(film([0, 1000, 2000], 3000, fps=Fraction(25)))

    assert (grid.rate, grid.frames, grid.cuts, grid.nominal) == (25, 75, (25, 50), False)


def test_only_cuts_bind_cues():
    kinds = [Transition.START, Transition.DISSOLVE, Transition.CUT, Transition.FADE]

    grid = FilmGrid.of(film([0, 1000, 2000, 3000], 4000, fps=Fraction(25), kinds=kinds))

    assert grid.cuts == (50,)


def test_a_film_of_variable_rate_gets_the_nearest_standard_rate():
    grid = FilmGrid.of(film([500, 1510, 2490], 3504, fps=None))

    assert (grid.rate, grid.nominal) == (Fraction(25), True)
    assert grid.frames == 75
    assert grid.cuts == (26, 50)
    assert FilmGrid.shift_s(film([500, 1510], 2490, fps=None)) == 0.5


@given(st.lists(st.integers(400, 3000), min_size=1, max_size=10), st.integers(0, 5000))
def test_a_cue_on_a_cut_never_comes_before_it(lengths, first):
    starts = [first + sum(lengths[:place]) for place in range(len(lengths))]
    shots = film(starts, first + sum(lengths), fps=None)

    grid = FilmGrid.of(shots)

    begins = [Fraction(start - first, 1000) for start in starts[1:]]
    assert all(0 <= grid.seconds(cut) - begin < 1 / grid.rate for cut, begin in zip(grid.cuts, begins, strict=False))


@given(st.integers(0, 10**6), st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001)]))
def test_a_frames_time_is_that_frame_again(frame, rate):
    grid = FilmGrid(rate, 10**7, ())

    assert grid.frame(grid.seconds(frame)) == frame
    assert grid.frame(float(grid.seconds(frame))) == frame

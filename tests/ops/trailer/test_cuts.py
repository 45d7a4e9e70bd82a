"""The cuts as data: their pictures' sizes, how long a film they need, how loud they are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.trailer.cuts import CUTS, Cut, picture_size

SIZES = st.tuples(st.integers(16, 8192), st.integers(16, 8192))
EDGE = st.floats(0.0, 0.3)


@given(SIZES, st.sampled_from(list(CUTS.values())), EDGE, EDGE)
def test_a_picture_is_even_never_larger_than_its_film_nor_than_full_hd(film, cut: Cut, side: float, top: float) -> None:
    inside = (side, top, 1 - side, 1 - top)
    width, height = picture_size(cut, film, inside)
    assert width % 2 == height % 2 == 0 and width >= 2 and height >= 2
    assert max(width, height) <= 1920 and min(width, height) <= 1080
    room = (film[0], film[1]) if cut.shape is None else (film[0] * (1 - 2 * side), film[1] * (1 - 2 * top))
    assert width <= max(2.0, room[0] + 1e-5) and height <= max(2.0, room[1] + 1e-5)
    if cut.shape is not None:
        assert abs(width - height * float(cut.shape)) <= 2 + 2 * float(cut.shape)


@pytest.mark.parametrize(
    ("cut", "film", "size"),
    [
        ("trailer_30", (1920, 1080), (1920, 1080)),
        ("trailer_30", (3840, 1600), (1920, 800)),
        ("trailer_30", (1080, 1920), (1080, 1920)),
        ("trailer_30", (640, 272), (640, 272)),
        ("vertical_30", (1920, 1080), (606, 1080)),
        ("vertical_30", (3840, 2160), (1080, 1920)),
        ("square_30", (1280, 720), (720, 720)),
        ("square_30", (3840, 2160), (1080, 1080)),
    ],
)
def test_the_usual_films_give_the_usual_sizes(cut: str, film: tuple[int, int], size: tuple[int, int]) -> None:
    assert picture_size(CUTS[cut], film) == size


@pytest.mark.parametrize("cut", CUTS.values(), ids=lambda cut: cut.name)
def test_a_film_of_three_times_the_length_is_long_enough_and_one_less_is_told_why(cut: Cut) -> None:
    assert cut.source_too_short(3 * cut.seconds) == ""
    assert f"{3 * cut.seconds} s or more" in cut.source_too_short(3 * cut.seconds - 0.1)
    assert cut.shape is None or cut.shape in (Fraction(9, 16), Fraction(1))

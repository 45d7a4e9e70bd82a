"""Which sizes a film's ladder can have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ops.ladder.rungs import plan_rungs


@pytest.mark.parametrize(
    ("film", "expected"),
    [
        ((1920, 1080), ["1920x1080", "1280x720", "854x480", "640x360"]),
        ((3840, 2160), ["1920x1080", "1280x720", "854x480", "640x360"]),
        ((1280, 720), ["1280x720", "854x480", "640x360"]),
        ((1080, 1920), ["1080x1920", "720x1280", "480x854", "360x640"]),
        ((1080, 1080), ["1080x1080", "720x720", "480x480", "360x360"]),
        ((1440, 900), ["1440x900", "1152x720", "768x480", "576x360"]),
        ((640, 272), ["640x272"]),
        ((427, 181), ["424x180"]),
        ((1920, 803), ["1918x802", "1722x720", "1148x480", "860x360"]),
    ],
)
def test_a_film_has_the_classes_below_it_and_its_own_size_on_top(film: tuple[int, int], expected: list[str]):
    assert [f"{rung.width}x{rung.height}" for rung in plan_rungs(*film)] == expected


@given(some.integers(2, 8192), some.integers(2, 8192))
def test_no_rung_is_above_the_film_odd_or_out_of_shape(width: int, height: int):
    rungs = plan_rungs(width, height)
    lines = [rung.lines for rung in rungs]
    assert lines == sorted(set(lines), reverse=True)
    for rung in rungs:
        assert rung.width <= width
        assert rung.height <= height
        assert rung.width % 2 == rung.height % 2 == 0
        if max(width, height) <= 4 * min(width, height) and rung.lines >= 100:
            assert rung.width / rung.height == pytest.approx(width / height, rel=0.02)

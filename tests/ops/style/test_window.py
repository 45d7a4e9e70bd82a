"""A look changes the picture between a film's bars, and leaves the bars."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from ops.box import WHOLE, Box
from ops.keyframes.bars import INSET
from ops.style.bars import picture_inside
from ops.style.catalogue import house_styles
from ops.style.model import Look, Recipe, look_of
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Tick
from ops.style.window import window_of

CANVAS = Canvas(320, 180, Fraction(24))
INSIDE = Box(0, 24 / 180 + INSET, 1, 132 / 180 - 2 * INSET)


def a_look(style: str) -> Look:
    return look_of([(Recipe(style), 1.0)], house_styles())


def a_letterboxed_frame() -> VideoFrame:
    rgb = np.zeros((180, 320, 3), np.uint8)
    rgb[24:156] = np.linspace(60, 220, 320, dtype=np.uint8)[None, :, None]
    return VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")


@pytest.mark.parametrize("style", ["pastel", "pencil", "rain"])
def test_bars_stay_black_in_looks_that_lift_blacks_paint_paper_or_let_it_rain(style: str) -> None:
    with Styler(a_look(style), house_styles(), CANVAS, picture=INSIDE) as styler:
        luma = styler(a_letterboxed_frame(), Tick(0, cut=True)).to_ndarray()[:180]

    assert luma[:20].max() <= 16 and luma[160:].max() <= 16
    assert luma[24:156].mean() > 60


def test_the_picture_looks_as_it_would_without_its_bars() -> None:
    frame = a_letterboxed_frame()
    window = window_of(INSIDE, CANVAS)
    with Styler(a_look("noir"), house_styles(), CANVAS, picture=INSIDE) as within:
        whole = within(frame, Tick(3))
    with Styler(a_look("noir"), house_styles(), window.canvas(CANVAS)) as alone:
        inside = window.cut_out(frame)
        inside.colorspace = frame.colorspace
        picture = alone(inside, Tick(3))

    assert np.array_equal(window.cut_out(whole).to_ndarray(), picture.to_ndarray())


@pytest.mark.parametrize(
    ("film", "first", "last"),
    [
        ("chaplin_640x360.mp4", (72, 0), (568, 360)),
        ("sintel_portrait_270x480.mp4", (0, 58), (270, 422)),
        ("bikes_640x272.mp4", (0, 0), (640, 272)),
    ],
)
def test_the_window_of_a_real_film_ends_where_its_bars_begin(
    data: Path, film: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    """First and last lines that are ever bright, counted over every tenth frame; some films' edges are soft."""
    path = data / "video" / film
    canvas = Canvas(last[0] + first[0], last[1] + first[1], Fraction(25))

    left, top, width, height = window_of(picture_inside(path), canvas).box or (0, 0, canvas.width, canvas.height)

    assert (left, top) == pytest.approx(first, abs=2)
    assert (left + width, top + height) == pytest.approx(last, abs=2)


def test_a_film_without_bars_is_one_window() -> None:
    assert window_of(WHOLE, CANVAS).box is None
    assert window_of(Box(0.001, 0.001, 0.997, 0.997), CANVAS).box is None


@pytest.mark.parametrize("box", [Box(0.013, 0.127, 0.97, 0.741), Box(0.34, 0, 0.32, 1)])
def test_a_window_holds_the_picture_on_whole_samples_of_chroma(box: Box) -> None:
    found = window_of(box, CANVAS).box

    assert found is not None and all(side % 2 == 0 for side in found)
    left, top, width, height = found
    assert left <= box.x * 320 and top <= box.y * 180
    assert left + width >= box.right * 320 and top + height >= box.bottom * 180
    assert left + width <= 320 and top + height <= 180

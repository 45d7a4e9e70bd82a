"""How a look runs over frames: sizes, times, colours, and which of its steps come first."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from ops.style.catalogue import house_styles
from ops.style.model import Look, Recipe, look_of
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Tick

CANVAS = Canvas(96, 64, Fraction(24))


def look(*parts: tuple[Recipe, float]) -> Look:
    return look_of(parts, house_styles())


def ramp(width: int = 96, height: int = 64) -> np.ndarray:
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([across, down, 255 - across], axis=-1).astype(np.uint8)


def frame(rgb: np.ndarray, pixels: str = "yuv420p") -> VideoFrame:
    made = VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=pixels, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    made.pts, made.time_base = 4711, Fraction(1, 90_000)
    return made


def seen(film: VideoFrame) -> np.ndarray:
    return film.reformat(format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG).to_ndarray()


def test_what_comes_out_is_of_the_canvas_in_bt709_at_the_time_of_what_went_in():
    with Styler(look((Recipe("noir"), 1.0)), house_styles(), CANVAS) as styler:
        out = styler(frame(ramp(192, 128), "yuv444p"), Tick(0))
    assert (out.width, out.height, out.format.name) == (96, 64, "yuv420p")
    assert (out.colorspace, out.color_range) == (Colorspace.ITU709, ColorRange.MPEG)
    assert (out.pts, out.time_base) == (4711, Fraction(1, 90_000))


@pytest.mark.parametrize("style", ["noir", "teal_and_orange", "vintage_film", "pencil"])
def test_a_look_of_no_strength_leaves_the_picture_as_it_is(style: str):
    given = frame(ramp())
    with Styler(look((Recipe(style, strength=0.0), 1.0)), house_styles(), CANVAS) as styler:
        out = styler(given, Tick(0))
    assert np.abs(seen(out).astype(int) - seen(frame(ramp()))).mean() < 2.0


def test_the_frame_that_is_given_is_left_as_it_was():
    given = frame(ramp())
    before = seen(given).copy()
    with Styler(look((Recipe("high_contrast"), 1.0)), house_styles(), CANVAS) as styler:
        styler(given, Tick(0))
    assert np.array_equal(seen(given), before)


def test_a_frame_looks_the_same_wherever_rendering_began():
    """Chance goes by the film's clock: a segment that is rendered alone joins its neighbours."""
    grain = look((Recipe("vintage_film"), 1.0))
    with Styler(grain, house_styles(), CANVAS) as styler:
        whole = [seen(styler(frame(ramp()), Tick(number))) for number in range(6)]
    with Styler(grain, house_styles(), CANVAS) as styler:
        late = [seen(styler(frame(ramp()), Tick(number))) for number in range(3, 6)]
    for one, other in zip(whole[3:], late, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 1.0
    assert np.abs(whole[3].astype(int) - whole[4]).mean() > 0.2, "grain moves"


def test_a_look_at_work_leaves_nothing_on_disk_for_whoever_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    styler = Styler(look((Recipe("noir"), 0.5), (Recipe("golden_hour"), 0.5)), house_styles(), CANVAS)
    assert not list(tmp_path.iterdir())
    assert seen(styler(frame(ramp()), Tick(0))).std() > 10
    styler.close()
    with pytest.raises(ValueError, match="closed"):
        styler(frame(ramp()), Tick(1))


def test_a_frame_of_standard_definition_without_a_matrix_is_read_as_players_read_it():
    red = np.zeros((64, 96, 3), np.uint8)
    red[...] = (200, 30, 30)
    untagged = VideoFrame.from_ndarray(red, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.MPEG
    )
    untagged.colorspace = 2  # unspecified, ISO/IEC 23091-2
    untagged.pts, untagged.time_base = 0, Fraction(1, 24)
    with Styler(look((Recipe("noir", strength=0.0), 1.0)), house_styles(), CANVAS) as styler:
        out = seen(styler(untagged, Tick(0)))
    wrong = seen(_as_bt709(untagged))
    off = np.abs(out.reshape(-1, 3).mean(axis=0) - (200, 30, 30)).max()
    assert off < 6, "FFmpeg's fast conversions round down, by two code values at most"
    assert np.abs(wrong.reshape(-1, 3).mean(axis=0) - (200, 30, 30)).max() > 2 * off


def _as_bt709(film: VideoFrame) -> VideoFrame:
    film.colorspace = Colorspace.ITU709
    return film

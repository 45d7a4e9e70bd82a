"""Every style of the house: it loads, runs on real films at two sizes, and is changed by its knobs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from ops.media.frames import read_frames
from ops.style.catalogue import house_styles
from ops.style.model import Cost, Family, Recipe, look_of
from ops.style.pictures import write_picture
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Effort, Tick

_OURS = [name for name, style in house_styles().items() if style.family is not Family.NEURAL]
_FILMS = [
    ("bikes_640x272.mp4", 2.0, (426, 240)),
    ("cockatoo_720p.mp4", 2.0, (320, 180)),
    ("sintel_trailer_720p.mp4", 30.0, (320, 180)),
]

_ASKED_FOR = {
    *("vintage_film", "noir", "high_contrast", "teal_and_orange", "bleach_bypass", "day_for_night", "golden_hour"),
    *("pastel", "cyberpunk_neon", "vhs", "cartoon", "oil_paint", "watercolour", "pencil"),
    *("rain", "dust", "light_leaks", "snow", "push_in", "handheld", "dolly_zoom", "parallax"),
}


@pytest.fixture(scope="module")
def clips(data: Path) -> list[list[np.ndarray]]:
    """Two neighbouring frames of each of three real films, two sizes among them."""
    return [
        [frame.rgb for frame in read_frames(data / "video" / film, size=size, start_s=start_s, end_s=start_s + 0.2)][:2]
        for film, start_s, size in _FILMS
    ]


def _styled(
    name: str,
    frames: list[np.ndarray],
    *,
    values: dict[str, float] | None = None,
    strength: float = 1.0,
    rate: int = 24,
    effort: Effort = Effort.FULL,
) -> list[np.ndarray]:
    height, width = frames[0].shape[:2]
    look = look_of([(Recipe(name, values or {}, strength), 1.0)], house_styles())
    shown = []
    with Styler(look, house_styles(), Canvas(width, height, Fraction(rate)), effort=effort) as styler:
        for number, rgb in enumerate(frames, 150):
            frame = VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            styled = styler(frame, Tick(number, cut=number == 150))
            shown.append(
                styled.reformat(
                    format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG
                ).to_ndarray()
            )
    return shown


def test_the_house_has_what_a_film_house_is_asked_for() -> None:
    assert house_styles().keys() >= _ASKED_FOR


@pytest.mark.parametrize("name", sorted(house_styles()))
def test_a_style_says_what_people_and_placement_must_know(name: str) -> None:
    style = house_styles()[name]

    assert len(style.about) > 40 and style.about.endswith(".")
    assert style.container == ("showrunner-styles-gpu" if style.family is Family.NEURAL else "showrunner-styles-cpu")
    assert 1 <= len(style.parameters) <= 6
    assert all(parameter.label and parameter.about for parameter in style.parameters)
    picture = style.folder / style.picture
    assert Image.open(picture).size == (480, 270)
    assert picture.stat().st_size <= 40_000


@pytest.mark.parametrize("name", _OURS)
def test_a_style_runs_on_real_films_at_two_sizes(name: str, clips: list[list[np.ndarray]]) -> None:
    moved = house_styles()[name].family is Family.CAMERA
    for frames in clips:
        shown = _styled(name, frames, rate=1 if moved else 24)

        assert [each.shape for each in shown] == [each.shape for each in frames]
        assert np.abs(shown[-1].astype(int) - frames[-1]).mean() > 0.25
        assert shown[-1].std() > 0.2 * frames[-1].std()


@pytest.mark.parametrize("name", [name for name in _OURS if house_styles()[name].family is not Family.GRADE])
def test_without_strength_the_film_is_left_alone(name: str, clips: list[list[np.ndarray]]) -> None:
    frames = clips[1]

    shown = _styled(name, frames, strength=0.0)

    # yuv420p itself costs sharp colours a little; the way over RGB a step more
    assert np.abs(shown[-1].astype(int) - _styled("vhs", frames, strength=0.0)[-1]).mean() < 1.6


@pytest.mark.parametrize(
    ("name", "knob"),
    [(name, knob.name) for name, style in house_styles().items() if style.family in (Family.FILTER, Family.OVERLAY)
     for knob in style.parameters],
)  # fmt: skip
def test_a_knob_does_something(name: str, knob: str, clips: list[list[np.ndarray]]) -> None:
    (parameter,) = [each for each in house_styles()[name].parameters if each.name == knob]
    frames = [cv2.resize(frame, (240, 134), interpolation=cv2.INTER_AREA) for frame in clips[1][:1]]

    low = _styled(name, frames, values={knob: parameter.low})[-1].astype(int)
    high = _styled(name, frames, values={knob: parameter.high})[-1].astype(int)

    assert np.abs(high - low).mean() > 0.05


@pytest.mark.parametrize("name", ["cartoon", "oil_paint", "rain"])
def test_less_effort_is_still_the_style(name: str, clips: list[list[np.ndarray]]) -> None:
    shown = _styled(name, clips[1], effort=Effort.LEAST)

    assert shown[-1].shape == clips[1][0].shape
    assert (np.abs(shown[-1].astype(int) - clips[1][-1]).mean() > 1.0) or name == "rain"


def test_light_styles_are_those_that_need_no_paint() -> None:
    for style in house_styles().values():
        paints = {"cartoon", "oil_paint", "watercolour", "pencil", "network"} & {stage.op for stage in style.stages}
        assert not (paints and style.cost is Cost.LIGHT)


def test_a_picture_is_drawn_anew_by_one_command(tmp_path: Path) -> None:
    path = write_picture(house_styles()["vintage_film"], tmp_path)

    shipped, drawn = (
        cv2.blur(np.asarray(Image.open(each)).astype(np.float32), (9, 9))
        for each in (house_styles()["vintage_film"].folder / "vintage_film.jpg", path)
    )
    assert path.stat().st_size < 40_000
    assert np.abs(drawn - shipped).mean() < 3

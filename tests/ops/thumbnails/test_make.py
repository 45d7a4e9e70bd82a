"""Thumbnails from real keyframes: bars gone, faces whole, the right size, text avoided."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.box import Box
from ops.errors import MediaError
from ops.faces import Face
from ops.keyframes import Keyframe, KeyframeSet
from ops.media.frames import read_frames
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.composition import WEIGHTS
from ops.thumbnails.make import ThumbnailChoice, make_thumbnail
from ops.thumbnails.study import study_keyframes

SINTEL_FACE = Face(460 / 1280, 168 / 720, 300 / 1280, 300 / 720, 0.98, eyes_open=True)  # frame 560, by eye
SINTEL_AREA = Box(0.0, 0.126, 1.0, 0.748)


def keyframe(frame: int, score: float, *, plainness: float = 0.2, lettering: float = 0.0, **fields) -> Keyframe:
    return Keyframe(
        frame=frame,
        pts=frame,
        time_s=frame / 24,
        shot=frame,
        file=f"{frame}.jpg",
        sharpness=0.7,
        exposure=1.0,
        lettering=lettering,
        plainness=plainness,
        score=score,
        **fields,
    )


def saved(film: Path, folder: Path, frames: dict[int, Keyframe], rate: float) -> KeyframeSet:
    for number, each in frames.items():
        Image.fromarray(next(read_frames(film, start_s=number / rate)).rgb).save(folder / each.file, quality=95)
    return KeyframeSet(tuple(frames.values()))


@pytest.fixture(scope="module")
def sintel(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[KeyframeSet, Path]:
    folder = tmp_path_factory.mktemp("sintel")
    frames = {
        560: keyframe(560, 0.75, faces=(SINTEL_FACE,), area=SINTEL_AREA),
        812: keyframe(812, 0.80, area=SINTEL_AREA),
        1176: keyframe(1176, 0.25, plainness=0.89, lettering=0.04, area=SINTEL_AREA),
    }
    return saved(data / "video/sintel_trailer_720p.mp4", folder, frames, 24), folder


@pytest.fixture(scope="module")
def choices(
    sintel: tuple[KeyframeSet, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[Aspect, ThumbnailChoice]:
    studies = study_keyframes(*sintel)
    into = tmp_path_factory.mktemp("made")
    return {aspect: make_thumbnail(studies, aspect, into=into) for aspect in Aspect}


@pytest.mark.parametrize("aspect", list(Aspect))
def test_a_thumbnail_has_its_shape_and_no_black_bars(choices: dict[Aspect, ThumbnailChoice], aspect: Aspect):
    with Image.open(choices[aspect].picture) as opened:
        picture = np.asarray(opened.convert("L")).astype(float)
        assert opened.format == "JPEG"
        assert opened.info.get("progressive")

    across, down = aspect.ratio
    assert picture.shape[1] * down == picture.shape[0] * across
    edges = (picture[:4], picture[-4:], picture[:, :4], picture[:, -4:])
    assert all(np.percentile(edge, 98) > 30 for edge in edges)


@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_labelled_face_is_whole_or_absent(choices: dict[Aspect, ThumbnailChoice], aspect: Aspect):
    choice = choices[aspect]

    assert choice.cut_faces == 0
    if choice.frame == 560:
        assert not choice.crop.cuts(SINTEL_FACE.box)


def test_the_credits_never_win(choices: dict[Aspect, ThumbnailChoice]):
    assert 1176 not in {choice.frame for choice in choices.values()}


def test_a_choice_tells_its_terms_weights_and_runners_up(choices: dict[Aspect, ThumbnailChoice]):
    told = json.loads(json.dumps(choices[Aspect.W16X9].to_json()))

    assert set(told["terms"]) == set(told["weights"]) == set(WEIGHTS)
    assert all(0 <= value <= 1 for value in told["terms"].values())
    assert sum(told["weights"].values()) == pytest.approx(1)
    assert told["score"] == pytest.approx(sum(told["weights"][n] * v for n, v in told["terms"].items()), abs=2e-3)
    assert len(told["runners_up"]) == 2


def test_a_face_too_wide_for_the_shape_gives_an_extended_picture_and_says_so(data: Path, tmp_path: Path):
    wide = Face(0.2, 0.1, 0.6, 0.8, 0.9, eyes_open=True)
    keyframes = saved(data / "video/sintel_trailer_720p.mp4", tmp_path, {664: keyframe(664, 0.8, faces=(wide,))}, 24)

    choice = make_thumbnail(study_keyframes(keyframes, tmp_path), Aspect.W9X16, into=tmp_path)

    assert choice.to_json()["layout"] == "extended"
    assert choice.crop.holds(wide.box)


def test_closed_eyes_lose_to_open_ones(data: Path, tmp_path: Path):
    faces = [Face(0.36, 0.2, 0.2, 0.36, 0.98, eyes_open=opened) for opened in (False, True)]
    frames = {558: keyframe(558, 0.7, faces=(faces[0],)), 560: keyframe(560, 0.7, faces=(faces[1],))}
    keyframes = saved(data / "video/sintel_trailer_720p.mp4", tmp_path, frames, 24)

    choice = make_thumbnail(study_keyframes(keyframes, tmp_path), Aspect.W16X9, into=tmp_path)

    assert choice.frame == 560


def test_a_tiny_film_gives_a_smaller_picture_of_the_same_shape(data: Path, tmp_path: Path):
    gif = data / "video/newtons_cradle_200x150.gif"
    first = next(read_frames(gif))
    Image.fromarray(first.rgb).save(tmp_path / "0.jpg", quality=95)
    studies = study_keyframes(KeyframeSet((keyframe(0, 0.6),)), tmp_path)

    sizes = {a: (c.width, c.height) for a in Aspect if (c := make_thumbnail(studies, a, into=tmp_path))}

    assert sizes[Aspect.W4X3] == (400, 300)
    assert all(w <= 400 and h <= 300 for w, h in sizes.values())


def test_without_keyframes_the_error_says_what_to_do(tmp_path: Path):
    with pytest.raises(MediaError, match="Deliver a film"):
        make_thumbnail([], Aspect.SQUARE, into=tmp_path)


def test_the_same_keyframes_give_the_same_bytes(sintel: tuple[KeyframeSet, Path], tmp_path: Path):
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append(make_thumbnail(study_keyframes(*sintel), Aspect.SQUARE, into=tmp_path / name).picture.read_bytes())

    assert made[0] == made[1]


def test_a_thumbnail_keeps_its_detail(choices: dict[Aspect, ThumbnailChoice], sintel: tuple[KeyframeSet, Path]):
    choice = choices[Aspect.W16X9]
    with Image.open(sintel[1] / f"{choice.frame}.jpg") as opened:
        box = choice.crop.pixels(*opened.size)
        plain = np.asarray(
            opened.convert("L").crop(box).resize((choice.width, choice.height), Image.Resampling.BILINEAR)
        )
    with Image.open(choice.picture) as opened:
        made = np.asarray(opened.convert("L"))

    assert cv2.Laplacian(made, cv2.CV_32F).var() > cv2.Laplacian(plain, cv2.CV_32F).var()

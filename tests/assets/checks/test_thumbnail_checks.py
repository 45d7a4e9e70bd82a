"""The checks of a thumbnail, on pictures of a real film and on ones that no page should show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from ops.box import Box
from ops.media.frames import read_frames
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.make import Layout, ThumbnailChoice


def failed(table: pd.DataFrame) -> dict[str, str]:
    return {one.name: one.why for one in run_checks("thumbnail", table) if not one.passed}


def choice_of(picture: Path, aspect: Aspect = Aspect.W16X9) -> ThumbnailChoice:
    """A choice that fell on this picture."""
    with Image.open(picture) as opened:
        width, height = opened.size
    return ThumbnailChoice(
        aspect=aspect,
        picture=picture,
        width=width,
        height=height,
        layout=Layout.CROP,
        shot=0,
        frame=0,
        time_s=0.0,
        crop=Box(0.0, 0.0, 1.0, 1.0),
        frame_size=(width, height),
        score=0.7,
        terms={"thirds": 0.7},
    )


@pytest.fixture(scope="module")
def picture(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frame of a real film as a 1280 × 720 thumbnail."""
    frame = next(iter(read_frames(data / "video" / "chaplin_640x360.mp4", size=(1280, 720))))
    path = tmp_path_factory.mktemp("thumbnail") / "16x9.jpg"
    Image.fromarray(frame.rgb).save(path, quality=90)
    return path


def test_a_frame_of_a_real_film_passes(picture: Path) -> None:
    assert failed(choice_of(picture).table()) == {}


def test_a_picture_off_its_shape_by_one_column_fails(picture: Path, tmp_path: Path) -> None:
    with Image.open(picture) as opened:
        opened.resize((1281, 720)).save(tmp_path / "16x9.jpg")

    why = failed(choice_of(tmp_path / "16x9.jpg").table())

    assert why == {"thumbnail_aspect_exact": "thumbnail 16x9 has 1281 × 720 pixels, 0.08 % off its shape"}


@pytest.mark.parametrize("tone", [(0, 0, 0), (255, 255, 255), (90, 40, 200)])
def test_a_flat_picture_fails_whatever_its_colour(tmp_path: Path, tone: tuple[int, int, int]) -> None:
    Image.new("RGB", (1280, 720), tone).save(tmp_path / "16x9.jpg", quality=60)

    why = failed(choice_of(tmp_path / "16x9.jpg").table())

    assert set(why) == {"thumbnail_not_blank"}
    assert "shows next to nothing" in why["thumbnail_not_blank"]


def test_a_cut_face_blocks(picture: Path) -> None:
    outcomes = run_checks("thumbnail", replace(choice_of(picture), cut_faces=2).table())

    (cut,) = [one for one in outcomes if not one.passed]
    assert (cut.name, cut.blocking, cut.why) == ("no_face_cut", True, "thumbnail 16x9 cuts through 2 faces")


@pytest.mark.parametrize("score", [-0.01, 1.01, float("inf"), float("nan")])
def test_a_score_that_is_none_fails(picture: Path, score: float) -> None:
    why = failed(replace(choice_of(picture), score=score).table())

    assert set(why) <= {"thumbnail_score_in_range", "thumbnail_table_whole"}
    assert len(why) == 1


def test_a_picture_too_small_for_sharp_screens_warns_and_one_that_is_no_picture_blocks(
    picture: Path, tmp_path: Path
) -> None:
    for width in (320, 48):
        with Image.open(picture) as opened:
            opened.resize((width, width * 9 // 16)).save(tmp_path / f"{width}.jpg")

    small, tiny = (failed(choice_of(tmp_path / f"{width}.jpg").table()) for width in (320, 48))

    assert set(small) == {"thumbnail_large_enough"}
    assert set(tiny) == {"thumbnail_large_enough", "thumbnail_has_size"}
    assert tiny["thumbnail_has_size"] == "thumbnail 16x9 has only 48 × 27 pixels"


def test_every_aspect_declares_what_is_reported(picture: Path) -> None:
    reported = [(one.name, one.why, one.blocking) for one in run_checks("thumbnail", choice_of(picture).table())]

    for aspect in Aspect:
        assert check_specs_for(f"thumbnails/{aspect}")[: len(reported)] == reported

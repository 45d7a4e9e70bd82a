"""Keyframes chosen from real films: sharp, clear of transitions, of pictures and not of text, all shots told of."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.faces import Face
from ops.keyframes import KeyframeSet, select_keyframes
from ops.keyframes.bars import picture_areas, read_edges
from ops.keyframes.diversity import choose_diverse
from ops.keyframes.moments import find_moments
from ops.media.frames import read_frames
from ops.shots.analyse import ShotAnalysis, analyse
from ops.shots.model import Shot, ShotList, Transition
from ops.shots.signals import FrameSignals


class NoFaces:
    """A detector for films in which faces do not matter."""

    name = "none"

    def detect(self, rgb: np.ndarray) -> list[Face]:
        return []


class OneFace:
    """Sees one face in every picture; its eyes are closed in pictures darker than `dark`."""

    name = "one"

    def __init__(self, dark: float) -> None:
        self.dark = dark

    def detect(self, rgb: np.ndarray) -> list[Face]:
        return [Face(0.4, 0.2, 0.2, 0.3, 0.99, eyes_open=bool(rgb.mean() >= self.dark))]


@pytest.fixture(scope="module")
def edit(data: Path) -> tuple[Path, ShotAnalysis]:
    film = data / "video/edit_known_transitions.mp4"
    return film, analyse(film)


@pytest.fixture(scope="module")
def chosen(edit: tuple[Path, ShotAnalysis], tmp_path_factory: pytest.TempPathFactory) -> tuple[KeyframeSet, Path]:
    film, found = edit
    folder = tmp_path_factory.mktemp("keyframes")
    return select_keyframes(film, found.shots, found.signals, faces=NoFaces(), into=folder), folder


def signals_of(luma: list[float], contrast: float = 50.0) -> tuple[ShotList, FrameSignals]:
    count = len(luma)
    flat = np.ones(count, np.float32)
    signals = FrameSignals(
        time_base=Fraction(1, 25),
        pts=np.arange(count),
        luma=np.array(luma, np.float32),
        contrast=flat * contrast,
        clipped=flat * 0,
        motion=flat,
        sharpness=flat * 100,
        colourfulness=flat * 40,
        colour=np.full((count, 3), 90, np.uint8),
    )
    whole = Shot(0, 0, count, 0, count, Transition.START)
    return ShotList(Fraction(25), Fraction(1, 25), count, (whole,)), signals


def test_every_shot_has_a_keyframe_or_a_reason(edit: tuple[Path, ShotAnalysis], chosen: tuple[KeyframeSet, Path]):
    keyframes, _ = chosen
    told = {each.shot for each in keyframes.keyframes} | {each.shot for each in keyframes.skipped}

    assert told == {shot.index for shot in edit[1].shots.shots}
    assert all(each.why for each in keyframes.skipped)


def test_no_keyframe_lies_in_a_dissolve_a_fade_or_a_flash(chosen: tuple[KeyframeSet, Path]):
    # exact, from the ground truth; the wipe at 300 to 314 is for the shot list to find
    gradual = [range(170, 182), range(362, 383), range(140, 141)]

    frames = [each.frame for each in chosen[0].keyframes]

    assert [frame for frame in frames if any(frame in span for span in gradual)] == []


def test_pictures_are_saved_at_display_size(chosen: tuple[KeyframeSet, Path]):
    keyframes, folder = chosen

    sizes = {Image.open(folder / each.file).size for each in keyframes.keyframes}

    assert sizes == {(640, 360)}


def test_pillarbox_is_left_out_where_it_is_and_nowhere_else(chosen: tuple[KeyframeSet, Path]):
    areas = {each.frame: each.area for each in chosen[0].keyframes}
    chaplin = [area for frame, area in areas.items() if 60 <= frame < 110 or 385 <= frame < 420]
    others = [area for frame, area in areas.items() if 182 <= frame < 300 or frame >= 421]

    assert chaplin
    assert all(area.w == pytest.approx(0.77, abs=0.02) and area.h == 1 for area in chaplin)
    assert all(area.w == 1 and area.h == 1 for area in others)


def test_a_keyframe_is_sharper_than_the_middle_of_its_shot(
    edit: tuple[Path, ShotAnalysis], chosen: tuple[KeyframeSet, Path]
):
    film, found = edit
    wanted = {}
    for keyframe in chosen[0].keyframes:
        first, last = found.shots.steady(found.shots.shots[keyframe.shot])
        if last - first >= 20:
            wanted[keyframe.frame] = range(first, last)

    def edges(rgb: np.ndarray) -> float:
        return float(cv2.Laplacian(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var())

    sharpness = [edges(each.rgb) for each in read_frames(film, width=320)]
    sharper = [sharpness[f] >= np.median([sharpness[n] for n in shot]) for f, shot in wanted.items()]

    assert np.mean(sharper) >= 0.75


def test_the_same_film_gives_the_same_bytes(
    edit: tuple[Path, ShotAnalysis], chosen: tuple[KeyframeSet, Path], tmp_path: Path
):
    film, found = edit
    keyframes, folder = chosen

    again = select_keyframes(film, found.shots, found.signals, faces=NoFaces(), into=tmp_path)

    assert again == keyframes
    assert all((tmp_path / k.file).read_bytes() == (folder / k.file).read_bytes() for k in again.keyframes)


def test_keyframes_survive_json(chosen: tuple[KeyframeSet, Path]):
    written = json.loads(json.dumps(chosen[0].to_json()))

    read = KeyframeSet.from_json(written)

    assert read.to_json() == written
    assert list(read.table()["frame"]) == [each.frame for each in chosen[0].keyframes]


def test_a_film_of_one_frame_has_one_keyframe(data: Path, tmp_path: Path):
    film = data / "video/one_frame.mp4"
    found = analyse(film)

    keyframes = select_keyframes(film, found.shots, found.signals, faces=NoFaces(), into=tmp_path)

    assert [each.frame for each in keyframes.keyframes] == [0]


def test_open_eyes_win_within_a_shot(data: Path, tmp_path: Path):
    film = data / "video/one_frame.mp4"
    found = analyse(film)
    closed, opened = (
        select_keyframes(film, found.shots, found.signals, faces=OneFace(dark), into=tmp_path).keyframes[0]
        for dark in (255.0, 0.0)
    )

    assert opened.score > 1.3 * closed.score
    assert "eyes closed" in closed.why


def test_a_black_film_has_no_keyframe_and_says_why():
    shots, signals = signals_of([0.0] * 50, contrast=0.0)

    (moments,) = find_moments(shots, signals)

    assert moments.frames == ()
    assert moments.why == "black"


def test_a_dark_film_still_has_moments():
    shots, signals = signals_of([9.0] * 50, contrast=4.0)

    (moments,) = find_moments(shots, signals)

    assert len(moments.frames) >= 3


def test_flashes_and_unmarked_fades_are_not_moments():
    luma = [100.0] * 100
    luma[40] = 250.0
    shots, signals = signals_of(luma)
    signals.luma[80:] = np.linspace(95, 2, 20)
    signals.contrast[80:] = np.linspace(48, 1, 20)

    (moments,) = find_moments(shots, signals)

    assert 40 not in moments.frames
    assert max(moments.frames) < 90


def test_a_feature_film_is_looked_at_in_few_places():
    count = 24 * 60 * 100
    shots, signals = signals_of([90.0] * count)
    cuts = range(0, count, 96)
    many = tuple(Shot(i, a, a + 96, a, a + 96, Transition.CUT if i else Transition.START) for i, a in enumerate(cuts))

    moments = find_moments(ShotList(shots.fps, shots.time_base, count, many), signals)

    assert all(len(each.frames) == 1 for each in moments)


def test_bars_are_told_from_a_dark_scene():
    rng = np.random.default_rng(1)
    boxed = np.zeros((180, 320, 3), np.uint8)
    boxed[24:156] = rng.integers(40, 200, (132, 320, 3))
    dark = np.zeros((180, 320, 3), np.uint8)
    dark[60:120, 120:200] = rng.integers(40, 200, (60, 80, 3))  # a lit figure in the night

    areas = picture_areas([read_edges([boxed]), read_edges([dark])])

    assert areas[0].y == pytest.approx(24 / 180, abs=0.01)
    assert areas[0].bottom == pytest.approx(156 / 180, abs=0.01)
    # within a letterboxed film the night scene is letterboxed too, and loses nothing at its sides
    assert areas[1].w == 1
    assert areas[1].y == pytest.approx(areas[0].y, abs=0.01)


def test_the_sides_of_a_dark_scene_alone_are_kept():
    lit = np.zeros((180, 320, 3), np.uint8)
    cv2.circle(lit, (200, 90), 40, (200, 180, 160), -1)

    (area,) = picture_areas([read_edges([lit])])

    assert (area.w, area.h) == (1, 1)


def test_likeness_counts_against_a_second_choice():
    twin, other = np.array([1.0, 0.0]), np.array([0.0, 1.0])

    places = choose_diverse([0.9, 0.89, 0.5], np.stack([twin, twin, other]), [0, 0, 0], {0: 2})

    assert places == [0, 2]


def test_a_set_of_no_keyframes_has_an_empty_table_with_its_columns():
    table = KeyframeSet(()).table()

    assert len(table) == 0
    assert {"frame", "pts", "shot", "score", "faces"} <= set(table.columns)

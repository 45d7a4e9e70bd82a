"""Lockups: set whole, clear of faces and of what lists draw, and legible at 120 pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ops.box import Box
from ops.faces import Face
from ops.saliency import saliency
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.composition import BADGE, PROGRESS_BAR
from ops.thumbnails.legibility import LEAST_CAP, read_at_list_size
from ops.thumbnails.lockup import place, with_lockup
from ops.thumbnails.palette import palette_of
from ops.thumbnails.recipe import LONGEST_TEXT
from ops.thumbnails.typeface import STYLES, can_set
from ops.thumbnails.wording import lockup_text


def picture_of(data: Path, aspect: Aspect) -> Image.Image:
    with Image.open(data / "images" / "faces" / "astronaut_one_face.png") as opened:
        return opened.convert("RGB").resize(aspect.size)


def relative_luminance(rgb: np.ndarray) -> np.ndarray:
    """WCAG 2.2's definition, written out once more."""
    share = rgb.astype(float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("lettering", list(STYLES))
@pytest.mark.parametrize("ground", [(255, 255, 255), (128, 128, 128), (8, 8, 8), (255, 220, 60)])
def test_a_title_reads_at_120_pixels_whatever_is_behind_it(
    aspect: Aspect, lettering: str, ground: tuple[int, int, int]
):
    picture = Image.new("RGB", aspect.size, ground)
    lockup = place("The Long Voyage", lettering, aspect.size, faces=(), saliency_map=np.ones((36, 64), np.float32))
    assert lockup is not None

    made, reads = with_lockup(picture, lockup, palette_of(np.asarray(picture)))

    small = np.asarray(made.resize((120, round(120 * made.height / made.width)), Image.Resampling.BOX))
    left, top, right, bottom = lockup.box.pixels(small.shape[1], small.shape[0])
    tones = np.sort(relative_luminance(small[top:bottom, left:right]).ravel())
    lightest, darkest = tones[-max(3, len(tones) // 20) :].mean(), np.median(tones[: len(tones) // 2])
    assert (lightest + 0.05) / (darkest + 0.05) >= 3.0  # the strokes as they are left, thin ones and all
    assert reads.contrast >= 4.5
    assert reads.cap >= LEAST_CAP - 0.1


def test_the_measured_contrast_is_that_of_two_flat_tones():
    picture = np.full((400, 600, 3), 40, np.uint8)
    ink = np.zeros((400, 600), np.float32)
    ink[150:250, 200:400] = 1.0
    picture[ink > 0] = 230

    reads = read_at_list_size(picture, ink, cap=100, headline=100)

    light, dark = relative_luminance(np.array([230] * 3)), relative_luminance(np.array([40] * 3))
    assert reads.contrast == pytest.approx((light + 0.05) / (dark + 0.05), rel=0.03)
    assert reads.cap == pytest.approx(20.0)


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("where", [(0.1, 0.5), (0.4, 0.1), (0.7, 0.6), (0.35, 0.35)])
def test_letters_keep_clear_of_a_face_the_badge_and_the_bar(aspect: Aspect, where: tuple[float, float]):
    face = Face(*where, 0.22, 0.3, 0.95)
    lockup = place("Northern Lights", "modern", aspect.size, faces=(face,), saliency_map=np.ones((36, 64), np.float32))

    if lockup is not None:
        assert all(lockup.box.overlap(kept) == 0 for kept in (face.box, BADGE, PROGRESS_BAR))
        assert Box(0, 0, 1, 1).holds(lockup.box)


def test_a_face_that_fills_the_picture_leaves_no_room():
    face = Face(0.02, 0.02, 0.96, 0.96, 0.95)
    assert place("Face", "poster", (1280, 720), faces=(face,), saliency_map=np.ones((36, 64), np.float32)) is None


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("lettering", list(STYLES))
@pytest.mark.parametrize("ground", [(255, 255, 255), (8, 8, 8)])
def test_a_tagline_is_as_legible_as_its_title_and_smaller(aspect: Aspect, lettering: str, ground: tuple[int, int, int]):
    picture = Image.new("RGB", aspect.size, ground)
    calm = np.zeros((36, 64), np.float32)
    calm[:, :6] = 1.0  # what matters stands at the left edge
    lockup = place("Sintel", lettering, aspect.size, faces=(), saliency_map=calm, tagline="Leave a light on.")
    assert lockup is not None
    words = " ".join(line.text for line in lockup.block.lines)
    assert words.casefold() == "sintel leave a light on."

    _, reads = with_lockup(picture, lockup, palette_of(np.asarray(picture)))

    assert reads.contrast >= 4.5
    assert reads.cap >= LEAST_CAP - 0.1
    assert reads.headline >= 1.5 * reads.cap
    assert Box(0, 0, 1, 1).holds(lockup.box)


def test_where_both_have_no_room_neither_is_placed_and_the_title_alone_may_be():
    flat, long = np.ones((36, 64), np.float32), "A line of forty eight letters is very long here"
    assert place("The Long Voyage Home", "modern", (1280, 720), faces=(), saliency_map=flat, tagline=long) is None
    assert place("The Long Voyage Home", "modern", (1280, 720), faces=(), saliency_map=flat) is not None


def test_a_tagline_is_left_out_where_it_would_hide_what_matters():
    middle = np.zeros((36, 64), np.float32)
    middle[4:32, 6:58] = 1.0
    crowded, calm = middle, np.full((36, 64), 0.01, np.float32)
    calm[20:36, 50:64] = 1.0
    found = [
        place("Sintel", "classic", (1280, 720), faces=(), saliency_map=each, tagline="Stay until the last frame.")
        for each in (crowded, calm)
    ]
    assert found[0] is None
    assert found[1] is not None


def test_letters_leave_alone_what_catches_the_eye(data: Path):
    picture = picture_of(data, Aspect.W16X9)
    eye = saliency(np.asarray(picture))
    lockup = place("Voyage", "modern", picture.size, faces=(), saliency_map=eye)
    assert lockup is not None
    left, top, right, bottom = lockup.box.pixels(eye.shape[1], eye.shape[0])
    assert eye[top:bottom, left:right].mean() < eye.mean()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sintel_trailer_720p", "Sintel Trailer"),
        ("Amélie (2001)", "Amélie"),
        ("The.Great.Escape.1080p.x264", "The Great Escape"),
        ("🎬 Movie Night 🍿", "Movie Night"),
        ("🎉🎉🎉", ""),
        ("   ", ""),
        ("—…—", ""),
        ("1917", "1917"),
        ("Война и мир", "Война и мир"),
        ("720p", "720p"),
    ],
)
def test_the_words_of_a_name(name: str, words: str):
    assert lockup_text(name) == words


@pytest.mark.parametrize(
    "name",
    [
        "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
        "The Assassination of Jesse James by the Coward Robert Ford",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "a " * 500,
    ],
)
def test_a_long_name_is_bounded_and_still_set_whole_or_not_at_all(name: str):
    words = lockup_text(name)
    assert 0 < len(words) <= LONGEST_TEXT
    for aspect in Aspect:
        lockup = place(words, "poster", aspect.size, faces=(), saliency_map=np.ones((36, 64), np.float32))
        if lockup is not None:
            assert Box(0, 0, 1, 1).holds(lockup.box)
            assert lockup.block.cap * 120 / aspect.size[0] >= LEAST_CAP


@pytest.mark.parametrize("name", ["Война и мир", "Ελλάδα", "שלום עולם", "مرحبا بالعالم", "Điện Biên Phủ", "Łódź"])
def test_scripts_that_a_typeface_has_are_set(name: str):
    for style in STYLES:
        lockup = place(name, style, (1280, 720), faces=(), saliency_map=np.ones((36, 64), np.float32))
        assert lockup is not None
        picture = Image.new("RGB", (1280, 720), (90, 90, 90))
        _, reads = with_lockup(picture, lockup, ("#101418", "#e6b450"))
        assert reads.fine


@pytest.mark.parametrize("name", ["千と千尋の神隠し", "기생충", "ฉลาดเกมส์โกง", "लगान"])
def test_a_script_that_no_typeface_has_is_not_set_as_boxes(name: str):
    for style in STYLES:
        assert not can_set(name, STYLES[style])
        assert place(name, style, (1280, 720), faces=(), saliency_map=np.ones((36, 64), np.float32)) is None

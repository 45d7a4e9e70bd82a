"""Measurements of stills: against published values, and against pictures blurred on purpose."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.still_quality import colourfulness, still_quality


def picture(data: Path, name: str) -> np.ndarray:
    with Image.open(data / "images" / name) as opened:
        return np.asarray(opened.convert("RGB"))


@pytest.mark.parametrize("name", ["content/coffee.png", "content/home.jpg", "faces/astronaut_one_face.png"])
def test_focus_falls_with_every_blur(data: Path, name: str):
    sharp = picture(data, name)

    focus = [still_quality(cv2.GaussianBlur(sharp, (0, 0), s) if s else sharp).focus for s in (0, 1.0, 4)]

    assert focus[0] > 0.6
    assert focus[0] > focus[1] > focus[2]
    assert focus[2] < 0.1


def test_focus_does_not_depend_on_contrast(data: Path):
    sharp = picture(data, "content/home.jpg")
    pale = (sharp * 0.6 + 50).astype(np.uint8)

    assert still_quality(pale).focus == pytest.approx(still_quality(sharp).focus, abs=0.1)


def test_colourfulness_is_nothing_for_grey_and_grows_with_saturation(data: Path):
    shown = picture(data, "content/coffee.png")
    grey = np.repeat(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    half = ((shown.astype(int) + grey) // 2).astype(np.uint8)

    # Hasler and Süsstrunk: not colourful 0, quite 59, extremely 109
    assert colourfulness(grey) == pytest.approx(0, abs=1e-3)
    assert colourfulness(half) == pytest.approx(colourfulness(shown) / 2, rel=0.05)
    assert 45 < colourfulness(shown) < 109


def test_colourfulness_of_two_halves_follows_the_published_formula():
    split = np.zeros((10, 20, 3), np.uint8)
    split[:, :10] = (200, 0, 0)
    split[:, 10:] = (0, 0, 200)

    # rg is 200 and 0, yb 100 and -200: sd 100 and 150, mean 100 and -50
    assert colourfulness(split) == pytest.approx(np.hypot(100, 150) + 0.3 * np.hypot(100, 50), rel=1e-5)


def test_black_white_and_title_cards_are_plain_and_badly_exposed():
    card = np.zeros((360, 640, 3), np.uint8)
    cv2.putText(card, "THE END", (220, 190), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (255, 255, 255), 3)

    for shown in (np.zeros_like(card), np.full_like(card, 255), card):
        quality = still_quality(shown)
        assert quality.plainness > 0.95
        assert quality.exposure < 0.1


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (7, 9)])
def test_pictures_of_any_size_are_measured(size: tuple[int, int]):
    quality = still_quality(np.full((*size, 3), 90, np.uint8))

    assert quality.focus == 0
    assert quality.plainness == pytest.approx(1)

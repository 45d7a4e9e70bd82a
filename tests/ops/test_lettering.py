"""Text on pictures: titles are seen, scenes are not taken for text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ops.keyframes.titles import lettering_in_shot
from ops.lettering import lettering
from ops.media.frames import read_frames


@pytest.fixture(scope="module")
def bunny(data: Path) -> dict[int, np.ndarray]:
    film = data / "video/big_buck_bunny_0_30_720p.webm"
    return {n: next(read_frames(film, start_s=n / 24, width=960)).rgb for n in (279, 439, 510, 575, 608, 630, 656)}


@pytest.mark.parametrize("number", [510, 630, 656])
def test_a_title_over_a_picture_is_seen(bunny: dict[int, np.ndarray], number: int):
    assert lettering(bunny[number]).mean() > 0.02


@pytest.mark.parametrize("number", [279, 439, 575])
def test_a_picture_without_text_is_clear(bunny: dict[int, np.ndarray], number: int):
    assert lettering(bunny[number]).mean() < 0.01


def test_a_title_still_fading_in_is_known_from_later_frames(bunny: dict[int, np.ndarray]):
    assert lettering(bunny[608]).mean() < 0.01

    clear, fading, *_ = lettering_in_shot([bunny[n] for n in (575, 608, 630, 656)])

    assert clear < 0.01
    assert fading > 0.05


@pytest.mark.parametrize("ink", ["white", "black", "#ffd000"])
def test_type_of_any_ink_is_seen_where_it_stands(data: Path, ink: str):
    picture = Image.open(data / "images/content/coffee.png").convert("RGB")
    font = ImageFont.load_default(size=36)
    panel = Image.new("RGB", picture.size, "#5060a0")
    ImageDraw.Draw(panel).text((60, 300), "A FILM BY SOMEBODY", fill=ink, font=font)

    where = np.argwhere(lettering(np.asarray(panel)))

    assert len(where)
    rows = where[:, 0] / 90 * 400
    assert rows.min() > 290
    assert rows.max() < 350

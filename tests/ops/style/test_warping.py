"""The measure of flicker: nothing for what moves with its content, what was put in for what does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ops.errors import UsageError
from ops.media.frames import read_frames
from ops.style.warping import warping_error, warping_ratio


def _pan(data: Path) -> list[np.ndarray]:
    """A camera that pans over a real photograph by exactly two pixels a frame."""
    photograph = np.asarray(Image.open(data / "images" / "content" / "chelsea_cat.png").convert("RGB"))
    return [photograph[20:200, 20 + 2 * number : 340 + 2 * number] for number in range(5)]


def test_what_moves_with_its_content_has_almost_no_error(data: Path) -> None:
    assert warping_error(_pan(data)) < 0.01


def test_the_error_is_the_flicker_that_was_put_in(data: Path) -> None:
    content = _pan(data)
    flickering = [np.clip(frame.astype(int) + 20 * (number % 2), 0, 255) for number, frame in enumerate(content)]

    error = warping_error([frame.astype(np.uint8) for frame in flickering], flows_from=content)

    assert error == pytest.approx(20 / 255, rel=0.1)


def test_a_pattern_fixed_to_the_screen_counts_against_a_moving_picture(data: Path) -> None:
    content = _pan(data)
    door = np.random.default_rng(2).normal(0, 20, content[0].shape)
    behind = [np.clip(frame + door, 0, 255).astype(np.uint8) for frame in content]

    assert warping_ratio(behind, content) > 3.0
    assert warping_ratio(content, content) == 1.0


def test_what_is_uncovered_does_not_count(data: Path) -> None:
    frames = [frame.rgb for frame in read_frames(data / "video" / "bikes_640x272.mp4", size=(320, 136), end_s=0.3)]

    assert warping_error(frames) < 0.02


def test_films_of_two_lengths_are_refused() -> None:
    frame = np.zeros((32, 32, 3), np.uint8)

    with pytest.raises(UsageError, match="two frames"):
        warping_error([frame, frame], flows_from=[frame])

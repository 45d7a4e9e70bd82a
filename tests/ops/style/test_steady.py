"""A steadied paint stays on what it was painted on, and lets go at a cut."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from ops.media.frames import read_frames
from ops.style.stages import Canvas, Tick
from ops.style.steady import steady
from ops.style.warping import warping_error

_SIZE = (320, 136)


def _boiling(rgb: np.ndarray, tick: Tick) -> np.ndarray:
    """A paint at its worst: new chance in every frame."""
    noise = np.random.default_rng(tick.frame).normal(0, 24, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def riders(data: Path) -> list[np.ndarray]:
    film = data / "video" / "bikes_640x272.mp4"
    return [frame.rgb for frame in read_frames(film, size=_SIZE, start_s=2.0, end_s=2.5)][:8]


def test_a_boiling_paint_is_calmed_where_the_film_moves(riders: list[np.ndarray]) -> None:
    canvas = Canvas(*_SIZE, Fraction(25))
    steadied = steady(_boiling, canvas)

    boiling = [_boiling(rgb, Tick(number)) for number, rgb in enumerate(riders)]
    calm = [steadied(rgb, Tick(number)) for number, rgb in enumerate(riders)]

    assert warping_error(calm[3:], flows_from=riders[3:]) < 0.5 * warping_error(boiling[3:], flows_from=riders[3:])


def test_nothing_of_the_shot_before_survives_a_cut(riders: list[np.ndarray]) -> None:
    steadied = steady(_boiling, Canvas(*_SIZE, Fraction(25)))
    steadied(riders[0], Tick(0))

    after_cut = steadied(riders[0], Tick(1, cut=True))

    assert np.array_equal(after_cut, _boiling(riders[0], Tick(1)))


def test_nothing_is_carried_over_a_frame_that_is_missing(riders: list[np.ndarray]) -> None:
    steadied = steady(_boiling, Canvas(*_SIZE, Fraction(25)))
    steadied(riders[0], Tick(0))

    after_gap = steadied(riders[1], Tick(5))

    assert np.array_equal(after_gap, _boiling(riders[1], Tick(5)))


def test_a_steadied_mover_leaves_no_ghost_behind() -> None:
    canvas = Canvas(160, 96, Fraction(24))
    steadied = steady(lambda rgb, tick: rgb, canvas)
    ground = cv2.GaussianBlur(np.random.default_rng(1).integers(60, 120, (96, 160, 3)).astype(np.uint8), (0, 0), 2)
    frames = []
    for number in range(6):
        frame = ground.copy()
        cv2.circle(frame, (30 + 18 * number, 48), 14, (240, 240, 240), -1)
        frames.append(frame)

    shown = [steadied(frame, Tick(number)) for number, frame in enumerate(frames)]

    worst = np.abs(shown[-1].astype(int) - frames[-1].astype(int)).mean(axis=2)
    assert np.quantile(worst, 0.995) < 16

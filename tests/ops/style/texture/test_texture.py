"""What media add: it is there, it moves, it belongs to its frame, and it leaves black, white and hue alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame

from ops.media.frames import read_frames
from ops.style.runtime import _steps
from ops.style.stages import Canvas, GraphFilter, Tick
from tests.ops.style.graphs import built, shown

_CANVAS = Canvas(320, 180, Fraction(24))
_LARGE = Canvas(1280, 720, Fraction(24))


def _flat(canvas: Canvas, *colour: int) -> np.ndarray:
    return np.full((canvas.height, canvas.width, 3), colour if len(colour) == 3 else colour[0], np.uint8)


@pytest.mark.parametrize("op", ["grain", "gate_weave", "vhs"])
def test_a_frame_looks_the_same_wherever_rendering_began(op: str, data: Path) -> None:
    (frame,) = [each.rgb for each in read_frames(data / "video" / "cockatoo_720p.mp4", size=(320, 180), end_s=0.01)]

    from_the_start = shown(built(op, _CANVAS, seed=3), [frame] * 6, _CANVAS, first=40)
    from_later = shown(built(op, _CANVAS, seed=3), [frame] * 2, _CANVAS, first=44)

    assert np.array_equal(from_the_start[4], from_later[0])
    assert not np.array_equal(from_the_start[4], from_the_start[5])
    assert not np.array_equal(from_the_start[4], shown(built(op, _CANVAS, seed=4), [frame], _CANVAS, first=44)[0])


@pytest.mark.parametrize("op", ["grain", "halation", "gate_weave", "vignette", "vhs"])
def test_without_strength_nothing_is_added(op: str) -> None:
    frame = cv2.resize(np.random.default_rng(5).integers(0, 255, (9, 16, 3)).astype(np.uint8), (320, 180))
    plain = shown(built("grain", _CANVAS, amount=0.0), [frame], _CANVAS)

    assert np.array_equal(shown(built(op, _CANVAS, strength=0.0), [frame], _CANVAS), plain)


def test_grain_is_strongest_in_the_middle_tones_and_never_moves_a_tone() -> None:
    tones = [0, 24, 128, 235, 255]
    grained = [shown(built("grain", _CANVAS, amount=0.5), [_flat(_CANVAS, tone)], _CANVAS)[0] for tone in tones]
    spread = [float(each.std()) for each in grained]

    assert max(spread) == spread[2] > 2.0
    assert spread[0] == 0.0 and spread[1] < spread[2] / 1.3 and spread[4] < spread[2] / 2
    assert all(abs(float(each.mean()) - tone) < 2.0 for each, tone in zip(grained, tones, strict=True))


def test_grain_has_no_pattern_that_stays() -> None:
    frames = shown(built("grain", _CANVAS, amount=0.5), [_flat(_CANVAS, 128)] * 12, _CANVAS)
    noise = np.stack([frame[..., 1] for frame in frames]).astype(float)

    mean = noise.mean(axis=0)

    assert mean.std() < 1.5 * noise.std() / np.sqrt(len(frames))  # chance alone leaves 1.0 of it


def test_grain_is_the_same_stock_at_every_size() -> None:
    large = shown(built("grain", _LARGE, amount=0.5, size=2.0), [_flat(_LARGE, 128)], _LARGE)[0]
    small = shown(built("grain", _CANVAS, amount=0.5, size=2.0), [_flat(_CANVAS, 128)], _CANVAS)[0]

    seen_small = cv2.resize(large, (320, 180), interpolation=cv2.INTER_AREA)

    assert float(small.std()) == pytest.approx(float(seen_small.std()), rel=0.35)


def test_halation_reddens_around_a_light_and_leaves_the_rest_black() -> None:
    frame = _flat(_CANVAS, 0)
    cv2.circle(frame, (160, 90), 12, (255, 255, 255), -1)

    lit = shown(built("halation", _CANVAS, amount=0.8, radius=2.0), [frame], _CANVAS)[0].astype(int)

    beside = lit[90, 160 + 15]
    assert beside[0] > 20 and beside[0] > beside[1] + 8 > beside[2] + 8
    assert lit[:20].max() <= 2
    assert lit[90, 160].min() > 235


def test_a_vignette_takes_the_same_share_of_every_colour() -> None:
    colour = (200, 160, 90)

    frame = shown(built("vignette", _CANVAS, amount=0.8), [_flat(_CANVAS, *colour)], _CANVAS)[0].astype(float)

    assert frame[90, 160] == pytest.approx(colour, abs=3)
    shares = frame[2, 2] / np.array(colour)
    assert 0.3 < shares.mean() < 0.55 and np.ptp(shares) < 0.04
    falling = frame[90, 160:, 1]
    assert (np.diff(falling) <= 1).all()


def test_a_vignette_after_a_grade_has_no_disc_in_its_middle() -> None:
    graded = GraphFilter.chain(  # what a LUT leaves: tagged, where a film may not be
        ("scale", {"in_color_matrix": "bt709", "in_range": "tv", "out_range": "pc"}),
        ("format", {"pix_fmts": "gbrp"}),
        ("scale", {"out_color_matrix": "bt709", "in_range": "pc", "out_range": "tv"}),
        ("format", {"pix_fmts": "yuv420p"}),
    )
    vignette = built("vignette", _LARGE, amount=0.6)
    assert isinstance(vignette, GraphFilter)

    (step,) = _steps([graded, vignette], _LARGE)
    frame = VideoFrame.from_ndarray(np.full((1080, 1280), 150, np.uint8), format="yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 24)
    row = step(frame, Tick(0)).to_ndarray()[360, 640:].astype(int)

    assert row[0] >= 149
    assert np.diff(row).min() >= -1


def test_gate_weave_moves_by_parts_of_a_pixel_and_shows_no_border(data: Path) -> None:
    (frame,) = [each.rgb for each in read_frames(data / "video" / "bikes_640x272.mp4", size=(640, 272), end_s=0.01)]
    canvas = Canvas(640, 272, Fraction(24))

    frames = shown(built("gate_weave", canvas, amount=1.0), [frame] * 8, canvas)

    grey = [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float32) for each in [frame, *frames]]
    moves = [float(np.linalg.norm(cv2.phaseCorrelate(grey[0], each)[0])) for each in grey[1:]]
    assert 0.1 < max(moves) < 0.004 * 272 * 1.3
    assert all(np.abs(each[0].astype(int) - frame[0]).mean() < 20 for each in frames)


def test_tape_blurs_colour_more_than_light_and_tears_the_bottom() -> None:
    canvas = Canvas(640, 480, Fraction(24))
    frame = _flat(canvas, 40, 40, 200)
    frame[:, 320:] = (220, 60, 40)

    played = shown(built("vhs", canvas, noise=0.0, wobble=0.5), [frame], canvas)[0].astype(int)

    row = played[200]
    colour, light = row[:, 0] - row[:, 2], row.mean(axis=1)
    assert _rise(colour) > 2.5 * _rise(light)
    assert np.abs(played[-3:].mean(axis=2) - frame[-3:].mean(axis=2)).mean() > 10
    assert np.abs(played[100:300].mean(axis=2) - frame[100:300].mean(axis=2)).mean() < 12


def _rise(values: np.ndarray) -> float:
    """Pixels from a tenth to nine tenths of an edge."""
    share = (values - values[:200].mean()) / (values[440:].mean() - values[:200].mean())
    return float(np.argmax(share > 0.9) - np.argmax(share > 0.1))

"""The embedded embedder on frames of real films: near within a shot, far between shots."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.media.frames import read_frames
from resources.models.embedding import DescriptorEmbedder

# bikes: cuts published with the clip
SHOTS = ((0, 30), (30, 76), (76, 137), (137, 187), (187, 242))


@pytest.fixture(scope="module")
def embedded(data: Path) -> tuple[np.ndarray, np.ndarray]:
    frames = [f.rgb for f in read_frames(data / "video/bikes_640x272.mp4", width=320)]
    places = [(shot, n) for shot, (a, b) in enumerate(SHOTS) for n in np.linspace(a + 2, b - 3, 5).astype(int)]
    vectors = DescriptorEmbedder().embed([frames[n] for _, n in places])
    return vectors, np.array([shot for shot, _ in places])


def test_rows_have_unit_length(embedded: tuple[np.ndarray, np.ndarray]):
    vectors, _ = embedded

    assert vectors.dtype == np.float32
    assert vectors.shape[1] == DescriptorEmbedder().dimensions
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_frames_of_one_shot_are_nearer_than_frames_of_others(embedded: tuple[np.ndarray, np.ndarray]):
    vectors, shots = embedded
    distance = 1 - vectors @ vectors.T
    same = shots[:, None] == shots[None, :]
    apart = ~np.eye(len(shots), dtype=bool)

    assert np.median(distance[same & apart]) < 0.5 * np.median(distance[~same])


def test_the_size_of_a_picture_hardly_matters(data: Path):
    film = data / "video/bikes_640x272.mp4"
    large, small = (next(read_frames(film, width=width)).rgb for width in (640, 200))

    first, second = DescriptorEmbedder().embed([large, small])

    assert float(first @ second) > 0.97


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_picture_has_a_unit_vector_too(value: int):
    (row,) = DescriptorEmbedder().embed([np.full((9, 16, 3), value, np.uint8)])

    assert np.isfinite(row).all()
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


def test_no_pictures_give_no_rows():
    assert DescriptorEmbedder().embed([]).shape == (0, DescriptorEmbedder().dimensions)

"""The demo film itself, small, rendered once for all tests of this folder."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import av
import cv2
import numpy as np
import pytest

from ops.demo.film import DemoFilm, render_demo_film

SMALL = (320, 180)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFilm:
    """The film at a quarter of its size: the same shots, words and notes."""
    return render_demo_film(tmp_path_factory.mktemp("demo") / "film.mp4", size=SMALL)


@pytest.fixture(scope="session")
def truth(demo: DemoFilm) -> dict[str, Any]:
    return json.loads(demo.sidecar.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def pictures(demo: DemoFilm) -> np.ndarray:
    """Every frame as a decoder gives it back, `(T, 90, 160, 3)` uint8."""
    with av.open(str(demo.film)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return np.stack([cv2.resize(frame, (160, 90), interpolation=cv2.INTER_AREA) for frame in frames])


@pytest.fixture(scope="session")
def sound(demo: DemoFilm) -> np.ndarray:
    """The film's sound as a decoder gives it back: mono float32 at 48 kHz, from the film's time zero."""
    with av.open(str(demo.film)) as container:
        blocks = [(frame.time or 0.0, frame.to_ndarray()) for frame in container.decode(audio=0)]
    start = round(blocks[0][0] * 48_000)
    samples = np.concatenate([block for _, block in blocks], axis=1).mean(axis=0)
    return samples[-start:] if start < 0 else np.concatenate([np.zeros(start, np.float32), samples])


def step_sizes(pictures: np.ndarray) -> np.ndarray:
    """`(T,)`: how far each frame lies from the one before, mean absolute difference in code values; 0 for the first."""
    steps = [np.abs(b.astype(np.int16) - a).mean() for a, b in pairwise(pictures)]
    return np.array([0.0, *steps])


def of_kind(truth: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [change for change in truth["transitions"] if change["type"] == kind]

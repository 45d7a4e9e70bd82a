from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (pip install 'showrunner[models]')")

from ops.errors import MediaError, UsageError  # noqa: E402
from ops.style.networks.content import crops, frames_of, luma_of  # noqa: E402
from ops.style.networks.ground import GROUNDS  # noqa: E402
from ops.style.networks.lessons import LESSONS  # noqa: E402
from ops.style.networks.losses import wander  # noqa: E402
from ops.style.networks.train import train_house, train_style, train_textures  # noqa: E402
from ops.style.networks.training import Schedule  # noqa: E402
from ops.style.networks.weights_file import house_network, read_network  # noqa: E402


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (96, 128, 3), dtype=np.uint8) for _ in range(2)]


def test_a_picture_of_ones_own_becomes_a_network_that_loads(tmp_path, pictures):
    seen = []
    made = train_style(pictures[0], tmp_path / "own.safetensors", steps=2, contents=pictures, progress=seen.append)
    read = read_network(tmp_path / "own.safetensors")
    assert read.styles == ("picture",)
    assert read.fingerprint == made.fingerprint
    assert read.card["began from"] == house_network().fingerprint
    assert seen[-1].share == 1.0 and np.isfinite(seen[-1].losses["style"])


def test_a_style_of_no_lesson_begins_on_no_ground_that_shows_through(tmp_path, pictures):
    schedule = Schedule(steps=1)
    made = train_textures({"mine": pictures[0]}, pictures, tmp_path / "mine.safetensors", schedule=schedule)
    strengths = dict(zip(GROUNDS, made.trunk.codes[0, -len(GROUNDS) :].tolist(), strict=True))
    assert strengths["tooth"] > 0.9
    assert all(strengths[name] == 0 for name in ("panes", "stones", "rows", "dots", "waves"))


def test_the_house_learns_its_lessons_anew(tmp_path, pictures):
    seen = []
    schedule = Schedule(steps=2)
    made = train_house(pictures, tmp_path / "h.safetensors", schedule=schedule, pieces=2, progress=seen.append)
    assert made.styles == tuple(LESSONS) == read_network(tmp_path / "h.safetensors").styles
    assert made.card["began from"] == "nothing"
    again = train_house(pictures, tmp_path / "h2.safetensors", schedule=schedule, pieces=2)
    assert again.fingerprint == made.fingerprint, "the same seed makes the same network"


def test_a_tiny_picture_is_refused(tmp_path, pictures):
    with pytest.raises(UsageError, match="64 pixels"):
        train_style(pictures[0][:32], tmp_path / "own.safetensors", contents=pictures)


def test_a_folder_without_pictures_is_told(tmp_path):
    with pytest.raises(MediaError, match="neither pictures nor films"):
        frames_of([tmp_path])


def test_crops_are_squares_in_range(pictures):
    found = crops([luma_of(each) for each in pictures], 5, 48, random=np.random.default_rng(1))
    assert found.shape == (5, 1, 48, 48)
    assert found.min() >= 0 and found.max() <= 1


def test_a_wander_is_a_small_move(pictures):
    grid = wander(8, 64, 64, draw=torch.Generator().manual_seed(0))
    still = torch.nn.functional.affine_grid(torch.eye(2, 3).expand(8, 2, 3), [8, 1, 64, 64], align_corners=False)
    pixels = (grid - still).norm(dim=-1) * 32
    assert 0.5 < float(pixels.mean()) < 10
    assert float(pixels.max()) < 14

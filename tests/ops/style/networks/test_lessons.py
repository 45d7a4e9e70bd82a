from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

from ops.style.networks.content import luma_of  # noqa: E402
from ops.style.networks.ground import GROUNDS, ground_of  # noqa: E402
from ops.style.networks.lessons import LESSONS, exercises, worked  # noqa: E402
from ops.style.networks.weights_file import house_network  # noqa: E402

MEDIA = list(LESSONS)


@pytest.fixture(scope="module")
def luma(data) -> np.ndarray:
    """A photograph that no network of ours was trained on."""
    picture = np.asarray(Image.open(data / "images" / "content" / "building.jpg").convert("RGB"))
    return cv2.resize(luma_of(picture), (320, 256), interpolation=cv2.INTER_AREA)


def _broad(luma: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(luma, (0, 0), 12)


@pytest.mark.parametrize("name", MEDIA)
def test_a_piece_is_worked_as_it_is_in_the_whole(name, luma):
    """Nothing but the picture, the ground and 40 pixels around go into it: what a small network can learn."""
    whole = worked(name, luma, down=7, across=500)
    piece = worked(name, np.ascontiguousarray(luma[64:224, 96:288]), down=7 + 64, across=500 + 96)
    inner = (slice(40, -40), slice(40, -40))
    assert np.abs(piece[inner] - whole[64:224, 96:288][inner]).mean() < 0.01


@pytest.mark.parametrize("name", MEDIA)
def test_what_is_light_stays_lighter_than_what_is_dark(name, luma):
    made = worked(name, luma)
    assert made.min() >= 0 and made.max() <= 1
    assert np.corrcoef(_broad(made).ravel(), _broad(luma).ravel())[0, 1] > 0.9
    assert np.abs(made - luma).mean() > 0.03


def test_a_stone_has_one_tone_and_the_next_another():
    ramp = np.tile(np.linspace(0.2, 0.8, 256, dtype=np.float32), (256, 1))
    made = worked("mosaic", ramp)
    tones = ground_of(256, 256)[0, GROUNDS.index("stone_tones")].numpy()
    laid = ground_of(256, 256)[0, GROUNDS.index("stones")].numpy() > 0.1
    inside = cv2.erode(laid.astype(np.uint8), np.ones((5, 5))) > 0  # within its bevel
    stones = [made[(tones == tone) & inside] for tone in np.unique(tones[inside])]
    spread = np.median([stone.std() for stone in stones if len(stone) > 5])
    assert spread < 0.15 * np.std([stone.mean() for stone in stones])


def test_an_engravers_lines_swell_with_the_dark():
    tones = [np.full((128, 128), tone, np.float32) for tone in (0.9, 0.5, 0.1)]
    light, middle, dark = (float((worked("engraving", tone) < 0.5).mean()) for tone in tones)
    assert light < 0.3 < middle < 0.8 < dark


@pytest.mark.parametrize("name", MEDIA)
def test_the_shipped_network_has_learnt_its_lesson(name, luma):
    """On a photograph it never saw, far nearer to the lesson than the photograph is, line for line."""
    house = house_network()
    given = torch.from_numpy(luma)[None, None]
    with torch.inference_mode():
        made = house.trunk(given, house.trunk.codes[house.row(name)][None])[0, 0].numpy()
    wanted = worked(name, luma)
    inner = (slice(16, -16), slice(16, -16))
    found, untouched = (float(np.abs(each - wanted)[inner].mean()) for each in (made, luma))
    assert found < 0.65 * untouched
    assert np.corrcoef((made - luma)[inner].ravel(), (wanted - luma)[inner].ravel())[0, 1] > 0.7


def test_exercises_lie_where_they_say(luma):
    made = exercises("mosaic", [luma], 2, side=64, random=np.random.default_rng(3))
    assert made.given.shape == made.made.shape == (2, 64, 64)
    again = exercises("mosaic", [luma], 2, side=64, random=np.random.default_rng(3))
    np.testing.assert_array_equal(made.made, again.made)
    # worked anew without its surroundings, its middle is the same
    down, across = (int(each) for each in made.places[0])
    alone = worked("mosaic", made.given[0].astype(np.float32) / 255, down=down, across=across)
    middle = (slice(24, 40), slice(24, 40))
    assert np.abs(alone[middle] * 255 - made.made[0][middle]).mean() < 12

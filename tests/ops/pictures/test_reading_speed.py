"""Pictures of reading speed: what is too fast is seen where it is, and hostile tracks are drawn too."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ops.pictures.reading_speed import draw_conformance, draw_reading_speed
from ops.subtitles.conform import conformance
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.profile import profile_named, profile_names

RATE = Fraction(24)
NETFLIX = profile_named("netflix").limits("eng_Latn")
RED, TEAL = (229, 107, 111), (79, 179, 191)


def track(*cues: Cue) -> CueTrack:
    return CueTrack("eng_Latn", RATE, cues)


def pixels(png: bytes) -> np.ndarray:
    """(H, W, 3) uint8, RGB, full range."""
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def columns_of(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """The columns of the panel, below the legend, that hold a colour."""
    panel = picture[80:]
    return np.flatnonzero((np.abs(panel.astype(int) - colour).max(axis=2) < 8).sum(axis=0) > 5)


def test_a_cue_that_is_too_fast_is_red_where_it_stands():
    slow, fast = (
        Cue(0, 160, ("A dangerous quest for a lone hunter.", "It was long and it was cold there.")),
        Cue(720, 960, ("word " * 60,)),
    )

    picture = pixels(draw_reading_speed(track(slow, fast), NETFLIX, frames=960))

    assert picture.shape == (360, 1200, 3)
    red, teal = columns_of(picture, RED), columns_of(picture, TEAL)
    left, right = 0.055 * 1200, 0.985 * 1200
    assert red.min() == pytest.approx(left + 0.75 * (right - left), abs=3)
    assert red.max() == pytest.approx(right, abs=3)
    assert teal.max() == pytest.approx(left + (right - left) / 6, abs=3)


def test_the_same_track_gives_the_same_bytes():
    own = track(Cue(0, 48, ("A dangerous quest.",)), Cue(60, 70, ("Yes.",)))

    assert draw_reading_speed(own, NETFLIX, cuts=[50]) == draw_reading_speed(own, NETFLIX, cuts=[50])


@pytest.mark.parametrize("cues", [(), (Cue(0, 1, ("x" * 5000,)),), (Cue(0, 40, ("$\\frac{",)),)])
def test_any_track_is_drawn(cues):
    assert pixels(draw_reading_speed(track(*cues), NETFLIX, title="$\\alpha_{")).shape == (360, 1200, 3)


def test_shares_of_profiles_are_as_long_as_they_are_large():
    own = track(Cue(0, 24, ("Yes, I do.",)), Cue(100, 110, ("No.",)))
    held = {name: conformance(own, profile_named(name).limits("eng_Latn")) for name in profile_names()}

    picture = pixels(draw_conformance(held, title="Any"))

    assert held["netflix"].share == 0.5
    teal = columns_of(picture, TEAL)
    left, right = 0.11 * 900, 0.97 * 900
    assert teal.min() == pytest.approx(left, abs=3)
    assert teal.max() == pytest.approx(left + 0.5 * (right - left), abs=3)


def test_no_profile_at_all_is_drawn():
    assert pixels(draw_conformance({})).shape[1] == 900

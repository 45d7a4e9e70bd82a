"""The picture of a track shows what was measured."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ops.audio.features import AudioFeatures
from ops.pictures.waveform import draw_waveform

Heard = Callable[[str], AudioFeatures]


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def columns_of(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Which columns of the waveform panel have pixels of a colour."""
    panel = picture[80:320]
    return (np.abs(panel - np.array(colour)).sum(axis=2) < 30).any(axis=0)


@pytest.mark.parametrize("name", ["mix_known_segments.wav", "silence_5s.wav", "cards_001.wav", "vibe_ace.ogg"])
def test_any_track_can_be_drawn_in_the_size_asked_for(heard: Heard, name: str) -> None:
    assert pixels(draw_waveform(heard(name), title="a $5 film", width=900, height=420)).shape == (420, 900, 3)


def test_speech_and_music_are_coloured_where_they_are(heard: Heard) -> None:
    picture = pixels(draw_waveform(heard("mix_known_segments.wav")))
    left, right = 0.045 * 1600, 0.985 * 1600

    def place(time_s: float) -> int:
        return round(left + (right - left) * time_s / 40.9)

    speech, music = columns_of(picture, (0xF2, 0xA5, 0x41)), columns_of(picture, (0x4F, 0xB3, 0xBF))

    assert speech[place(3) : place(12)].mean() > 0.5
    assert not speech[place(25.5) : place(33)].any()
    assert music[place(25.5) : place(30)].mean() > 0.1
    assert not music[place(3) : place(12)].any()


def test_equal_features_give_equal_pictures(heard: Heard) -> None:
    features = heard("drum_pattern_120bpm.wav")

    assert draw_waveform(features, title="one") == draw_waveform(features, title="one")

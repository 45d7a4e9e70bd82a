"""Labels become places on the circumplex, and what models say outweighs the proxies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.faces import Face
from ops.keyframes.model import Keyframe, KeyframeSet
from ops.scenes.emotion import faces_felt, mood_of, voices_felt
from ops.scenes.feeling import CIRCUMPLEX, Feeling, emotion_named, feeling_of
from ops.scenes.model import Line
from tests.ops.audio.sounds import sine, write_wave


@pytest.mark.parametrize(
    ("label", "emotion"),
    [("ang", "angry"), ("HAPPY", "happy"), ("Fear", "fearful"), ("pleasant surprise", "surprised"), ("neu", "neutral"),
     ("LABEL_0", None), ("cat", None)],
)  # fmt: skip
def test_labels_of_the_data_sets_are_known(label: str, emotion: str | None):
    assert emotion_named(label) == emotion


def test_the_feeling_is_the_mean_place_of_the_emotions():
    assert feeling_of({"angry": 1.0}) == Feeling(*CIRCUMPLEX["angry"])
    half = feeling_of({"happy": 0.5, "neutral": 0.5})
    assert (half.valence, half.arousal) == pytest.approx((0.405, 0.255))


def test_the_quadrants_are_where_russell_has_them():
    assert CIRCUMPLEX["happy"] > (0, 0)
    assert CIRCUMPLEX["angry"][0] < 0 < CIRCUMPLEX["angry"][1]
    assert max(CIRCUMPLEX["sad"]) < 0
    assert CIRCUMPLEX["calm"][1] < 0 < CIRCUMPLEX["calm"][0]


class Ears:
    """Hears loud voices as angry."""

    name = "test"

    def hear(self, sound: np.ndarray) -> Feeling:
        return Feeling(-0.5, 0.6) if np.abs(sound).max() > 0.3 else Feeling(0.5, -0.4)


class Eyes:
    """Reads bright faces as happy."""

    name = "test"

    def read(self, face: np.ndarray) -> Feeling:
        return Feeling(0.8, 0.5) if face.mean() > 128 else Feeling(-0.6, -0.3)


def test_voices_are_heard_where_their_lines_are(tmp_path: Path):
    loud, soft = (sine(200, 2.0, amplitude=each, rate=16_000, channels=1) for each in (0.8, 0.1))
    track = write_wave(tmp_path / "voices.wav", np.concatenate([soft, loud, soft]), 16_000)
    lines = (Line(0.2, 1.8, "", 0, 0.5), Line(2.2, 3.8, "", 0, 0.5), Line(5.9, 6.0, "", 0, 0.5))

    felt = voices_felt(track, lines, Ears())

    assert [(each.start_s, each.feeling.arousal) for each in felt] == [(0.2, -0.4), (2.2, 0.6)]


def test_faces_are_cut_out_of_keyframes_and_small_ones_left_out(tmp_path: Path):
    from PIL import Image

    picture = np.zeros((180, 320, 3), np.uint8)
    picture[40:140, 20:120] = 255
    Image.fromarray(picture).save(tmp_path / "one.png")
    bright, dark, tiny = Face(0.1, 0.3, 0.2, 0.4, 0.9), Face(0.7, 0.3, 0.05, 0.1, 0.9), Face(0.9, 0.9, 0.02, 0.02, 0.9)
    keyframes = KeyframeSet(
        (
            Keyframe(0, 0, 0.0, 0, "one.png", 1, 1, 0, 0, 1, faces=(bright, dark, tiny)),
            Keyframe(9, 9, 3.0, 1, "one.png", 1, 1, 0, 0, 1, faces=(tiny,)),
        )
    )

    (felt,) = faces_felt(keyframes, tmp_path, np.array([[0.0, 2.0], [2.0, 4.0]]), Eyes())

    assert (felt.start_s, felt.end_s) == (0.0, 2.0)
    assert 0.6 < felt.feeling.valence < 0.8  # the large face counts sixteen times the small one


def test_without_models_the_proxies_speak_and_with_them_they_give_way():
    times = np.arange(0, 4, 0.25)
    known = {
        "arousal": np.full(16, 0.5, np.float32),
        "valence": np.full(16, 0.4, np.float32),
        "music": np.ones(16, np.float32),
        "colour": np.full(16, 0.4, np.float32),
    }
    from ops.scenes.emotion import Felt

    plain = mood_of(times, **known, voices=[], faces=[])
    voiced = mood_of(times, **known, voices=[Felt(1.0, 2.0, Feeling(-0.8, 0.8))], faces=[])

    assert np.allclose(plain.valence, 0.4) and np.allclose(plain.arousal, 0.5)
    assert voiced.valence[4] < 0 and voiced.arousal[4] > 0.7
    assert np.array_equal(voiced.valence[8:], plain.valence[8:])

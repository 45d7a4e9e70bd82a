"""Noise taken off where it is high, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.audio.listening import RATE
from ops.speech.denoise import denoised
from ops.speech.sound import SpeechSound
from tests.ops.speech.recordings import heard, seconds, spans_of


def sound_of(samples: np.ndarray) -> SpeechSound:
    return SpeechSound(samples.astype(np.float32), gain_db=0.0, duration_s=len(samples) / RATE)


def in_white_noise(speech: np.ndarray, snr_db: float) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(len(speech))
    noise *= np.sqrt((speech**2).mean() / (noise**2).mean() / 10 ** (snr_db / 10))
    return ((speech + noise) * 0.25).astype(np.float32)


@pytest.mark.parametrize("name", ["jfk_inaugural_11s.flac", "librispeech_198-209-0000.ogg"])
def test_speech_that_drowned_in_white_noise_is_found_again(data: Path, tmp_path: Path, name: str):
    clean = spans_of(heard(name))
    noisy = in_white_noise(heard(name), -10)

    cleaned = denoised(sound_of(noisy), tmp_path)

    def found(samples: np.ndarray) -> tuple[float, float]:
        spans = spans_of(samples)
        both = sum(max(0.0, min(end, over) - max(start, begin)) for start, end in clean for begin, over in spans)
        return both / seconds(clean), both / max(1e-9, seconds(spans))

    assert found(noisy)[0] < 0.55
    recall, precision = found(cleaned.samples)
    assert recall > 0.9
    assert precision > 0.85
    assert cleaned.denoised_s == pytest.approx(cleaned.duration_s)


@pytest.mark.parametrize("name", ["jfk_inaugural_11s.flac", "jfk_rain_snr0db.wav", "rain_20s.mp3", "silence_5s.wav",
                                  "drum_loop_148bpm.ogg", "vibe_ace.ogg"])  # fmt: skip
def test_a_sound_without_steady_noise_is_left_as_it_is(data: Path, tmp_path: Path, name: str):
    sound = sound_of(heard(name))

    assert denoised(sound, tmp_path) is sound
    assert not any(tmp_path.iterdir())


def test_noise_alone_is_not_made_speech(tmp_path: Path):
    noise = np.random.default_rng(1).standard_normal(15 * RATE) * 0.05

    cleaned = denoised(sound_of(noise), tmp_path)

    assert spans_of(np.asarray(cleaned.samples)) == ()
    assert np.std(cleaned.samples) < 0.4 * np.std(noise)


def test_only_the_noisy_part_of_a_film_is_touched(data: Path, tmp_path: Path):
    speech = np.tile(heard("jfk_inaugural_11s.flac"), 4)[: 40 * RATE]
    film = np.concatenate([speech, in_white_noise(speech[: 20 * RATE], -6)])

    cleaned = denoised(sound_of(film), tmp_path)

    assert len(cleaned.samples) == len(film)
    assert np.array_equal(cleaned.samples[: 40 * RATE], film[: 40 * RATE])
    assert not np.array_equal(cleaned.samples[40 * RATE :], film[40 * RATE :])
    assert cleaned.denoised_s == 20


@pytest.mark.parametrize("length", [1, 100, 511, 513, 20 * RATE + 1])
def test_a_sound_of_any_length_keeps_it(tmp_path: Path, length: int):
    noise = np.random.default_rng(1).standard_normal(length) * 0.05

    assert len(denoised(sound_of(noise), tmp_path).samples) == length

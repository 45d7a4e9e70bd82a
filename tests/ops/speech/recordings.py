"""Open recordings as speech analysis hears them, and mixes of them with known times."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from ops.audio.listening import RATE
from ops.speech.model import Turn
from ops.speech.sound import speech_sound
from ops.speech.vad import speech_probabilities, speech_spans
from tests.conftest import DATA

__all__ = ["READERS", "conversation", "heard", "seconds", "spans_of"]

READERS = {
    "kennedy": ("jfk_inaugural_11s.flac",),
    "northanger": ("librispeech_198-209-0000.ogg",),
    "dashwood": ("sense_and_sensibility_0870.wav", "sense_and_sensibility_0880.wav", "sense_and_sensibility_0890.wav"),
}
"""Three people, by what they read."""


@cache
def heard(name: str) -> np.ndarray:
    """(N,) float32, a file of the data set's audio folder."""
    with tempfile.TemporaryDirectory() as folder:
        return np.array(speech_sound(DATA / "audio" / name, Path(folder)).samples)


def spans_of(samples: np.ndarray) -> tuple[tuple[float, float], ...]:
    return speech_spans(speech_probabilities(samples), len(samples))


def seconds(spans: Sequence[tuple[float, float]]) -> float:
    return sum(end - start for start, end in spans)


def conversation(*readers: str, turn_s: float = 4.0, pause_s: float = 0.4) -> tuple[np.ndarray, list[Turn]]:
    """Readers one after another, and where in it each of them speaks, told from their own clean recordings."""
    parts: list[np.ndarray] = []
    turns: list[Turn] = []
    read = dict.fromkeys(readers, 0)
    at = 0
    for reader in readers:
        book = np.concatenate([heard(name) for name in READERS[reader]])
        page = int(turn_s * RATE)
        read[reader] = read[reader] if read[reader] + page <= len(book) else 0
        said = book[read[reader] : read[reader] + page]
        read[reader] += page
        turns += [Turn(at / RATE + start, at / RATE + end, reader) for start, end in spans_of(said)]
        parts += [said, np.zeros(int(pause_s * RATE), np.float32)]
        at += len(said) + len(parts[-1])
    return np.concatenate(parts), turns

"""The narration: each sentence spoken by eSpeak NG in a process of its own, with the time of every word."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np

from ops.demo.screenplay import Line
from ops.errors import ModelUnavailable

__all__ = ["SAMPLE_RATE", "SpokenLine", "SpokenWord", "speak_line"]

SAMPLE_RATE = 48_000
TIMEOUT_S = 60  # a sentence takes 0.15 s; this is for a machine that swaps
SILENCE = 0.02  # of the line's peak: below this a word has ended
WINDOW_S = 0.01


@dataclass(frozen=True)
class SpokenWord:
    """A word and when it sounds, in seconds of the film."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class SpokenLine:
    """A sentence as sound: `samples` is mono float32 at `SAMPLE_RATE`, to be laid in at `line.start_s`."""

    line: Line
    samples: np.ndarray
    words: tuple[SpokenWord, ...]

    @property
    def end_s(self) -> float:
        """When the last word has ended."""
        return self.words[-1].end_s


def speak_line(line: Line) -> SpokenLine:
    """Speak one line.

    Raises:
        ModelUnavailable: The synthesiser or the voice is not here, or the process failed.
    """
    voice = line.voice
    request = {
        "text": line.text,
        "voice": voice.name,
        "words_per_minute": voice.words_per_minute,
        "pitch": voice.pitch,
        "pitch_range": voice.pitch_range,
    }
    command = [sys.executable, "-m", "ops.demo.espeak_process"]
    try:
        done = subprocess.run(
            command, input=json.dumps(request), capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise ModelUnavailable(
            f"the speech synthesiser did not answer within {TIMEOUT_S} s", where=voice.name, fix="Try again."
        ) from late
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise ModelUnavailable(
            f"the speech synthesiser failed: {reason[-1]}",
            where=voice.name,
            fix="Reinstall it with `make setup`, or `pip install espeakng-loader`.",
        )
    answer = json.loads(done.stdout)
    pcm = np.frombuffer(base64.b64decode(answer["pcm"]), np.int16).astype(np.float32) / 32768
    samples = _resampled(pcm, answer["sample_rate"])
    starts = [float(word["start_s"]) for word in answer["words"]]
    ends = _word_ends(samples, starts)
    words = tuple(
        SpokenWord(word["text"], round(line.start_s + start, 3), round(line.start_s + end, 3))
        for word, start, end in zip(answer["words"], starts, ends, strict=True)
    )
    return SpokenLine(line, samples, words)


def _resampled(pcm: np.ndarray, rate: int) -> np.ndarray:
    from scipy.signal import resample_poly  # half a second to import

    divisor = int(np.gcd(SAMPLE_RATE, rate))
    return resample_poly(pcm, SAMPLE_RATE // divisor, rate // divisor).astype(np.float32)


def _word_ends(samples: np.ndarray, starts: list[float]) -> list[float]:
    """A word ends where the next begins, or earlier where the voice falls silent before that (a comma, the end)."""
    size = int(WINDOW_S * SAMPLE_RATE)
    level = np.abs(samples[: len(samples) // size * size]).reshape(-1, size).max(axis=1)
    sounding = level > SILENCE * level.max()
    ends = []
    for start, following in zip(starts, [*starts[1:], len(samples) / SAMPLE_RATE], strict=True):
        first, last = int(start / WINDOW_S), min(int(np.ceil(following / WINDOW_S)), len(sounding))
        heard = np.flatnonzero(sounding[first:last])
        silent_from = (first + heard[-1] + 1) * WINDOW_S if len(heard) else following
        ends.append(min(following, float(silent_from)))
    return ends

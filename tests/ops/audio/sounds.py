"""Sounds and films made for a test, sample by sample, and the FFmpeg program as a second opinion."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from av.stream import Disposition

from tests.ops.media.witness import ffmpeg

__all__ = ["Sound", "f_measure", "ffmpeg", "film", "match", "read", "reference_samples", "sine", "write_wave"]

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@dataclass(frozen=True)
class Sound:
    """A stream of a film to be made: (N, C) int16, its rate, when its first sample is heard, what is left out."""

    samples: np.ndarray
    rate: int = 48_000
    start_s: float = 0.0
    codec: str = "pcm_s16le"
    layout: str = "stereo"
    disposition: str = ""
    lost_s: tuple[float, float] = (0.0, 0.0)


def sine(hertz: float, seconds: float, *, amplitude: float = 0.5, rate: int = 48_000, channels: int = 2) -> np.ndarray:
    """(N, C) int16."""
    time = np.arange(round(seconds * rate)) / rate
    wave_ = np.rint(32767 * amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.int16)
    return np.repeat(wave_[:, None], channels, axis=1)


def write_wave(path: Path, samples: np.ndarray, rate: int) -> Path:
    """Write (N, C) int16, or (N,) mono, with Python's own writer."""
    samples = samples if samples.ndim == 2 else samples[:, None]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(samples, dtype="<i2").tobytes())
    return path


def film(
    path: Path, sounds: Sequence[Sound], *, frames: int = 50, rate: int = 25, picture_start_s: float = 0.0
) -> Path:
    """A film of grey pictures whose video begins at `picture_start_s` and each sound where it says."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=rate)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.time_base = Fraction(1, 1000 * rate)
        streams = []
        for sound in sounds:
            stream = container.add_stream(sound.codec, rate=sound.rate, layout=sound.layout)
            stream.time_base = Fraction(1, sound.rate)
            if sound.disposition:
                stream.disposition = Disposition[sound.disposition]
            streams.append(stream)
        for index in range(frames):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 40 + index, np.uint8), format="rgb24")
            picture.time_base = Fraction(1, 1000 * rate)
            picture.pts = 1000 * index + round(picture_start_s * 1000 * rate)
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for sound, stream in zip(sounds, streams, strict=True):
            block = 1152
            for first in range(0, len(sound.samples), block):
                if sound.lost_s[0] <= first / sound.rate < sound.lost_s[1]:
                    continue
                part = np.ascontiguousarray(sound.samples[first : first + block]).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(part, format="s16", layout=sound.layout)
                frame.sample_rate, frame.time_base = sound.rate, Fraction(1, sound.rate)
                frame.pts = first + round(sound.start_s * sound.rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return path


def read(path: Path) -> np.ndarray:
    """(N, C) of a FLAC or WAVE file, int16 as stored or int32 with 24 bits on top, by libsndfile."""
    import soundfile

    kind = "int16" if soundfile.info(path).subtype == "PCM_16" else "int32"
    samples, _ = soundfile.read(path, dtype=kind, always_2d=True)
    return samples


def reference_samples(path: Path, stream: int) -> np.ndarray:
    """(N,) int16, interleaved, of a stream as the FFmpeg program decodes it."""
    out = ffmpeg("-v", "error", "-i", path, "-map", f"0:{stream}", "-f", "s16le", "-")
    return np.frombuffer(out.stdout, dtype="<i2")


def match(found: np.ndarray, true: np.ndarray, tolerance_s: float) -> int:
    """How many true times have a found time of their own within the tolerance (both ascending)."""
    hits, free = 0, 0
    for time in true:
        while free < len(found) and found[free] < time - tolerance_s:
            free += 1
        if free < len(found) and found[free] <= time + tolerance_s:
            hits, free = hits + 1, free + 1
    return hits


def f_measure(found: np.ndarray, true: np.ndarray, tolerance_s: float) -> float:
    """Beat-tracking F-measure (Dixon 2007): harmonic mean of precision and recall."""
    return 2 * match(found, true, tolerance_s) / max(1, len(found) + len(true))

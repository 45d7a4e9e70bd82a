"""The sound that speech is looked for in: one channel at 16 kHz, as loud as the next film's, on disk.

Speech detectors and voice models were made on recordings of everyday loudness, and a film's dialogue may lie 15 dB
below that. One gain for the whole track brings it there and leaves what is loud and soft in it as it is. The samples
lie in memory-mapped files: three hours are 690 MB that nobody needs at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import av
import numpy as np

from ops.audio.listening import RATE, hear, hear_mono, length_s
from ops.audio.loudness import Loudness, LoudnessMeter
from ops.errors import MediaError
from ops.progress import Progress, no_progress

__all__ = ["SpeechSound", "channel_sounds", "speech_sound", "write_samples"]

_TARGET_LUFS = -23.0
"""The programme loudness of EBU R128."""

_CEILING_DBTP = -1.0
"""R128's highest true peak. A track whose peaks stand higher above its loudness is left softer, never clipped."""

_MOST_GAIN_DB = 40.0
"""A track below -63 LUFS is near silence; more gain would only show its noise."""

_METERED = 0.5
"""Share of the work that the true-peak meter takes."""


@dataclass(frozen=True)
class SpeechSound:
    """A sound ready for analysis.

    Attributes:
        samples: (N,) float32 at `ops.audio.listening.RATE`, ±1 full scale; mapped from disk, read only.
        gain_db: What it was raised or lowered by.
        duration_s: Its length.
        channels: How many the track has.
        denoised_s: How much of it noise was taken off.
    """

    samples: np.ndarray
    gain_db: float
    duration_s: float
    channels: int = 1
    denoised_s: float = 0.0


def speech_sound(track: Path, folder: Path, *, progress: Progress = no_progress) -> SpeechSound:
    """Hear a track twice: how loud it is, then its samples at the loudness of EBU R128.

    Args:
        track: A sound file; the `audio_track` artifact.
        folder: Where "speech.npy" is written; must outlive the sound.
        progress: Told the fraction done.

    Raises:
        MediaError: It cannot be read, or has no sample.
    """
    length = length_s(track)
    loudness, channels = _metered(track, length, progress)
    gain_db = _gain_db(loudness)
    blocks = _told(hear_mono(track), length, progress)
    samples = write_samples(folder / "speech.npy", (block * np.float32(10 ** (gain_db / 20)) for block in blocks))
    if len(samples) == 0:
        raise MediaError("its sound holds no sample", where=track, fix="Deliver it anew.")
    progress(1.0)
    return SpeechSound(samples, gain_db=gain_db, duration_s=len(samples) / RATE, channels=channels)


def channel_sounds(track: Path, folder: Path, *, gain_db: float) -> tuple[SpeechSound, SpeechSound]:
    """The left and the right of a track of two channels, each as `speech_sound` writes the mix of both.

    Args:
        track: A sound file.
        folder: Where "left.npy" and "right.npy" are written; must outlive the sounds.
        gain_db: Of the mix; the balance of the channels stays.

    Raises:
        MediaError: It cannot be read, or has another number of channels.
    """
    gain = np.float32(10 ** (gain_db / 20))
    sides = []
    for side, name in enumerate(("left", "right")):
        blocks = (block[:, side] * gain for block in _hear_stereo(track))
        samples = write_samples(folder / f"{name}.npy", blocks)
        sides.append(SpeechSound(samples, gain_db=gain_db, duration_s=len(samples) / RATE))
    return sides[0], sides[1]


def write_samples(path: Path, blocks: Iterator[np.ndarray]) -> np.ndarray:
    """Write (N,) float32 blocks one after another into one .npy file, and map it.

    Returns:
        (N,) float32, read only; an empty array where there is nothing.
    """
    count = 0
    with path.open("wb") as file:
        _write_header(file, 0)
        for block in blocks:
            file.write(np.ascontiguousarray(block, dtype="<f4").tobytes())
            count += len(block)
        file.seek(0)
        _write_header(file, count)
    if count == 0:
        return np.zeros(0, dtype=np.float32)
    return np.load(path, mmap_mode="r")


def _write_header(file: IO[bytes], count: int) -> None:
    """NumPy leaves room in it for the length to grow, so that it can be written again when that is known."""
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (count,)})


def _metered(track: Path, length: float | None, progress: Progress) -> tuple[Loudness, int]:
    """Its loudness and number of channels."""
    meter, samples, channels = LoudnessMeter(), 0, 0
    for frame in hear(track):
        meter.push(frame)
        samples += frame.samples
        channels = len(frame.layout.channels)
        if length:
            progress(_METERED * min(1.0, samples / frame.sample_rate / length))
    if samples == 0:
        raise MediaError("its sound holds no sample", where=track, fix="Deliver it anew.")
    return meter.finish(), channels


def _gain_db(loudness: Loudness) -> float:
    if loudness.integrated_lufs is None or loudness.true_peak_dbtp is None:
        return 0.0
    wished = min(_MOST_GAIN_DB, _TARGET_LUFS - loudness.integrated_lufs)
    return min(wished, max(0.0, _CEILING_DBTP - loudness.true_peak_dbtp))


def _told(blocks: Iterator[np.ndarray], length: float | None, progress: Progress) -> Iterator[np.ndarray]:
    heard = 0
    for block in blocks:
        yield block
        heard += len(block)
        if length:
            progress(_METERED + (1 - _METERED) * min(1.0, heard / RATE / length))


def _hear_stereo(track: Path) -> Iterator[np.ndarray]:
    """(N, 2) float32 at `RATE`, as `hear_mono` hears one."""
    resampler = av.AudioResampler(format="s32", layout="stereo", rate=RATE)
    for frame in hear(track):
        if len(frame.layout.channels) != 2:
            raise MediaError("it has not two channels", where=track, fix="Hear its mix.")
        for both in resampler.resample(frame):
            yield _pairs(both.to_ndarray())
    for both in resampler.resample(None):
        yield _pairs(both.to_ndarray())


def _pairs(interleaved: np.ndarray) -> np.ndarray:
    return interleaved.reshape(-1, 2).astype(np.float32) * np.float32(2**-31)

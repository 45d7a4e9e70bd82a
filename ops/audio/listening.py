"""Hearing a track once through: its frames as they are, or one channel at the rate that analysis works at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.error import FFmpegError

from ops.audio.samples import integers, main_sound, sound_frame
from ops.errors import MediaError
from ops.media.container import open_media

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

__all__ = ["RATE", "hear", "hear_mono", "length_s"]

RATE = 16_000
"""Hz. Speech and the pulse of music lie below 8 kHz, 10 ms are exactly 160 samples, and sources from
telephone to studio look alike there."""

_FRAME = 8192

_BLOCK_S = 4
"""Seconds handed on together: numpy is quicker on few large arrays."""


def hear(track: Path) -> Iterator[AudioFrame]:
    """A track in frames of some 8,000 samples, all of one format; float samples that are no number are 0.

    Raises:
        MediaError: It cannot be opened, has no sound, or is damaged on the way.
    """
    with open_media(track) as container:
        stream = main_sound(container)
        if stream is None or stream.codec_context is None:
            raise MediaError("the file has no sound that can be decoded", where=track, fix="Extract it anew.")
        waiting: list[np.ndarray] = []
        rate, layout, heard = 0, "", 0
        try:
            for frame in container.decode(stream):
                if not isinstance(frame, av.AudioFrame) or frame.samples == 0:
                    continue
                rate, layout = frame.sample_rate, frame.layout.name
                waiting.append(integers(frame).values)
                if sum(map(len, waiting)) >= _FRAME:  # Vorbis has frames of 64 samples, and each call its price
                    yield sound_frame(np.concatenate(waiting), rate=rate, layout=layout, start=heard)
                    heard += sum(map(len, waiting))
                    waiting = []
        except FFmpegError as error:
            raise MediaError(f"the track is damaged ({error.strerror})", where=track, fix="Extract it anew.") from error
        if waiting:
            yield sound_frame(np.concatenate(waiting), rate=rate, layout=layout, start=heard)


def length_s(track: Path) -> float | None:
    """Length that the file states, in seconds, for progress bars; None where it states none.

    Raises:
        MediaError: It cannot be opened.
    """
    with open_media(track) as container:
        return container.duration / av.time_base if container.duration else None


def hear_mono(track: Path) -> Iterator[np.ndarray]:
    """The track's channels mixed to one, (N,) float32 at `RATE`, ±1 full scale, some 4 s at a time.

    Raises:
        MediaError: As `hear`.
    """
    # to integers: only then does FFmpeg weigh the channels so that their sum cannot exceed full scale
    resampler = av.AudioResampler(format="s32", layout="mono", rate=RATE)
    waiting: list[np.ndarray] = []
    count = 0
    for frame in hear(track):
        waiting += [_fractions(mono) for mono in resampler.resample(frame)]
        count += frame.samples
        if count >= _BLOCK_S * frame.sample_rate:
            yield np.concatenate(waiting)
            waiting, count = [], 0
    waiting += [_fractions(mono) for mono in resampler.resample(None)]
    if waiting:
        yield np.concatenate(waiting)


def _fractions(mono: AudioFrame) -> np.ndarray:
    """(N,) float32 of full scale."""
    return mono.to_ndarray()[0].astype(np.float32) * np.float32(2**-31)

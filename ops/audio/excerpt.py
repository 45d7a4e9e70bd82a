"""A stretch of a track as a mix needs it: stereo, 48 kHz, from an exact sample on; the rest is not read.

Samples are counted as `listening.hear` counts them, so that a time in a track's features is the same time here.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.error import FFmpegError

from ops.audio.instruments import SAMPLE_RATE
from ops.audio.samples import integers, main_sound
from ops.errors import MediaError
from ops.media.container import open_media

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["excerpt", "to_stereo"]

_EXACT = frozenset({"flac", "wav"})
"""Containers in which a seek lands on a known sample; others are read from their beginning."""

_MARGIN = 512
"""Samples around the stretch that the resampler's filter reaches into."""

_SIDE = 0.7071
_LEFT = {"FL": 1.0, "FLC": 1.0, "FC": _SIDE, "BL": _SIDE, "SL": _SIDE, "BC": 0.5, "TFL": _SIDE}
_RIGHT = {"FR": 1.0, "FRC": 1.0, "FC": _SIDE, "BR": _SIDE, "SR": _SIDE, "BC": 0.5, "TFR": _SIDE}
"""ITU-R BS.775-4, annex 4, table 2: centre and surrounds at -3 dB, the LFE left out."""


def excerpt(track: Path, start_s: float, samples: int) -> np.ndarray:
    """Read a stretch of a track.

    Args:
        track: A FLAC as `extract_track` writes it; any sound file will do.
        start_s: Where it begins, seconds from the track's first sample; may lie before it.
        samples: Length at 48 kHz.

    Returns:
        (samples, 2) float32 of full scale; silence where the track has no sound.

    Raises:
        MediaError: It cannot be opened, has no sound, or is damaged there.
    """
    with open_media(track) as container:
        stream = main_sound(container)
        if stream is None or stream.codec_context is None:
            raise MediaError("the file has no sound that can be decoded", where=track, fix="Extract it anew.")
        rate = stream.codec_context.sample_rate
        common = gcd(rate, SAMPLE_RATE)
        up, down = SAMPLE_RATE // common, rate // common
        first = round(start_s * rate) - _MARGIN
        count = -(-samples * down // up) + 2 * _MARGIN
        try:
            heard = _stretch(container, stream, first, count)
        except FFmpegError as error:
            raise MediaError(f"the track is damaged ({error.strerror})", where=track, fix="Extract it anew.") from error
    if up == down:
        return heard[_MARGIN : _MARGIN + samples]
    from scipy.signal import resample_poly

    # the filter is symmetrical: sample k of the result is at k × down / up of the source, without delay
    skip = _MARGIN * up // down if _MARGIN * up % down == 0 else None
    if skip is None:  # move the margin to where both grids meet
        extra = -(_MARGIN % down) % down
        heard = np.concatenate([np.zeros((extra, 2), np.float32), heard])
        skip = (_MARGIN + extra) * up // down
    return resample_poly(heard, up, down, axis=0)[skip : skip + samples].astype(np.float32)


def to_stereo(values: np.ndarray, channels: list[str]) -> np.ndarray:
    """(N, C) samples of named channels ("FL", "FC", …) to (N, 2), by ITU-R BS.775; one channel alone goes to both."""
    if len(channels) == 1:
        return np.repeat(values, 2, axis=1)
    if not any(name in _LEFT or name in _RIGHT for name in channels):  # unnamed: left and right, as by custom
        return values[:, :2]
    matrix = np.array([[side.get(name, 0.0) for name in channels] for side in (_LEFT, _RIGHT)], np.float32)
    return values @ matrix.T


def _stretch(container: InputContainer, stream: AudioStream, first: int, count: int) -> np.ndarray:
    """(count, 2) float32 at the track's own rate, from sample `first` on."""
    out = np.zeros((count, 2), np.float32)
    for at, frame in _frames(container, stream, max(0, first)):
        if at >= first + count:
            break
        if at + frame.samples <= first:
            continue
        values = integers(frame).values
        scale = np.float32(2**-15 if values.dtype == np.int16 else 2**-31)
        stereo = to_stereo(values.astype(np.float32) * scale, [channel.name for channel in frame.layout.channels])
        begin, end = max(at, first), min(at + frame.samples, first + count)
        out[begin - first : end - first] = stereo[begin - at : end - at]
    return out


def _frames(container: InputContainer, stream: AudioStream, first: int) -> Iterator[tuple[int, AudioFrame]]:
    """Frames with the place of their first sample, from one at or before `first` on."""
    exact = container.format.name in _EXACT and stream.time_base is not None
    if exact and first and stream.time_base is not None:
        rate = stream.codec_context.sample_rate
        container.seek(int(first / rate / stream.time_base), stream=stream, backward=True)
    place = 0
    for frame in container.decode(stream):
        if not isinstance(frame, av.AudioFrame) or frame.samples == 0:
            continue
        if exact and frame.pts is not None and frame.time_base is not None:
            place = round(frame.pts * frame.time_base * frame.sample_rate)
        yield place, frame
        place += frame.samples

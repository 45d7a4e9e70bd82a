"""Sound as FFmpeg decodes it, and as numbers: which stream is the film's, and frames to integer samples and back.

Integers are what the track holds (FLAC), so a lossless source stays lossless; the two faults that only float
sound can have, samples that are no number and samples beyond full scale, are mended here and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from av.stream import Disposition

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["Samples", "integers", "main_sound", "sound_frame"]

_NOT_THE_FILM = Disposition.comment | Disposition.visual_impaired | Disposition.hearing_impaired
"""A commentary or a description for the blind is never the film's own sound, whatever its place."""


@dataclass(frozen=True)
class Samples:
    """One decoded stretch of sound.

    Attributes:
        values: (N, C) int16, or int32 holding 24 bits in its upper three bytes.
        not_a_number: How many samples were NaN or infinite in the source; they are silence here.
        beyond_full_scale: How many float samples were beyond ±1; they are clipped here.
    """

    values: np.ndarray
    not_a_number: int = 0
    beyond_full_scale: int = 0


def main_sound(container: InputContainer) -> AudioStream | None:
    """The film's own sound among several streams; None where there is none.

    Not a commentary nor a description, if there is another; then the stream marked as default; then the one
    with the most channels; then the first.
    """

    def rank(stream: AudioStream) -> tuple[bool, bool, int, int]:
        set_aside = bool(stream.disposition & _NOT_THE_FILM)
        default = bool(stream.disposition & Disposition.default)
        context = stream.codec_context
        channels = context.channels if context is not None else 0
        return not set_aside, default, channels, -stream.index

    return max(container.streams.audio, key=rank, default=None)


def integers(frame: AudioFrame) -> Samples:
    """A decoded frame's samples as integers: up to 16 bits as they are, more and float as 24 bits."""
    name, channels = frame.format.name, len(frame.layout.channels)
    raw: np.ndarray = frame.to_ndarray()
    values = raw.T if frame.format.is_planar else raw.reshape(-1, channels)
    if name.startswith("u8"):
        return Samples((values.astype(np.int16) - 128) << 8)
    if name.startswith("s16"):
        return Samples(values)
    if name.startswith("s32"):
        return Samples(values & np.int32(-256))
    if name.startswith("s64"):
        return Samples((values >> 32).astype(np.int32) & np.int32(-256))
    finite = np.isfinite(values)
    lost = values.size - int(np.count_nonzero(finite))
    if lost:
        values = np.where(finite, values, 0)
    top = 2**23 - 1
    scaled = np.rint(values * values.dtype.type(2**23))  # a power of two: exact in float32 too
    over = int(np.count_nonzero(np.abs(scaled) > top + 1))
    return Samples(np.clip(scaled, -top - 1, top).astype(np.int32) << 8, lost, over)


def sound_frame(values: np.ndarray, *, rate: int, layout: str, start: int) -> AudioFrame:
    """(N, C) samples as a frame for an encoder or a filter, its first sample being the `start`-th."""
    kind = "s16" if values.dtype == np.int16 else "s32"
    packed = np.ascontiguousarray(values).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format=kind, layout=layout)
    frame.sample_rate = rate
    frame.pts = start
    frame.time_base = Fraction(1, rate)
    return frame

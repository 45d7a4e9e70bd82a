"""When a film's frames are shown, read from a container's index or from a bounded number of packets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from av.error import FFmpegError

from ops.progress import Progress

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["PacketClock", "Timestamps", "filled", "read_timestamps"]

_ENOUGH_FRAMES = 3_000
"""Frames looked at where there is no index: two minutes of film tell a variable rate from a constant one."""

_ENOUGH_BYTES = 64 << 20
"""Bytes looked at where there is no index, for films of huge frames: a fraction of a second from a disk."""

_FIRST_FRAME_PACKETS = 600
"""Packets tried until one gives a picture; a recording that begins between key frames shows one within 10 s."""


class PacketClock:
    """How far each stream's packets reach, in seconds."""

    def __init__(self) -> None:
        self._start_s: float | None = None
        self._end_s: float | None = None

    def note(self, packet: Packet[Stream]) -> None:
        """Take a packet into account."""
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None or packet.is_discard:
            return
        start_s = float(time * packet.time_base)
        end_s = start_s + float((packet.duration or 0) * packet.time_base)
        self._start_s = start_s if self._start_s is None else min(self._start_s, start_s)
        self._end_s = end_s if self._end_s is None else max(self._end_s, end_s)

    @property
    def start_s(self) -> float:
        """When the first packet is shown; 0 where none was seen."""
        return self._start_s or 0.0

    @property
    def end_s(self) -> float:
        """When the last packet is over; 0 where none was seen."""
        return self._end_s or 0.0


@dataclass(frozen=True)
class Timestamps:
    """When a film's frames are shown.

    Attributes:
        times: int64, one a frame, in units of `time_base`: decoding times where an index gives them, else
            presentation times; either way they are evenly spaced where the film is.
        time_base: Seconds a unit.
        filled: How long the frames are shown altogether, in units; 0 where it cannot be told.
        complete: Whether every frame of the film that can be read is among them.
        duration_s: From the first packet of any stream to the end of the last one read.
        first_frame: The first picture, decoded; None where none of the first packets gives one.
    """

    times: np.ndarray
    time_base: Fraction
    filled: int
    complete: bool
    duration_s: float
    first_frame: VideoFrame | None


def read_timestamps(
    container: InputContainer, film: VideoStream | None, *, to_the_end: bool, size_bytes: int, progress: Progress
) -> Timestamps:
    """Read a film's timestamps, and its first frame.

    Args:
        container: Just opened.
        film: The stream of the film; None reads the clock of the other streams alone.
        to_the_end: Read every packet, whatever the bound: for a container that states no duration.
        size_bytes: Size of the file: what an index places beyond it cannot be read.
        progress: Told how much of the file is read.
    """
    if film is not None:
        film.codec_context.thread_count = 1  # several threads would each take a packet before a frame comes out
    indexed = _indexed(container, film, size_bytes) if film is not None else None
    clock, first = PacketClock(), None
    times: list[int] = []
    seen_bytes = packets = last_duration = 0
    complete = True
    for packet in _packets(container):
        clock.note(packet)
        seen_bytes += packet.size
        progress(min(1.0, seen_bytes / size_bytes))
        if film is not None and packet.stream_index == film.index:
            packets += 1
            if first is None and packets <= _FIRST_FRAME_PACKETS:
                first = _first_frame(film, packet)
            time = packet.pts if packet.pts is not None else packet.dts
            if time is not None and not packet.is_discard:
                times.append(time)
                last_duration = packet.duration or 0
        known = indexed is not None or packets >= _ENOUGH_FRAMES or seen_bytes >= _ENOUGH_BYTES
        shown = first is not None or packets >= _FIRST_FRAME_PACKETS or film is None
        if known and shown and not to_the_end:
            complete = False
            break
    else:
        first = first or (_first_frame(film, None) if film is not None else None)
    return Timestamps(
        times=np.array(times if indexed is None else indexed, dtype=np.int64),
        time_base=Fraction(film.time_base or 1) if film is not None else Fraction(1),
        filled=film.duration or 0 if film is not None and indexed is not None else filled(times, last_duration),
        complete=complete or indexed is not None,
        duration_s=max(0.0, clock.end_s - clock.start_s),
        first_frame=first,
    )


def filled(times: Sequence[int] | np.ndarray, last_duration: int) -> int:
    """How long frames are shown altogether, the last one as long as its packet says or as the others on average."""
    if len(times) < 2:
        return last_duration
    span = int(max(times)) - int(min(times))
    return span + (last_duration or round(span / (len(times) - 1)))


def _indexed(container: InputContainer, film: VideoStream, size_bytes: int) -> list[int] | None:
    """Times of all frames of an MP4 by its index; None where the index is not the whole truth (fragments)."""
    if not container.format.name.startswith("mov") or not film.frames:
        return None
    return [
        entry.timestamp for entry in film.index_entries if not entry.is_discard and entry.pos + entry.size <= size_bytes
    ]


def _packets(container: InputContainer) -> Iterator[Packet[Stream]]:
    """Packets with something in them, up to the end or the point where the file cannot be read on."""
    try:
        for packet in container.demux():
            if packet.size:
                yield packet
    except (FFmpegError, IndexError):  # IndexError: PyAV 18, at its end, where a stream appeared midway
        return


def _first_frame(film: VideoStream, packet: Packet[Any] | None) -> VideoFrame | None:
    try:
        return next(iter(film.decode(packet)), None)
    except FFmpegError:
        return None

"""Reading a film through, once: every packet of every stream, every picture decoded, nothing kept but the facts.

Costs a decode and no more: FFmpeg's own threads, no conversion, no deblocking (pictures come out a little wrong,
errors all the same). What the facts mean is the gate's to say.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from av.error import EOFError as EndOfFile
from av.error import FFmpegError
from av.error import MemoryError as OutOfMemory

from ops.media.library_log import LibraryLog
from ops.media.timestamps import PacketClock
from ops.progress import Progress

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["FilmReading", "read_through"]

_FLUSHES = 64
"""Errors taken while the decoder gives up its last pictures; it holds one a thread."""


@dataclass(frozen=True)
class FilmReading:
    """What came out of a film.

    Attributes:
        times: int64, presentation time of each decoded frame, in decoding order.
        time_base: Seconds in a unit of `times`.
        last_duration: How long the last packet is shown, in units; 0 where the container does not say.
        packets: Whole packets of the film that could be read.
        indexed: Packets that an MP4's index announces, None for other containers.
        damaged: Places in `times` of frames that came out damaged, or did not come out.
        complained: Places at which the decoder complained, some frames before or after the damage.
        torn: Places at which the demuxer complained that the container is damaged.
        words: The first complaint of the decoder and of the demuxer, in FFmpeg's words; empty where there is none.
        first_whole: Place of the first undamaged key frame, from which a recording that begins anywhere is sound;
            None where there is none.
        lost_head_s: Time from the first packet to the first frame that came out.
        start_s: When the first packet of any stream is shown.
        end_s: When the last packet of any stream is over.
        sound: For each sound stream of an MP4 its index, packets that could be read, packets announced.
    """

    times: np.ndarray
    time_base: Fraction
    last_duration: int
    packets: int
    indexed: int | None
    damaged: tuple[int, ...]
    complained: tuple[int, ...]
    torn: tuple[int, ...]
    words: tuple[str, str]
    first_whole: int | None
    lost_head_s: float
    start_s: float
    end_s: float
    sound: tuple[tuple[int, int, int], ...]

    @property
    def frames(self) -> int:
        """How many frames came out."""
        return len(self.times)

    def time_s(self, place: int) -> float:
        """When the frame at `place` is shown, from the film's first frame on."""
        at = int(self.times[min(place, self.frames - 1)] - self.times.min())
        return float(at * self.time_base)


def read_through(
    container: InputContainer,
    film: VideoStream,
    log: LibraryLog,
    *,
    duration_s: float,
    progress: Progress,
    threads: int = 0,
) -> FilmReading:
    """Demux a file to its end and decode its film.

    Args:
        container: Just opened.
        film: Its film.
        log: Where FFmpeg's complaints come in.
        duration_s: What progress is measured by.
        progress: Told of the share of the duration that is done.
        threads: Of the decoder; 0 leaves it to FFmpeg. Only with 1 are damaged frames counted alike each time.

    Raises:
        av.error.MemoryError: The pictures do not fit into memory.
    """
    film.codec_context.options = film.codec_context.options | {"skip_loop_filter": "all"}
    film.codec_context.thread_count = threads
    film.thread_type = "AUTO"
    decoded = _Decoded(film, log)
    clock, sound = PacketClock(), dict.fromkeys((stream.index for stream in container.streams.audio), 0)
    done = 0.0
    packets = last_duration = 0
    packet_times: list[int] = []
    for packet in _packets(container, decoded):
        clock.note(packet)
        if packet.stream_index in sound:
            sound[packet.stream_index] += not packet.is_corrupt
        if packet.stream_index != film.index:
            continue
        packets += not packet.is_corrupt
        if not packet.size:  # a frame that repeats the one before; as a packet it would end the decoder
            continue
        if not packet.is_discard and packet.pts is not None:
            last_duration = packet.duration or last_duration
            if not packet_times:
                packet_times.append(packet.pts)
        decoded.take(packet)
        if duration_s > 0:
            done = max(done, min(1.0, (clock.end_s - clock.start_s) / duration_s))
        progress(done)
    decoded.flush()
    progress(1.0)
    times = np.array(decoded.times, dtype=np.int64)
    time_base = Fraction(film.time_base or 1)
    head = int(times.min()) - packet_times[0] if len(times) and packet_times else 0
    iso = container.format.name.startswith("mov")
    return FilmReading(
        times=times,
        time_base=time_base,
        last_duration=last_duration,
        packets=packets,
        indexed=len(film.index_entries) if iso else None,
        damaged=tuple(decoded.damaged),
        complained=tuple(decoded.complained),
        torn=tuple(decoded.torn),
        words=(decoded.decoder_words, decoded.demuxer_words),
        first_whole=decoded.first_whole,
        lost_head_s=max(0.0, float(head * time_base)),
        start_s=clock.start_s,
        end_s=clock.end_s,
        sound=tuple((index, read, len(container.streams[index].index_entries)) for index, read in sound.items() if iso),
    )


def _packets(container: InputContainer, decoded: _Decoded) -> Iterator[Packet]:
    """Packets up to the end, or to where the file cannot be read on; also one that asks for too much memory."""
    packets = container.demux()
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError as error:
            decoded.note_torn(error.strerror or str(error))
            return
        except IndexError:  # at its very end PyAV 18 stumbles over streams that appeared midway (MPEG, FLV)
            return
        if packet is None:
            return
        if packet.size or packet.dts is not None:  # else the sign that a stream is over
            yield packet


class _Decoded:
    """Frames as they come out of the decoder: their times, and the faults told of them."""

    def __init__(self, film: VideoStream, log: LibraryLog) -> None:
        self._film, self._log = film, log
        decoder = film.codec_context.codec.name
        self._demuxers = {film.container.format.name} - {decoder}  # of GIF both go by one name
        self.times = array("q")
        self.damaged: list[int] = []
        self.complained: list[int] = []
        self.torn: list[int] = []
        self.decoder_words = self.demuxer_words = ""
        self.first_whole: int | None = None

    def take(self, packet: Packet) -> None:
        """Decode a packet."""
        self._listen()  # to what reading it has raised, before what decoding it does
        try:
            frames = self._film.decode(packet)
        except OutOfMemory:
            raise
        except FFmpegError:
            self._fault(self.damaged)
        else:
            self._keep(frames)
        self._listen()

    def note_torn(self, words: str) -> None:
        """Note that the container is damaged here."""
        self.demuxer_words = self.demuxer_words or words
        self._fault(self.torn)

    def flush(self) -> None:
        """Take the frames that the decoder still holds."""
        for _ in range(_FLUSHES):
            self._listen()
            try:
                frames = self._film.decode(None)
            except EndOfFile:
                return
            except OutOfMemory:
                raise
            except FFmpegError:
                self._fault(self.damaged)
                continue
            if not frames:
                return
            self._keep(frames)

    def _keep(self, frames: list[VideoFrame]) -> None:
        for frame in frames:
            if frame.is_corrupt:
                self._fault(self.damaged)
            elif self.first_whole is None and frame.key_frame:
                self.first_whole = len(self.times)
            time = frame.pts if frame.pts is not None else frame.dts
            self.times.append(time if time is not None else (self.times[-1] + 1 if self.times else 0))

    def _listen(self) -> None:
        for complaint in self._log.take():
            if complaint.source in self._demuxers:
                self.note_torn(complaint.words)
            else:
                self.decoder_words = self.decoder_words or complaint.words
                self._fault(self.complained)

    def _fault(self, places: list[int]) -> None:
        place = len(self.times)
        if not places or places[-1] != place:
            places.append(place)

"""A film's sound on its own: the main audio stream as FLAC, lined up with the pictures to the sample.

Sample 0 of the track is heard when the first picture is shown. Rate and channel layout stay the source's: a
resampler would gain nothing here, since whoever needs another rate (speech at 16 kHz, a trailer at 48)
resamples on reading. What had to be mended on the way is said in `repairs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.error import FFmpegError

from ops.audio.flac import MAX_CHANNELS, FlacWriter
from ops.audio.placement import Placement
from ops.audio.samples import integers, main_sound
from ops.errors import MediaError
from ops.media.container import film_stream, open_media
from ops.media.film_reader import open_film
from ops.progress import Progress, no_progress

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["AudioTrack", "extract_track"]

_MISSING_TAIL_S = Fraction(1)
"""A last packet may be short or a container's length rounded; a whole second that is missing was cut off."""

_PROMISING = frozenset({
    "aiff", "avi", "caf", "flac", "matroska", "mov", "mp4", "mxf", "ogg", "w64", "wav", "webm"
})  # fmt: skip
"""Containers whose header or index states the length; for the rest FFmpeg guesses it from the bit rate."""


@dataclass(frozen=True)
class AudioTrack:
    """The sound of a film as extracted.

    Attributes:
        path: The FLAC file.
        sample_rate: Hz, as in the source.
        channels: How many.
        layout: Their names as FFmpeg has them, for example "stereo" or "5.1(side)".
        bit_depth: 16 where the source has no more, else 24 (float sources too).
        samples: Length in samples of one channel.
        stream: Index of the stream in the film.
        codec: What it was coded as.
        language: Its tag, where it has one.
        lead_in: Samples of silence put before the source's first sample because the pictures begin earlier;
            negative: samples cut off because the pictures begin later.
        time_zero_s: When the first picture is shown, on the container's clock: sample n is heard at
            `time_zero_s + n / sample_rate`. The first sound's time where the file has no pictures.
        repairs: What was mended, as sentences; empty for a sound file.
    """

    path: Path
    sample_rate: int
    channels: int
    layout: str
    bit_depth: int
    samples: int
    stream: int
    codec: str
    language: str | None
    lead_in: int
    time_zero_s: float
    repairs: tuple[str, ...]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.samples / self.sample_rate

    def to_json(self) -> dict[str, Any]:
        """Plain values; the file by its name alone, so that the result does not depend on where it lies."""
        return {
            **asdict(self),
            "path": self.path.name,
            "time_zero_s": round(self.time_zero_s, 9),
            "repairs": list(self.repairs),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any], folder: Path) -> AudioTrack:
        """Read what `to_json` gave; the file lies in `folder`."""
        changed = {"path": folder / values["path"], "repairs": tuple(values["repairs"])}
        return cls(**{**values, **changed})


def extract_track(path: Path, out: Path, *, progress: Progress = no_progress) -> AudioTrack | None:
    """Write a film's main sound to `out` as FLAC, in the memory of a few frames.

    Args:
        path: The film (or a sound file).
        out: Where the FLAC goes; it appears there only when it is whole.
        progress: Told the fraction done.

    Returns:
        What was written, or None where the file has no audio stream: a silent film is a film.

    Raises:
        MediaError: The file cannot be opened, its sound cannot be decoded or holds no sample, or it was cut
            short: it ends a second or more before its own header says.
    """
    with open_media(path) as container:
        stream = main_sound(container)
        if stream is None:
            return None
        if stream.codec_context is None:
            raise MediaError("its sound is in a format that FFmpeg cannot decode", where=path, fix="Convert the sound.")
        pictures = film_stream(container)
        zero = _first_picture_s(path) if pictures is not None else None
        with FlacWriter(out) as flac:
            extraction = _Extraction(path, container, stream, flac, zero)
            extraction.run(progress)
            flac.finish()
        assert flac.format is not None
        return AudioTrack(
            path=out,
            sample_rate=flac.format.rate,
            channels=flac.format.channels,
            layout=flac.format.layout,
            bit_depth=flac.format.bit_depth,
            samples=flac.samples,
            stream=stream.index,
            codec=stream.codec_context.name,
            language=stream.language,
            lead_in=extraction.placement.lead_in,
            time_zero_s=float(extraction.placement.zero or 0),
            repairs=tuple(extraction.repairs()),
        )


def _first_picture_s(path: Path) -> Fraction:
    with open_film(path) as film:
        return film.first_pts * film.time_base


class _Extraction:
    """One pass over the packets: decode, mend, place, write; and what there is to tell about it."""

    def __init__(
        self,
        path: Path,
        container: InputContainer,
        stream: AudioStream,
        flac: FlacWriter,
        zero: Fraction | None,
    ) -> None:
        self.path = path
        self.container = container
        self.stream = stream
        self.flac = flac
        self.placement = Placement(path, zero)
        self.packets = self.bad_packets = 0
        self.not_a_number = self.beyond_full_scale = 0
        self.changes: list[str] = []
        self._resampler: AudioResampler | None = None
        self._first = ("", "", 0)
        self._ends: dict[int, int] = {}

    def run(self, progress: Progress) -> None:
        """Go through the file.

        Raises:
            MediaError: As `extract_track` says.
        """
        promised = self._promised_s()
        length = float(promised or Fraction(self.container.duration or 0, av.time_base))
        held: AudioFrame | None = None
        for frame in self._frames():
            if held is not None:
                self._take(held)
                if length and held.time is not None:
                    progress(min(1.0, max(0.0, held.time / length)))
            held = frame
        if held is not None:
            self._take(held, padded=self._coded_padding(held))
        if self.flac.samples == 0:
            reason = "cannot be decoded" if self.bad_packets else "holds no sample"
            raise MediaError(f"its sound {reason}", where=self.path, fix="Deliver it anew.")
        self._require_all(promised)
        progress(1.0)

    def repairs(self) -> Iterator[str]:
        """What was mended, a sentence each."""
        if self.bad_packets:
            yield f"{self.bad_packets} of {self.packets} packets could not be decoded"
        yield from self.placement.repairs()
        if self.not_a_number:
            yield f"{self.not_a_number} samples were no number and were silenced"
        if self.beyond_full_scale:
            yield f"{self.beyond_full_scale} samples were beyond full scale and were clipped"
        yield from self.changes

    def _promised_s(self) -> Fraction | None:
        """When the stream ends by its header, where that is a statement and not an estimate."""
        if not _PROMISING & set(self.container.format.name.split(",")):
            return None
        if self.stream.duration and self.stream.time_base:
            return ((self.stream.start_time or 0) + self.stream.duration) * self.stream.time_base
        return _clock(self.stream.metadata.get("DURATION", "")) if self._matroska() else None

    def _require_all(self, promised: Fraction | None) -> None:
        ends = {index: end * (self.container.streams[index].time_base or 0) for index, end in self._ends.items()}
        reached = ends.get(self.stream.index, Fraction(0))
        if promised is None and self._matroska():  # its header states the length of the whole alone
            promised, reached = Fraction(self.container.duration or 0, av.time_base), max(ends.values())
        if promised is not None and reached < promised - _MISSING_TAIL_S:
            raise MediaError(
                f"the file was cut short: it ends at {float(reached):.2f} s of the "
                f"{float(promised):.2f} s that its header promises",
                where=self.path,
                fix="Deliver it anew.",
            )

    def _coded_padding(self, last: AudioFrame) -> int:
        """Samples at the very end that only fill the codec's last block, where MP4's index says so."""
        stated = self._promised_s()
        if "mp4" not in self.container.format.name or stated is None or last.pts is None:
            return 0
        own = (stated - last.pts * (last.time_base or Fraction(0))) * last.sample_rate
        return max(0, last.samples - round(own)) if own > 0 else 0

    def _matroska(self) -> bool:
        return "matroska" in self.container.format.name

    def _frames(self) -> Iterator[AudioFrame]:
        """Every frame that decodes; packets that do not are counted, as a player skips them."""
        # the pictures' packets are looked at for their times alone: where the last one ends shows a cut file
        streams = [each for each in (film_stream(self.container), self.stream) if each is not None]
        packets = self.container.demux(*streams)
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:  # the file breaks off inside a packet's header: what came before is whole
                self.bad_packets += 1
                return
            if packet is None:
                return
            index = packet.stream.index
            if packet.pts is not None:
                self._ends[index] = max(self._ends.get(index, 0), packet.pts + (packet.duration or 0))
            if index != self.stream.index:
                continue
            self.packets += packet.size > 0
            try:
                frames = packet.decode()
            except FFmpegError:
                self.bad_packets += 1
                continue
            for frame in frames:
                if isinstance(frame, av.AudioFrame) and frame.samples:
                    yield frame

    def _take(self, frame: AudioFrame, *, padded: int = 0) -> None:
        """Write one frame where it belongs, without the `padded` samples at its end."""
        time = frame.pts * Fraction(frame.time_base) if frame.pts is not None and frame.time_base else None
        for part in self._uniform(frame):
            samples = integers(part)
            self.not_a_number += samples.not_a_number
            self.beyond_full_scale += samples.beyond_full_scale
            values = samples.values[: len(samples.values) - padded]
            if self.flac.format is None:
                self.flac.begin(part, bit_depth=16 if values.dtype == np.int16 else 24)
                self.placement.rate = part.sample_rate
            silence, skip = self.placement.place(time, len(values))
            self.flac.write_silence(silence)
            self.flac.write(values[skip:])
            time = None  # further parts of one frame follow each other

    def _uniform(self, frame: AudioFrame) -> list[AudioFrame]:
        """The frame in the track's rate and layout: a broadcast recording may change both on the way."""
        here = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None:
            if self.flac.format is None:
                count = len(frame.layout.channels)
                self._first = here if count <= MAX_CHANNELS else (here[0], "7.1", here[2])
                if count > MAX_CHANNELS:
                    self.changes.append(f"{count} channels were mixed to 7.1, the most that FLAC holds")
            if here == self._first:
                return [frame]
            kind, layout, rate = self._first
            if self.flac.format is not None:
                self.changes.append(
                    f"the sound changes to {frame.layout.name} at {frame.sample_rate} Hz on the way; "
                    f"it was kept at {layout}, {rate} Hz"
                )
            self._resampler = av.AudioResampler(format=kind, layout=layout, rate=rate)
        elif here == self._first:
            return [frame]
        try:
            return self._resampler.resample(frame)
        except (FFmpegError, ValueError) as error:
            raise MediaError(
                f"its sound ({frame.layout.name}) cannot be mixed to {self._first[1]}",
                where=self.path,
                fix="Deliver the sound in 7.1 or fewer channels.",
            ) from error


def _clock(text: str) -> Fraction | None:
    """Seconds of a Matroska DURATION tag, "00:00:51.947000000"."""
    parts = text.strip("\0 ").split(":")
    try:
        hours, minutes, seconds = (Fraction(part) for part in parts)
    except (ValueError, ZeroDivisionError):
        return None
    return hours * 3600 + minutes * 60 + seconds

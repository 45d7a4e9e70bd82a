"""The facts of a media file, as values: container, streams, exact rates, display size."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AudioStream", "Chapter", "MediaInfo", "SubtitleStream", "VideoStream"]


@dataclass(frozen=True)
class VideoStream:
    """The film's pictures.

    Attributes:
        index: Place among the container's streams.
        codec: FFmpeg's name of the format ("h264"), whichever decoder reads it.
        coded_width: Width of the stored picture in pixels.
        coded_height: Its height.
        width: Width for display, after pixel aspect and rotation.
        height: Its height.
        pixel_aspect: Width of a stored pixel over its height.
        rotation: Clockwise degrees to turn the stored picture for display: 0, 90, 180 or 270.
        frame_rate: Exact, in frames a second; None where the spacing of frames varies.
        average_rate: Frames over duration; the frame rate where that is constant.
        time_base: Seconds in a unit of its timestamps.
        frames: How many there are; None where only reading the whole file would tell. From the gate, the
            number that was decoded.
        pixel_format: FFmpeg's name ("yuv420p10le").
        bit_depth: Bits of a sample.
        hdr: "PQ" (SMPTE ST 2084) or "HLG" (ARIB STD-B67), None for standard dynamic range.
        interlaced: Whether frames hold two fields.
        has_alpha: Whether there is transparency, in the pixels or as VP8/VP9 side data.
    """

    index: int
    codec: str
    coded_width: int
    coded_height: int
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    frame_rate: Fraction | None
    average_rate: Fraction
    time_base: Fraction
    frames: int | None
    pixel_format: str
    bit_depth: int
    hdr: str | None
    interlaced: bool
    has_alpha: bool


@dataclass(frozen=True)
class AudioStream:
    """One sound stream; `codec` is "unknown" and its numbers 0 where no decoder knows it."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    language: str = "und"


@dataclass(frozen=True)
class SubtitleStream:
    """One subtitle stream; `language` is its ISO 639-2 code, "und" where none is given."""

    index: int
    codec: str
    language: str


@dataclass(frozen=True)
class Chapter:
    """A named stretch of the film, in seconds."""

    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True)
class MediaInfo:
    """What a media file is.

    Attributes:
        path: Where it is.
        container: "mp4", "mov", "matroska", "webm", or FFmpeg's first name for the format.
        duration_s: As the container states it; measured to the end of the last packet where it states none.
        size_bytes: Size of the file.
        video: The film's pictures, None where there are none (a cover picture is none).
        audio: Sound streams, in order.
        subtitles: Subtitle streams, in order.
        chapters: In order.
    """

    path: Path
    container: str
    duration_s: float
    size_bytes: int
    video: VideoStream | None
    audio: tuple[AudioStream, ...]
    subtitles: tuple[SubtitleStream, ...]
    chapters: tuple[Chapter, ...]

    def to_json(self) -> dict[str, Any]:
        """The facts as JSON values, rates as "24000/1001"; the file's name without the folder it lies in."""
        facts = asdict(self) | {"file": self.path.name}
        del facts["path"]
        return _json(facts)

    def table(self) -> pd.DataFrame:
        """One row a stream: index, kind, codec, and what applies to its kind (missing elsewhere)."""
        import pandas as pd  # half a second that probing alone need not wait for

        kinds = {
            "video": (self.video,) if self.video else (),
            "audio": self.audio,
            "subtitle": self.subtitles,
        }
        rows = [
            {"index": stream.index, "kind": kind, **_json(asdict(stream))}
            for kind, streams in kinds.items()
            for stream in streams
        ]
        return pd.DataFrame(rows, columns=None if rows else ["index", "kind", "codec"])


def _json(value: Any) -> Any:
    """Values as JSON has them: exact fractions as text, tuples as lists."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, dict):
        return {key: _json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(each) for each in value]
    return value

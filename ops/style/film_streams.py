"""What a film has beside its pictures, carried into its renditions untouched: sound, subtitles, chapters, names.

Sound is copied packet for packet. The file is an MP4; where the film has sound or subtitles that MP4 cannot hold, a
Matroska file, so that nothing is encoded again or dropped for its sake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from av.stream import Disposition

from ops.media.container import film_stream, open_media
from ops.media.ffmpeg import run_ffmpeg
from ops.media.media_info import MediaInfo
from ops.style.film_encoder import mp4_clocks

__all__ = ["CarriedStreams", "carried_streams", "join_streams"]

_SOUND_IN_MP4 = frozenset({"aac", "mp3", "mp2", "ac3", "eac3", "alac", "opus", "flac"})
_TEXT_IN_MP4 = frozenset({"mov_text"})
"""What players find in MP4: FFmpeg also writes Vorbis and PCM there, which hardly any of them reads."""

_OWN_CLOCK = frozenset({"mp4", "mov", "matroska", "webm"})
"""Containers whose zero is the film's own; broadcast streams begin anywhere, and are moved to zero."""

_PICTURE_TAGS = ("language", "title", "handler_name")

_START_S, _A_GIGABYTE_S = 120.0, 600.0
"""Time that joining may take: reading and writing once, even on a slow disk."""


@dataclass(frozen=True)
class CarriedStreams:
    """What comes along.

    Attributes:
        container: "mp4" or "matroska".
        sounds: Streams of sound that are copied.
        subtitles: Subtitle streams that are copied.
        chapters: How many chapters are.
        left_behind: In words, what cannot come along.
        start_s: What is taken from all times, so that the film begins at zero.
        picture_tags: Language and names of the pictures' stream.
        covers: Cover pictures that are copied.
    """

    container: str
    sounds: int
    subtitles: int
    chapters: int
    left_behind: tuple[str, ...] = ()
    start_s: Fraction = Fraction(0)
    picture_tags: Mapping[str, str] = field(default_factory=dict)
    covers: int = 0

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return ".mp4" if self.container == "mp4" else ".mkv"


def carried_streams(path: Path, info: MediaInfo) -> CarriedStreams:
    """What of a film can be carried into its renditions.

    Raises:
        MediaError: It cannot be opened.
    """
    heard = {each.codec for each in info.audio}
    read = {each.codec for each in info.subtitles}
    container = "mp4" if heard <= _SOUND_IN_MP4 and read <= _TEXT_IN_MP4 else "matroska"
    with open_media(path) as opened:
        film = film_stream(opened)
        tags = {name: film.metadata[name] for name in _PICTURE_TAGS if film is not None and name in film.metadata}
        others = [each for each in opened.streams if film is None or each.index != film.index]
        covers = [each for each in others if each.disposition & Disposition.attached_pic]
        start = Fraction(opened.start_time or 0, 1_000_000) if info.container not in _OWN_CLOCK else Fraction(0)
        left = [
            f"a second film (stream {each.index})" for each in others if each.type == "video" and each not in covers
        ]
        left += [f"data (stream {each.index})" for each in others if each.type == "data"]
    unknown = [f"sound in an unknown format (stream {each.index})" for each in info.audio if each.codec == "unknown"]
    if container != "mp4" and covers:
        left, covers = [*left, "the cover picture"], []
    return CarriedStreams(
        container=container,
        sounds=len(info.audio) - len(unknown),
        subtitles=len(info.subtitles),
        chapters=len(info.chapters),
        left_behind=(*left, *unknown),
        start_s=start,
        picture_tags=tags,
        covers=len(covers),
    )


def join_streams(pictures: Path, source: Path, carried: CarriedStreams, out: Path, *, clock: Fraction) -> Path:
    """Join styled pictures with all that their source has beside its own; returns the file.

    Args:
        pictures: The styled pictures, each at its source's time.
        source: The film that they were made from.
        carried: What comes along.
        out: The file to be; its ending is set by the container.
        clock: Seconds in a unit of the pictures' times.

    Raises:
        MediaError: It cannot be written.
    """
    made = out.with_suffix(carried.suffix)
    unfinished = made.with_name(f".{made.stem}.unfinished{carried.suffix}")
    args: list[str | Path] = ["-copyts", "-i", pictures, "-copyts", "-i", source, "-map", "0:v:0"]
    args += [*_kept(source, carried), "-map_metadata", "1", "-map_chapters", "1", "-c", "copy"]
    for name, value in carried.picture_tags.items():
        args += ["-metadata:s:v:0", f"{name}={value}"]
    if carried.start_s:
        args += ["-output_ts_offset", f"{-float(carried.start_s):.6f}"]
    if carried.container == "mp4":
        for name, value in mp4_clocks(clock).items():
            args += [f"-{name}", value]
        args += ["-movflags", "+faststart"]
    args += ["-fflags", "+bitexact", "-max_interleave_delta", "0", "-f", carried.container, unfinished]
    size = source.stat().st_size + pictures.stat().st_size
    try:
        run_ffmpeg(args, timeout_s=_START_S + _A_GIGABYTE_S * size / 1e9)
        unfinished.replace(made)
    finally:
        unfinished.unlink(missing_ok=True)
    return made


def _kept(source: Path, carried: CarriedStreams) -> list[str]:
    """The source's streams that are mapped, one by one: a pattern would also take what cannot be written."""
    with open_media(source) as opened:
        wanted = [each.index for each in opened.streams.audio if each.codec_context is not None]
        wanted += [each.index for each in opened.streams.subtitles]
        if carried.covers:
            wanted += [each.index for each in opened.streams.video if each.disposition & Disposition.attached_pic]
        if carried.container != "mp4":
            wanted += [each.index for each in opened.streams if each.type == "attachment"]
    return [word for index in wanted for word in ("-map", f"1:{index}")]

"""Probing: what a media file says of itself, and what its packets say, without decoding it.

Belongs here: facts. Whether a file may become a title is the gate's to judge (`gate.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.video.reformatter import ColorTrc

from ops.errors import MediaError
from ops.media.container import check_picture_size, film_stream, open_media
from ops.media.display import display_size, sane_pixel_aspect
from ops.media.media_info import AudioStream, Chapter, MediaInfo, SubtitleStream, VideoStream
from ops.media.rates import constant_rate
from ops.media.timestamps import Timestamps, read_timestamps
from ops.progress import Progress, no_progress

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream as CodedVideo

__all__ = ["AudioStream", "Chapter", "MediaInfo", "SubtitleStream", "VideoStream", "probe"]

_UNTIMED_RATE = Fraction(25)
"""Rate of a film that tells none and has a single frame: what FFmpeg assumes for pictures without times."""

_UNORDERED = {"1 channels": "mono", "2 channels": "stereo"}
"""What a container means that gives a number of channels and not their places (WAVE without a mask, WMA)."""

_HDR = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}
_MATROSKA_DURATION = b"\x44\x89"  # RFC 9559, 5.1.2.10; a float of 4 or 8 bytes follows
_INTERLACED_ORDERS = frozenset({2, 3, 4, 5})  # AVFieldOrder: TT, BB, TB, BT; 0 is unknown, 1 progressive


def probe(path: Path, *, progress: Progress = no_progress) -> MediaInfo:
    """Tell what a media file is, reading its header, its index, and a bounded number of packets.

    One frame is decoded, for what only frames know (rotation, interlacing). Frames are counted where the index
    is complete (MP4, MOV; only those whose bytes are there) or the file ends within the bound. A file that states
    no duration is read to its end, still without decoding; `progress` is told how far that is.

    Raises:
        MediaError: Not a readable file; not media; a playlist or whatever leads elsewhere; pictures beyond the
            size limits; a film in a format that cannot be decoded here.
    """
    with open_media(path) as container:
        stream = film_stream(container)
        if stream is not None:
            if stream.codec_context is None:
                raise MediaError(
                    "its video is in a format that cannot be decoded here",
                    where=path,
                    fix="Deliver it as H.264, HEVC, AV1, VP9, ProRes, DNxHD or MPEG-2.",
                )
            check_picture_size(stream.codec_context.width, stream.codec_context.height, path)
        audio, subtitles = _audio(container), _subtitles(container)
        chapters = tuple(_chapters(container))
        stated_s = _stated_duration_s(container, path)
        size_bytes = path.stat().st_size
        timestamps = read_timestamps(
            container, stream, to_the_end=stated_s is None, size_bytes=size_bytes, progress=progress
        )
        video = _video(stream, timestamps) if stream is not None else None
        if video is not None and not (video.coded_width and video.coded_height):
            raise MediaError(
                "the size of its pictures is not told, or beyond what can be decoded",
                where=path,
                fix="Deliver it at 8K or smaller, in a common format.",
            )
        return MediaInfo(
            path=path,
            container=_container_name(container, path),
            duration_s=stated_s if stated_s is not None else timestamps.duration_s,
            size_bytes=size_bytes,
            video=video,
            audio=audio,
            subtitles=subtitles,
            chapters=chapters,
        )


def _video(stream: CodedVideo, timestamps: Timestamps) -> VideoStream:
    context = stream.codec_context
    first = timestamps.first_frame
    rotation = round(-first.rotation / 90) % 4 * 90 if first is not None else 0  # PyAV turns counter-clockwise
    aspect = sane_pixel_aspect(stream.sample_aspect_ratio)
    coded = (first.width, first.height) if first is not None else (context.width, context.height)
    width, height = display_size(*coded, aspect, turned=rotation in {90, 270})
    shape = first.format if first is not None else context.format
    rate = constant_rate(timestamps.times, timestamps.time_base, _stated_rates(stream))
    return VideoStream(
        index=stream.index,
        codec=stream.codec.canonical_name,
        coded_width=coded[0],
        coded_height=coded[1],
        width=width,
        height=height,
        pixel_aspect=aspect,
        rotation=rotation,
        frame_rate=rate,
        average_rate=rate or _average_rate(stream, timestamps),
        time_base=timestamps.time_base,
        frames=len(timestamps.times) if timestamps.complete else None,
        pixel_format=shape.name if shape is not None else "unknown",
        bit_depth=max((part.bits for part in shape.components), default=8) if shape is not None else 8,
        hdr=_HDR.get(_transfer(context, first)),
        interlaced=context.field_order in _INTERLACED_ORDERS or bool(first and first.interlaced_frame),
        has_alpha=stream.metadata.get("alpha_mode") == "1"
        or bool(shape and any(part.is_alpha for part in shape.components)),
    )


def _stated_duration_s(container: InputContainer, path: Path) -> float | None:
    """What the header says, or what FFmpeg measured at the file's end; not what it guesses from a bit rate."""
    if not container.duration or container.duration <= 0:
        return None
    if container.format.name.startswith("matroska"):
        with path.open("rb") as file:
            head = file.read(1 << 16)
        if not any(_MATROSKA_DURATION + size in head for size in (b"\x84", b"\x88")):
            return None  # recorded live: whoever wrote it could not go back to say how long it became
    return container.duration / av.time_base


def _stated_rates(stream: CodedVideo) -> list[Fraction]:
    """What container and codec say, likeliest first; FFmpeg's guess weighs both."""
    stated = (stream.guessed_rate, stream.average_rate, stream.base_rate)
    return [Fraction(rate) for rate in stated if rate]


def _average_rate(stream: CodedVideo, timestamps: Timestamps) -> Fraction:
    """Frames over the time that they fill, where all are known; else what the container says."""
    if timestamps.complete and timestamps.filled > 0:
        return len(timestamps.times) / (timestamps.filled * timestamps.time_base)
    return Fraction(stream.average_rate or stream.guessed_rate or _UNTIMED_RATE)


def _transfer(context: VideoCodecContext, first: VideoFrame | None) -> int:
    """The transfer characteristics, as the frame has them where the header is silent."""
    unspecified = ColorTrc.UNSPECIFIED
    if context.color_trc in {0, unspecified} and first is not None:
        return first.color_trc
    return context.color_trc


def _audio(container: InputContainer) -> tuple[AudioStream, ...]:
    streams = []
    for stream in container.streams.audio:
        language = stream.language or "und"
        if stream.codec_context is None:
            streams.append(AudioStream(stream.index, "unknown", 0, 0, "unknown", language))
            continue
        context = stream.codec_context
        streams.append(
            AudioStream(
                index=stream.index,
                codec=context.codec.canonical_name,
                sample_rate=context.sample_rate or 0,
                channels=context.channels,
                layout=_UNORDERED.get(context.layout.name, context.layout.name),
                language=language,
            )
        )
    return tuple(streams)


def _subtitles(container: InputContainer) -> tuple[SubtitleStream, ...]:
    return tuple(
        SubtitleStream(
            index=stream.index,
            codec=stream.codec_context.codec.canonical_name if stream.codec_context is not None else "unknown",
            language=stream.language or "und",
        )
        for stream in container.streams.subtitles
    )


def _chapters(container: InputContainer) -> Iterator[Chapter]:
    for chapter in container.chapters():
        unit = Fraction(chapter["time_base"] or Fraction(1, av.time_base))
        yield Chapter(
            start_s=float(chapter["start"] * unit),
            end_s=float(chapter["end"] * unit),
            title=chapter["metadata"].get("title", ""),
        )


def _container_name(container: InputContainer, path: Path) -> str:
    """One name where FFmpeg has several for a family: by the brand (MP4) or the document type (WebM)."""
    names = container.format.name.split(",")
    if names[0] == "mov":
        return "mov" if container.metadata.get("major_brand", "qt").strip() == "qt" else "mp4"
    if names[0] == "matroska":
        with path.open("rb") as file:
            return "webm" if b"webm" in file.read(64) else "matroska"
    return names[0]

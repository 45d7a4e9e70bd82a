"""The text subtitles that a film carries: which there are, which of them tells what is said, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ops.audio.samples import main_sound
from ops.media.container import open_media
from ops.media.ffmpeg import run_ffmpeg
from ops.subtitles.files.decoding import MAX_BYTES
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.subtitle_file import Format, ReadCue, SubtitleFile

if TYPE_CHECKING:
    from av.subtitles.stream import SubtitleStream

__all__ = ["TextStream", "TextStreams", "best_stream", "read_stream", "text_streams"]

_TEXT = frozenset({"subrip", "ass", "ssa", "mov_text", "webvtt", "text"})
"""Codecs of text; the others are pictures of it."""

_KEPT = {"ass": Format.ASS, "ssa": Format.ASS, "webvtt": Format.VTT}
"""Codecs that say what SubRip cannot (places, who speaks) and are read as they are; the others become SubRip."""

_TIMEOUT_S = 600


@dataclass(frozen=True)
class TextStream:
    """A stream of text subtitles.

    Attributes:
        index: Its place among the container's streams.
        codec: As FFmpeg calls it: "subrip", "mov_text".
        language: As the container names it: "eng"; empty where it does not.
        forced: Whether it holds the foreign lines alone.
        hearing_impaired: Whether it tells sounds too.
        default: Whether players show it unasked.
        title: What it is called, or empty.
        aside: Whether it is a commentary, or the words of songs.
    """

    index: int
    codec: str
    language: str = ""
    forced: bool = False
    hearing_impaired: bool = False
    default: bool = False
    title: str = ""
    aside: bool = False


@dataclass(frozen=True)
class TextStreams:
    """What a film carries.

    Attributes:
        streams: The text streams, in the container's order.
        spoken: The language of the film's sound, as the container names it, or empty.
        notes: Of streams that are pictures of text, which are not read.
    """

    streams: tuple[TextStream, ...]
    spoken: str
    notes: tuple[str, ...] = ()


def text_streams(film: Path) -> TextStreams:
    """List a film's text subtitles.

    Raises:
        MediaError: It cannot be opened.
    """
    with open_media(film) as container:
        found = [(stream, _codec(stream)) for stream in container.streams.subtitles]
        sound = main_sound(container)
        spoken = sound.language if sound is not None else None
        streams = tuple(_described(stream, codec) for stream, codec in found if codec in _TEXT)
        notes = tuple(
            f"Subtitle stream {stream.index} ({codec or 'of an unknown kind'}) is not text and is not read."
            for stream, codec in found
            if codec not in _TEXT
        )
    return TextStreams(streams, spoken or "", notes)


def best_stream(streams: Iterable[TextStream], *, spoken: str) -> TextStream | None:
    """The stream that tells what is said; None where there is none.

    Not a forced one; before all not a commentary; then in the language of the sound; then one without descriptions of
    sounds, which nobody says; then the default one; then the first.

    Args:
        streams: Of a film.
        spoken: The language of its sound, as the container names it.
    """

    def rank(stream: TextStream) -> tuple[bool, bool, bool, bool, int]:
        in_language = bool(spoken) and stream.language == spoken
        return not stream.aside, in_language, not stream.hearing_impaired, stream.default, -stream.index

    return max((stream for stream in streams if not stream.forced), key=rank, default=None)


def read_stream(film: Path, stream: TextStream, *, origin_s: Fraction | float, folder: Path) -> SubtitleFile:
    """Read a stream; times count from the film's first picture.

    A cue that ends before that picture is left out, and one that begins before it begins with it.

    Args:
        film: The film.
        stream: One of its text streams.
        origin_s: When its first picture is shown, on the container's clock.
        folder: For the stream's text; nothing is left in it.

    Raises:
        MediaError: The stream cannot be read.
    """
    kind = _KEPT.get(stream.codec, Format.SRT)
    text = folder / f"stream{stream.index}.{kind}"
    codec = "copy" if stream.codec in _KEPT else "subrip"
    muxer = "webvtt" if kind is Format.VTT else str(kind)
    args = ["-copyts", "-i", film, "-map", f"0:{stream.index}", "-c:s", codec, "-f", muxer, text]
    try:
        run_ffmpeg(args, timeout_s=_TIMEOUT_S, max_output_bytes=MAX_BYTES)
        if not text.stat().st_size:
            return SubtitleFile(kind, (), stream.language, ("The stream holds no cues.",))
        file = read_subtitles(text, format=kind)
    finally:
        text.unlink(missing_ok=True)
    cues = [moved for cue in file.cues if (moved := _from_first_picture(cue, Fraction(origin_s))) is not None]
    notes = file.notes
    if len(cues) < len(file.cues):
        notes = (*notes, f"{len(file.cues) - len(cues)} cues end before the first picture and are left out.")
    return SubtitleFile(kind, tuple(cues), stream.language, notes)


def _codec(stream: SubtitleStream) -> str:
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else ""


def _described(stream: SubtitleStream, codec: str) -> TextStream:
    from av.stream import Disposition

    flags = stream.disposition
    return TextStream(
        index=stream.index,
        codec=codec,
        language=stream.language or "",
        forced=bool(flags & Disposition.forced),
        hearing_impaired=bool(flags & Disposition.hearing_impaired),
        default=bool(flags & Disposition.default),
        title=stream.metadata.get("title", ""),
        aside=bool(flags & (Disposition.comment | Disposition.lyrics)),
    )


def _from_first_picture(cue: ReadCue, origin_s: Fraction) -> ReadCue | None:
    if cue.end_s <= origin_s:
        return None
    return replace(cue, start_s=max(Fraction(0), cue.start_s - origin_s), end_s=cue.end_s - origin_s)

"""The gate: what a file must be to become a title.

Belongs here: the judgement and its limits. A refusal says what is wrong, with numbers, and what to do; the title
then waits in quarantine. Valid but unusual files pass: sound longer than the picture, a start that is not zero, a
gap of an hour, a variable frame rate, a single frame, transparency, a recording that begins or ends inside a group
of pictures.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ops.errors import MediaError
from ops.media.container import check_file, film_stream, open_media
from ops.media.isolation import run_isolated
from ops.media.library_log import library_log
from ops.media.media_info import MediaInfo, VideoStream
from ops.media.outline import breaks_off, iso_outline
from ops.media.probe import probe
from ops.media.rates import constant_rate
from ops.media.read_through import FilmReading, read_through
from ops.media.timestamps import filled
from ops.progress import Progress, no_progress

__all__ = ["MAX_DURATION_S", "MIN_SIDE", "inspect_film", "require_film"]

MIN_SIDE = 16
"""Shortest side of a film in pixels: one macroblock. Below, there is nothing to look at, nor to choose from."""

MAX_DURATION_S = 24 * 3600.0
"""Longest film: a day. What claims to be longer has a wrong timestamp, or is a recorder that nobody stopped."""

_STALL_S = 120.0
"""A decoder that gives nothing for so long is hung: an 8K frame takes 2 s on one slow core."""

_MEMORY_BYTES = 12 << 30
"""Address space of the check: twice what the largest picture that may pass needs (192 MiB at 10 bit) with 16
references and 16 threads."""

_LOST_FRAMES = 2
"""Frames that may be missing at the end: recorders and cutters leave the last one or two unfinished."""

_LOST_S = 0.25
"""Time that may be missing at the end where a header promises seconds. Muxers round to a packet of sound: of 90
sound files none was out by more than 0.05 s."""

_LOST_HEAD_S = 1.0
"""Time that may be undecodable at the start: leading pictures of an open group of pictures, and edits that begin
inside one. Recordings off the air or off a card begin wherever the button was pressed: up to a group of pictures."""

_LOST_HEAD_RECORDED_S = 12.0
_REORDERED = 16
"""Frames by which a complaint may run ahead of the pictures that it is about: the deepest reordering there is.
At the start of a recording it is about pictures that refer to what was before."""

_RECORDINGS = frozenset({"mpegts", "mpeg", "dv", "wtv", "ty", "pva", "nsv"})

_PROMISING = frozenset({"matroska", "webm", "avi", "asf", "flv", "mxf", "mov", "mp4"})
"""Containers whose header states a duration. Of the others FFmpeg measures or guesses it."""

_AGAIN = "Deliver the file again, or export it again if the copy at its source is broken too."


def require_film(path: Path, *, progress: Progress = no_progress) -> MediaInfo:
    """Let a film pass, with what is known of it after reading it to its end, or say why it cannot become a title.

    The work is done in a process of its own (`isolation.py`): one decode, on all cores.

    Args:
        path: The file.
        progress: Told of the share of the film that is read.

    Returns:
        What `probe` tells, with frames counted as decoded and the rate judged by all of them.

    Raises:
        MediaError: It is not a film, is cut short, damaged, hostile, or beyond the limits.
    """
    check_file(path)
    info = run_isolated(inspect_film, path, stall_s=_STALL_S, memory_bytes=_MEMORY_BYTES, progress=progress)
    progress(1.0)
    return info


def inspect_film(path: Path, progress: Progress) -> MediaInfo:
    """Do the gate's work in this process; for files that one has reason to trust."""
    info = probe(path, progress=lambda fraction: progress(0.0))
    video = _moving_picture(info)
    _check_limits(info, video)
    reading = _read(info, progress)
    fault = _cut_short(info, reading) or _lost_head(info, reading)
    if fault is None and any(_faults(info, reading)):  # with several threads it is left to chance what is told where
        fault = _damage(info, _read(info, lambda fraction: progress(1.0), threads=1))
    if fault:
        raise MediaError(fault, where=path, fix=_AGAIN)
    if info.container == "gif" and reading.frames == 1:
        raise MediaError("it is a GIF of a single picture, not a film", where=path, fix="Deliver a video file.")
    return replace(info, video=_as_read(video, reading))


def _moving_picture(info: MediaInfo) -> VideoStream:
    """The film's pictures, or the reason why there are none."""
    if info.video is not None:
        return info.video
    if info.audio:
        sound = info.audio[0]
        what = f"it holds sound only ({sound.codec}, {sound.layout}), no moving picture"
        raise MediaError(what, where=info.path, fix="Deliver the film with its pictures.")
    what = f"its {info.container} header announces no stream of pictures or sound"
    raise MediaError(what, where=info.path, fix=_AGAIN)


def _check_limits(info: MediaInfo, video: VideoStream) -> None:
    if min(video.width, video.height) < MIN_SIDE:
        raise MediaError(
            f"its pictures are {video.width}x{video.height}, smaller than {MIN_SIDE} pixels a side",
            where=info.path,
            fix="Deliver it at its full size.",
        )
    if info.duration_s > MAX_DURATION_S:
        raise MediaError(
            f"it claims to last {info.duration_s / 3600:.0f} hours, beyond the limit of {MAX_DURATION_S / 3600:.0f}",
            where=info.path,
            fix="Cut it into parts, or mend its timestamps.",
        )
    outline = iso_outline(info.path)
    if outline is not None and outline.films > 1:
        raise MediaError(
            f"it is {outline.films} MP4 files put one behind the other, of which players show only the first "
            f"({info.duration_s:.1f} s)",
            where=info.path,
            fix="Join them properly (FFmpeg's concat demuxer), or deliver the first alone.",
        )


def _read(info: MediaInfo, progress: Progress, *, threads: int = 0) -> FilmReading:
    with open_media(info.path) as container, library_log() as log:
        film = film_stream(container)
        assert film is not None  # probing found it
        return read_through(container, film, log, duration_s=info.duration_s, progress=progress, threads=threads)


def _cut_short(info: MediaInfo, reading: FilmReading) -> str | None:
    """Compare what could be read with what the container promises."""
    if reading.indexed is not None and reading.indexed - reading.packets > _LOST_FRAMES:
        share = reading.packets / reading.indexed
        return f"the header promises {reading.indexed:,} frames, only {reading.packets:,} can be read ({share:.0%})"
    missing_s = info.duration_s - max(reading.end_s, reading.end_s - reading.start_s)
    if reading.indexed is None and info.container in _PROMISING and missing_s > _LOST_S:
        read_s = info.duration_s - missing_s
        return (
            f"the header promises {info.duration_s:.1f} s, only {read_s:.1f} s ({reading.frames:,} frames) can be "
            f"read ({read_s / info.duration_s:.0%})"
        )
    for index, read, announced in reading.sound:
        if announced and (1 - read / announced) * info.duration_s > _LOST_S:
            return f"its sound (stream {index}) breaks off: {read / announced:.0%} of it can be read"
    broken = breaks_off(info.path)
    if broken is None and not reading.frames:
        assert info.video is not None  # that of a film
        if reading.packets:
            return f"none of its {reading.packets:,} frames ({info.video.codec}) can be decoded"
        return f"its header announces video ({info.video.codec}), but not one frame is there"
    return broken


def _lost_head(info: MediaInfo, reading: FilmReading) -> str | None:
    limit = _LOST_HEAD_RECORDED_S if info.container in _RECORDINGS else _LOST_HEAD_S
    lost_s = reading.lost_head_s
    whole = reading.first_whole or 0
    if any(place < whole for place in (*reading.damaged, *reading.complained)):
        lost_s += reading.time_s(whole)
    return f"its first {lost_s:.1f} s cannot be decoded" if lost_s > limit else None


def _damage(info: MediaInfo, reading: FilmReading) -> str | None:
    """Tell of damage to the container or to the frames, but for the ragged edges of a recording."""
    torn, damaged, complained = _faults(info, reading)
    decoder, demuxer = (f" ({words})" if words else "" for words in reading.words)
    if torn:
        places = f"in {len(torn):,} places" if len(torn) > 1 else "in one place"
        return f"the container is damaged {places}, first at {reading.time_s(torn[0]):.2f} s{demuxer}"
    damaged = damaged or complained
    if not damaged:
        return None
    frames = f"{len(damaged):,} of its {reading.frames:,} frames {'are' if len(damaged) > 1 else 'is'} damaged"
    return f"{frames}, first at {reading.time_s(damaged[0]):.2f} s{decoder}"


def _faults(info: MediaInfo, reading: FilmReading) -> tuple[list[int], list[int], list[int]]:
    """Where the container is torn, where frames are damaged, where the decoder complained; but for the edges."""
    first = reading.first_whole or 0
    last = reading.frames - _LOST_FRAMES if reading.frames > 10 * _LOST_FRAMES else reading.frames + 1
    recorded = info.container in _RECORDINGS
    leading = first + _REORDERED if recorded else first
    return (
        [place for place in reading.torn if not recorded or first <= place < last],
        [place for place in reading.damaged if first <= place < last],
        [place for place in reading.complained if leading <= place < last],
    )


def _as_read(video: VideoStream, reading: FilmReading) -> VideoStream:
    """The stream with its frames counted and its rate judged by the times of all of them."""
    stated = [video.frame_rate] if video.frame_rate else []
    rate = constant_rate(reading.times, reading.time_base, [*stated, video.average_rate])
    shown = filled(reading.times, reading.last_duration)
    average = reading.frames / (shown * reading.time_base) if shown > 0 else video.average_rate
    return replace(video, frames=reading.frames, frame_rate=rate, average_rate=rate or average)

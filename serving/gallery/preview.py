"""Which film a gallery page plays: the master itself where a browser can, else a small encode of it.

Browsers agree on H.264 with AAC or MP3 in MP4, and on VP8 or VP9 with Vorbis or Opus in WebM, 8 bits, 4:2:0.
"""

from __future__ import annotations

from pathlib import Path

from ops.media.ffmpeg import run_ffmpeg
from ops.media.film_reader import open_film
from ops.media.media_info import MediaInfo, VideoStream
from ops.media.probe import probe
from ops.progress import Progress, no_progress
from serving.gallery.film import INLINE_LIMIT_BYTES, MEDIA_TYPES

__all__ = ["browser_preview", "plays_in_browsers"]

SHORT_SIDE = 360
"""Pixels of the preview's shorter side; enough to judge cuts and faces, 1 to 3 MB a minute."""

_CODECS = {"video/mp4": ({"h264"}, {"aac", "mp3"}), "video/webm": ({"vp8", "vp9"}, {"vorbis", "opus"})}
_PIXELS = {"yuv420p", "yuvj420p", "yuva420p"}
_STILL_S = 0.05
"""A first picture later than this would shift every shot on the timeline against the player."""

_TO_SDR = (
    "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,tonemap=hable:desat=0,"
    "zscale=transfer=bt709:matrix=bt709:range=tv"
)
"""HDR to what every screen shows; 203 cd/m² is reference white (ITU-R BT.2408)."""


def plays_in_browsers(info: MediaInfo) -> bool:
    """Whether every common browser plays this file as it is: container, codecs, pixels, dynamic range."""
    video, kind = info.video, MEDIA_TYPES.get(info.path.suffix.lower())
    if video is None or kind is None or kind != f"video/{info.container}":
        return False
    pictures, sounds = _CODECS[kind]
    return (
        video.codec in pictures
        and video.pixel_format in _PIXELS
        and video.hdr is None
        and not video.interlaced
        and all(track.codec in sounds for track in info.audio[:1])
    )


def browser_preview(film: Path, into: Path, *, progress: Progress = no_progress) -> Path:
    """The file that a gallery page should play for this film.

    The film itself where browsers play it, it is at most 12 MB and its first picture is shown at once; else
    `into/preview.mp4`: H.264 and AAC, at most 360 pixels on its shorter side, upright, square pixels, SDR,
    starting at the first picture.

    Args:
        film: The film.
        into: Folder for the encode; made if needed.
        progress: Told how far the encode is.

    Raises:
        MediaError: It is no film, or cannot be encoded.
    """
    info = probe(film)
    starts_s = _first_picture_s(film)
    if info.size_bytes <= INLINE_LIMIT_BYTES and starts_s <= _STILL_S and plays_in_browsers(info):
        return film
    assert info.video is not None  # it has a first picture
    into.mkdir(parents=True, exist_ok=True)
    preview, part = into / "preview.mp4", into / ".preview.part.mp4"
    try:
        run_ffmpeg(
            _encode(info, info.video, starts_s, part),
            timeout_s=max(120.0, 4 * info.duration_s),
            progress=progress,
            duration_s=info.duration_s,
        )
        part.replace(preview)
    finally:
        part.unlink(missing_ok=True)
    return preview


def _first_picture_s(film: Path) -> float:
    with open_film(film) as reader:
        return float(reader.first_pts * reader.time_base)


def _encode(info: MediaInfo, video: VideoStream, starts_s: float, out: Path) -> list[str | Path]:
    width, height = _size(video.width, video.height)
    filters = ["bwdif=mode=send_frame:deint=interlaced"] if video.interlaced else []
    filters += [_TO_SDR] if video.hdr else []
    filters += [f"scale={width}:{height}:flags=bicubic", "setsar=1", "format=yuv420p"]
    # a millisecond early: a seek that rounds past the first picture would drop it
    seek = ["-seek_timestamp", "1", "-ss", f"{starts_s - 0.001:.3f}"] if starts_s > 0.001 else []
    return [
        *seek, "-i", info.path, "-map", f"0:{video.index}", "-map", "0:a:0?", "-sn", "-dn",
        "-map_metadata", "-1", "-map_chapters", "-1", "-vf", ",".join(filters),
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-profile:v", "main", "-g", "48",
        "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-movflags", "+faststart", out,
    ]  # fmt: skip


def _size(width: int, height: int) -> tuple[int, int]:
    """Even numbers, as 4:2:0 needs them, never enlarged."""
    scale = min(1.0, SHORT_SIDE / min(width, height))
    return max(2, 2 * round(width * scale / 2)), max(2, 2 * round(height * scale / 2))

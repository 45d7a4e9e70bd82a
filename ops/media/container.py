"""Opening a media file safely: the one door between a delivered file and FFmpeg's demuxers.

Belongs here: what may be opened, how, and within which limits. Reading facts is `probe.py`, judging is `gate.py`.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError
from av.stream import Disposition

from ops.errors import MediaError
from ops.media.outline import lost_index
from ops.media.signature import Family, Signature, signature_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["MAX_PIXELS", "MAX_SIDE", "check_file", "check_picture_size", "film_stream", "open_media"]

MAX_SIDE = 16_384
"""Longest side of a picture, in pixels: 16K, the largest that H.264, HEVC and AV1 levels allow for."""

MAX_PIXELS = 8_192 * 8_192
"""Most pixels of a picture: 8K in any shape, spherical video too. A decoder holds up to 16 pictures and a few
for its threads; at 4:2:0 and 8 bit these are 100 MB each, so that a bomb costs 2 GB at most and not a machine."""

_FILM_DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,live_flv,kux,asf,asf_o,mxf,mxf_opatom,gxf,ogg,gif,"
    "rm,nut,ivf,yuv4mpegpipe,dv,wtv,nsv,nuv,lxf,mlv,cine,mtv,vividas,viv,vivo,pva,ty,mods,moflex,dhav,iv8,ivr"
)
_SOUND_DEMUXERS = (
    "wav,w64,flac,mp3,aac,aiff,caf,au,ac3,eac3,ac4,dts,dtshd,truehd,mlp,amr,amrnb,amrwb,ape,wv,tta,tak,mpc,mpc8,"
    "shn,voc,oma,iamf,rso,sox,qcp,dsf"
)
"""Containers of moving pictures and of sound. Left out on purpose: what names other files (HLS, DASH, concat,
SDP, image sequences), what draws text (tty), capture devices, single pictures, and raw streams, which have no
timestamps. FFmpeg holds to the list after it has looked at the first bytes and before a demuxer reads on."""

_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": f"{_FILM_DEMUXERS},{_SOUND_DEMUXERS}",
    "enable_drefs": "0",  # a QuickTime track may point into another file
}

_AGAIN = "Deliver the file again, or export it again if the copy at its source is broken too."


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open a file of moving pictures or sound, and nothing that it names.

    Raises:
        MediaError: Not a readable file, not media (a playlist, text, a picture, …), or unreadable media.
    """
    signature = check_file(path)
    try:
        container = av.open(f"file:{path.absolute()}", container_options=_OPTIONS, metadata_errors="replace")
    except (FFmpegError, ValueError) as error:
        raise _unreadable(path, signature.name if signature else None, error) from error
    with container:
        yield container


def check_file(path: Path) -> Signature | None:
    """See that a path leads to a readable file that could be media by its first bytes, without FFmpeg.

    A link to one is as good. Returns what the bytes say it is; None where they say nothing.

    Raises:
        MediaError: No file, no regular file, unreadable, empty; or a playlist, a text, a picture, an archive, …
    """
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            with path.open("rb"):
                pass
    except FileNotFoundError as error:
        raise MediaError("there is no such file", where=path, fix="Check the path.") from error
    except PermissionError as error:
        raise MediaError("the file may not be read", where=path, fix="Give read permission.") from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise MediaError(f"the file cannot be opened ({reason})", where=path, fix="Check the path.") from error
    if stat.S_ISDIR(status.st_mode):
        raise MediaError("it is a folder", where=path, fix="Name the file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise MediaError("it is a pipe or a device, not a file", where=path, fix="Deliver a file.")
    if status.st_size == 0:
        raise MediaError("the file is empty (0 bytes)", where=path, fix=_AGAIN)
    signature = signature_of(path)
    if signature is not None and signature.family is not Family.MEDIA:
        raise MediaError(signature.complaint, where=path, fix=signature.fix)
    return signature


def film_stream(container: InputContainer) -> VideoStream | None:
    """The first video stream that is a film: not a cover picture, not a strip of preview pictures.

    None where there is none. Its decoder is set to refuse pictures beyond `MAX_PIXELS`, also where a stream
    grows midway.
    """
    pictures = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    for stream in container.streams.video:
        if not stream.disposition & pictures:
            if stream.codec_context is not None:
                stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            return stream
    return None


def check_picture_size(width: int, height: int, path: Path) -> None:
    """Refuse pictures that would exhaust the machine, from the header alone.

    Raises:
        MediaError: A side is beyond `MAX_SIDE`, or the area beyond `MAX_PIXELS`.
    """
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise MediaError(
            f"its pictures are {width}x{height}, beyond the limit of {MAX_PIXELS / 1e6:.0f} megapixels "
            f"and {MAX_SIDE} pixels a side",
            where=path,
            fix="Deliver it at 8K or smaller.",
        )


def _unreadable(path: Path, kind: str | None, error: Exception) -> MediaError:
    if kind is None:
        return MediaError(
            "nothing in it is a film or a sound that could be recognised",
            where=path,
            fix="Deliver a video file (MP4, MOV, MKV, WebM, MPEG, AVI, MXF, GIF, …).",
        )
    lost = lost_index(path)
    if lost is not None:
        return MediaError(lost, where=path, fix=_AGAIN)
    reason = error.strerror if isinstance(error, FFmpegError) else str(error)
    return MediaError(f"it begins as {kind} but cannot be opened ({reason})", where=path, fix=_AGAIN)

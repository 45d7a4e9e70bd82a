"""Which encoder makes the pictures: what a setting asks for, held against what really encodes on this machine.

A list of encoders proves nothing: FFmpeg has NVENC compiled in on machines without a GPU. So each is asked to encode
one picture, once a process. All pieces of a trailer are encoded by one encoder with the same parameters, in closed
groups of pictures, so that they can be joined without encoding again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from ops.errors import MediaError, SettingsError
from ops.media.ffmpeg import ffmpeg_program, run_ffmpeg

__all__ = ["Choice", "Encoder", "choose_encoder", "h264_level", "timescale", "video_args", "works"]

_PROBE_S = 30
_PROBE_SIZE = "256x256"
"""NVENC refuses pictures below 145x145, so that a smaller probe would find no GPU anywhere."""

_GROUP_S = 2
"""Longest group of pictures: what players and ladders want to seek and switch by."""


class Encoder(StrEnum):
    """What can be asked for."""

    AUTO = "auto"
    """NVENC where it works, else x264."""
    NVENC = "nvenc"
    X264 = "x264"
    SVTAV1 = "svtav1"


_NAMES = {Encoder.NVENC: "h264_nvenc", Encoder.X264: "libx264", Encoder.SVTAV1: "libsvtav1"}


@dataclass(frozen=True)
class Choice:
    """What encodes, and why.

    Attributes:
        encoder: Never `AUTO`.
        why: In words, for the record.
    """

    encoder: Encoder
    why: str


def choose_encoder(wanted: Encoder) -> Choice:
    """Find what a setting comes to on this machine.

    Raises:
        SettingsError: x264 or SVT-AV1 is asked for, and does not work here.
    """
    if wanted in (Encoder.AUTO, Encoder.NVENC):
        fault = _fault(Encoder.NVENC, ffmpeg_program())
        if not fault:
            return Choice(Encoder.NVENC, "NVENC encoded a test picture")
        asked = "NVENC was asked for, and" if wanted is Encoder.NVENC else "NVENC"
        return Choice(_working(Encoder.X264), f"{asked} does not work here ({fault}), so x264 encodes")
    return Choice(_working(wanted), f"{wanted} was asked for")


def works(encoder: Encoder) -> bool:
    """Whether an encoder has encoded a picture here."""
    return not _fault(encoder, ffmpeg_program())


def video_args(encoder: Encoder, size: tuple[int, int], rate: Fraction) -> list[str]:
    """FFmpeg's arguments for the pictures of a piece, the same for all pieces of a trailer."""
    group = max(1, int(_GROUP_S * rate))
    args = ["-c:v", _NAMES[encoder], "-g", str(group)]
    if encoder is Encoder.X264:
        args += ["-preset", "veryfast", "-crf", "18", "-profile:v", "high", "-level:v", h264_level(size, rate)]
        args += ["-bf", "2", "-threads", "1"]
        # stitchable: headers do not depend on the content, so that those of the first piece serve all
        args += ["-x264-params", "stitchable=1:open-gop=0"]
    elif encoder is Encoder.NVENC:
        args += ["-preset", "p5", "-tune", "hq", "-rc", "vbr", "-cq", "21", "-b:v", "0", "-spatial-aq", "1"]
        args += ["-temporal-aq", "1", "-bf", "3", "-strict_gop", "1", "-forced-idr", "1", "-profile:v", "high"]
        args += ["-level:v", h264_level(size, rate)]
    else:
        args += ["-preset", "9", "-crf", "26", "-svtav1-params", "lp=1:irefresh-type=2:scd=0"]
    args += ["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    # a timescale that holds every frame of the rate exactly
    clock = str(timescale(rate))
    return [*args, "-color_range", "tv", "-video_track_timescale", clock, "-movie_timescale", clock]


def h264_level(size: tuple[int, int], rate: Fraction) -> str:
    """The least level (ISO/IEC 14496-10, table A-1) that holds the picture; at least 3.0.

    Raises:
        MediaError: None does.
    """
    blocks = -(-size[0] // 16) * -(-size[1] // 16)
    for level, a_second, a_frame in _LEVELS:
        if blocks <= a_frame and blocks * rate <= a_second:
            return level
    raise MediaError(f"{size[0]}x{size[1]} at {float(rate):g} frames a second is beyond H.264", where="encoder")


_LEVELS = (
    ("3.0", 40_500, 1_620),
    ("3.1", 108_000, 3_600),
    ("3.2", 216_000, 5_120),
    ("4.0", 245_760, 8_192),
    ("4.2", 522_240, 8_704),
    ("5.0", 589_824, 22_080),
    ("5.1", 983_040, 36_864),
    ("5.2", 2_073_600, 36_864),
)
"""Name, macroblocks a second, macroblocks a frame."""


def timescale(rate: Fraction) -> int:
    """Ticks a second of a clock on which every frame of the rate lies exactly: 12 kHz or more."""
    return rate.numerator * max(1, -(-12_000 // rate.numerator))


def _working(encoder: Encoder) -> Encoder:
    fault = _fault(encoder, ffmpeg_program())
    if fault:
        raise SettingsError(
            f"{encoder} does not encode here ({fault})", where="trailer encoder", fix="Set it to auto or x264."
        )
    return encoder


@lru_cache(maxsize=16)
def _fault(encoder: Encoder, program: str) -> str:
    """Why an encoder does not encode a picture with this FFmpeg; an empty string where it does."""
    size = (256, 256)
    picture = f"testsrc2=size={_PROBE_SIZE}:rate=24"
    args = ["-f", "lavfi", "-i", picture, "-frames:v", "1", *video_args(encoder, size, Fraction(24))]
    try:
        run_ffmpeg([*_for_lavfi(args), "-f", "null", "-"], timeout_s=_PROBE_S)
    except MediaError as error:
        said = [line.rpartition("] ")[2].strip() for line in error.what.partition(": ")[2].split(" | ")]
        return next((line for line in said if "encoder" in line.lower()), said[0] or error.what)
    return ""


def _for_lavfi(args: list[str]) -> list[str]:
    """Without the timescales, which only files have."""
    return args[: args.index("-video_track_timescale")] + args[args.index("-movie_timescale") + 2 :]

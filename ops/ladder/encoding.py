"""Encoding: one decode of the film, its pictures split to every rung's encoder and muxer, the sound beside them.

One process for all rungs took 16.6 s for 30 s of 720p on two busy cores (19 s of processor time), one a rung 20.7 s:
the decode is shared and the encoders fill each other's gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ops.ladder.rungs import Rung
from ops.media.ffmpeg import run_ffmpeg
from ops.progress import Progress

__all__ = ["SEGMENT_S", "VideoEncode", "encode_sound", "encode_video", "frames_a_segment", "video_args"]

SEGMENT_S = 2
"""Seconds from key frame to key frame, in every rung the same: where a player may change rungs."""

_THREADS = "1"
"""One an encoder, as the rungs' encoders run side by side. With two, x264 gave other bytes in 18 of 168 encodes of one
and the same film; with one, in none."""

_FRAGMENTS = "+cmaf+frag_keyframe+delay_moov+global_sidx+skip_trailer"
"""CMAF track files: a fragment a key frame, an index of them in front (ISO/IEC 14496-12, 8.16.3). `delay_moov` puts
the encoder's delay into an edit list, so that pictures and sound begin at 0 exactly."""

_BIT_EXACT = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")


@dataclass(frozen=True)
class VideoEncode:
    """How one rung is encoded.

    Attributes:
        rung: Its size.
        crf: Constant quality (x264's CRF, NVENC's CQ); the rate is what it takes.
        max_rate: Bits a second that it may take at most over a segment; None where nothing bounds it.
        path: The track file to write.
    """

    rung: Rung
    crf: float
    max_rate: int | None
    path: Path


def frames_a_segment(rate: Fraction) -> int:
    """Frames from key frame to key frame."""
    return max(1, round(SEGMENT_S * rate))


def encode_video(
    inputs: Sequence[str | Path],
    graph: str,
    encodes: Sequence[VideoEncode],
    *,
    rate: Fraction,
    encoder: str,
    timeout_s: float,
    stills: Sequence[tuple[str, Path]] = (),
    key_frames: Sequence[int] = (),
    progress: Progress | None = None,
    duration_s: float | None = None,
) -> float:
    """Encode a film in several sizes at once; returns the seconds it took.

    Args:
        inputs: FFmpeg's inputs.
        graph: The filter that makes one stream [film] of them.
        encodes: What to write.
        rate: The film's frame rate, kept.
        encoder: FFmpeg's name of the H.264 encoder: "libx264" or "h264_nvenc".
        timeout_s: Time after which it is given up.
        stills: Filters that make raw RGB pictures of the film in passing, and the files that take them.
        key_frames: Frames at which a group of pictures must begin besides, as a film in samples asks.
        progress: Told how far it is.
        duration_s: Length of what is written.

    Raises:
        MediaError: The film cannot be decoded, or the encoder fails.
    """
    copies = len(encodes) + len(stills)
    parts = [graph, f"[film]split={copies}" + "".join(f"[c{number}]" for number in range(copies))]
    outputs: list[str | Path] = []
    forced = ["-force_key_frames", ",".join(f"{float(each / rate):.6f}" for each in key_frames)] if key_frames else []
    for number, encode in enumerate(encodes):
        size = f"scale={encode.rung.width}:{encode.rung.height}:flags=bicubic,setsar=1,format=yuv420p"
        parts.append(f"[c{number}]{size}[v{number}]")
        outputs += ["-map", f"[v{number}]", *video_args(encode, rate=rate, encoder=encoder), *forced, encode.path]
    for number, (picture, path) in enumerate(stills, start=len(encodes)):
        parts.append(f"[c{number}]{picture},format=rgb24[v{number}]")
        outputs += ["-map", f"[v{number}]", "-fps_mode", "passthrough", "-f", "rawvideo", path]
    run = run_ffmpeg(
        [*inputs, "-filter_complex", ";".join(parts), *outputs],
        timeout_s=timeout_s,
        progress=progress,
        duration_s=duration_s,
    )
    return run.seconds


def video_args(encode: VideoEncode, *, rate: Fraction, encoder: str) -> list[str]:
    """The arguments of one encoded output: closed groups of pictures of exactly one segment, nothing of the moment."""
    group = str(frames_a_segment(rate))
    args = ["-c:v", encoder, "-g", group, "-bf", "3", "-fps_mode", "passthrough"]
    if encoder == "libx264":
        args += ["-preset", "veryfast", "-crf", f"{encode.crf:.2f}", "-keyint_min", group, "-sc_threshold", "0"]
        args += ["-profile:v", "high", "-threads", _THREADS]
    else:
        args += ["-preset", "p5", "-tune", "hq", "-rc", "vbr", "-cq", f"{encode.crf:.2f}", "-b:v", "0"]
        args += ["-spatial-aq", "1", "-temporal-aq", "1", "-no-scenecut", "1", "-forced-idr", "1", "-strict_gop", "1"]
    if encode.max_rate is not None:
        args += ["-maxrate", str(encode.max_rate), "-bufsize", str(encode.max_rate * SEGMENT_S)]
    bit_exact = [*_BIT_EXACT[:-1], "+bitexact+cgop"]
    return [*args, *bit_exact, "-an", "-sn", "-dn", "-f", "mp4", "-movflags", _FRAGMENTS]


def encode_sound(film: Path, path: Path, *, bit_rate: int | None, timeout_s: float) -> None:
    """Write the film's first sound stream as a track file of its own.

    Args:
        film: The film.
        path: The track file.
        bit_rate: Bits a second of stereo AAC; None copies the film's own AAC, which loses nothing.
        timeout_s: Time after which it is given up.

    Raises:
        MediaError: The sound cannot be read.
    """
    coding = ["-c:a", "copy"] if bit_rate is None else ["-c:a", "aac", "-b:a", str(bit_rate), "-ac", "2"]
    run_ffmpeg(
        [
            "-i", film, "-map", "0:a:0", *coding, *_BIT_EXACT, "-vn", "-sn", "-dn", "-f", "mp4",
            "-movflags", _FRAGMENTS.replace("+frag_keyframe", ""), "-frag_duration", str(SEGMENT_S * 1_000_000), path,
        ],
        timeout_s=timeout_s,
    )  # fmt: skip

"""The FFmpeg program as an independent witness: another build and version than the libraries under test."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

__all__ = ["Testimony", "count_frames", "ffmpeg", "first_frame", "look_at"]


def ffmpeg(*args: str | Path, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run the program as it is, without the code under test."""
    words = [f"file:{arg.absolute()}" if isinstance(arg, Path) else arg for arg in args]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", *words]
    return subprocess.run(command, capture_output=True, check=check, timeout=120)


@dataclass(frozen=True)
class Testimony:
    """What `ffmpeg -i` prints of a file's first video stream and of its sound."""

    duration_s: float | None
    codec: str
    pixel_format: str
    width: int
    height: int
    fps: float | None
    rotation: int
    interlaced: bool
    audio: list[tuple[str, int, str]]
    subtitles: list[tuple[str, str]]
    chapters: list[float]


def look_at(path: Path) -> Testimony:
    """Read what the program prints."""
    text = ffmpeg("-i", path, check=False).stderr.decode()
    duration = re.search(r"Duration: (\d+):(\d+):([\d.]+)", text)
    video = re.search(r"Video: (\w+).*?, (\w+)(?:\(([^)]*)\))?, (\d+)x(\d+)(.*)", text)
    assert video is not None, text
    fps = re.search(r"([\d.]+k?) fps", video[6])
    turned = re.search(r"rotation of (-?[\d.]+) degrees", text)
    return Testimony(
        duration_s=int(duration[1]) * 3600 + int(duration[2]) * 60 + float(duration[3]) if duration else None,
        codec=video[1],
        pixel_format=video[2],
        width=int(video[4]),
        height=int(video[5]),
        fps=float(fps[1]) if fps else None,
        rotation=round(-float(turned[1])) % 360 if turned else 0,
        interlaced=any(word in (video[3] or "") for word in ("top first", "bottom first", "top coded")),
        audio=[
            (codec, int(rate), layout)
            for codec, rate, layout in re.findall(r"Audio: (\w+).*?, (\d+) Hz, ([\w.() ]+?),", text)
        ],
        subtitles=[
            (codec, language or "und")
            for language, codec in re.findall(r"Stream #\d+:\d+(?:\[\w+\])?(?:\((\w+)\))?: Subtitle: (\w+)", text)
        ],
        chapters=[float(start) for start in re.findall(r"Chapter #\d+:\d+: start ([\d.]+)", text)],
    )


def count_frames(path: Path) -> int:
    """Frames that the program decodes from the first video stream, none dropped nor repeated."""
    done = ffmpeg(
        "-loglevel", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "null",
        "-progress", "pipe:1", "-",
    )  # fmt: skip
    return int(re.findall(rb"frame=\s*(\d+)", done.stdout)[-1])


def first_frame(path: Path, *, upright: bool) -> np.ndarray:
    """The first picture as (H, W, 3) uint8 RGB, turned for display or as stored."""
    turn = [] if upright else ["-noautorotate"]
    done = ffmpeg(
        "-loglevel", "error", *turn, "-i", path, "-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", "-"
    )  # fmt: skip
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", done.stdout)
    assert header is not None
    width, height = int(header[1]), int(header[2])
    return np.frombuffer(done.stdout[header.end() :], np.uint8).reshape(height, width, 3)

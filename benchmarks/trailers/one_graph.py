"""The other peer: the whole cut list as one filter graph of one FFmpeg, sought to each clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from benchmarks.trailers.cut_list import CutList
from ops.media.ffmpeg import run_ffmpeg

__all__ = ["cut"]


def cut(cuts: CutList, out: Path, *, crf: int = 18) -> None:
    """Cut the film: pictures by `concat` or `xfade`, sound by `concat` or `acrossfade`, on two threads."""
    rate = Fraction(cuts.rate)
    args: list[str | Path] = []
    for start, end in cuts.reaches:
        # a quarter of a frame early: rounded, neither the first is lost nor the one before it taken
        args += ["-ss", f"{max(0.0, float((start - Fraction(1, 4)) / rate)):.6f}"]
        args += ["-t", f"{float((end - start + 1) / rate):.6f}", "-i", cuts.film]
    graph = [
        f"[{nth}:v]trim=end_frame={end - start},settb=1/{rate.numerator},setpts=N/({rate})/TB,fps={rate}[v{nth}];"
        f"[{nth}:a]atrim=end={float((end - start) / rate):.6f},asetpts=N/SR/TB[a{nth}]"
        for nth, (start, end) in enumerate(cuts.reaches)
    ]
    graph += _faded(cuts, rate) if cuts.dissolve else _in_a_row(len(cuts.clips))
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), "-pix_fmt", "yuv420p", "-threads", "2"]
    run_ffmpeg(
        [*args, "-filter_complex_threads", "2", "-filter_complex", ";".join(graph), "-map", "[v]", "-map", "[a]",
         *coding, "-c:a", "aac", "-movflags", "+faststart", "-f", "mp4", out],
        timeout_s=900,
    )  # fmt: skip


def _in_a_row(clips: int) -> list[str]:
    pads = "".join(f"[v{nth}][a{nth}]" for nth in range(clips))
    return [f"{pads}concat=n={clips}:v=1:a=1[v][a]"]


def _faded(cuts: CutList, rate: Fraction) -> list[str]:
    parts, at, last = [], 0, len(cuts.clips) - 1
    fade_s = float(cuts.dissolve / rate)
    picture, sound = "v0", "a0"
    for nth, (start, end) in enumerate(cuts.reaches[:-1], 1):
        at += end - start - cuts.dissolve
        made, heard = ("v", "a") if nth == last else (f"x{nth}", f"y{nth}")
        offset_s = float(at / rate)
        parts += [
            f"[{picture}][v{nth}]xfade=transition=fade:duration={fade_s:.6f}:offset={offset_s:.6f}[{made}]",
            f"[{sound}][a{nth}]acrossfade=d={fade_s:.6f}[{heard}]",
        ]
        picture, sound = made, heard
    return parts

"""A whole film through a grade, beside FFmpeg's own way of doing the same: `lut3d` and x264 on the command line.

    python -m benchmarks.renditions FILM [--style noir] [--seconds 10] [--sizes 720,1080] [--runs 3]

Both read the same file and write H.264 with the same preset, quality and number of encoder threads; FFmpeg looks the
same LUT up in the same way. Runs alternate, and the ratio is of the best of each, since other work only ever slows one
down.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from fractions import Fraction
from pathlib import Path

from ops.media.ffmpeg import run_ffmpeg
from ops.media.probe import probe
from ops.style.catalogue import house_styles
from ops.style.film import Wanted, render_film, render_films
from ops.style.grading.cube import write_cube
from ops.style.mixing import plan_of
from ops.style.model import Look, Recipe, look_of
from ops.style.stages import Canvas, Effort

_LIMIT_S = 1800


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("film", type=Path)
    parser.add_argument("--style", default="teal_and_orange")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--sizes", default="720,1080")
    parser.add_argument("--runs", type=int, default=3)
    told = parser.parse_args()
    look = look_of([(Recipe(told.style), 1.0)], house_styles())
    results = []
    with tempfile.TemporaryDirectory(prefix="renditions-") as folder:
        for lines in map(int, told.sizes.split(",")):
            clip = _clip(told.film, Path(folder) / f"{lines}.mp4", lines, told.seconds)
            results.append({"lines": lines, **_beside(clip, look, Path(folder), told.runs)})
    print(json.dumps(results, indent=1))


def _clip(film: Path, path: Path, lines: int, seconds: float) -> Path:
    run_ffmpeg(
        ["-t", f"{seconds:g}", "-i", film, "-vf", f"scale=-2:{lines}", "-c:v", "libx264", "-crf", "18", "-preset",
         "veryfast", "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
         "-c:a", "aac", path],
        timeout_s=_LIMIT_S,
    )  # fmt: skip
    return path


def _beside(clip: Path, look: Look, folder: Path, runs: int) -> dict[str, float]:
    """Frames a second of both ways, and of four looks at once beside one."""
    video = probe(clip).video
    assert video is not None and video.frames is not None
    library = house_styles()
    canvas = Canvas(video.width, video.height, video.frame_rate or Fraction(24))
    lut = plan_of(look, library, canvas, Effort.FULL).lut
    assert lut is not None, "compare a grade"
    cube = folder / "look.cube"
    write_cube(cube, lut)
    ours, theirs = [], []
    for _ in range(runs):
        began = time.perf_counter()
        render_film(clip, folder / "ours.mp4", look, library)
        ours.append(time.perf_counter() - began)
        theirs.append(_ffmpeg(clip, cube, folder / "theirs.mp4"))
    began = time.perf_counter()
    grades = [each for each in library.values() if each.family == "grade"][:4]
    wanted = [Wanted(folder / f"{each.id}.mp4", look_of([(Recipe(each.id), 1.0)], library)) for each in grades]
    render_films(clip, wanted, library)
    together = time.perf_counter() - began
    fps = [round(video.frames / min(each), 1) for each in (ours, theirs)]
    return {
        "frames": video.frames,
        "ours_fps": fps[0],
        "ffmpeg_fps": fps[1],
        "ratio": round(fps[0] / fps[1], 3),
        "real_time": round(fps[0] / float(canvas.rate), 2),
        "four_looks_seconds_over_four_singles": round(together / (4 * min(ours)), 3),
    }


def _ffmpeg(clip: Path, cube: Path, out: Path) -> float:
    graph = f"format=gbrp,lut3d=file={cube}:interp=tetrahedral,format=yuv420p"
    return run_ffmpeg(
        ["-i", clip, "-vf", graph, "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "4",
         "-c:a", "copy", "-movflags", "+faststart", out],
        timeout_s=_LIMIT_S,
    ).seconds  # fmt: skip


if __name__ == "__main__":
    main()

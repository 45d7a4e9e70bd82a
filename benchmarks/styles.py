"""How fast every style is, beside FFmpeg's own LUT path, and how much each paint flickers.

    python -m benchmarks.styles FILM [--sizes 720,1080] [--frames 48] [--styles noir,vhs]
    python -m benchmarks.styles --flicker FILM FILM …

Speed: the film's frames, decoded beforehand and held in memory, through the look and x264 (`ultrafast`) into nowhere,
one run a style; the first row is FFmpeg's `lut3d` and the same encoder in one filter graph, in the same process and
run. Flicker: warping error over 16 frames of a shot, the film's own and the styled one's, and their ratio.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import cycle, islice, pairwise
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from ops.media.frames import read_frames
from ops.style.catalogue import house_styles
from ops.style.grading.cube import write_cube
from ops.style.mixing import identity_lut
from ops.style.model import Family, Recipe, look_of
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Tick
from ops.style.warping import warping_error

_RATE = Fraction(24)
_WARM_UP = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.styles")
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--flicker", action="store_true")
    parser.add_argument("--sizes", default="720,1080")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--start", type=float, default=2.0, help="seconds into the film")
    parser.add_argument("--styles", default="")
    given = parser.parse_args(arguments)
    names = given.styles.split(",") if given.styles else list(house_styles())
    if given.flicker:
        _flicker(given.films, names, given.start)
    else:
        _speeds(given.films[0], names, [int(size) for size in given.sizes.split(",")], given.frames, given.start)
    return 0


def _speeds(film: Path, names: Sequence[str], heights: Sequence[int], frames: int, start_s: float) -> None:
    sys.stdout.write(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n\n")
    sys.stdout.write(
        "| style | size | frames a second | processor time a frame, ms | of FFmpeg's path |\n|---|---|---|---|---|\n"
    )
    for height in heights:
        canvas = Canvas(height * 16 // 9 // 2 * 2, height, _RATE)
        stock = _stock(film, canvas, start_s)
        with tempfile.TemporaryDirectory() as folder:
            cube = Path(folder) / "identity.cube"
            write_cube(cube, identity_lut())
            plain = _row("FFmpeg lut3d", canvas, (stock, frames), _lut_path(cube, canvas))
        for name in names:
            look = look_of([(Recipe(name), 1.0)], house_styles())
            with Styler(look, house_styles(), canvas) as styler:
                _row(name, canvas, (stock, frames), styler, plain=plain)


def _row(
    name: str,
    canvas: Canvas,
    film: tuple[Sequence[VideoFrame], int],
    change: Callable[[VideoFrame, Tick], VideoFrame],
    *,
    plain: float | None = None,
) -> float:
    """Run, print, and give the frames a second; the film is its stock, gone round, and how many of it."""
    stock, frames = film
    encode = _encoder(canvas)
    began = worked = 0.0
    for number, frame in enumerate(islice(cycle(stock), frames + _WARM_UP)):
        if number == _WARM_UP:
            began, worked = time.perf_counter(), time.process_time()
        encode(change(frame, Tick(number, cut=number == 0)), number)
    took, work = time.perf_counter() - began, time.process_time() - worked
    speed = frames / took
    share = f"{speed / plain:.2f}" if plain else ""
    sys.stdout.write(f"| {name} | {canvas.height}p | {speed:.1f} | {1000 * work / frames:.0f} | {share} |\n")
    sys.stdout.flush()
    return speed


def _stock(film: Path, canvas: Canvas, start_s: float) -> list[VideoFrame]:
    """A second of the film as the decoder would give it."""
    size = (canvas.width, canvas.height)
    return [
        VideoFrame.from_ndarray(frame.rgb, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        for frame in islice(read_frames(film, size=size, start_s=start_s), 12)
    ]


def _lut_path(cube: Path, canvas: Canvas) -> Callable[[VideoFrame, Tick], VideoFrame]:
    graph = Graph()
    filters = [
        graph.add_buffer(
            width=canvas.width, height=canvas.height, format=av.VideoFormat("yuv420p"), time_base=1 / _RATE
        ),
        graph.add("lut3d", file=str(cube), interp="tetrahedral"),
        graph.add("format", pix_fmts="yuv420p"),
        graph.add("buffersink"),
    ]
    for first, second in pairwise(filters):
        first.link_to(second)
    graph.configure()

    def change(frame: VideoFrame, tick: Tick) -> VideoFrame:
        frame.pts, frame.time_base = tick.frame, 1 / _RATE
        graph.vpush(frame)
        return graph.vpull()

    return change


def _encoder(canvas: Canvas) -> Callable[[VideoFrame, int], None]:
    output = av.open(os.devnull, "w", format="null")
    stream = output.add_stream("libx264", rate=_RATE, options={"preset": "ultrafast", "threads": "2"})
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = canvas.width, canvas.height, "yuv420p"

    def encode(frame: VideoFrame, number: int) -> None:
        frame.pts, frame.time_base = number, 1 / _RATE
        for packet in stream.encode(frame):
            output.mux(packet)

    return encode


def _flicker(films: Sequence[Path], names: Sequence[str], start_s: float) -> None:
    sys.stdout.write("| style | film | the film's own | styled | ratio |\n|---|---|---|---|---|\n")
    for film in films:
        shot = [frame.rgb for frame in islice(read_frames(film, size=(640, 360), start_s=start_s), 16)]
        own = warping_error(shot[4:])
        for name in names:
            if house_styles()[name].family is Family.CAMERA:
                continue  # the film's own motion is not theirs
            styled = list(_styled(name, shot))
            error = warping_error(styled[4:], flows_from=shot[4:])
            sys.stdout.write(f"| {name} | {film.stem} | {own:.4f} | {error:.4f} | {error / max(own, 1e-6):.1f} |\n")
            sys.stdout.flush()


def _styled(name: str, shot: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    canvas = Canvas(shot[0].shape[1], shot[0].shape[0], _RATE)
    with Styler(look_of([(Recipe(name), 1.0)], house_styles()), house_styles(), canvas) as styler:
        for number, rgb in enumerate(shot):
            frame = VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            shown = styler(frame, Tick(number, cut=number == 0))
            yield shown.reformat(
                format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG
            ).to_ndarray()


if __name__ == "__main__":
    sys.exit(main())

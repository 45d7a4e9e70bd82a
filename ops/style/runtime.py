"""Runs a look over the frames of a film, one in, one out.

Colours and textures stay in FFmpeg's own filters, in this process: a LUT in Python runs at a quarter of the speed.
Paints and moves are handed the frame as RGB, and what follows them takes it on from there.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from ops.box import WHOLE, Box
from ops.style.conforming import Conformer
from ops.style.mixing import plan_of
from ops.style.planes import frame_of, planes_of
from ops.style.stages import FRAME, Canvas, Effort, FrameFilter, GraphFilter, PictureFilter, PlanesFilter, Tick
from ops.style.window import window_of

if TYPE_CHECKING:
    from av.filter.context import FilterContext

    from ops.style.model import Look, Style

__all__ = ["Styler"]


class Styler:
    """One look at work on one film's frames, in their order.

        with Styler(look, library, canvas) as styler:
            for number, frame in enumerate(frames):
                write(styler(frame, Tick(number, cut=number in cuts, shot=shot_of(number))))

    Frames may be of any pixel format and size; what comes out is the canvas's size in `yuv420p`, BT.709, limited
    range, with the time stamp of what went in. Not for several threads at once.

    Args:
        look: What is to be seen.
        library: The styles that the look names.
        canvas: The size and rate of what comes out.
        effort: How much work a frame may be.
        picture: What is inside a film's black bars; the bars stay as they are.

    Raises:
        UsageError: The look names a style or a value that the library has not.
        ModelUnavailable: A style's network is not here.
    """

    def __init__(
        self,
        look: Look,
        library: Mapping[str, Style],
        canvas: Canvas,
        *,
        effort: Effort = Effort.FULL,
        picture: Box = WHOLE,
    ) -> None:
        self._canvas = canvas
        self._window = window_of(picture, canvas)
        canvas = self._window.canvas(canvas)
        plan = plan_of(look, library, canvas, effort)
        with tempfile.TemporaryDirectory(prefix="look-") as folder:  # FFmpeg reads a LUT as the graph is built
            colours = [] if plan.lut is None else [_lut_filter(plan.lut, Path(folder) / "look.cube")]
            self._steps: list[_Step] | None = _steps([*plan.filters, *colours, *plan.finish], canvas)
        self._conformed = Conformer(self._canvas.width, self._canvas.height)

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        """The frame in the look."""
        if self._steps is None:
            raise ValueError("the look was closed")
        pts, time_base = frame.pts, frame.time_base
        frame = self._conformed(frame)
        frame.pts, frame.time_base = tick.frame, 1 / self._canvas.rate  # chance and movement go by the film's clock
        inside = self._window.cut_out(frame)
        inside.pts, inside.time_base = frame.pts, frame.time_base
        for step in self._steps:
            inside = step(inside, tick)
        frame = self._window.put_back(inside, frame)
        frame.pts = pts
        if time_base is not None:
            frame.time_base = time_base
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        return frame

    def close(self) -> None:
        """Let go of what the look holds; it takes no frames after that."""
        self._steps = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lut_filter(lut: np.ndarray, file: Path) -> GraphFilter:
    from ops.style.grading.cube import write_cube

    write_cube(file, lut)
    return GraphFilter.chain(
        ("scale", {"in_color_matrix": "bt709", "in_range": "tv", "out_range": "pc"}),
        ("format", {"pix_fmts": "gbrp"}),
        ("lut3d", {"file": str(file), "interp": "tetrahedral"}),
        ("scale", {"out_color_matrix": "bt709", "in_range": "pc", "out_range": "tv"}),
        ("format", {"pix_fmts": "yuv420p"}),
        # what has tags and what has none (the plates of textures) FFmpeg would convert where they meet
        ("setparams", {"range": "unspecified", "colorspace": "unknown"}),
    )


_Step: TypeAlias = "_GraphStep | _PlanesStep | _PictureStep"


def _steps(filters: Sequence[FrameFilter], canvas: Canvas) -> list[_Step]:
    """Neighbours of FFmpeg's in one graph, neighbours of ours on one picture."""
    steps: list[_Step] = []
    for _, group in itertools.groupby(filters, key=_room):
        members = tuple(group)
        graphs = [each for each in members if isinstance(each, GraphFilter)]
        planes = [each for each in members if isinstance(each, PlanesFilter)]
        pictures = [each for each in members if not isinstance(each, GraphFilter | PlanesFilter)]
        if graphs:
            steps.append(_GraphStep(graphs, canvas))
        elif planes:
            steps.append(_PlanesStep(planes))
        else:
            steps.append(_PictureStep(pictures))
    return steps


def _room(each: FrameFilter) -> str:
    return type(each).__name__ if isinstance(each, GraphFilter | PlanesFilter) else ""


class _GraphStep:
    """Frames through an FFmpeg filter graph."""

    def __init__(self, pieces: Sequence[GraphFilter], canvas: Canvas) -> None:
        self._graph = Graph()
        end = self._graph.add_buffer(
            width=canvas.width,
            height=canvas.height,
            format=VideoFormat("yuv420p", canvas.width, canvas.height),
            time_base=1 / canvas.rate,
        )
        for piece in pieces:
            end = self._add(piece, end)
        end.link_to(self._graph.add("buffersink"))
        self._graph.configure()

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _add(self, piece: GraphFilter, given: FilterContext) -> FilterContext:
        takers = Counter(source for node in piece.nodes for source in node.takes)
        outputs = {FRAME: self._outputs(given, takers[FRAME])}
        end = given
        for node in piece.nodes:
            end = self._graph.add(node.filter, **node.options)
            for place, source in enumerate(node.takes):
                taken, output = next(outputs[source])
                taken.link_to(end, output, place)
            outputs[node.name] = self._outputs(end, takers[node.name])
        return end

    def _outputs(self, context: FilterContext, takers: int) -> Iterator[tuple[FilterContext, int]]:
        if takers < 2:
            return iter([(context, 0)])
        split = self._graph.add("split", outputs=str(takers))
        context.link_to(split)
        return iter([(split, output) for output in range(takers)])


class _PlanesStep:
    """Frames through our own filters, as they are."""

    def __init__(self, filters: Sequence[PlanesFilter]) -> None:
        self._filters = filters

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        planes = planes_of(frame)
        for each in self._filters:
            planes = each.change(planes, tick)
        changed = frame_of(planes)
        changed.pts, changed.time_base = frame.pts, frame.time_base
        return changed


class _PictureStep:
    """Frames through our own filters, as RGB."""

    def __init__(self, filters: Sequence[PictureFilter]) -> None:
        self._filters = filters
        self._in, self._out = VideoReformatter(), VideoReformatter()

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        rgb = self._in.reformat(
            frame, format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG
        ).to_ndarray()
        for each in self._filters:
            rgb = each(rgb, tick)
        pictured = self._out.reformat(
            VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        pictured.pts, pictured.time_base = frame.pts, frame.time_base
        return pictured

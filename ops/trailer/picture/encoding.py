"""Making one planned piece: FFmpeg's run, tried again from further back where a seek landed too late, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

from ops.errors import MediaError
from ops.media.ffmpeg import run_ffmpeg
from ops.progress import Progress, no_progress
from ops.trailer.events import JoinKind
from ops.trailer.picture.encoder import video_args
from ops.trailer.picture.lossless import LOSSLESS_ARGS, read_planes, write_planes, write_rgb
from ops.trailer.picture.plan import Drawing, FilmInput, Layer, Plan
from ops.trailer.picture.source import FilmSource
from ops.trailer.picture.whip import whipped

__all__ = ["check_frames", "encode_piece"]

_START_S, _A_FRAME_S = 120.0, 4.0
"""Time a piece may take: the start and a seek through an hour, and each frame on a machine that is busy."""

_NOTHING_CAME = ("before EOF", "Nothing was written", "Output file is empty", "Output file does not contain")
"""What FFmpeg says where no frame reached the encoder."""


def encode_piece(plan: Plan, source: FilmSource, made: Path, work: Path, *, progress: Progress = no_progress) -> None:
    """Make a piece.

    Args:
        plan: What to make.
        source: The film.
        made: Where to; an MP4 without sound.
        work: A folder for what is drawn on the way.
        progress: Told of the share done.

    Raises:
        MediaError: The film cannot be decoded there, the encoder failed, or the frames are not those planned.
    """
    drawn = _draw(plan, source, work / made.stem)
    encoding = [*video_args(plan.encoder, plan.size, plan.rate), "-an", "-sn", "-map_metadata", "-1"]
    output: list[str | Path] = [*encoding, "-fflags", "+bitexact", "-f", "mp4", made]
    if plan.piece.join is JoinKind.WHIP and plan.piece.after is not None:
        swept = _whip(plan, source, drawn, work / f"{made.stem}-whip.mkv")
        tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        graph = f"[0:v]fps={plan.rate},setsar=1,{tags}[made]"
        args: list[str | Path] = ["-threads", "1", "-i", swept, *_mapped(graph, plan.piece.frames), *output]
        _run(args, plan.piece.frames, plan.rate, progress)
        check_frames(made, plan.piece.frames, plan.rate)
        return
    _through(plan, plan.layers, plan.graph(), source, drawn, output=output, frames=plan.piece.frames, progress=progress)


def check_frames(path: Path, frames: int, rate: Fraction) -> None:
    """See that a file has exactly so many pictures, each at its place.

    Raises:
        MediaError: It has not.
    """
    times = presentation_times(path)
    if len(times) != frames:
        raise MediaError(
            f"{len(times)} pictures were made where {frames} were planned",
            where=path,
            fix="Analyse the film again: it may be shorter than its edit decision list believes.",
        )
    late = [place for place, time in enumerate(times) if abs(time - place / rate) * rate > Fraction(1, 100)]
    if late:
        raise MediaError(f"picture {late[0]} is not at its place", where=path, fix="Render the piece again.")


def presentation_times(path: Path) -> list[Fraction]:
    """When each picture of a file is shown, in order, in seconds from the start of the file's clock."""
    try:
        with av.open(f"file:{path.absolute()}") as container:
            stream = container.streams.video[0]
            unit = Fraction(stream.time_base or 1)
            return sorted(p.pts * unit for p in container.demux(stream) if p.pts is not None and p.size)
    except (FFmpegError, IndexError) as error:
        raise MediaError(f"the piece cannot be read back ({error})", where=path, fix="Render it again.") from error


def _draw(plan: Plan, source: FilmSource, stem: Path) -> dict[int, Path]:
    """Draw the plan's drawings; return where each is, by its identity."""
    drawn: dict[int, Path] = {}
    drawings = [each for layer in plan.layers for each in layer.inputs if not isinstance(each, FilmInput)]
    for place, drawing in enumerate(drawings):
        path = stem.with_name(f"{stem.name}-drawn-{place}.mkv")
        write_rgb(path, drawing.frames(source), plan.rate)
        drawn[id(drawing)] = path
    return drawn


def _whip(plan: Plan, source: FilmSource, drawn: dict[int, Path], path: Path) -> Path:
    """The frames of a whip, without loss."""
    sides = []
    for place, layer in enumerate(plan.layers):
        side = path.with_name(f"{path.stem}-{place}.mkv")
        graph = plan.layer_graph(place, 0, "made")
        output = [*LOSSLESS_ARGS, side]
        _through(plan, (layer,), graph, source, drawn, output=output, frames=layer.frames, progress=no_progress)
        sides.append(list(read_planes(side)))
    leaving = sides[0] if plan.piece.before.frames else []
    coming = sides[-1] if plan.piece.after and plan.piece.after.frames else []
    write_planes(path, whipped(leaving, coming), plan.rate)
    return path


def _through(
    plan: Plan,
    layers: Sequence[Layer],
    graph: str,
    source: FilmSource,
    drawn: dict[int, Path],
    *,
    output: Sequence[str | Path],
    frames: int,
    progress: Progress,
) -> None:
    """Run a graph, from further back each time that the film's frames came too late."""
    filmed = any(isinstance(each, FilmInput) for layer in layers for each in layer.inputs)
    attempts = source.attempts() if filmed else 1
    for attempt in range(attempts):
        args: list[str | Path] = []
        for each in (each for layer in layers for each in layer.inputs):
            args += _input(each, plan, source, drawn, attempt)
        args += [*_mapped(graph, frames), *output]
        last = attempt == attempts - 1
        try:
            _run(args, frames, plan.rate, progress)
        except MediaError as error:
            if last or not any(words in error.what for words in _NOTHING_CAME):
                raise
            continue
        made = output[-1]
        assert isinstance(made, Path)
        if last or len(presentation_times(made)) == frames:
            check_frames(made, frames, plan.rate)
            return


def _input(
    each: FilmInput | Drawing, plan: Plan, source: FilmSource, drawn: dict[int, Path], attempt: int
) -> list[str | Path]:
    if isinstance(each, FilmInput):
        return source.input_args(each.start, plan.rate, attempt)
    return ["-threads", "1", "-i", drawn[id(each)]]


def _mapped(graph: str, frames: int) -> list[str | Path]:
    return [
        "-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[made]",
        "-frames:v", str(frames), "-fps_mode", "passthrough",
    ]  # fmt: skip


def _run(args: Sequence[str | Path], frames: int, rate: Fraction, progress: Progress) -> None:
    run_ffmpeg(args, timeout_s=_START_S + _A_FRAME_S * frames, progress=progress, duration_s=float(frames / rate))

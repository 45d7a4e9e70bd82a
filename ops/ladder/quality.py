"""VMAF of encodes against the film that they were made from, at the size of the largest.

A viewer's screen has one size: it shows 360 lines scaled up. Measured at its own size 360p would be as good as 1080p,
and a ladder could never tell when a larger rung is worth its bits. So every rung is scaled up to the top one (bicubic,
as players do) and compared there. (Li et al., "VMAF: the journey continues", Netflix 2018, measure so.)
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.errors import MediaError
from ops.ladder.rungs import Rung
from ops.media.ffmpeg import run_ffmpeg

__all__ = ["Reference", "frame_scores", "score_filter"]

_SCALE = "flags=bicubic"


@dataclass(frozen=True)
class Reference:
    """What encodes are compared with: FFmpeg's inputs, and the filter that makes one stream [film] of them."""

    inputs: tuple[str | Path, ...]
    graph: str
    count: int

    @classmethod
    def whole(cls, film: Path) -> Reference:
        """A film from its first frame to its last."""
        return cls(("-i", film), "[0:v:0]setpts=PTS-STARTPTS[film]", 1)


def frame_scores(
    reference: Reference,
    encodes: Sequence[Path],
    top: Rung,
    *,
    every: int,
    timeout_s: float,
    scaled: Sequence[Rung] = (),
) -> list[dict[int, float]]:
    """The VMAF of encodes, and of the film itself scaled down to some rungs and up again, by frame number.

    All are measured in one run: the film is decoded once.

    Args:
        reference: The film.
        encodes: Encodes of it, frame by frame the same.
        top: The size at which they are compared.
        every: Of how many frames one is measured (motion is followed over all).
        timeout_s: Time after which it is given up.
        scaled: Sizes whose cost without any coding is wanted: what a rung could reach at most.

    Returns:
        First the encodes', then the sizes' scores.

    Raises:
        MediaError: An encode or the film cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="vmaf-") as folder:
        logs = [Path(folder) / f"{number}.json" for number in range(len(encodes) + len(scaled))]
        copies = len(logs) + len(scaled)
        graph = [
            reference.graph,
            f"[film]scale={top.width}:{top.height}:{_SCALE},format=yuv420p,split={copies}"
            + "".join(f"[r{number}]" for number in range(len(logs)))
            + "".join(f"[s{number}]" for number in range(len(scaled))),
        ]
        for number in range(len(encodes)):
            place = reference.count + number
            graph.append(f"[{place}:v:0]setpts=PTS-STARTPTS,scale={top.width}:{top.height}:{_SCALE}[d{number}]")
        for number, rung in enumerate(scaled):
            down = f"scale={rung.width}:{rung.height}:{_SCALE}"
            up = f"scale={top.width}:{top.height}:{_SCALE}"
            graph.append(f"[s{number}]{down},{up}[d{len(encodes) + number}]")
        for number, log in enumerate(logs):
            graph.append(f"[d{number}][r{number}]{score_filter(log, every)}[o{number}]")
        outputs = [arg for number in range(len(logs)) for arg in ("-map", f"[o{number}]", "-f", "null", "-")]
        inputs = [arg for encode in encodes for arg in ("-i", encode)]
        run_ffmpeg(
            [*reference.inputs, *inputs, "-filter_complex", ";".join(graph), *outputs],
            timeout_s=timeout_s,
        )
        return [_read(log) for log in logs]


def score_filter(log: Path, every: int) -> str:
    """FFmpeg's filter that compares its first input with its second and writes what it found."""
    return f"libvmaf=n_threads=2:n_subsample={every}:log_fmt=json:log_path={_escaped(log)}"


def _escaped(path: Path) -> str:
    """A path inside a filter's argument: quoted for the graph, its colons escaped for the filter."""
    inner = str(path).replace("\\", "\\\\").replace(":", "\\:").replace("'", "'\\\\\\''")
    return f"'{inner}'"


def _read(log: Path) -> dict[int, float]:
    try:
        frames = json.loads(log.read_text())["frames"]
        return {each["frameNum"]: float(each["metrics"]["vmaf"]) for each in frames if "vmaf" in each["metrics"]}
    except (OSError, ValueError, KeyError) as error:
        raise MediaError("VMAF was not measured", where=log, fix="Use an FFmpeg that has libvmaf.") from error

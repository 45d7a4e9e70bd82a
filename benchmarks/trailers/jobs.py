"""The jobs that are measured, each in a process of its own: python -m benchmarks.trailers.jobs NAME JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.trailers.costs import measured
from benchmarks.trailers.cut_list import CutList

Job = Callable[[], dict[str, Any]]


def _ours(told: dict[str, Any]) -> Job:
    from ops.trailer.finish import Materials, finish
    from ops.trailer.picture.cache import PieceCache
    from ops.trailer.picture.encoder import Encoder, choose_encoder

    cuts, out = CutList.from_json(told["cuts"]), Path(told["out"])
    choose_encoder(Encoder.X264)

    def work() -> dict[str, Any]:
        with tempfile.TemporaryDirectory(dir=out.parent) as cold:
            edl = cuts.edl((told["size"][0], told["size"][1]))
            made = finish(
                edl, Materials(Path(cuts.film), Path(told["track"])), Path(cold), pieces=PieceCache(Path(cold) / "p"),
                encoder=Encoder.X264,
            )  # fmt: skip
            made.path.replace(out)
        return {"rendering": made.rendering.seconds, "rounds": made.sound.rounds}

    return work


def _moviepy(told: dict[str, Any]) -> Job:
    from benchmarks.trailers.moviepy_script import cut

    def work() -> dict[str, Any]:
        cut(CutList.from_json(told["cuts"]), Path(told["out"]))
        return {}

    return work


def _one_graph(told: dict[str, Any]) -> Job:
    from benchmarks.trailers.one_graph import cut

    def work() -> dict[str, Any]:
        cut(CutList.from_json(told["cuts"]), Path(told["out"]))
        return {}

    return work


def _analyse(told: dict[str, Any]) -> Job:
    from benchmarks.trailers.analysed import analyse

    return lambda: analyse(Path(told["film"]), Path(told["home"]))


def _finish(told: dict[str, Any]) -> Job:
    from benchmarks.trailers.analysed import in_cutting_room
    from benchmarks.trailers.budget import by_stage

    return lambda: in_cutting_room(Path(told["home"]), told["title"], by_stage)


def _asset(told: dict[str, Any]) -> Job:
    from benchmarks.trailers.budget import whole_asset

    return whole_asset(Path(told["home"]), told["title"])


def _ladder(told: dict[str, Any]) -> Job:
    from benchmarks.trailers.ladders import ladder_of

    return lambda: ladder_of(Path(told["film"]))


_JOBS: dict[str, Callable[[dict[str, Any]], Job]] = {
    "ours": _ours,
    "moviepy": _moviepy,
    "one graph": _one_graph,
    "analyse": _analyse,
    "finish": _finish,
    "asset": _asset,
    "ladder": _ladder,
}

if __name__ == "__main__":
    job = _JOBS[sys.argv[1]](json.loads(sys.argv[2]))
    print("\n" + json.dumps(asdict(measured(job))))

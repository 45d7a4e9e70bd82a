"""How work and memory grow with the film: analysis with its length, editing hardly, finishing not at all."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assets.making import Work
from assets.trailer_room import CuttingRoom
from benchmarks.trailers.analysed import analysed, in_cutting_room
from benchmarks.trailers.films import KeptFilm
from ops.scenes.model import COLUMNS, SceneAnalysis
from ops.trailer.cuts import CUTS
from ops.trailer.editing.editor import edit

__all__ = ["EditTime", "edit_times", "lengthened"]

_TIMES = ("start_s", "end_s", "steady_start_s", "steady_end_s")
_COUNTED = ("shot", "scene", *_TIMES)


@dataclass(frozen=True)
class EditTime:
    """Processor seconds that the editor took over a film of so many shots, the least of three."""

    shots: int
    seconds: float


def lengthened(analysis: SceneAnalysis, shots: int, random: np.random.Generator) -> SceneAnalysis:
    """The analysis of a film of so many shots: this one's again and again, each time a little other in every number."""
    copies = -(-shots // len(analysis))
    numbers = np.tile(analysis.numbers, (copies, 1))
    turn = np.repeat(np.arange(copies), len(analysis))
    place = {name: nth for nth, name in enumerate(COLUMNS)}
    measured = [place[name] for name in COLUMNS if name not in _COUNTED]
    spread = analysis.numbers[:, measured].std(axis=0)
    noise = random.standard_normal((len(numbers), len(measured))) * 0.1 * spread
    low, high = analysis.numbers[:, measured].min(axis=0), analysis.numbers[:, measured].max(axis=0)
    numbers[:, measured] = np.clip(numbers[:, measured] + noise, low, high)
    for name in _TIMES:
        numbers[:, place[name]] += turn * analysis.duration_s
    numbers[:, place["shot"]] = np.arange(len(numbers))
    numbers[:, place["scene"]] += turn * analysis.scene_count
    embedding = np.tile(analysis.embedding, (copies, 1))
    seen = np.linalg.norm(embedding, axis=1, keepdims=True) > 0
    embedding = embedding + seen * random.standard_normal(embedding.shape) * 0.5 / np.sqrt(embedding.shape[1])
    embedding = embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-9)
    lines = tuple(
        replace(
            line,
            start_s=line.start_s + nth * analysis.duration_s,
            end_s=line.end_s + nth * analysis.duration_s,
            shot=line.shot + nth * len(analysis),
        )
        for nth in range(copies)
        for line in analysis.lines
    )
    kept = int(np.searchsorted([line.shot for line in lines], shots))
    end_s = float(numbers[shots - 1, place["end_s"]])
    points = int(end_s / analysis.step_s) + 1
    return replace(
        analysis,
        numbers=numbers[:shots],
        colour=np.tile(analysis.colour, (copies, 1))[:shots],
        embedding=embedding[:shots].astype(np.float32),
        lines=lines[:kept],
        curves={name: np.tile(curve, copies)[:points] for name, curve in analysis.curves.items()},
    )


def edit_times(film: KeptFilm, sizes: tuple[int, ...]) -> list[EditTime]:
    """How long the editor takes over a film as it is, and over longer ones of so many shots made of it."""
    told = analysed(film.path)

    def at_work(work: Work, room: CuttingRoom) -> list[EditTime]:
        brief = room.brief(CUTS["trailer_30"])
        found = [_timed(room.analysis, brief)]
        for shots in sizes:
            longer = lengthened(room.analysis, shots, np.random.default_rng(shots))
            frames = int(longer.duration_s * brief.rate)
            found.append(_timed(longer, replace(brief, film=replace(brief.film, frames=frames), barred=frozenset())))
        return found

    return in_cutting_room(Path(told["home"]), told["title"], at_work)


def _timed(analysis: SceneAnalysis, brief: object) -> EditTime:
    from ops.trailer.editing.editor import Brief

    assert isinstance(brief, Brief)
    took = []
    for _ in range(3):
        began = time.process_time()
        edit(analysis, brief)
        took.append(time.process_time() - began)
    return EditTime(len(analysis), min(took))

"""An assembled film with its whole analysis, made once a session for every test that cuts trailers from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from ops.audio.features import AudioFeatures
from ops.faces import Face
from ops.scenes.analyse import Judges, analyse_scenes
from ops.scenes.model import COLUMNS, SceneAnalysis
from ops.trailer.editing.safe_lines import safe_lines
from resources.models.aesthetics import StillAesthetics
from tests.ops.scenes.films import known_of
from tests.support.assembled_film import AssembledFilm, assemble

__all__ = ["AnalysedFilm", "NoFaces", "analysed_film", "reels"]

SECONDS, SIZE = 100, (320, 180)
_made: dict[Path, AnalysedFilm] = {}


class NoFaces:
    """A detector that sees nobody: looking for faces would take longer than all the rest."""

    name = "embedded/cascades"

    def detect(self, rgb: np.ndarray) -> list[Face]:
        return []


@dataclass(frozen=True)
class AnalysedFilm:
    """The film, what is true of it, and what the house found in it.

    Attributes:
        film: As it was assembled.
        analysis: What the editor reads; its lines are those that can be taken out whole, as in the cutting room.
        sound: What is heard.
        track: Its sound as the house keeps it.
    """

    film: AssembledFilm
    analysis: SceneAnalysis
    sound: AudioFeatures
    track: Path


def analysed_film(data: Path, factory: pytest.TempPathFactory) -> AnalysedFilm:
    """100 s of 37 shots at 320×180."""
    base = factory.getbasetemp()
    if base not in _made:
        folder = factory.mktemp("analysed")
        film = assemble(data, folder, seconds=SECONDS, size=SIZE)
        known = known_of(film.path, folder)
        found = analyse_scenes(film.path, known, Judges(StillAesthetics()), folder=folder)
        safe = replace(found, lines=safe_lines(found.lines, known.track))
        _made[base] = AnalysedFilm(film, safe, known.sound, known.track)
    return _made[base]


def reels(analysis: SceneAnalysis, count: int) -> SceneAnalysis:
    """The analysis of a longer film: the same reel so many times, each in scenes and shots of its own."""
    length, shots, scenes = analysis.duration_s, len(analysis), analysis.scene_count
    numbers = []
    for reel in range(count):
        own = analysis.numbers.astype(np.float64)
        for name, ahead in (("shot", shots), ("scene", scenes), ("start_s", length), ("end_s", length),
                            ("steady_start_s", length), ("steady_end_s", length)):  # fmt: skip
            own[:, COLUMNS.index(name)] += reel * ahead
        numbers.append(own)
    lines = tuple(
        replace(
            line, start_s=line.start_s + reel * length, end_s=line.end_s + reel * length, shot=line.shot + reel * shots
        )
        for reel in range(count)
        for line in analysis.lines
    )
    return replace(
        analysis,
        numbers=np.concatenate(numbers).astype(np.float32),
        colour=np.tile(analysis.colour, (count, 1)),
        embedding=np.tile(analysis.embedding, (count, 1)),
        lines=lines,
        curves={name: np.tile(curve, count) for name, curve in analysis.curves.items()},
    )

"""Blind proxies of our edit and of the baselines, and how many of the planted highlights each shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

import numpy as np

from assets.making import Work
from assets.trailer_room import CuttingRoom
from benchmarks.trailers.analysed import analysed, in_cutting_room
from benchmarks.trailers.baselines import Baseline, baseline
from benchmarks.trailers.films import KeptFilm
from ops.trailer.cuts import CUTS
from ops.trailer.editing.editor import edit
from ops.trailer.editing.moments import find_moments
from ops.trailer.edl import EditDecisionList
from ops.trailer.measuring.proxies import highlight_recall, judge_edit

__all__ = ["OURS", "PROXIES", "Worth", "worth_of"]

OURS = "ours"
PROXIES = ("beats", "pacing", "variety", "coverage", "highlights", "mean", "recall")

Worth = dict[str, dict[str, list[float]]]
"""By method and proxy, one value a seed and film."""


def worth_of(films: list[KeptFilm], seeds: int) -> Worth:
    """Judge so many cuts of each film, each another choice to other music, and the baselines beside each."""
    worth: Worth = defaultdict(lambda: defaultdict(list))
    for film in films:
        told = analysed(film.path)

        def judge(work: Work, room: CuttingRoom, film: KeptFilm = film) -> None:
            for seed in range(seeds):
                brief = room.brief(CUTS["trailer_30"], attempt=seed)
                moments = find_moments(room.analysis, brief.rate, brief.genre, barred=brief.barred)
                action = room.analysis.column("action")[moments.shot]
                ours = edit(room.analysis, brief)
                cuts = {OURS: ours} | {
                    str(kind): baseline(kind, ours, moments, action, np.random.default_rng(seed)) for kind in Baseline
                }
                for name, edl in cuts.items():
                    _note(worth[name], edl, room, moments.spoiler_frame, film)

        in_cutting_room(Path(told["home"]), told["title"], judge)
    return worth


def _note(
    into: dict[str, list[float]], edl: EditDecisionList, room: CuttingRoom, spoiler_frame: int, film: KeptFilm
) -> None:
    judged = judge_edit(edl, room.analysis, spoiler_frame)
    told = {**asdict(judged), "mean": judged.mean}
    shown = [nth for nth in film.highlight_shots if (nth and film.cuts[nth - 1]) < spoiler_frame]
    told["recall"] = highlight_recall(edl, list(film.cuts), shown)
    for name, value in told.items():
        into[name].append(value)

"""F1 at ±2 frames: on the ground truth of real clips, and on synthetic edits by seeds that tuning never saw."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shots.edits import Group, make_edit
from benchmarks.shots.peers import Setting, scenedetect_cuts
from ops.shots.analyse import analyse
from ops.shots.evaluate import Change, Score, Truth, changes_of, read_truth, score, total

__all__ = ["TUNED_ON", "autoshot_oracle", "compare", "real_films", "synthetic_films"]

TUNED_ON = range(10)
"""Seeds that thresholds and weights were looked at on; never reported."""

GRADUAL = ("dissolve", "fade", "wipe")

Finder = Callable[[Path], Sequence[Change]]


@dataclass
class Tally:
    """One method's counts over the films of one group."""

    scores: list[Score] = field(default_factory=list)
    by_kind: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, found: Sequence[Change], truth: Truth) -> None:
        """Count one film."""
        counts, by_kind = score(found, truth)
        self.scores.append(counts)
        for kind, (hits, of) in by_kind.items():
            self.by_kind[kind][0] += hits
            self.by_kind[kind][1] += of

    @property
    def score(self) -> Score:
        """All films together."""
        return total(self.scores)

    def gradual(self) -> Score:
        """Gradual transitions alone; false detections count in full, since nothing says what they mistook."""
        hits, of = (sum(self.by_kind[kind][place] for kind in GRADUAL if kind in self.by_kind) for place in (0, 1))
        return Score(right=hits, false=self.score.false, missed=of - hits)


def real_films(videos: Path) -> Iterator[tuple[str, Path, Truth]]:
    """Clips with ground truth, each as (group, file, truth)."""
    for table in sorted((videos / "ground_truth").glob("*.transitions.csv")):
        stem = table.name.removesuffix(".transitions.csv")
        film = next(path for path in sorted(videos.glob(f"{stem}.*")) if path.is_file())
        yield "real clips", film, read_truth(table)


def synthetic_films(videos: Path, seeds: Sequence[int], scratch: Path) -> Iterator[tuple[str, Path, Truth]]:
    """Edits of every group and seed, each as (group, file, truth); a file is gone when the next is asked for."""
    for seed in seeds:
        if seed in TUNED_ON:
            raise ValueError(f"seed {seed} was tuned on; report others")
        for group in Group:
            film = scratch / f"{group}_{seed}.mp4"
            truth = make_edit(videos, group, seed, film)
            yield str(group), film, truth
            film.unlink()


def compare(films: Iterator[tuple[str, Path, Truth]], scratch: Path) -> dict[str, dict[str, Tally]]:
    """Every method on the same films: {method: {group: tally}}."""
    finders: dict[str, Finder] = {
        "showrunner": lambda film: changes_of(analyse(film).shots),
        "scenedetect default": lambda film: scenedetect_cuts(film, Setting.DEFAULT, scratch),
        "scenedetect best": lambda film: scenedetect_cuts(film, Setting.BEST, scratch),
    }
    tallies: dict[str, dict[str, Tally]] = {name: defaultdict(Tally) for name in finders}
    for group, film, truth in films:
        for name, find in finders.items():
            tallies[name][group].add(find(film), truth)
    return tallies


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.split(".", maxsplit=1)[0] != "numpy" or name not in {"_reconstruct", "ndarray", "dtype"}:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a table")
        return super().find_class(module, name)


def autoshot_oracle(folder: Path) -> Score:
    """AutoShot's own verdicts scored by our rule: published F1 0.8405448717948718 at threshold 0.296."""
    tables = []
    for name in ("gt_scenes_dict_baseline_v2.pickle", "supernet_best_f1.pickle"):
        with (folder / name).open("rb") as file:
            tables.append(_ArraysOnly(file).load())
    truths, verdicts = tables
    return total(
        score(_changes(_runs_between(verdicts[film].ravel() > 0.296)), Truth(tuple(_changes(truths[film]))))[0]
        for film in truths
    )


def _runs_between(transition: np.ndarray) -> list[tuple[int, int]]:
    """Scenes as TransNet V2 reads them off per-frame verdicts: each ends where a run of verdicts begins."""
    edges = np.diff(transition.astype(np.int8))
    ends = (np.flatnonzero(edges == 1) + 1).tolist()
    starts = (np.flatnonzero(edges == -1) + 1).tolist()
    if transition[0]:
        starts = starts[1:] if len(starts) > len(ends) else starts
    tail = [] if transition[-1] else [len(transition) - 1]
    return list(zip([0, *starts], [*ends, *tail], strict=False))


def _changes(scenes: Sequence[tuple[int, int]] | np.ndarray) -> list[Change]:
    return [Change(int(before[1]), int(after[0])) for before, after in pairwise(scenes)]

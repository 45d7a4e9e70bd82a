"""Seconds a thumbnail and a variant take from an analysed film, and what faces and embeddings cost apart.

python -m benchmarks.thumbnails FILM…
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ops.keyframes.select import select_keyframes
from ops.media.frames import read_frames_at
from ops.shots.analyse import analyse
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.looks import look_of
from ops.thumbnails.make import make_thumbnail
from ops.thumbnails.plan import plan_variants
from ops.thumbnails.recipe import Recipe
from ops.thumbnails.render import Kitchen
from ops.thumbnails.study import study_keyframes
from ops.thumbnails.variants import make_variants
from ops.thumbnails.wording import lockup_text
from resources.models.engines import Engines
from resources.settings import load_settings

BUDGET_S = 2.0
PICTURES = 8


def main(films: list[Path]) -> None:
    """Print a row a film."""
    engines = Engines(load_settings())
    print(
        f"{'film':34} {'keyframes s':>11} {'s a thumbnail':>14} {'plan s':>7} {'variants':>8} "
        f"{'s a variant':>11} {'slowest':>8} {'face s':>7} {'embedding ms':>13}"
    )
    for film in films:
        found = analyse(film)
        with tempfile.TemporaryDirectory() as kept:
            folder = Path(kept)
            start = time.perf_counter()
            keyframes = select_keyframes(film, found.shots, found.signals, faces=engines.faces, into=folder)
            chosen = time.perf_counter()
            studies = study_keyframes(keyframes, folder, objects=engines.objects, aesthetics=engines.aesthetics)
            for aspect in Aspect:
                make_thumbnail(studies, aspect, into=folder)
            each = (time.perf_counter() - chosen) / len(Aspect)
            planning = time.perf_counter()
            recipes = plan_variants(studies, text=lockup_text(film.stem), look=look_of("any"), most=8)
            planned = time.perf_counter() - planning
            variants = _seconds_a_variant(recipes, Kitchen(studies), folder)
            a_variant = (planned + sum(variants)) / len(variants)
        middle = found.signals.pts[:: max(1, len(found.signals) // PICTURES)][:PICTURES]
        pictures = [frame.rgb for frame in read_frames_at(film, [int(pts) for pts in middle], width=960)]
        face = _seconds(lambda shown=pictures: [engines.faces.detect(picture) for picture in shown]) / len(pictures)
        vector = _seconds(lambda shown=pictures: engines.embedder.embed(shown)) / len(pictures)
        told = "" if max(each, a_variant, *variants) <= BUDGET_S else f"   over the budget of {BUDGET_S:g} s"
        print(
            f"{film.name:34} {chosen - start:11.1f} {each:14.2f} {planned:7.1f} {len(variants):8} {a_variant:11.2f} "
            f"{max(variants):8.2f} {face:7.2f} {1000 * vector:13.1f}{told}"
        )


def _seconds_a_variant(recipes: list[Recipe], kitchen: Kitchen, folder: Path) -> list[float]:
    """Of every variant in every shape, saved; the plan is counted apart."""
    taken = []
    for aspect in Aspect:
        for recipe in recipes:
            start = time.perf_counter()
            make_variants([recipe], kitchen, aspect, into=folder)
            taken.append(time.perf_counter() - start)
    return taken


def _seconds(work) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m benchmarks.thumbnails FILM…")
    main([Path(argument) for argument in sys.argv[1:]])

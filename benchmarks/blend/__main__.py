"""How long a blend takes to a given loss, beside two published methods; and how fast a moved slider is answered.

python -m benchmarks.blend CONTENT STYLE [--size 256] [--iterations 150]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.blend.peers import Mark, one_scale_lbfgs, square_root_pyramid
from ops.blend.extractor import random_extractor
from ops.blend.guide import BlendInputs
from ops.blend.losses import blend_loss
from ops.blend.model import BlendRecipe, Source
from ops.blend.optimise import Walk, descend, grown, scales
from ops.blend.reading import decode_picture
from ops.blend.refining import Scene, steps_of
from ops.blend.session import BlendSession
from ops.blend.targets import GramCache

_WITHIN = 1.05
"""The loss that all must reach: five in a hundred above where the house's walk ends."""


class Race:
    """One recipe, one network, and the loss at full size that all are judged by."""

    def __init__(self, recipe: BlendRecipe, inputs: BlendInputs, size: int) -> None:
        self.recipe, self.inputs, self.size = recipe, inputs, size
        self.net = random_extractor(recipe.seed)
        self._grams = GramCache()
        self._levels = {}

    def level(self, side: int):
        """Shape and targets at a scale; made before the clock runs, as every method needs them."""
        if side not in self._levels:
            layers = (self.net.style_layers, self.net.content_layers)
            scene = Scene(self.net, self.recipe, self.inputs, side, "cpu", self._grams, layers)
            self._levels[side] = (scene.shape, scene.targets(), scene.first(None))
        return self._levels[side]

    def judged(self, canvas: torch.Tensor) -> float:
        """The loss at full size, less what no picture can take from it."""
        shape, targets, _ = self.level(self.size)
        full = torch.nn.functional.interpolate(canvas, size=shape, mode="bicubic", align_corners=False).clamp(0, 1)
        with torch.no_grad():
            return float(blend_loss(self.net, full, targets).total) - targets.constant

    def house(self, iterations: int) -> Iterable[Mark]:
        """The house's own walk."""
        spent, way = 0.0, None
        sides = scales(self.size)
        for side, steps in zip(sides, steps_of(iterations, len(sides), warm=False), strict=True):
            shape, targets, first = self.level(side)
            way = Walk.begin(first) if way is None else grown(way, shape)
            began = time.perf_counter()
            walk = descend(
                self.net,
                targets,
                way,
                iterations=steps,
                learning_rate=self.recipe.learning_rate,
                optimiser=self.recipe.optimiser,
            )
            for stride in walk:
                way = stride.walk
                spent += time.perf_counter() - began
                yield spent, way.canvas
                began = time.perf_counter()

    def peers(self, iterations: int) -> dict[str, Iterable[Mark]]:
        """The published methods, by name."""
        shape, targets, first = self.level(self.size)
        count = max(iterations // 3, 1)
        return {
            "crowsonkb's pyramid (Adam)": square_root_pyramid(
                self.net, lambda side: self.level(side)[:2], first, size=self.size, first=2 * count, later=count
            ),
            "pytorch tutorial (L-BFGS)": one_scale_lbfgs(self.net, (shape, targets), first, steps=iterations),
        }

    def seconds_to(self, marks: Iterable[Mark], loss: float) -> tuple[float | None, float]:
        """When a walk first reached a loss (None: never), and where it ended."""
        least = float("inf")
        for spent, canvas in marks:
            least = min(least, self.judged(canvas))
            if least <= loss:
                return spent, least
        return None, least


def main() -> None:
    """Run, and print a table."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    inputs = BlendInputs(
        {str(path): decode_picture(path.read_bytes()) for path in (arguments.content, arguments.style)}
    )
    recipe = BlendRecipe(str(arguments.content), (Source(str(arguments.style), 1.0),), iterations=arguments.iterations)
    print(f"load {os.getloadavg()[0]:.1f}, {arguments.threads} threads, {arguments.size} px")
    _previews(recipe, inputs)
    _race(Race(recipe, inputs, arguments.size), arguments.iterations)
    _warm(recipe, inputs, min(arguments.size, 128))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("content", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--iterations", type=int, default=150)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def _previews(recipe: BlendRecipe, inputs: BlendInputs) -> None:
    session = BlendSession()
    for size in (256, 512, 1024):
        times = []
        for weight in (0.2, 0.4, 0.6, 0.8, 1.0):
            moved = replace(recipe, sources=(replace(recipe.sources[0], style=weight),))
            began = time.perf_counter()
            session.preview(moved, inputs, size)
            times.append(1000 * (time.perf_counter() - began))
        print(f"preview at {size} px: median {sorted(times)[2]:.0f} ms, slowest {max(times):.0f} ms")


def _race(race: Race, iterations: int) -> None:
    marks = list(race.house(iterations))
    goal = _WITHIN * race.judged(marks[-1][1])
    house, _ = race.seconds_to(marks, goal)
    assert house is not None, "its own end is within five in a hundred of its own end"
    print(f"to a loss of {goal:.4f} at full size: the house {house:.1f} s")
    for name, walk in race.peers(iterations).items():
        spent, least = race.seconds_to(walk, goal)
        told = f"{spent:.1f} s, {spent / house:.2f} times as long" if spent else f"not reached: {least:.4f} at its end"
        print(f"  {name}: {told}")


def _warm(recipe: BlendRecipe, inputs: BlendInputs, size: int) -> None:
    session = BlendSession()
    *_, before = session.refine(recipe, inputs, size=size)
    moved = replace(recipe, sources=(replace(recipe.sources[0], style=0.7),))
    cold = [step.loss for step in session.refine(moved, inputs, size=size, every=1) if step.size == size]
    walk = list(session.refine(moved, inputs, size=size, every=1))
    goal = _WITHIN * cold[-1]
    warm = [step.loss for step in session.refine(moved, inputs, size=size, start=before.picture, every=1)]
    fresh = next((step.iteration for step in walk if step.size == size and step.loss <= goal), None)
    again = next((place for place, loss in enumerate(warm, start=1) if loss <= goal), None)
    print(f"after a moved slider, steps to within 5 % of its end at {size} px: cold {fresh}, warm {again}")


if __name__ == "__main__":
    main()

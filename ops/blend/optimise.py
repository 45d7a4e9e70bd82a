"""Walking down the loss, one scale at a time: Adam or L-BFGS, averaged iterates, and a stop when nothing moves.

Coarse to fine as in crowsonkb's style transfer: forms settle at 96 pixels where a step costs a sixtieth of one at 768,
and Adam's moments grow with the picture, so that no scale starts blind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.blend.extractor import Extractor
from ops.blend.losses import blend_loss
from ops.blend.model import Optimiser
from ops.blend.targets import Targets

__all__ = ["COARSEST", "Stride", "Walk", "descend", "grown", "scales"]

COARSEST = 96

_BETAS = (0.9, 0.99)
_AVERAGE = 0.9
"""Decay of the running mean of pictures: Adam's steps shimmer by the learning rate, and their mean does not."""

_STILL = 1e-3
_OVER = 20
"""A walk ends when the least of its losses fell by less than a thousandth in twenty steps."""

_LEAP = 2.0

_HISTORY = 20
"""Pairs that L-BFGS remembers."""


@dataclass(frozen=True)
class Walk:
    """Where a walk stands: the picture, and what Adam remembers of its way.

    Attributes:
        canvas: (1, C, H, W), 0 to 1.
        drift: Adam's first moment, of the canvas's shape.
        spread: Adam's second moment.
        steps: How many steps those are of.
    """

    canvas: Tensor
    drift: Tensor
    spread: Tensor
    steps: int = 0

    @classmethod
    def begin(cls, canvas: Tensor) -> Walk:
        """At a picture, with nothing remembered."""
        return cls(canvas, torch.zeros_like(canvas), torch.zeros_like(canvas))


@dataclass(frozen=True)
class Stride:
    """One step.

    Attributes:
        walk: Where it led; its canvas is the mean of the last pictures.
        iteration: From 1.
        loss: Before the step, less what no picture can take from it.
        last: Whether the walk ends here.
    """

    walk: Walk
    iteration: int
    loss: float
    last: bool


def scales(size: int, *, coarsest: int = COARSEST) -> tuple[int, ...]:
    """Longer sides of a pyramid, doubling: 96, 192, 384 … and the size itself; none within a fifth of it."""
    found = []
    side = coarsest
    while side * 1.2 < size:
        found.append(side)
        side *= 2
    return (*found, size)


def grown(walk: Walk, shape: tuple[int, int]) -> Walk:
    """The walk on a larger canvas: picture and moments scaled together."""

    def scaled(plane: Tensor) -> Tensor:
        return F.interpolate(plane, size=shape, mode="bicubic", align_corners=False)

    # bicubic overshoots below zero, and a second moment is a square
    spread = F.interpolate(walk.spread, size=shape, mode="bilinear", align_corners=False)
    return Walk(scaled(walk.canvas).clamp(0, 1), scaled(walk.drift), spread, walk.steps)


def descend(
    net: Extractor,
    targets: Targets,
    walk: Walk,
    *,
    iterations: int,
    learning_rate: float,
    optimiser: Optimiser = Optimiser.ADAM,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Stride]:
    """Walk down on one scale; ends when cancelled, when it stands still, or after so many iterations."""
    step = _lbfgs(net, targets, walk) if optimiser is Optimiser.LBFGS else _adam(net, targets, walk, learning_rate)
    average, weight = torch.zeros_like(walk.canvas), 0.0
    losses: list[float] = []
    for iteration in range(1, iterations + 1):
        if cancelled():
            return
        told, there = next(step)
        loss = told - targets.constant
        losses.append(loss)
        decay = 0.0 if optimiser is Optimiser.LBFGS else _AVERAGE
        average = decay * average + (1 - decay) * there.canvas
        weight = decay * weight + (1 - decay)
        last = iteration == iterations or _stands_still(losses)
        yield Stride(Walk(average / weight, there.drift, there.spread, there.steps), iteration, loss, last)
        if last:
            return


def _stands_still(losses: list[float]) -> bool:
    if not math.isfinite(losses[-1]):
        return True
    if len(losses) <= _OVER:
        return False
    # the least so far, as Adam's loss swings: a swing upwards is no standstill
    before, now = min(losses[:-_OVER]), min(losses[-_OVER:])
    return before - now < _STILL * abs(before)


def _adam(net: Extractor, targets: Targets, walk: Walk, learning_rate: float) -> Iterator[tuple[float, Walk]]:
    """Kingma and Ba 2015, with the moments in reach, so that the next scale can have them."""
    canvas, drift, spread, steps = walk.canvas.clone(), walk.drift, walk.spread, walk.steps
    while True:
        loss, slope = _slope(net, targets, canvas)
        steps += 1
        drift = _BETAS[0] * drift + (1 - _BETAS[0]) * slope
        spread = _BETAS[1] * spread + (1 - _BETAS[1]) * slope.square()
        ahead = drift / (1 - _BETAS[0] ** steps)
        width = (spread / (1 - _BETAS[1] ** steps)).sqrt() + 1e-12
        canvas = (canvas - learning_rate * ahead / width).clamp(0, 1)
        yield loss, Walk(canvas, drift, spread, steps)


def _lbfgs(net: Extractor, targets: Targets, walk: Walk) -> Iterator[tuple[float, Walk]]:
    """L-BFGS with its own step and no line search: one look at the loss a step, as the first step is scaled down.

    A leap that doubles the least loss so far, or leads to none, is taken back, and what was remembered of the slope
    forgotten with it.
    """
    canvas = walk.canvas.clone()
    least, best = math.inf, canvas
    search = None
    while True:
        if search is None:
            canvas = best.clone().requires_grad_(True)
            search = torch.optim.LBFGS(
                [canvas], lr=1.0, max_iter=1, history_size=_HISTORY, tolerance_grad=0, tolerance_change=0
            )

        def closure(place: Tensor = canvas) -> float:
            loss, place.grad = _slope(net, targets, place.detach())
            return loss

        before = canvas.detach().clone()
        loss = float(search.step(closure))  # pyright: ignore[reportArgumentType]
        with torch.no_grad():
            canvas.clamp_(0, 1)
        away = loss - targets.constant
        if math.isfinite(loss) and away < least:
            least, best = away, before
        elif not away <= _LEAP * least:
            search = None
        yield least + targets.constant, Walk(best, walk.drift, walk.spread, walk.steps)


def _slope(net: Extractor, targets: Targets, canvas: Tensor) -> tuple[float, Tensor]:
    place = canvas.detach().requires_grad_(True)
    loss = blend_loss(net, place, targets).total
    (slope,) = torch.autograd.grad(loss, place)
    return float(loss.detach()), slope

"""Trains the trunk: several styles at once, or one new style beside those that it knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ops.style.networks.ground import GROUNDS
from ops.style.networks.trunk import Trunk

__all__ = ["Aim", "Progress", "Schedule", "Trainer", "on_grounds"]

_EAGER = 4.0
"""How much faster rows learn than what they share: a row sees only the batches of its own style."""

_DECAY = 0.995
"""Of the running mean of weights that is kept: single steps of small batches jitter, their mean does not."""


class Aim(Protocol):
    """What a training is for."""

    @property
    def weights(self) -> Mapping[str, float]:
        """How much each loss counts."""
        ...

    def losses(self, trunk: Trunk, random: np.random.Generator, draw: torch.Generator) -> dict[str, Tensor]:
        """The losses of one batch, each a single number, by the names of the weights."""
        ...


@dataclass(frozen=True)
class Schedule:
    """How long and how training goes.

    Attributes:
        steps: Batches.
        rate: Adam's greatest learning rate; it falls to a fiftieth along a cosine.
        seed: Of the weights and the batches.
        limit_s: Training ends by then, its rate fallen, though steps be left; 0 is no limit.
        trunk: Whether the trunk learns too, or only the rows.
        grounds: Whether rows learn on which grounds they lie. Left to it, styles that share a trunk all drift to the
            ground that one of them found first, and look alike.
    """

    steps: int
    rate: float = 2e-3
    seed: int = 0
    limit_s: float = 0.0
    trunk: bool = True
    grounds: bool = False


@dataclass(frozen=True)
class Progress:
    """Where training is.

    Attributes:
        step: Batches done.
        share: 0 to 1 of the way.
        losses: Means over the last batches, by name.
        elapsed_s: Since the beginning.
    """

    step: int
    share: float
    losses: Mapping[str, float]
    elapsed_s: float


class Trainer:
    """One training.

    Attributes:
        trunk: What learns.
        kept: The running mean of its weights: what is shipped.

    Args:
        trunk: A new one, or a trained one whose rows are to be fitted.
        aim: What for.
        schedule: How.
    """

    def __init__(self, trunk: Trunk, aim: Aim, schedule: Schedule) -> None:
        self.trunk = trunk
        self._aim, self._schedule = aim, schedule
        self._random = np.random.default_rng(schedule.seed)
        self._draw = torch.Generator().manual_seed(schedule.seed)
        shared = [parameter for parameter in trunk.parameters() if parameter is not trunk.codes]
        for parameter in shared:
            parameter.requires_grad_(schedule.trunk)
        self._optimiser = torch.optim.Adam(
            [{"params": shared if schedule.trunk else [], "share": 1.0}, {"params": [trunk.codes], "share": _EAGER}],
            lr=schedule.rate,
            betas=(0.9, 0.99),
        )
        self.kept = {name: value.detach().clone() for name, value in trunk.state_dict().items()}

    def run(self, progress: Callable[[Progress], None] | None = None, *, every: int = 50) -> dict[str, float]:
        """Train to the end.

        Args:
            progress: Called every so many steps; whatever it raises ends the training.
            every: Steps.

        Returns:
            The last means of the losses.
        """
        began = time.monotonic()
        recent: dict[str, list[float]] = {}
        means: dict[str, float] = {}
        step, share = 0, 0.0
        while share < 1.0:
            self._warm(step, share)
            for name, value in self._step(step).items():
                recent.setdefault(name, []).append(value)
            step += 1
            elapsed = time.monotonic() - began
            share = step / self._schedule.steps
            if self._schedule.limit_s:
                share = max(share, elapsed / self._schedule.limit_s)
            if step % every == 0 or share >= 1.0:
                means = {name: float(np.mean(values[-every:])) for name, values in recent.items()}
                if progress:
                    progress(Progress(step, min(share, 1.0), means, elapsed))
        return means

    def _warm(self, step: int, share: float) -> None:
        falling = 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * min(share, 1.0))))
        for group in self._optimiser.param_groups:
            group["lr"] = group["share"] * self._schedule.rate * falling * min(1.0, (step + 1) / 30)

    def _step(self, step: int) -> dict[str, float]:
        losses = self._aim.losses(self.trunk, self._random, self._draw)
        weights = self._aim.weights
        total = torch.stack([weights[name] * value for name, value in losses.items()]).sum()
        self._optimiser.zero_grad(set_to_none=True)
        total.backward()
        if not self._schedule.grounds and self.trunk.codes.grad is not None:
            self.trunk.codes.grad[:, -len(GROUNDS) :] = 0.0
        torch.nn.utils.clip_grad_norm_(self.trunk.parameters(), 1.0)
        self._optimiser.step()
        decay = min(_DECAY, (step + 1) / (step + 10))
        for name, value in self.trunk.state_dict().items():
            self.kept[name].lerp_(value, 1 - decay)
        return {name: float(value.detach()) for name, value in losses.items()}


def on_grounds(trunk: Trunk, grounds: Sequence[Sequence[str]]) -> None:
    """Let a new trunk's styles lie on grounds of their own, in place.

    Args:
        trunk: Untrained.
        grounds: For each of its styles, the names of its grounds.
    """
    with torch.no_grad():
        for row, names in zip(trunk.codes, grounds, strict=True):
            row[-len(GROUNDS) :] = torch.tensor([float(name in names) for name in GROUNDS])

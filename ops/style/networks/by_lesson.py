"""The aim of the house's own media: to come in one pass to what `ops.style.networks.lessons` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from ops.style.networks.ground import ground_of
from ops.style.networks.lessons import Exercises
from ops.style.networks.losses import stillness
from ops.style.networks.trunk import Trunk

__all__ = ["ByLesson"]

_WEIGHTS = {"lesson": 1.0, "edges": 1.0, "stillness": 6.0}
"""In luma, in differences of neighbours (which keep lines hard), in squared luma."""

_SIDE = 128
"""Pixels of a piece."""

_GRAIN = 0.006
"""Spread of the noise on what is given: film has grain, and strokes shall not follow it."""


class ByLesson:
    """Every row its own medium.

    Args:
        exercises: A row each.
    """

    weights: Mapping[str, float] = _WEIGHTS

    def __init__(self, exercises: Sequence[Exercises]) -> None:
        self._exercises = exercises

    def losses(self, trunk: Trunk, random: np.random.Generator, draw: torch.Generator) -> dict[str, Tensor]:
        """As `Aim.losses`."""
        rows = range(len(self._exercises))
        pieces = [self._piece(row, random) for row in rows]
        given, wanted, grounds = (torch.cat(parts) for parts in zip(*pieces, strict=True))
        given = given + _GRAIN * torch.randn(given.shape, generator=draw)
        codes = trunk.codes
        some = slice(int(random.integers(min(4, len(rows)))), None, 4)  # a quarter of a batch tells of stillness
        with torch.autocast("cpu", torch.bfloat16):
            made = trunk(given, codes, trunk.underpainted(grounds, codes)).float()
            return {
                "lesson": (made - wanted).abs().mean(),
                "edges": (_across(made) - _across(wanted)).abs().mean() + (_down(made) - _down(wanted)).abs().mean(),
                "stillness": stillness(trunk, given[some], made[some], codes[some], grounds[some], draw=draw),
            }

    def _piece(self, row: int, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """A piece of an exercise: what is given, what shall come of it, and the ground under it."""
        of, side = self._exercises[row], _SIDE
        number = int(random.integers(len(of.given)))
        y, x = (int(each) for each in random.integers(0, of.given.shape[1] - side + 1, 2))
        here = (slice(y, y + side), slice(x, x + side))
        down, across = (int(each) for each in of.places[number])
        ground = ground_of(side, side, down=down + y, across=across + x)
        return _luma(of.given[number][here]), _luma(of.made[number][here]), ground


def _luma(pixels: np.ndarray) -> Tensor:
    luma = torch.from_numpy(pixels.astype(np.float32) / 255)[None, None]
    return luma.to(memory_format=torch.channels_last)


def _across(luma: Tensor) -> Tensor:
    return luma[..., 1:] - luma[..., :-1]


def _down(luma: Tensor) -> Tensor:
    return luma[..., 1:, :] - luma[..., :-1, :]

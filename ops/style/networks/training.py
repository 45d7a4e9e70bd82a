"""Trains the trunk on several styles at once, or fits one new style's row to a trained trunk."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.perception.vgg import FeatureNet, random_vgg
from ops.style.networks.content import crops, luma_of
from ops.style.networks.ground import GROUNDS, TILE, ground_of
from ops.style.networks.losses import (
    Weights,
    content_loss,
    forms,
    forms_in,
    octaves,
    style_loss,
    textures,
    variation,
    wander,
)
from ops.style.networks.trunk import Trunk

__all__ = ["Progress", "Schedule", "Trainer", "half_precision", "on_canvases"]

_STYLE_CROPS = 24
"""Pieces of a picture that its texture is measured on; more of them change it by less than a tenth of a percent."""

_EAGER = 4.0
"""How much faster rows learn than what they share: a row sees only the batches of its own style."""

_DECAY = 0.995
"""Of the running mean of weights that is kept: single steps of small batches jitter, their mean does not."""


@dataclass(frozen=True)
class Schedule:
    """How long and how training goes.

    Attributes:
        steps: Batches.
        styles: Styles in a batch.
        crops: Pieces of content for each of them.
        side: Pixels of a piece, a multiple of 16.
        rate: Adam's greatest learning rate; it falls to a fiftieth along a cosine.
        seed: Of the weights, the batches and the network that looks.
        weights: What counts how much.
        limit_s: Training ends by then, its rate fallen, though steps be left; 0 is no limit.
        trunk: Whether the trunk learns too, or only the rows.
        grounds: Whether rows learn on which grounds they lie. Left to it, styles that share a trunk all drift to the
            ground that one of them found first, and look alike.
    """

    steps: int
    styles: int = 2
    crops: int = 2
    side: int = 128
    rate: float = 2e-3
    seed: int = 0
    weights: Weights = Weights()  # noqa: RUF009 (frozen)
    limit_s: float = 0.0
    trunk: bool = True
    grounds: bool = False


@dataclass(frozen=True)
class Progress:
    """Where training is.

    Attributes:
        step: Batches done.
        share: 0 to 1 of the way.
        losses: Means over the last 50 steps, by name: style, content, tone, stillness, variation.
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
        styles: (H, W, 3) uint8 RGB pictures, a row of the trunk each.
        contents: (H, W, 3) uint8 RGB.
        schedule: How.
    """

    def __init__(
        self, trunk: Trunk, styles: Sequence[np.ndarray], contents: Sequence[np.ndarray], schedule: Schedule
    ) -> None:
        self.trunk = trunk
        self._schedule = schedule
        self._random = np.random.default_rng(schedule.seed)
        self._draw = torch.Generator().manual_seed(schedule.seed)
        self._net = half_precision(random_vgg(schedule.seed, slim=True))
        self._contents = [luma_of(picture) for picture in contents]
        self._wanted, self._scales = self._targets([luma_of(picture) for picture in styles])
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

    def _targets(self, styles: Sequence[np.ndarray]) -> tuple[list[Tensor], list[Tensor]]:
        """Each style's textures and, for each, how far the untouched content is from it."""
        side = self._schedule.side
        with torch.no_grad():
            untouched = self._textures_of(self._contents, side)
            each = [self._textures_of([style], side) for style in styles]
        wanted = [torch.cat(rows) for rows in zip(*each, strict=True)]
        scales = [_distance(style, content) for style, content in zip(wanted, untouched, strict=True)]
        return wanted, scales

    def _textures_of(self, pictures: Sequence[np.ndarray], side: int) -> list[Tensor]:
        pieces = []
        for _ in range(_STYLE_CROPS):
            picture = pictures[int(self._random.integers(len(pictures)))]
            taken = min(side, *picture.shape)
            y = int(self._random.integers(picture.shape[0] - taken + 1))
            x = int(self._random.integers(picture.shape[1] - taken + 1))
            pieces.append(np.ascontiguousarray(picture[y : y + taken, x : x + taken]))
        least = min(piece.shape[0] for piece in pieces)
        batch = torch.from_numpy(np.stack([piece[:least, :least] for piece in pieces])[:, None])
        return [matrix.mean(dim=0, keepdim=True) for matrix in textures(octaves(self._net, batch.bfloat16()))]

    def _warm(self, step: int, share: float) -> None:
        falling = 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * min(share, 1.0))))
        for group in self._optimiser.param_groups:
            group["lr"] = group["share"] * self._schedule.rate * falling * min(1.0, (step + 1) / 30)

    def _step(self, step: int) -> dict[str, float]:
        schedule = self._schedule
        rows = torch.from_numpy(
            self._random.choice(len(self._wanted[0]), min(schedule.styles, len(self._wanted[0])), replace=False)
        )
        count = len(rows) * schedule.crops
        batch = torch.from_numpy(crops(self._contents, count, schedule.side, random=self._random))
        batch = batch + 0.008 * torch.randn(batch.shape, generator=self._draw)
        codes = self.trunk.codes[rows.repeat_interleave(schedule.crops)]
        with torch.autocast("cpu", torch.bfloat16):
            ground = self._ground()
            made = self.trunk(batch, codes, under=self.trunk.underpainted(ground, codes)).float()
            losses = self._losses(batch, made, rows.repeat_interleave(schedule.crops))
            losses["stillness"] = self._stillness(batch, made, codes, ground)
        weights = schedule.weights
        total = (
            losses["style"]
            + weights.content * losses["content"]
            + weights.tone * losses["tone"]
            + weights.stillness * losses["stillness"]
            + weights.variation * losses["variation"]
        )
        self._optimiser.zero_grad(set_to_none=True)
        total.backward()
        if not schedule.grounds and self.trunk.codes.grad is not None:
            self.trunk.codes.grad[:, -len(GROUNDS) :] = 0.0
        torch.nn.utils.clip_grad_norm_(self.trunk.parameters(), 1.0)
        self._optimiser.step()
        decay = min(_DECAY, (step + 1) / (step + 10))
        for name, value in self.trunk.state_dict().items():
            self.kept[name].lerp_(value, 1 - decay)
        return {name: float(value.detach()) for name, value in losses.items()}

    def _ground(self) -> Tensor:
        down, across = (int(place) for place in self._random.integers(0, TILE, 2))
        return ground_of(self._schedule.side, self._schedule.side, down=down, across=across)

    def _losses(self, batch: Tensor, made: Tensor, rows: Tensor) -> dict[str, Tensor]:
        mine = octaves(self._net, made.bfloat16())
        with torch.no_grad():
            theirs = forms(self._net, batch.bfloat16())
        wanted = [matrix[rows] for matrix in self._wanted]
        scales = [scale[rows] for scale in self._scales]
        outside = F.relu(made - 1) + F.relu(-made)
        return {
            "style": style_loss(textures(mine), wanted, scales).mean() + 4 * outside.mean(),
            "content": content_loss(forms_in(mine), theirs).mean(),
            "tone": (F.avg_pool2d(made, 32) - F.avg_pool2d(batch, 32)).square().mean(),
            "variation": variation(made),
        }

    def _stillness(self, batch: Tensor, made: Tensor, codes: Tensor, ground: Tensor) -> Tensor:
        """How the picture's next frame differs from the picture moved, where it was in sight."""
        batch, made, codes = batch[::2], made[::2], codes[::2]  # half of them tell as much, in half the time
        grid = wander(len(batch), *batch.shape[-2:], draw=self._draw)
        moved = F.grid_sample(batch, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
        moved = moved + 0.012 * torch.randn(moved.shape, generator=self._draw)
        expected = F.grid_sample(made, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
        seen = (grid.abs() < 0.97).all(dim=-1)[:, None]
        # strokes are drawn where the ground is: moved along, it is to move them and nothing else
        below = F.grid_sample(
            ground.expand(len(grid), -1, -1, -1), grid, padding_mode="reflection", align_corners=False
        )
        again = self.trunk(moved, codes, under=self.trunk.underpainted(below, codes)).float()
        return ((again - expected).square() * seen).mean()


def _distance(style: Tensor, content: Tensor) -> Tensor:
    """(styles,): what a layer's loss is divided by.

    Where style and content happen to agree in a layer, their difference alone would make it count for all others.
    """
    return (style - content).square().sum(dim=(1, 2)) + 0.2 * style.square().sum(dim=(1, 2))


def half_precision(net: FeatureNet) -> FeatureNet:
    """The net in bfloat16, laid out as convolutions on a CPU like it: half the time of a step, measured."""
    layout = torch.channels_last
    return FeatureNet(
        {
            name: (weight.bfloat16().to(memory_format=layout), bias.bfloat16())
            for name, (weight, bias) in net.convolutions.items()
        },
        pooling=net.pooling,
        name=net.name,
    )


def on_canvases(trunk: Trunk, canvases: Sequence[Mapping[str, float]]) -> None:
    """Let a new trunk's styles begin on grounds of their own, in place.

    Args:
        trunk: Untrained.
        canvases: For each of its styles, how strong which grounds are; one that is empty leaves the style as it is.
    """
    with torch.no_grad():
        for row, canvas in zip(trunk.codes, canvases, strict=True):
            if canvas:
                row[-len(GROUNDS) :] = torch.tensor([canvas.get(name, 0.0) for name in GROUNDS])

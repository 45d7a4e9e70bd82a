"""The aim of a style that is given as a picture: its texture, the content's forms, and stillness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.perception.vgg import FeatureNet, random_vgg
from ops.style.networks.content import crops, luma_of
from ops.style.networks.ground import TILE, ground_of
from ops.style.networks.losses import (
    content_loss,
    forms,
    forms_in,
    octaves,
    stillness,
    style_loss,
    textures,
    variation,
)
from ops.style.networks.trunk import Trunk

__all__ = ["ByTexture", "half_precision"]

_STYLE_CROPS = 24
"""Pieces of a picture that its texture is measured on; more of them change it by less than a tenth of a percent."""

_WEIGHTS = {"style": 1.0, "content": 0.8, "tone": 10.0, "stillness": 12.0, "variation": 0.05, "outside": 4.0}
"""Style is the mean of its layers' losses, each 1 for the untouched content, and content is relative to the spread of
its features; tone and stillness are in squared luma, variation and what lies outside of black and white in luma."""


class ByTexture:
    """Every row its own picture's texture (Gatys et al. 2016; Johnson et al. 2016), by a random network's features.

    Args:
        styles: (H, W, 3) uint8 RGB pictures, a row each.
        contents: (H, W, 3) uint8 RGB.
        rows: Styles in a batch.
        pieces: Of content for each of them.
        side: Pixels of a piece, a multiple of 16.
        seed: Of the network that looks.
    """

    weights: Mapping[str, float] = _WEIGHTS

    def __init__(
        self,
        styles: Sequence[np.ndarray],
        contents: Sequence[np.ndarray],
        *,
        rows: int = 1,
        pieces: int = 3,
        side: int = 128,
        seed: int = 0,
    ) -> None:
        self._rows, self._pieces, self._side = min(rows, len(styles)), pieces, side
        self._net = half_precision(random_vgg(seed, slim=True))
        self._contents = [luma_of(picture) for picture in contents]
        self._wanted, self._scales = self._targets([luma_of(each) for each in styles], np.random.default_rng(seed))

    def losses(self, trunk: Trunk, random: np.random.Generator, draw: torch.Generator) -> dict[str, Tensor]:
        """As `Aim.losses`."""
        chosen = torch.from_numpy(random.choice(len(self._wanted[0]), self._rows, replace=False))
        rows = chosen.repeat_interleave(self._pieces)
        batch = torch.from_numpy(crops(self._contents, len(rows), self._side, random=random))
        batch = batch + 0.008 * torch.randn(batch.shape, generator=draw)
        down, across = (int(place) for place in random.integers(0, TILE, 2))
        ground, codes = ground_of(self._side, self._side, down=down, across=across), trunk.codes[rows]
        with torch.autocast("cpu", torch.bfloat16):
            made = trunk(batch, codes, trunk.underpainted(ground, codes)).float()
            mine = octaves(self._net, made.bfloat16())
            with torch.no_grad():
                theirs = forms(self._net, batch.bfloat16())
            wanted = [matrix[rows] for matrix in self._wanted]
            scales = [scale[rows] for scale in self._scales]
            half = slice(None, None, 2)  # half of them tell as much of stillness, in half the time
            return {
                "style": style_loss(textures(mine), wanted, scales).mean(),
                "content": content_loss(forms_in(mine), theirs).mean(),
                "tone": (F.avg_pool2d(made, 32) - F.avg_pool2d(batch, 32)).square().mean(),
                "stillness": stillness(trunk, batch[half], made[half], codes[half], ground, draw=draw),
                "variation": variation(made),
                "outside": (F.relu(made - 1) + F.relu(-made)).mean(),
            }

    def _targets(self, styles: Sequence[np.ndarray], random: np.random.Generator) -> tuple[list[Tensor], list[Tensor]]:
        """Each style's textures and, for each, how far the untouched content is from it."""
        with torch.no_grad():
            untouched = self._textures_of(self._contents, random)
            each = [self._textures_of([style], random) for style in styles]
        wanted = [torch.cat(rows) for rows in zip(*each, strict=True)]
        scales = [_distance(style, content) for style, content in zip(wanted, untouched, strict=True)]
        return wanted, scales

    def _textures_of(self, pictures: Sequence[np.ndarray], random: np.random.Generator) -> list[Tensor]:
        pieces = []
        for _ in range(_STYLE_CROPS):
            picture = pictures[int(random.integers(len(pictures)))]
            taken = min(self._side, *picture.shape)
            y = int(random.integers(picture.shape[0] - taken + 1))
            x = int(random.integers(picture.shape[1] - taken + 1))
            pieces.append(np.ascontiguousarray(picture[y : y + taken, x : x + taken]))
        least = min(piece.shape[0] for piece in pieces)
        batch = torch.from_numpy(np.stack([piece[:least, :least] for piece in pieces])[:, None])
        return [matrix.mean(dim=0, keepdim=True) for matrix in textures(octaves(self._net, batch.bfloat16()))]


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

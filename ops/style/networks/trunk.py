"""One network for many styles: a trunk that all share, and for each style a row of scales and shifts.

Feature-wise scales and shifts (Dumoulin, Shlens and Kudlur 2017; Perez et al. 2018): a style is nothing but the numbers
that follow each convolution, so a mix of styles in feature space is, exactly, the weighted mean of their rows. There is
no normalisation between them: statistics of a frame would let a lamp in one corner change the strokes in every other,
and a network that sees no more than what is near paints a still place still. It sees and changes luma alone; colour is
moved beside it (`ops.style.networks.colour`), which is what keeps skin from turning into rainbow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor, nn

from ops.style.networks.ground import GROUNDS, ground_of

__all__ = ["CODE_LENGTH", "STRIDE", "Trunk"]

STRIDE = 4
"""Sides must be a multiple of this: the picture is halved twice on the way in."""

_OUTER, _INNER, _CORE, _BLOCKS = 24, 32, 40, 4
_SCALED = (_OUTER, _INNER, _CORE, *([_CORE] * (2 * _BLOCKS)), _INNER, _OUTER)
"""Channels of each convolution that a style scales, in their order."""

CODE_LENGTH = 2 * sum(_SCALED) + len(GROUNDS)
"""Numbers of a style: for each convolution its scales, then its shifts; at the end how strong each ground is."""


class Trunk(nn.Module):
    """Luma in, luma out, in the style of a row of numbers.

    Attributes:
        codes: (styles, CODE_LENGTH) rows that belong to the trunk.
    """

    def __init__(self, styles: int) -> None:
        super().__init__()
        self.head = nn.Conv2d(1 + len(GROUNDS), _OUTER, 5)
        self.down1 = nn.Conv2d(_OUTER, _INNER, 3, stride=2)
        self.down2 = nn.Conv2d(_INNER, _CORE, 3, stride=2)
        self.blocks = nn.ModuleList(nn.Conv2d(_CORE, _CORE, 3) for _ in range(2 * _BLOCKS))
        self.up1 = nn.Conv2d(_CORE, _INNER, 3)
        self.up2 = nn.Conv2d(_INNER, _OUTER, 3)
        self.tail = nn.Conv2d(_OUTER, 1, 5)
        self.codes = nn.Parameter(_plain_codes(styles))
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                # as convolutions on a CPU like it: a training step of 0.33 s takes 0.19 s
                layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)
        for second in list(self.blocks)[1::2]:  # blocks begin as little, and add up
            nn.init.normal_(second.get_parameter("weight"), std=0.015)
        nn.init.normal_(self.tail.weight, std=0.003)  # training begins at the untouched picture

    def forward(self, luma: Tensor, codes: Tensor, under: Tensor | None = None) -> Tensor:
        """The picture in the style of each row.

        Args:
            luma: (N, 1, H, W), 0 to 1; H and W multiples of STRIDE.
            codes: (N or 1, CODE_LENGTH).
            under: What `underpainted` gave for the size and the rows, as it is asked where this is None.

        Returns:
            (N, 1, H, W), about 0 to 1, not clipped.
        """
        if under is None:
            under = self.underpainted(ground_of(*luma.shape[-2:]).to(luma), codes)
        rows = _split(codes.to(luma.dtype))

        def scaled(x: Tensor) -> Tensor:
            scale, shift = next(rows)
            return x * scale + shift

        whole = F.relu(scaled(F.conv2d(_bordered(luma - 0.5, 2), self.head.weight[:, :1]) + under))
        half = F.relu(scaled(self.down1(_bordered(whole, 1))))
        x = F.relu(scaled(self.down2(_bordered(half, 1))))
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            inside = F.relu(scaled(first(_bordered(x, 1))))
            x = x + scaled(second(_bordered(inside, 1)))
        x = half + F.relu(scaled(self.up1(_bordered(F.interpolate(x, scale_factor=2.0, mode="nearest"), 1))))
        x = whole + F.relu(scaled(self.up2(_bordered(F.interpolate(x, scale_factor=2.0, mode="nearest"), 1))))
        return luma + self.tail(_bordered(x, 2))

    def underpainted(self, ground: Tensor, codes: Tensor) -> Tensor:
        """What the grounds put into the first layer: the same for all frames of a size.

        Args:
            ground: (N or 1, grounds, H, W), as `ground_of` gives.
            codes: (N or 1, CODE_LENGTH).
        """
        chosen = ground * codes[:, -len(GROUNDS) :, None, None].to(ground.dtype)
        return F.conv2d(_bordered(chosen, 2), self.head.weight[:, 1:], self.head.bias)


def _bordered(x: Tensor, width: int) -> Tensor:
    return F.pad(x, (width,) * 4, mode="reflect")


def _split(codes: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The scale and shift of each convolution, (N, C, 1, 1), in their order."""
    at = 0
    for channels in _SCALED:
        scale, shift = codes[:, at : at + channels], codes[:, at + channels : at + 2 * channels]
        at += 2 * channels
        yield scale[..., None, None], shift[..., None, None]


def _plain_codes(styles: int) -> Tensor:
    """Scales of 1 and shifts of 0, with a little noise by which styles can grow apart."""
    rows: Sequence[Tensor] = [
        part for channels in _SCALED for part in (torch.ones(styles, channels), torch.zeros(styles, channels))
    ]
    plain = torch.cat([*rows, torch.zeros(styles, len(GROUNDS))], dim=1)
    return plain + 0.05 * torch.randn(styles, CODE_LENGTH)

"""One network for many styles: a trunk that all share, and for each style a row of scales and shifts.

Conditional instance normalisation (Dumoulin, Shlens and Kudlur 2017): a style is nothing but the numbers that follow
each normalisation, so a mix of styles in feature space is, exactly, the weighted mean of their rows. The network sees
and changes luma alone; colour is moved beside it (`ops.style.networks.colour`), which is what keeps skin from turning
into rainbow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor, nn

from ops.style.networks.ground import GROUNDS, ground_of

__all__ = ["CODE_LENGTH", "STRIDE", "Statistics", "Trunk"]

STRIDE = 4
"""Sides must be a multiple of this: the picture is halved twice on the way in."""

_OUTER, _INNER, _CORE, _BLOCKS = 16, 32, 40, 4
_NORMED = (_OUTER, _INNER, _CORE, *([_CORE] * (2 * _BLOCKS)), _INNER, _OUTER)
"""Channels of each normalisation, in their order."""

CODE_LENGTH = 2 * sum(_NORMED) + len(GROUNDS)
"""Numbers of a style: for each normalisation its scales, then its shifts; at the end how strong each ground is."""

_FAINT = 0.25
"""How strong grounds are for a style of which nothing is known."""

_WIDE = 256
"""Pixels across from which on every second one tells the statistics: all of them took half of a frame's time."""

_TINY = 1e-4
"""Added to variances: in half precision of a flat picture nothing must be divided by nothing."""


@dataclass
class Statistics:
    """Means and variances of a shot's features, held steady from frame to frame.

    An instance norm takes its statistics from the frame before it, so a lamp that goes on in one corner changes the
    strokes in every other. Held as a slow mean over the shot they follow light that changes, and nothing flickers.

    Attributes:
        pace: The share of the new frame in the mean; 1 holds nothing.
        held: By the order of normalisations: means and variances, each (1, C, 1, 1).
    """

    pace: float
    held: list[tuple[Tensor, Tensor]] = field(default_factory=list)

    def forget(self) -> None:
        """Begin a new shot."""
        self.held.clear()

    def taken(self, place: int, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """What a normalisation shall use, given what the frame says."""
        if place == len(self.held):
            self.held.append((mean, variance))
            return mean, variance
        old_mean, old_variance = self.held[place]
        fresh = (torch.lerp(old_mean, mean, self.pace), torch.lerp(old_variance, variance, self.pace))
        self.held[place] = fresh
        return fresh


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
        nn.init.normal_(self.tail.weight, std=0.003)  # training begins at the untouched picture

    def forward(
        self, luma: Tensor, codes: Tensor, statistics: Statistics | None = None, under: Tensor | None = None
    ) -> Tensor:
        """The picture in the style of each row.

        Args:
            luma: (N, 1, H, W), 0 to 1; H and W multiples of STRIDE.
            codes: (N or 1, CODE_LENGTH).
            statistics: Held over the frames of a shot; None takes each picture's own.
            under: What `underpainted` gave for the size and the rows, as it is asked where this is None.

        Returns:
            (N, 1, H, W), about 0 to 1, not clipped.
        """
        if under is None:
            under = self.underpainted(ground_of(*luma.shape[-2:]).to(luma), codes)
        norm = _Norms(_split(codes.to(luma.dtype)), statistics)
        drawn = F.conv2d(_bordered(luma - 0.5, 2), self.head.weight[:, :1])
        x = F.relu(norm(drawn + under))
        x = F.relu(norm(self.down1(_bordered(x, 1))))
        x = F.relu(norm(self.down2(_bordered(x, 1))))
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            inside = F.relu(norm(first(_bordered(x, 1))))
            x = x + norm(second(_bordered(inside, 1)))
        x = F.relu(norm(self.up1(_bordered(F.interpolate(x, scale_factor=2.0, mode="nearest"), 1))))
        x = F.relu(norm(self.up2(_bordered(F.interpolate(x, scale_factor=2.0, mode="nearest"), 1))))
        return luma + self.tail(_bordered(x, 2))

    def underpainted(self, ground: Tensor, codes: Tensor) -> Tensor:
        """What the grounds put into the first layer: the same for all frames of a size.

        Args:
            ground: (N or 1, grounds, H, W), as `ground_of` gives.
            codes: (N or 1, CODE_LENGTH).
        """
        chosen = ground * codes[:, -len(GROUNDS) :, None, None].to(ground.dtype)
        return F.conv2d(_bordered(chosen, 2), self.head.weight[:, 1:], self.head.bias)


class _Norms:
    """The normalisations of one pass, in their order."""

    def __init__(self, codes: Iterator[tuple[Tensor, Tensor]], statistics: Statistics | None) -> None:
        self._codes = codes
        self._statistics = statistics
        self._place = 0

    def __call__(self, x: Tensor) -> Tensor:
        scale, shift = next(self._codes)
        if self._statistics is None:
            normed = F.instance_norm(x, eps=_TINY)
            return normed * scale + shift
        sample = x[..., ::2, ::2] if x.shape[-1] >= _WIDE else x
        variance, mean = torch.var_mean(sample.float(), dim=(2, 3), keepdim=True, correction=0)
        mean, variance = self._statistics.taken(self._place, mean, variance)
        self._place += 1
        gain = torch.rsqrt(variance + _TINY) * scale.float()
        return x * gain.to(x.dtype) + (shift.float() - mean * gain).to(x.dtype)


def _bordered(x: Tensor, width: int) -> Tensor:
    return F.pad(x, (width,) * 4, mode="reflect")


def _split(codes: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The scale and shift of each normalisation, (N, C, 1, 1), in their order."""
    at = 0
    for channels in _NORMED:
        scale, shift = codes[:, at : at + channels], codes[:, at + channels : at + 2 * channels]
        at += 2 * channels
        yield scale[..., None, None], shift[..., None, None]


def _plain_codes(styles: int) -> Tensor:
    """Scales of 1 and shifts of 0, with a little noise by which styles can grow apart."""
    rows: Sequence[Tensor] = [
        part for channels in _NORMED for part in (torch.ones(styles, channels), torch.zeros(styles, channels))
    ]
    plain = torch.cat([*rows, torch.full((styles, len(GROUNDS)), _FAINT)], dim=1)
    return plain + 0.05 * torch.randn(styles, CODE_LENGTH)

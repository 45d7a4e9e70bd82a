"""The losses of a blend as the papers write them: every style and every content by itself, nothing mixed beforehand.

Gatys et al. 2016 for the sums, Gatys et al. 2017 for Gram matrices under masks. Features are computed by a second
forward pass written from the architecture, in float64.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from ops.perception.vgg import FeatureNet

POOLED_BEFORE = ("relu2_1", "relu3_1", "relu4_1", "relu5_1")


def features(net: FeatureNet, picture: Tensor, deepest: str) -> dict[str, Tensor]:
    answer = (picture - torch.tensor([0.485, 0.456, 0.406]).double().view(1, 3, 1, 1)) / torch.tensor(
        [0.229, 0.224, 0.225]
    ).double().view(1, 3, 1, 1)
    found = {}
    for name, (weight, bias) in net.convolutions.items():
        if name in POOLED_BEFORE:
            answer = F.avg_pool2d(answer, 2)
        answer = F.relu(F.conv2d(F.pad(answer, (1, 1, 1, 1), "reflect"), weight.double(), bias.double()))
        found[name] = answer
        if name == deepest:
            return found
    raise KeyError(deepest)


def gram(feature: Tensor, mask: Tensor | None) -> Tensor:
    channels = feature.shape[1]
    rows = feature.reshape(channels, -1)
    if mask is None:
        return rows @ rows.T / rows.shape[1]
    squares = mask.flatten().square()
    return torch.einsum("ip,jp,p->ij", rows, rows, squares / squares.sum())


def style_loss(canvas: Tensor, styles: Sequence[Tensor], weights: Sequence[float], mask: Tensor | None) -> Tensor:
    """Σᵢ wᵢ ‖G(canvas) - G(styleᵢ)‖², over features of one layer."""
    here = gram(canvas, mask)
    return sum(
        (w * (here - gram(style, None)).square().sum() for w, style in zip(weights, styles, strict=True)),
        canvas.new_zeros(()),
    )


def content_loss(canvas: Tensor, contents: Sequence[Tensor], shares: Sequence[Tensor]) -> Tensor:
    """Mean over channels and places of Σᵢ shareᵢ (F(canvas) - F(contentᵢ))²."""
    return sum(
        ((share * (canvas - content).square()).mean() for share, content in zip(shares, contents, strict=True)),
        canvas.new_zeros(()),
    )

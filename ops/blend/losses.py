"""How far a picture is from what the blend is to be: style, content and smoothness in one number.

Gatys, Ecker and Bethge (CVPR 2016), with the guided Gram matrices of Gatys et al. (CVPR 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ops.blend.extractor import Extractor
from ops.blend.targets import Targets
from ops.perception.vgg import gram

__all__ = ["Loss", "as_rgb", "blend_loss", "total_variation"]


@dataclass(frozen=True)
class Loss:
    """A loss and its parts; gradients flow through `total`.

    Attributes:
        total: Scalar.
        style: Scalar.
        content: Scalar.
        smoothness: Scalar.
    """

    total: Tensor
    style: Tensor
    content: Tensor
    smoothness: Tensor


def blend_loss(net: Extractor, canvas: Tensor, targets: Targets) -> Loss:
    """The loss of one picture.

    Args:
        net: The network that the targets were read with.
        canvas: (1, 1, H, W) lightness or (1, 3, H, W) RGB, 0 to 1.
        targets: What it is held against.
    """
    found = net.features(as_rgb(canvas), targets.layers) if targets.layers else {}
    style = canvas.new_zeros(())
    for goal in targets.styles:
        away = (gram(found[goal.layer], goal.mask) - goal.gram).square().sum()
        style = style + goal.weight * away + goal.constant
    content = canvas.new_zeros(())
    for aim in targets.contents:
        squares = (found[aim.layer] - aim.feature).square()
        content = content + aim.weight * (squares if aim.share is None else aim.share * squares).mean() + aim.constant
    smoothness = targets.smoothness * total_variation(canvas)
    return Loss(style + content + smoothness, style, content, smoothness)


def as_rgb(canvas: Tensor) -> Tensor:
    """Lightness as a grey picture; RGB as it is."""
    return canvas.expand(-1, 3, -1, -1) if canvas.shape[1] == 1 else canvas


def total_variation(canvas: Tensor) -> Tensor:
    """Mean squared difference of neighbours, across and down."""
    across = canvas[..., :, 1:] - canvas[..., :, :-1]
    down = canvas[..., 1:, :] - canvas[..., :-1, :]
    return across.square().mean() + down.square().mean()

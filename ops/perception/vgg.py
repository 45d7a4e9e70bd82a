"""VGG features of pictures: a seeded network of random weights, or a loaded one, behind one interface.

He, Wang and Hopcroft (NIPS 2016) showed that a VGG of random Gaussian weights, average-pooled, carries textures nearly
as well as the trained one. It costs no download and no licence, and its seed is its identity. Where somebody has
torchvision's trained weights, `resources/models/vgg_weights.py` puts them behind the same `FeatureNet`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from enum import Enum

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

__all__ = ["VGG16_WIDTHS", "VGG19_WIDTHS", "FeatureNet", "Pooling", "features", "gram", "layer_names", "random_vgg"]

VGG19_WIDTHS: tuple[tuple[int, ...], ...] = ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4)
"""Channels of each convolution, a row a block; a pooling stands between blocks (Simonyan and Zisserman 2014)."""

VGG16_WIDTHS: tuple[tuple[int, ...], ...] = ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3)

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
"""ImageNet's, which torchvision's weights were trained over; random weights need some centre, and take the same one."""

_RANDOM_WIDTHS = (*VGG19_WIDTHS[:4], VGG19_WIDTHS[4][:1])
"""To relu5_1: nothing here looks deeper, and three more layers of 512 channels would be drawn for nothing."""


class Pooling(Enum):
    """What stands between blocks."""

    AVERAGE = "average"
    """For random weights: smoother gradients, and no preference for the outliers of noise."""
    MAXIMUM = "maximum"
    """What trained weights were trained with."""


def layer_names(widths: Iterable[Iterable[int]]) -> tuple[str, ...]:
    """relu1_1, relu1_2, relu2_1 …: the names of all layers of such blocks, from the picture down."""
    return tuple(
        f"relu{block}_{place}"
        for block, channels in enumerate(widths, start=1)
        for place, _ in enumerate(channels, start=1)
    )


class FeatureNet:
    """A VGG's convolutions, each followed by a ReLU that has a name.

    Attributes:
        layers: Names of the layers that `features` can answer, from the picture down.
        fingerprint: 16 hexadecimal digits of the weights' SHA-256: two nets that agree in it agree in all they answer.
        name: "random-vgg/seed-0", or "vgg19/" and the fingerprint of loaded weights.

    Args:
        convolutions: By layer name, in order: (out, in, 3, 3) weight and (out,) bias.
        pooling: What stands between blocks.
        name: The family; a name that ends in a slash gets the fingerprint behind it.
    """

    def __init__(self, convolutions: Mapping[str, tuple[Tensor, Tensor]], *, pooling: Pooling, name: str) -> None:
        self.convolutions = dict(convolutions)
        self.pooling = pooling
        self.layers = tuple(convolutions)
        self.fingerprint = _fingerprint(convolutions)
        self.name = name + self.fingerprint if name.endswith("/") else name

    def to(self, device: torch.device | str) -> FeatureNet:
        """The same net with its weights on another device."""
        moved = {name: (weight.to(device), bias.to(device)) for name, (weight, bias) in self.convolutions.items()}
        return FeatureNet(moved, pooling=self.pooling, name=self.name)


def random_vgg(seed: int, *, slim: bool = False) -> FeatureNet:
    """A VGG-19 down to relu5_1 of Kaiming's Gaussian weights and no bias, average-pooled.

    The weights are drawn on the CPU by torch's Mersenne Twister, layer by layer, so a seed is the same net everywhere;
    a part of the net is the same however deep one looks.

    Args:
        seed: Another seed is another net.
        slim: Half the channels of every layer. Measured on two cores, a step of training against it takes a third of
            the time, and textures learnt from luma alone come out no poorer.
    """
    draw = torch.Generator().manual_seed(seed)
    convolutions: dict[str, tuple[Tensor, Tensor]] = {}
    before = 3
    widths = [channels // 2 if slim else channels for block in _RANDOM_WIDTHS for channels in block]
    for name, channels in zip(layer_names(_RANDOM_WIDTHS), widths, strict=True):
        spread = math.sqrt(2.0 / (before * 9))  # He et al. 2015: keeps activations' variance through a ReLU
        weight = torch.randn((channels, before, 3, 3), generator=draw) * spread
        convolutions[name] = (weight, torch.zeros(channels))
        before = channels
    return FeatureNet(convolutions, pooling=Pooling.AVERAGE, name=f"random-vgg{'-slim' if slim else ''}/seed-{seed}")


def features(net: FeatureNet, images: Tensor, layers: Iterable[str], *, bordered: bool = True) -> dict[str, Tensor]:
    """What the named layers answer, after their ReLU; nothing below the deepest of them is computed.

    Args:
        net: The network; it must lie on the pictures' device.
        images: (N, 3, H, W) floating-point RGB, 0 to 1; each side at least 16 for relu5. Gradients flow through.
        layers: Names out of `net.layers`, in any order.
        bordered: Whether pictures are continued by reflection, so that layers are as large as their pictures; without,
            each convolution takes two pixels off a side, and nothing is answered of what is not there.

    Returns:
        By name, (N, C, h, w) in the pictures' dtype; sides are halved, rounded down, with each block.

    Raises:
        KeyError: The net has no such layer.
    """
    wanted = set(layers)
    if strangers := wanted.difference(net.layers):
        raise KeyError(f"{net.name} has no layer {min(strangers)!r}; it has {', '.join(net.layers)}")
    mean = images.new_tensor(_MEAN).view(1, 3, 1, 1)
    std = images.new_tensor(_STD).view(1, 3, 1, 1)
    answer = (images - mean) / std
    found: dict[str, Tensor] = {}
    block = "1"
    for name, (weight, bias) in net.convolutions.items():
        if len(found) == len(wanted):
            break
        if name[4] != block:
            block = name[4]
            answer = F.avg_pool2d(answer, 2) if net.pooling is Pooling.AVERAGE else F.max_pool2d(answer, 2)
        answer = F.relu(_convolved(answer, weight, bias, bordered=bordered))
        if name in wanted:
            found[name] = answer
    return found


def _convolved(images: Tensor, weight: Tensor, bias: Tensor, *, bordered: bool) -> Tensor:
    if not bordered:
        return F.conv2d(images, weight.to(images.dtype), bias.to(images.dtype))
    # zeros round the picture would be dark borders to a Gram matrix; a side of one pixel has nothing to reflect
    padding = "reflect" if min(images.shape[-2:]) > 1 else "replicate"
    padded = F.pad(images, (1, 1, 1, 1), mode=padding)
    return F.conv2d(padded, weight.to(images.dtype), bias.to(images.dtype))


def gram(feature: Tensor, mask: Tensor | None = None) -> Tensor:
    """Which channels answer together, averaged over the picture, or over the part of it that a mask shows.

    The guided Gram matrix of Gatys et al. 2016 ("Controlling Perceptual Factors"): Σ T² f fᵀ with T scaled so that
    Σ T² = 1. Without a mask this is the plain mean, so matrices of pictures of any size can be compared.

    Args:
        feature: (N, C, h, w).
        mask: (N or 1, 1, H, W), 0 to 1, of any size: it is brought to the layer's by area.

    Returns:
        (N, C, C) symmetric; zeros under a mask that is zero everywhere.
    """
    count, channels, height, width = feature.shape
    rows = feature.reshape(count, channels, height * width)
    if mask is None:
        return rows @ rows.transpose(1, 2) / (height * width)
    scaled = F.adaptive_avg_pool2d(mask.to(feature.dtype), (height, width))
    squares = scaled.square().reshape(len(mask), 1, height * width)
    total = squares.sum(dim=2, keepdim=True)
    squares = squares / total.clamp_min(torch.finfo(feature.dtype).tiny)
    return (rows * squares) @ rows.transpose(1, 2)


def _fingerprint(convolutions: Mapping[str, tuple[Tensor, Tensor]]) -> str:
    digest = hashlib.sha256()
    for name, tensors in convolutions.items():
        digest.update(name.encode())
        for tensor in tensors:
            digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]

"""The two public kinds of style network that people bring files of, told apart by their tensors' names and shapes.

"TransformerNet" is PyTorch's example fast_neural_style (Johnson et al. 2016, instance norm after Ulyanov et al.): one
style a file, RGB of 0 to 255 in and out. "AdaIN" (Huang and Belongie 2017, in naoto0804's port) is a decoder, beside a
normalised VGG that encodes, and any style by its picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.errors import ModelUnavailable
from ops.style.networks.tensors_file import read_tensors, summary

__all__ = ["AdaIN", "TransformerNet", "adain_of", "is_adain_decoder", "is_transformer_net", "transformer_net_of"]

_SIZES: Mapping[str, tuple[int, ...]] = {
    "conv1.conv2d": (32, 3, 9, 9),
    "conv2.conv2d": (64, 32, 3, 3),
    "conv3.conv2d": (128, 64, 3, 3),
    **{f"res{n}.conv{c}.conv2d": (128, 128, 3, 3) for n in range(1, 6) for c in (1, 2)},
    "deconv1.conv2d": (64, 128, 3, 3),
    "deconv2.conv2d": (32, 64, 3, 3),
    "deconv3.conv2d": (3, 32, 9, 9),
}
_NORMS: Mapping[str, int] = {
    **{"in1": 32, "in2": 64, "in3": 128, "in4": 64, "in5": 32},
    **{f"res{n}.in{c}": 128 for n in range(1, 6) for c in (1, 2)},
}
_DECODER: Mapping[str, tuple[int, ...]] = {
    "1": (256, 512, 3, 3),
    **{str(place): (256, 256, 3, 3) for place in (5, 8, 11)},
    **{
        "14": (128, 256, 3, 3),
        "18": (128, 128, 3, 3),
        "21": (64, 128, 3, 3),
        "25": (64, 64, 3, 3),
        "28": (3, 64, 3, 3),
    },
}
_DECODER_DOUBLES = frozenset({"1", "14", "21"})
"""Layers of the decoder that nearest-neighbour doubling follows."""

_ENCODER: Mapping[str, tuple[int, ...]] = {
    "0": (3, 3, 1, 1),
    **{"2": (64, 3, 3, 3), "5": (64, 64, 3, 3), "9": (128, 64, 3, 3), "12": (128, 128, 3, 3), "16": (256, 128, 3, 3)},
    **{str(place): (256, 256, 3, 3) for place in (19, 22, 25)},
    "29": (512, 256, 3, 3),
}
"""The first 31 modules of vgg_normalised, to relu4_1; what follows in the file is not used."""

_ENCODER_POOLS = frozenset({"5", "12", "25"})


def is_transformer_net(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the names are a TransformerNet's; shapes are looked at when it is made."""
    return "conv1.conv2d.weight" in tensors and "deconv3.conv2d.weight" in tensors


def is_adain_decoder(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the names and the first shape are an AdaIN decoder's."""
    first = tensors.get("1.weight")
    return first is not None and tuple(first.shape) == _DECODER["1"] and "28.weight" in tensors


class TransformerNet:
    """fast_neural_style's network.

    Args:
        tensors: Of exactly the names and shapes of that example.
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self._tensors = dict(tensors)

    def to(self, device: str) -> TransformerNet:
        """The same on a device."""
        return TransformerNet({name: value.to(device) for name, value in self._tensors.items()})

    def __call__(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) RGB 0 to 1 to the same, a multiple of 4 a side or cut to one, clipped."""
        x = images * 255.0
        x = F.relu(self._normed("in1", self._convolved("conv1", x)))
        x = F.relu(self._normed("in2", self._convolved("conv2", x, stride=2)))
        x = F.relu(self._normed("in3", self._convolved("conv3", x, stride=2)))
        for block in range(1, 6):
            inside = F.relu(self._normed(f"res{block}.in1", self._convolved(f"res{block}.conv1", x)))
            x = x + self._normed(f"res{block}.in2", self._convolved(f"res{block}.conv2", inside))
        for place, norm in ((1, "in4"), (2, "in5")):
            doubled = F.interpolate(x, scale_factor=2.0, mode="nearest")
            x = F.relu(self._normed(norm, self._convolved(f"deconv{place}", doubled)))
        return (self._convolved("deconv3", x) / 255.0).clamp(0.0, 1.0)

    def _convolved(self, name: str, x: Tensor, *, stride: int = 1) -> Tensor:
        weight, bias = self._tensors[f"{name}.conv2d.weight"], self._tensors[f"{name}.conv2d.bias"]
        return F.conv2d(F.pad(x, (weight.shape[-1] // 2,) * 4, mode="reflect"), weight, bias, stride=stride)

    def _normed(self, name: str, x: Tensor) -> Tensor:
        return F.instance_norm(x, weight=self._tensors[f"{name}.weight"], bias=self._tensors[f"{name}.bias"])


class AdaIN:
    """An encoder, a decoder, and a style by the statistics of its picture.

    Args:
        encoder: vgg_normalised's tensors.
        decoder: The decoder's.
        style: (3, H, W) RGB 0 to 1.
    """

    def __init__(self, encoder: Mapping[str, Tensor], decoder: Mapping[str, Tensor], style: Tensor) -> None:
        self._encoder, self._decoder, self._style = dict(encoder), dict(decoder), style
        seen = self._encoded(style[None])
        self._spread, self._mean = torch.std_mean(seen, dim=(2, 3), keepdim=True)

    def to(self, device: str) -> AdaIN:
        """The same on a device."""
        return AdaIN(
            {name: value.to(device) for name, value in self._encoder.items()},
            {name: value.to(device) for name, value in self._decoder.items()},
            self._style.to(device),
        )

    def __call__(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) RGB 0 to 1, a multiple of 8 a side, to the same, clipped."""
        seen = self._encoded(images)
        spread, mean = torch.std_mean(seen, dim=(2, 3), keepdim=True)
        x = (seen - mean) / (spread + 1e-5) * self._spread + self._mean
        for name in _DECODER:
            x = _convolved(x, self._decoder, name)
            x = x if name == "28" else F.relu(x)
            if name in _DECODER_DOUBLES:
                x = F.interpolate(x, scale_factor=2.0, mode="nearest")
        return x.clamp(0.0, 1.0)

    def _encoded(self, images: Tensor) -> Tensor:
        x = F.conv2d(images, self._encoder["0.weight"], self._encoder["0.bias"])
        for name in list(_ENCODER)[1:]:
            x = F.relu(_convolved(x, self._encoder, name))
            if name in _ENCODER_POOLS:
                x = F.max_pool2d(x, 2, ceil_mode=True)
        return x


def _convolved(x: Tensor, tensors: Mapping[str, Tensor], name: str) -> Tensor:
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def transformer_net_of(tensors: Mapping[str, Tensor], path: Path) -> TransformerNet:
    """The network of a file's tensors; the running means that old files carry are left aside.

    Raises:
        ModelUnavailable: Tensors are missing or of other shapes.
    """
    wanted: dict[str, tuple[int, ...]] = {}
    for name, shape in _SIZES.items():
        wanted |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    for name, channels in _NORMS.items():
        wanted |= {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}
    return TransformerNet(_exactly(tensors, wanted, path, kind="TransformerNet"))


def adain_of(decoder: Path, encoder: Path, style: Tensor) -> AdaIN:
    """AdaIN of two files and a picture.

    Raises:
        ModelUnavailable: A file is not what it should be.
    """
    front, back = read_tensors(encoder), read_tensors(decoder)
    return AdaIN(
        _exactly(front, _with_biases(_ENCODER), encoder, kind="normalised VGG of AdaIN"),
        _exactly(back, _with_biases(_DECODER), decoder, kind="decoder of AdaIN"),
        style,
    )


def _with_biases(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    weights = {f"{name}.weight": shape for name, shape in shapes.items()}
    return weights | {f"{name}.bias": shape[:1] for name, shape in shapes.items()}


def _exactly(
    tensors: Mapping[str, Tensor], wanted: Mapping[str, tuple[int, ...]], path: Path, *, kind: str
) -> dict[str, Tensor]:
    for name, shape in wanted.items():
        found = tuple(tensors[name].shape) if name in tensors else None
        if found != shape:
            there = f"{name} is {found}" if found is not None else f"{name} is missing"
            raise ModelUnavailable(
                f"is no {kind}: {there} where {shape} belongs; it holds {summary(tensors)}",
                where=path,
                fix="Give the file of such a network.",
            )
    return {name: tensors[name] for name in wanted}

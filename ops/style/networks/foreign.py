"""Networks in the public formats as painters of film: files that people put beside a style of theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from ops.errors import ModelUnavailable
from ops.style.networks.public_formats import adain_of, is_adain_decoder, is_transformer_net, transformer_net_of
from ops.style.networks.tensors_file import read_tensors, summary
from ops.style.networks.working_size import precision, working_size
from ops.style.stages import Build, Tick

__all__ = ["ForeignPaint", "foreign_network"]

_STEP = 8
"""Sides are multiples of this: AdaIN halves three times."""

_STYLE_SIDE = 512
"""AdaIN's own size of style pictures."""


@lru_cache(maxsize=4)
def foreign_network(weights: Path, encoder: Path | None, picture: Path | None) -> Callable[[Tensor], Tensor]:
    """The network of files in a public format: (N, 3, H, W) RGB from 0 to 1 in and out, on this machine's best device.

    Args:
        weights: A TransformerNet, or the decoder of AdaIN.
        encoder: AdaIN's normalised VGG.
        picture: AdaIN's style.

    Raises:
        ModelUnavailable: A file is missing, or is no such network.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tensors = read_tensors(weights)
    if is_transformer_net(tensors):
        return transformer_net_of(tensors, weights).to(device)
    if not is_adain_decoder(tensors):
        raise ModelUnavailable(
            f"is neither a TransformerNet nor a decoder of AdaIN: it holds {summary(tensors)}",
            where=weights,
            fix="Give a network of one of these kinds, or train one: python -m ops.style.networks.train.",
        )
    if encoder is None or picture is None:
        raise ModelUnavailable(
            "is a decoder of AdaIN, which needs an encoder and a picture",
            where=weights,
            fix="Name vgg_normalised's file as the setting encoder, and the style's picture as the setting picture.",
        )
    return adain_of(weights, encoder, _picture(picture)).to(device)


def _picture(path: Path) -> Tensor:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ModelUnavailable("cannot be read as a picture", where=path, fix="Give a PNG or a JPEG.")
    scale = min(1.0, _STYLE_SIDE / min(pixels.shape[:2]))
    height, width = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in pixels.shape[:2])
    small = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), (width, height), interpolation=cv2.INTER_AREA)
    return torch.from_numpy(small.astype(np.float32) / 255).permute(2, 0, 1)


class ForeignPaint:
    """One film's frames through such a network, one by one.

    The network works at a size of its own, and what it changes is added to the frame, which keeps its detail.

    Args:
        network: As `foreign_network` gives.
        build: What is worked on.
    """

    def __init__(self, network: Callable[[Tensor], Tensor], build: Build) -> None:
        self._network = network
        self._strength = build.strength * build.number("strength", 1.0)
        self._size = working_size(build.canvas, build.effort, build.number("stroke", 1.0), step=_STEP)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._dtype = precision(self._device)

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        """(H, W, 3) uint8 RGB, painted."""
        small = cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        given = torch.from_numpy(small).to(self._device).permute(2, 0, 1)[None]
        with torch.inference_mode(), torch.autocast(self._device, self._dtype, enabled=self._dtype != torch.float32):
            made = self._network(given)[0].float().permute(1, 2, 0).cpu().numpy()
        change = cv2.resize(made - small, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC)
        return cv2.convertScaleAbs(np.maximum(rgb + (255 * self._strength) * change, 0.0))

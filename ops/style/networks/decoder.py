"""Features back to pictures: so that textures move from picture to picture in one pass.

The encoder is the house's slim random VGG to relu3_1; the decoder is trained to paint luma that has such features.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ops.errors import ModelUnavailable
from ops.perception.vgg import FeatureNet, features, random_vgg

__all__ = ["DECODER", "Decoder", "encoded", "encoder", "house_decoder", "read_decoder", "write_decoder"]

DECODER = Path(__file__).parent / "weights" / "decoder.safetensors"
_LAYER = "relu3_1"
_SEED = 0
_CHANNELS = 128


class Decoder(nn.Module):
    """(N, 128, h, w) of the encoder to (N, 1, 4h, 4w) luma, about 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.deep = nn.Conv2d(_CHANNELS, 96, 3)
        self.middle = nn.Conv2d(96, 48, 3)
        self.shallow = nn.Conv2d(48, 24, 3)
        self.fine = nn.Conv2d(24, 16, 3)
        self.last = nn.Conv2d(16, 1, 3)

    def forward(self, seen: Tensor) -> Tensor:
        """Paint what was seen."""
        x = F.relu(self.deep(_bordered(seen)))
        x = F.relu(self.middle(_bordered(x)))
        x = F.relu(self.shallow(_bordered(F.interpolate(x, scale_factor=2.0, mode="nearest"))))
        x = F.relu(self.fine(_bordered(F.interpolate(x, scale_factor=2.0, mode="nearest"))))
        return self.last(_bordered(x)) + 0.5


def _bordered(x: Tensor) -> Tensor:
    return F.pad(x, (1, 1, 1, 1), mode="reflect")


@lru_cache(maxsize=1)
def encoder() -> FeatureNet:
    """The network that sees; the decoder knows no other."""
    return random_vgg(_SEED, slim=True)


def encoded(luma: Tensor, net: FeatureNet | None = None) -> Tensor:
    """(N, 1, H, W) luma from 0 to 1, sides multiples of 4, to (N, 128, H / 4, W / 4)."""
    return features(net or encoder(), luma.expand(-1, 3, -1, -1), [_LAYER])[_LAYER]


@lru_cache(maxsize=1)
def house_decoder() -> Decoder:
    """The decoder that ships with the house.

    Raises:
        ModelUnavailable: Its weights are not here, or damaged.
    """
    return read_decoder(DECODER)


def read_decoder(path: Path) -> Decoder:
    """The decoder of a file.

    Raises:
        ModelUnavailable: There is none, or it is none.
    """
    decoder = Decoder()
    try:
        decoder.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ModelUnavailable(
            f"the decoder of previews cannot be loaded: {str(error).splitlines()[0]}",
            where=path,
            fix="Install the package anew, or train it: python -m ops.style.networks.train_decoder.",
        ) from error
    return decoder.eval().requires_grad_(False)


def write_decoder(decoder: Decoder, path: Path) -> None:
    """Write a decoder as half-precision safetensors."""
    save_file({name: value.half().contiguous() for name, value in decoder.state_dict().items()}, path)

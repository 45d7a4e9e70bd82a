"""What a style network is trained towards: the style's texture, the content's forms, and stillness.

Texture is Gram matrices of a slim random VGG over an octave pyramid of luma (Snelgrove 2017): three scales of
shallow layers see strokes from 3 to 100 pixels at a third of what deep layers cost. Each octave is seen less its own
surroundings' mean. Random filters answer broad light and dark louder than any brush stroke, and a Gram matrix with that
in it would mostly ask that every shot be as bright as the painting.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.perception.vgg import FeatureNet, features, gram
from ops.style.networks.trunk import Trunk

__all__ = [
    "content_loss",
    "forms",
    "forms_in",
    "octaves",
    "stillness",
    "style_loss",
    "textures",
    "variation",
    "wander",
]

_TEXTURE_LAYERS = ("relu1_1", "relu2_1", "relu3_1")
_CONTENT_LAYER = "relu3_1"
_CONTENT_OCTAVE = 1
_OCTAVES = 3
_AROUND = 7
_LOUDER = 1.6


def octaves(net: FeatureNet, luma: Tensor) -> list[dict[str, Tensor]]:
    """Features of a picture's local contrast at full, half and quarter size.

    Args:
        net: A random VGG.
        luma: (N, 1, H, W), 0 to 1; at least 64 pixels a side.

    Returns:
        By octave, then by layer, (N, C, h, w).
    """
    found = []
    for octave in range(_OCTAVES):
        small = luma if octave == 0 else F.avg_pool2d(luma, 2**octave)
        found.append(features(net, _local(small).expand(-1, 3, -1, -1), _TEXTURE_LAYERS, bordered=False))
    return found


def _local(luma: Tensor) -> Tensor:
    """What differs from the surroundings, about middle grey and louder."""
    around = F.avg_pool2d(F.pad(luma, (_AROUND,) * 4, mode="reflect"), 2 * _AROUND + 1, stride=1)
    return 0.45 + _LOUDER * (luma - around)


def textures(seen: Sequence[dict[str, Tensor]]) -> list[Tensor]:
    """The Gram matrices of what `octaves` gave: for each octave and layer, (N, C, C)."""
    return [gram(feature).float() for layers in seen for feature in layers.values()]


def style_loss(found: Sequence[Tensor], wanted: Sequence[Tensor], scales: Sequence[Tensor]) -> Tensor:
    """How far textures are from a style's, each layer relative to how far the content itself is.

    Args:
        found: For each octave and layer, (N, C, C).
        wanted: The same, of the styles that they should be in.
        scales: For each, (N,): about ||style − content||².

    Returns:
        (N,).
    """
    parts = [
        (mine - theirs).square().sum(dim=(1, 2)) / scale
        for mine, theirs, scale in zip(found, wanted, scales, strict=True)
    ]
    return torch.stack(parts).mean(dim=0)


def forms(net: FeatureNet, luma: Tensor) -> Tensor:
    """What of a picture is its forms: deep features of local contrast at half size, which see 48 pixels."""
    small = F.avg_pool2d(luma, 2**_CONTENT_OCTAVE)
    return features(net, _local(small).expand(-1, 3, -1, -1), [_CONTENT_LAYER], bordered=False)[_CONTENT_LAYER]


def forms_in(seen: Sequence[dict[str, Tensor]]) -> Tensor:
    """The same, out of what `octaves` gave."""
    return seen[_CONTENT_OCTAVE][_CONTENT_LAYER]


def content_loss(found: Tensor, wanted: Tensor) -> Tensor:
    """How far forms are from the content's: (N,), relative to the spread of all the batch's features.

    Relative to each crop's own, a clear sky would forbid every stroke.
    """
    mine, theirs = found.float(), wanted.float()
    spread = theirs.var() + 0.02
    return (mine - theirs).square().mean(dim=(1, 2, 3)) / spread


def variation(luma: Tensor) -> Tensor:
    """Mean absolute difference of neighbours."""
    across = (luma[..., 1:] - luma[..., :-1]).abs().mean()
    return across + (luma[..., 1:, :] - luma[..., :-1, :]).abs().mean()


def stillness(
    trunk: Trunk, batch: Tensor, made: Tensor, codes: Tensor, ground: Tensor, *, draw: torch.Generator
) -> Tensor:
    """How the picture's next frame differs from the picture moved, where it was in sight.

    Args:
        trunk: What painted it.
        batch: (N, 1, H, W) luma that was painted.
        made: What came of it.
        codes: (N, CODE_LENGTH).
        ground: (N or 1, grounds, H, W).
        draw: The movement, and the next frame's grain.

    Returns:
        Squared luma.
    """
    grid = wander(len(batch), *batch.shape[-2:], draw=draw)
    moved = F.grid_sample(batch, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
    moved = moved + 0.012 * torch.randn(moved.shape, generator=draw)
    expected = F.grid_sample(made, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    seen = (grid.abs() < 0.97).all(dim=-1)[:, None]
    # strokes are drawn where the ground is: moved along, it is to move them and nothing else
    below = F.grid_sample(ground.expand(len(grid), -1, -1, -1), grid, padding_mode="reflection", align_corners=False)
    again = trunk(moved, codes, trunk.underpainted(below, codes)).float()
    return ((again - expected).square() * seen).mean()


def wander(count: int, height: int, width: int, *, draw: torch.Generator) -> Tensor:
    """Movements as a camera and what it films make them between two frames.

    A pan of up to 6 pixels, a zoom of up to 3 %, a roll of up to 1.2°, and over it a smooth flow of up to 2 pixels.

    Returns:
        (count, height, width, 2): where each pixel comes from, as `grid_sample` reads it.
    """
    pan, zoom, roll = (torch.rand(count, 4, generator=draw) * 2 - 1).split((2, 1, 1), dim=1)
    scale = 1 + 0.03 * zoom[:, 0]
    angle = 0.021 * roll[:, 0]
    shift = pan * torch.tensor([12.0 / width, 12.0 / height])
    rows = torch.stack(
        [
            torch.stack([scale * angle.cos(), -scale * angle.sin(), shift[:, 0]], dim=1),
            torch.stack([scale * angle.sin(), scale * angle.cos(), shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(rows, [count, 1, height, width], align_corners=False)
    bumps = (torch.rand(count, 2, 5, 5, generator=draw) * 2 - 1) * torch.tensor([4.0 / width, 4.0 / height]).view(
        1, 2, 1, 1
    )
    smooth = F.interpolate(bumps, (height, width), mode="bicubic", align_corners=True)
    return grid + smooth.permute(0, 2, 3, 1)

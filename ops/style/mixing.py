"""Several styles together: grades melt into one LUT, paints are laid over each other, the rest comes in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from ops.style.stages import Build, Canvas, Effort, FrameFilter, Layer, PictureFilter, Tick, stage_kind

if TYPE_CHECKING:
    from ops.style.model import Look, Style

__all__ = ["Plan", "identity_lut", "plan_of"]

_LUT_SIZE = 33
"""Points a side of the LUT that everything melts into: the trade's size; 17 is no faster in FFmpeg (38 against 36
frames a second at 1080p), 65 shows no difference."""


@dataclass(frozen=True)
class Plan:
    """What is done to every frame, layer by layer.

    Attributes:
        filters: The camera moves and paints, in order: they come before the grade.
        lut: The one grade, or None where no style has one.
        finish: Textures and overlays, in order.
    """

    filters: tuple[FrameFilter, ...]
    lut: np.ndarray | None
    finish: tuple[FrameFilter, ...]


@dataclass(frozen=True)
class _Piece:
    """One stage of one part of a look."""

    part: int
    op: str
    layer: Layer
    weight: float
    build: Build


def plan_of(look: Look, library: Mapping[str, Style], canvas: Canvas, effort: Effort) -> Plan:
    """The plan of a look on a canvas.

    Raises:
        UsageError: The look names a style or a value that the library has not.
        ModelUnavailable: A style's network is not here.
    """
    pieces = sorted(_pieces(look, library, canvas, effort), key=lambda piece: piece.layer)
    cameras = [cast("FrameFilter", _built(piece)) for piece in pieces if piece.layer is Layer.CAMERA]
    paints = _paints([piece for piece in pieces if piece.layer is Layer.PAINT])
    finish = [
        cast("FrameFilter", _built(piece))
        for piece in pieces
        if piece.layer is Layer.TEXTURE or (piece.layer is Layer.OVERLAY and effort is not Effort.LEAST)
    ]
    return Plan((*cameras, *paints), _melted(pieces), tuple(finish))


def _pieces(look: Look, library: Mapping[str, Style], canvas: Canvas, effort: Effort) -> Iterator[_Piece]:
    for number, part in enumerate(look.parts):
        style = library[part.recipe.style]
        for stage in style.resolved(part.recipe.values):
            layer = stage_kind(stage.op).layer
            share = 1.0 if layer in (Layer.PAINT, Layer.GRADE) else part.weight
            build = Build(stage.settings, part.recipe.strength * share, canvas, part.recipe.seed, effort, style.folder)
            yield _Piece(number, stage.op, layer, part.weight, build)


def _built(piece: _Piece) -> np.ndarray | FrameFilter:
    return stage_kind(piece.op).build(piece.build)


def identity_lut(size: int = _LUT_SIZE) -> np.ndarray:
    """The LUT that changes nothing: (size, size, size, 3) float32, indexed [red, green, blue]."""
    axis = np.linspace(0.0, 1.0, size, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)


def _melted(pieces: Sequence[_Piece]) -> np.ndarray | None:
    """The weighted mean of the parts' LUTs, exact, since a LUT is linear in its entries.

    A style's own grades follow each other, so the second looks up what the first gave.
    """
    grades = [piece for piece in pieces if piece.layer is Layer.GRADE]
    if not grades:
        return None
    from ops.style.grading.luts import composed, resized

    identity = identity_lut()
    weights: dict[int, float] = {}
    luts: dict[int, np.ndarray] = {}
    for piece in grades:
        own = resized(cast("np.ndarray", _built(piece)), _LUT_SIZE)
        toned = identity + piece.build.strength * (own - identity)
        luts[piece.part] = composed(luts.get(piece.part, identity), toned)
        weights[piece.part] = piece.weight
    mixed = (1.0 - sum(weights.values())) * identity + sum(weights[part] * lut for part, lut in luts.items())
    return np.clip(mixed, 0.0, 1.0).astype(np.float32)


def _paints(pieces: Sequence[_Piece]) -> list[PictureFilter]:
    """The paints as one filter: a part's own follow each other, the parts are laid over each other by weight.

    Styles of the house's one network meet inside it, where the mean of two is a style and not a double exposure.
    """
    if not pieces:
        return []
    networks = [piece for piece in pieces if piece.op == "network"]
    together = _networks(networks) if len({piece.part for piece in networks}) > 1 else []
    met = {id(piece) for piece in networks} if together else set()
    chains: dict[int, list[PictureFilter]] = {}
    weights: dict[int, float] = {}
    for piece in pieces:
        if id(piece) not in met:
            chains.setdefault(piece.part, []).append(cast("PictureFilter", _built(piece)))
            weights[piece.part] = piece.weight
    layers = [(weights[part], _InTurn(tuple(chain))) for part, chain in chains.items()] + together
    if len(layers) == 1 and layers[0][0] > 1 - 1e-6:
        return [layers[0][1]]
    return [_LaidOver(tuple(layers))]


def _networks(pieces: Sequence[_Piece]) -> list[tuple[float, PictureFilter]]:
    from ops.style.networks.stage import mixed

    return mixed([(piece.build, piece.weight) for piece in pieces])


@dataclass(frozen=True)
class _InTurn:
    """Filters one after the other."""

    filters: tuple[PictureFilter, ...]

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        for each in self.filters:
            rgb = each(rgb, tick)
        return rgb


@dataclass(frozen=True)
class _LaidOver:
    """The weighted mean of several pictures of one frame; what weight is left is the frame's own."""

    layers: tuple[tuple[float, PictureFilter], ...]

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        rest = max(0.0, 1.0 - sum(weight for weight, _ in self.layers))
        total = rest * rgb.astype(np.float32)
        for weight, layer in self.layers:
            total += weight * layer(rgb, tick)
        return np.clip(np.rint(total), 0, 255).astype(np.uint8)

"""The operations that styles are put together from: a table of names, and what each must build.

A frame passes the layers in their order. A look of several styles shares them: cameras move one after the other, paints
are laid over each other by weight, grades melt into one LUT, textures and overlays come on top, each as strong as its
share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ops.errors import UsageError
from ops.style.settings import SETTINGS, Setting

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "FRAME",
    "STAGES",
    "Build",
    "Canvas",
    "Effort",
    "FrameFilter",
    "GraphFilter",
    "Layer",
    "Node",
    "PictureFilter",
    "Planes",
    "PlanesFilter",
    "StageKind",
    "Tick",
    "stage_kind",
]


FRAME = "frame"
"""What a piece of a filter graph is given."""


class Layer(IntEnum):
    """Where in a frame's way an operation stands."""

    CAMERA = 0
    """Moves the picture. Builds a FrameFilter."""
    PAINT = 1
    """Draws the picture anew. Builds a PictureFilter."""
    GRADE = 2
    """Changes colours alone. Builds a LUT: (N, N, N, 3) float32 in 0…1, indexed [red, green, blue], BT.709's R'G'B'."""
    TEXTURE = 3
    """What the medium adds: grain, halation, weave. Builds a FrameFilter."""
    OVERLAY = 4
    """What falls between lens and world: rain, dust, light. Builds a FrameFilter."""


class Effort(Enum):
    """How much work a frame may be, in steps that live streams go down when they cannot keep up."""

    FULL = 1
    REDUCED = 2
    """Paints work at half size."""
    LEAST = 4
    """Paints work at a quarter of the size; overlays rest."""


@dataclass(frozen=True)
class Canvas:
    """What is worked on.

    Attributes:
        width: Of the frames, in pixels, even.
        height: The same.
        rate: Frames a second.
    """

    width: int
    height: int
    rate: Fraction


@dataclass(frozen=True)
class Tick:
    """When a frame is.

    Attributes:
        frame: Its number in the whole film, from 0: the same frame looks the same wherever rendering began.
        cut: Whether what is remembered of the frames before must be forgotten: a new shot begins, or rendering does.
        shot: The first frame of its shot: moves begin there, wherever rendering began.
    """

    frame: int
    cut: bool = False
    shot: int = 0


@dataclass(frozen=True)
class Build:
    """What an operation is built from.

    Attributes:
        settings: Its settings, parameters put in.
        strength: 0…1: of the recipe, times its share in a mix (for a PAINT, of the recipe alone: the mix is laid
            over outside).
        canvas: What is worked on.
        seed: Of chance.
        effort: How much work a frame may be.
        folder: Where the style's files lie.
    """

    settings: Mapping[str, float | str]
    strength: float
    canvas: Canvas
    seed: int
    effort: Effort
    folder: Path

    def number(self, name: str, default: float) -> float:
        """A setting that is a number."""
        return float(self.settings.get(name, default))

    def word(self, name: str, default: str = "") -> str:
        """A setting that is a word."""
        return str(self.settings.get(name, default))


class PictureFilter(Protocol):
    """Changes frames in their order, and may remember those before."""

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        """A (H, W, 3) uint8 RGB frame, full range, changed; the one given is left as it is."""
        ...


@dataclass(frozen=True)
class Planes:
    """A frame as films keep it: `yuv420p`, BT.709, limited range.

    Attributes:
        luma: (H, W) uint8, 16 is black and 235 white.
        blue: (H / 2, W / 2) uint8, Cb, 128 is none.
        red: The same of Cr.
    """

    luma: np.ndarray
    blue: np.ndarray
    red: np.ndarray


@dataclass(frozen=True)
class PlanesFilter:
    """Changes frames in their order without the way over RGB, which at 1080p takes longer than most changes.

    Attributes:
        change: Planes of a frame, changed; those given are left as they are.
    """

    change: Callable[[Planes, Tick], Planes]


@dataclass(frozen=True)
class Node:
    """One filter of FFmpeg's.

    Attributes:
        name: What other nodes of the piece call it by.
        filter: FFmpeg's name of it.
        options: Its options, as FFmpeg writes them; nothing need be escaped.
        takes: The nodes that it takes frames from, in the order of its inputs; FRAME is what the piece is given. A
            node that several take from is split by itself.
    """

    name: str
    filter: str
    options: Mapping[str, str] = field(default_factory=dict)
    takes: tuple[str, ...] = (FRAME,)


@dataclass(frozen=True)
class GraphFilter:
    """A piece of an FFmpeg filter graph: one frame in, one out, at once, of the same size.

    It is given `yuv420p`, BT.709, limited range, and must leave that. A frame's time `t` is its number in the film
    over the rate. Filters must be among those of PyAV's libraries.

    Attributes:
        nodes: Its filters; the last one's output is the piece's.
    """

    nodes: tuple[Node, ...]

    @classmethod
    def chain(cls, *filters: tuple[str, Mapping[str, str]]) -> GraphFilter:
        """Filters one after the other: their names and options."""
        names = [FRAME, *(str(number) for number in range(len(filters)))]
        return cls(
            tuple(
                Node(name, kind, options, (before,))
                for before, name, (kind, options) in zip(names, names[1:], filters, strict=False)
            )
        )


FrameFilter: TypeAlias = GraphFilter | PlanesFilter | PictureFilter
"""Whatever takes a frame and gives one."""


@dataclass(frozen=True)
class StageKind:
    """An operation.

    Attributes:
        layer: Where it stands.
        builder: "module:function": takes a `Build`, gives what the layer says.
        settings: What may be set, and to what: whoever reads a style holds it to that.
    """

    layer: Layer
    builder: str
    settings: Mapping[str, Setting]

    def build(self, given: Build) -> np.ndarray | FrameFilter:
        """The operation at work."""
        module, function = self.builder.split(":")
        make: Callable[[Build], np.ndarray | FrameFilter] = getattr(import_module(module), function)
        return make(given)


STAGES: Mapping[str, StageKind] = {
    # grades
    "grade": StageKind(Layer.GRADE, "ops.style.grading.stage:grade", SETTINGS["grade"]),
    "lut": StageKind(Layer.GRADE, "ops.style.grading.stage:lut", SETTINGS["lut"]),
    # paints
    "cartoon": StageKind(Layer.PAINT, "ops.style.filters.cartoon:cartoon", SETTINGS["cartoon"]),
    "oil_paint": StageKind(Layer.PAINT, "ops.style.filters.oil_paint:oil_paint", SETTINGS["oil_paint"]),
    "watercolour": StageKind(Layer.PAINT, "ops.style.filters.watercolour:watercolour", SETTINGS["watercolour"]),
    "pencil": StageKind(Layer.PAINT, "ops.style.filters.pencil:pencil", SETTINGS["pencil"]),
    "network": StageKind(Layer.PAINT, "ops.style.networks.stage:network", SETTINGS["network"]),
    # textures
    "grain": StageKind(Layer.TEXTURE, "ops.style.texture.grain:grain", SETTINGS["grain"]),
    "halation": StageKind(Layer.TEXTURE, "ops.style.texture.halation:halation", SETTINGS["halation"]),
    "gate_weave": StageKind(Layer.TEXTURE, "ops.style.texture.gate_weave:gate_weave", SETTINGS["gate_weave"]),
    "vignette": StageKind(Layer.TEXTURE, "ops.style.texture.vignette:vignette", SETTINGS["vignette"]),
    "vhs": StageKind(Layer.TEXTURE, "ops.style.texture.vhs:vhs", SETTINGS["vhs"]),
    # overlays
    "overlay": StageKind(Layer.OVERLAY, "ops.style.overlays.stage:overlay", SETTINGS["overlay"]),
    # camera moves
    "camera": StageKind(Layer.CAMERA, "ops.style.camera.stage:camera", SETTINGS["camera"]),
}
"""By the name that styles use."""


def stage_kind(op: str) -> StageKind:
    """The operation of a name.

    Raises:
        UsageError: There is none.
    """
    if op not in STAGES:
        raise UsageError(f"there is no operation {op!r}", where="stage", fix=f"There are {', '.join(STAGES)}.")
    return STAGES[op]

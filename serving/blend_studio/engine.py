"""What the studio asks of whatever blends, and what a worker process and the server tell each other.

Belongs here: plain values that cross the process border, and the engine's contract. Does not belong here: how sessions
share a process (`desk`), how it is kept alive (`workshop`), how pictures are blended (`blending`, over `ops.blend`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from serving.blend_studio.protocol import Fault, Phase, PreviewHeader

__all__ = ["Ask", "Busy", "Engine", "Forget", "Idle", "Job", "Layers", "Preview", "Ready", "Report", "Step", "Trouble"]


@dataclass(frozen=True)
class Step:
    """A picture on the way: (H, W, 3) uint8 sRGB; steps taken, of how many at most; the loss, where
    there is one; whether it is last."""

    picture: np.ndarray
    iteration: int
    of: int
    loss: float | None
    done: bool


@dataclass(frozen=True)
class Layers:
    """The layers of an engine's network, and the weights that it takes where a recipe has none."""

    layers: tuple[str, ...]
    style_layers: Mapping[str, float]
    content_layers: Mapping[str, float]


class Engine(Protocol):
    """Blends, keeping its networks warm; one for all sessions of a process."""

    def layers(self) -> Layers:
        """What a page lets people choose from."""
        ...

    def preview(self, recipe: Mapping[str, Any], pictures: Mapping[str, np.ndarray], size: int) -> np.ndarray:
        """The picture that is shown at once: (H, W, 3) uint8 sRGB. Called from one thread."""
        ...

    def refine(
        self,
        recipe: Mapping[str, Any],
        pictures: Mapping[str, np.ndarray],
        *,
        size: int,
        start: np.ndarray | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Step]:
        """Better and better pictures, one at least every few hundred milliseconds. Called from another thread.

        Args:
            recipe: As of `ops.blend.model`.
            pictures: The sources, target and masks that it names: (H, W, 3) or (H, W) uint8.
            size: Longer side of the last picture, in pixels.
            start: The last picture that this session saw, to go on from.
            cancelled: Whether a newer edit is there; asked at least at every step of the optimiser.
        """
        ...


@dataclass(frozen=True)
class Job:
    """A session's newest wish.

    Attributes:
        session: Whose.
        edit: Its number.
        recipe: As of `ops.blend.model`.
        size: Longer side of the neural picture, in pixels.
        sources: Pictures by the names that the recipe uses, those that are new to the process: (H, W, 3) uint8 sRGB.
        masks: PNGs of painted masks by name, those that are new to the process.
        keep: Names of all pictures that the recipe uses; what a session has besides is dropped.
    """

    session: int
    edit: int
    recipe: Mapping[str, Any]
    size: int
    sources: Mapping[str, np.ndarray] = field(default_factory=dict)
    masks: Mapping[str, bytes] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Idle:
    """A session wants nothing done for now."""

    session: int
    edit: int


@dataclass(frozen=True)
class Forget:
    """A session has ended."""

    session: int


Ask = Job | Idle | Forget


@dataclass(frozen=True)
class Ready:
    """The process has its networks and takes jobs."""

    layers: Layers


@dataclass(frozen=True)
class Busy:
    """One of the process's two hands turns to a session's work, or (None) lays it down: who is at it when it dies."""

    hand: Phase
    session: int | None


@dataclass(frozen=True)
class Preview:
    """A picture for a session, as JPEG."""

    session: int
    header: PreviewHeader
    jpeg: bytes


@dataclass(frozen=True)
class Trouble:
    """A session's edit that could not be done."""

    session: int
    fault: Fault


Report = Ready | Busy | Preview | Trouble

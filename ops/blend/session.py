"""A blend at work: the instant picture, and then the one that a network refines, step by step.

    session = BlendSession()                                  # one a person: it remembers their pictures' statistics
    inputs = BlendInputs({"4f1c…": picture}, {"mask": mask})  # ops.blend.guide: arrays by the recipe's names
    first = session.preview(recipe, inputs, 512)              # (H, W, 3) uint8, 30 to 100 ms
    for step in session.refine(recipe, inputs, size=256, start=last, cancelled=newer.is_set):
        show(step.picture)                                    # coarse first; step.done on the last

A session works for one caller at a time. Keep `step.picture` of the last step: given as `start` after a slider moved,
10 steps do what takes 70 from the beginning. A new `cancelled()` is honoured within a step (60 ms at 96 px, 0.5 s at
256 px on two cores). The network and torch are loaded by the first `refine`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ops.blend.guide import BlendInputs
from ops.blend.model import BlendRecipe
from ops.blend.preview import quick_blend
from ops.errors import ModelUnavailable

if TYPE_CHECKING:
    from ops.blend.extractor import Extractor
    from ops.blend.refining import Refinery

__all__ = ["BlendSession", "Step"]

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Step:
    """A picture on the way.

    Attributes:
        picture: (H, W, 3) uint8 sRGB, at the size of its scale.
        iteration: Steps so far, over all scales.
        iterations: Most that there will be.
        loss: Of its scale, before the step; the scales' losses are not to be compared.
        size: Its longer side.
        done: Whether it is the last.
    """

    picture: Picture
    iteration: int
    iterations: int
    loss: float
    size: int
    done: bool


class BlendSession:
    """Previews and refinements of one person's blends.

    Attributes:
        device: "cpu" or "cuda".

    Args:
        net: What reads styles and contents; None is a random VGG of the recipe's seed.
        device: "cpu" or "cuda".
    """

    def __init__(self, net: Extractor | None = None, *, device: str = "cpu") -> None:
        self._net = net
        self.device = device
        self._refineries: dict[int, Refinery] = {}

    def preview(self, recipe: BlendRecipe, inputs: BlendInputs, size: int) -> Picture:
        """The blend as far as colour and composition go, at once.

        Returns:
            (H, W, 3) uint8 sRGB, its longer side `size`.

        Raises:
            UsageError: A picture or mask of the recipe is missing, or the target is no frame.
        """
        return quick_blend(recipe, inputs, size)

    def feed_forward(self, recipe: BlendRecipe, inputs: BlendInputs, size: int) -> Picture:
        """The blend in one pass of a network: textures too, without a walk.

        Returns:
            (H, W, 3) uint8 sRGB, its longer side about `size`.

        Raises:
            UsageError: A picture or mask of the recipe is missing, or the target is no frame.
            ModelUnavailable: torch is not installed.
        """
        try:
            from ops.blend.feed_forward import feed_forward_blend
        except ImportError as error:
            raise _no_torch() from error
        return feed_forward_blend(recipe, inputs, size)

    def refine(
        self,
        recipe: BlendRecipe,
        inputs: BlendInputs,
        *,
        size: int,
        start: Picture | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        every: int = 4,
    ) -> Iterator[Step]:
        """The blend, coarse to fine.

        Args:
            recipe: The blend.
            inputs: Its pictures and masks.
            size: Longer side of the last scale, whatever the recipe's own size.
            start: The picture of the blend before: the walk begins there, at its size, and skips coarser scales.
            cancelled: Asked before every step; the walk ends without a step that is done.
            every: Steps between two pictures; the first, and each scale's last, are always shown.

        Raises:
            UsageError: A picture, mask or layer is missing.
            ModelUnavailable: torch is not installed.
        """
        inputs.check(recipe)
        yield from self._refinery(recipe.seed).walk(
            recipe, inputs, size=size, start=start, cancelled=cancelled, every=every
        )

    def engine(self, recipe: BlendRecipe) -> str:
        """The name of the network that refines a recipe.

        Raises:
            ModelUnavailable: torch is not installed.
        """
        return self._refinery(recipe.seed).net.name

    def _refinery(self, seed: int) -> Refinery:
        try:
            from ops.blend.extractor import random_extractor
            from ops.blend.refining import Refinery
        except ImportError as error:
            raise _no_torch() from error
        key = seed if self._net is None else -1
        if key not in self._refineries:
            self._refineries.clear()  # one network at a time: its weights and its pictures' statistics go together
            net = self._net or random_extractor(seed)
            self._refineries[key] = Refinery(net.to(self.device), self.device)
        return self._refineries[key]


def _no_torch() -> ModelUnavailable:
    return ModelUnavailable("torch is not installed", where="blend", fix="Run: pip install 'showrunner[models]'")

"""The engine of the studio: `ops.blend`, with the recipe as the page sends it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ops.blend.guide import BlendInputs
from ops.blend.model import BlendRecipe, Start, recipe_from_json
from ops.blend.session import BlendSession
from serving.blend_studio.engine import Layers, Step

__all__ = ["Blending", "open_engine"]

_EVERY = 2  # steps between two pictures: some 150 ms at 128 px on two cores
_NICE = 5  # whoever asks for a page or a film comes first
_MOST_THREADS = 8  # beyond, pictures of 256 pixels give threads nothing to do
_COARSEST_START = 0.6  # of the size: from a coarser picture the way through the scales is shorter


def open_engine() -> Blending:
    """The engine, on a GPU where there is one; torch is loaded here, not with the first slider."""
    os.nice(_NICE)
    try:
        import torch
    except ImportError:
        return Blending(BlendSession())  # instant pictures need no network; the first refinement says what is missing
    torch.set_num_threads(min(os.cpu_count() or 1, _MOST_THREADS))
    return Blending(BlendSession(device="cuda" if torch.cuda.is_available() else "cpu"))


class Blending:
    """One `BlendSession` for all sessions of a process: pictures go by their bytes, so what it keeps is anybody's."""

    def __init__(self, session: BlendSession) -> None:
        self._session = session

    def layers(self) -> Layers:
        """The layers of the network, for the page."""
        try:
            from ops.blend.extractor import random_extractor
        except ImportError:
            return Layers((), {}, {})
        net = random_extractor(0)
        return Layers(tuple(net.layers), dict(net.style_layers), dict(net.content_layers))

    def preview(self, recipe: Mapping[str, Any], pictures: Mapping[str, np.ndarray], size: int) -> np.ndarray:
        """The picture that is shown at once; see `Engine`."""
        blend = recipe_from_json(recipe)
        return self._session.preview(blend, _inputs(blend, pictures), size)

    def refine(
        self,
        recipe: Mapping[str, Any],
        pictures: Mapping[str, np.ndarray],
        *,
        size: int,
        start: np.ndarray | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Step]:
        """Better and better pictures; see `Engine`."""
        blend = recipe_from_json(recipe)
        warm = start is not None and blend.start is not Start.NOISE and max(start.shape) >= _COARSEST_START * size
        inputs = _inputs(blend, pictures)
        if not warm and not cancelled():
            painted = self._session.feed_forward(blend, inputs, size)
            yield Step(painted, 0, blend.iterations, None, done=False)
        steps = self._session.refine(
            blend,
            inputs,
            size=size,
            start=start if warm else None,
            cancelled=cancelled,
            every=_EVERY,
        )
        for step in steps:
            yield Step(step.picture, step.iteration, step.iterations, step.loss, done=step.done)


def _inputs(recipe: BlendRecipe, pictures: Mapping[str, np.ndarray]) -> BlendInputs:
    return BlendInputs(
        {name: pictures[name] for name in recipe.pictures if name in pictures},
        {name: pictures[name] for name in recipe.masks if name in pictures},
    )

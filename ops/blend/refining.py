"""From a recipe to targets at every scale, and the walk through the scales."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ops.blend.colour import from_oklab, to_oklab, with_lightness
from ops.blend.extractor import Extractor
from ops.blend.guide import BlendInputs, canvas_shape, content_guide, fitted, paper, style_guide
from ops.blend.losses import as_rgb, total_variation
from ops.blend.model import BlendRecipe, Colour, ContentMode, Optimiser, Start
from ops.blend.optimise import Walk, descend, grown, scales
from ops.blend.preview import quick_blend
from ops.blend.regions import content_shares, coverage, style_regions
from ops.blend.session import Step
from ops.blend.targets import ContentTarget, GramCache, StyleTarget, Targets, content_target, shrunk, style_target
from ops.errors import UsageError
from ops.perception.vgg import gram

__all__ = ["Refinery", "Scene", "steps_of"]

Picture = NDArray[np.uint8]
Plane = np.ndarray

_CONTENT = 0.8
"""What the content's features weigh against the styles' Gram matrices, each in units of its own start. Looked for on a
portrait, a door and a cat at 192 pixels: at 0.2 a face of 40 pixels loses its eyes, above 1.2 strokes fade."""

_SMOOTH = 0.2
"""Scale of a recipe's smoothness: at five times of it doors and faces are out of focus, at none of it they ring."""

_COARSE_SHARE = 0.5
"""Each scale has half the steps of the one before it: forms are settled early, and late steps cost most."""

_PLAIN = 1e-3
"""Total variation of a guide with hardly a line in it: smoothness is told in units of the guide's own, from there."""

_WARM = 2
"""A walk from the blend before has this many times fewer steps."""


class Refinery:
    """One network at work.

    Args:
        net: The network, on its device.
        device: Which that is.
    """

    def __init__(self, net: Extractor, device: str) -> None:
        self.net = net
        self._device = device
        self._grams = GramCache()

    def walk(
        self,
        recipe: BlendRecipe,
        inputs: BlendInputs,
        *,
        size: int,
        start: Picture | None,
        cancelled: Callable[[], bool],
        every: int,
    ) -> Iterator[Step]:
        """The blend, coarse to fine; see `BlendSession.refine`."""
        layers = (
            self._layers("style_layers", recipe.style_layers),
            self._layers("content_layers", recipe.content_layers),
        )
        sides = scales(size) if start is None else (size,)
        budget = steps_of(recipe.iterations, len(sides), warm=start is not None)
        if not _paints(recipe):
            yield Step(quick_blend(recipe, inputs, size), 0, 0, 0.0, size, done=True)
            return
        taken, way = 0, None
        with _deterministic(self._device):
            for side, steps in zip(sides, budget, strict=True):
                finest = side == sides[-1]
                scene = Scene(self.net, recipe, inputs, side, self._device, self._grams, layers)
                way = Walk.begin(scene.first(start)) if way is None else grown(way, scene.shape)
                # Adam's first steps are as long as its rate, whatever the slope: they would undo the blend before
                optimiser = recipe.optimiser if start is None else Optimiser.LBFGS
                strides = descend(
                    self.net,
                    scene.targets(),
                    way,
                    iterations=steps,
                    learning_rate=recipe.learning_rate,
                    optimiser=optimiser,
                    cancelled=cancelled,
                )
                last, within = False, 0
                for stride in strides:
                    way, last, within = stride.walk, stride.last, stride.iteration
                    if last or stride.iteration % every == 1 or every == 1:
                        picture = scene.picture(way.canvas)
                        told = taken + stride.iteration, sum(budget)
                        yield Step(picture, *told, stride.loss, side, done=last and finest)
                if not last:
                    return
                taken += within

    def _layers(self, where: str, wanted: Mapping[str, float]) -> Mapping[str, float]:
        weights = wanted or getattr(self.net, where)
        for name in weights:
            if name not in self.net.layers:
                fix = f"{self.net.name} has {', '.join(self.net.layers)}."
                raise UsageError(f"there is no layer {name!r}", where=where, fix=fix)
        return {name: weight for name, weight in weights.items() if weight > 0}


def steps_of(iterations: int, count: int, *, warm: bool) -> list[int]:
    """How a number of steps is spent on so many scales, the coarsest first."""
    if warm:
        return [max(iterations // _WARM, 1)]
    shares = [_COARSE_SHARE**place for place in range(count)]
    return [max(round(iterations * share / sum(shares)), 1) for share in shares]


class Scene:
    """A recipe at one scale: its guide, its targets, and the way from canvas to picture.

    Args:
        net: What reads.
        recipe: The blend.
        inputs: Its pictures.
        side: The longer side here.
        device: Where it is worked out.
        grams: What is remembered of style pictures.
        layers: Style and content layers with weights.
    """

    def __init__(  # noqa: PLR0917  (what a scene is made of)
        self,
        net: Extractor,
        recipe: BlendRecipe,
        inputs: BlendInputs,
        side: int,
        device: str,
        grams: GramCache,
        layers: tuple[Mapping[str, float], Mapping[str, float]],
    ) -> None:
        self._net, self._recipe, self._inputs, self._device, self._grams = net, recipe, inputs, device, grams
        self._style_layers, self._content_layers = layers
        self.shape = canvas_shape(inputs.pictures[recipe.target], side)
        self._guide = style_guide(recipe, inputs, content_guide(recipe, inputs, self.shape))
        styled = any(source.style > 0 for source in recipe.sources)
        self._cover = coverage(recipe, inputs.masks, self.shape) if styled else None
        # random weights make speckles of colours: they paint lightness alone
        self._grey = recipe.colour is Colour.KEEP or (recipe.colour is Colour.MKL and not net.trained)

    def first(self, start: Picture | None) -> Tensor:
        """The canvas that the walk begins on."""
        if start is not None:
            return self._canvas(to_oklab(fitted(start, self.shape)))
        if self._recipe.start is Start.NOISE:
            chance = np.random.default_rng(self._recipe.seed)
            noise = chance.normal(0.5, 0.15, (1, 1 if self._grey else 3, *self.shape)).clip(0, 1)
            return torch.from_numpy(noise.astype(np.float32)).to(self._device)
        return self._canvas(self._guide)

    def picture(self, canvas: Tensor) -> Picture:
        """What a canvas looks like."""
        planes = canvas.detach().cpu().numpy()[0]
        if self._grey:
            return from_oklab(with_lightness(self._guide, self._covered(planes[0], self._guide[..., 0])))
        painted = np.ascontiguousarray(planes.transpose(1, 2, 0))
        bare = from_oklab(self._guide).astype(np.float32) / 255.0
        return np.rint(255.0 * self._covered(painted, bare)).astype(np.uint8)

    def _covered(self, painted: Plane, bare: Plane) -> Plane:
        """What was painted, where a style was to go; beyond it the guide, which no brush may touch."""
        if self._cover is None:
            return painted
        cover = self._cover if painted.ndim == 2 else self._cover[..., None]
        return (bare + cover * (painted - bare)).astype(np.float32)

    @torch.no_grad()
    def targets(self) -> Targets:
        """What this scale is held against."""
        guide = self._read(self._canvas(self._guide))
        return Targets(
            styles=tuple(self._styles(guide)),
            contents=tuple(self._contents(guide)),
            smoothness=_SMOOTH
            * self._recipe.total_variation
            / max(float(total_variation(self._canvas(self._guide))), _PLAIN),
        )

    def _styles(self, guide: Mapping[str, Tensor]) -> Iterator[StyleTarget]:
        total = sum(self._style_layers.values())
        for region in style_regions(self._recipe, self._inputs.masks, self.shape):
            grams = [self._grams_of(self._recipe.sources[place].picture) for place, _ in region.parts]
            share = None if region.share is None else torch.from_numpy(region.share).to(self._device)[None, None]
            for layer, weight in self._style_layers.items():
                yield style_target(
                    layer,
                    [each[layer] for each in grams],
                    [part for _, part in region.parts],
                    start=guide[layer],
                    mask=None if share is None else shrunk(share, guide[layer], layer),
                    weight=region.weight * weight / total,
                )

    def _contents(self, guide: Mapping[str, Tensor]) -> Iterator[ContentTarget]:
        total = sum(self._content_layers.values())
        strength = _CONTENT * _holding(self._recipe)
        giving = [source for source in self._recipe.sources if source.content > 0]
        if self._recipe.content_mode is ContentMode.REGION or len(giving) < 2:
            for layer, weight in self._content_layers.items():
                yield content_target(layer, [guide[layer]], [1.0], weight=strength * weight / total)
            return
        shares = content_shares(self._recipe, self._inputs.masks, self.shape)
        read = [self._read(self._canvas(to_oklab(self._placed(each.picture)))) for each, _ in shares]
        for layer, weight in self._content_layers.items():
            placed = [
                torch.nn.functional.adaptive_avg_pool2d(
                    torch.from_numpy(share).to(self._device)[None, None],
                    (guide[layer].shape[-2], guide[layer].shape[-1]),
                )
                for _, share in shares
            ]
            yield content_target(layer, [each[layer] for each in read], placed, weight=strength * weight / total)

    def _placed(self, name: str) -> Picture:
        return fitted(self._inputs.pictures[name], self.shape)

    def _grams_of(self, name: str) -> Mapping[str, Tensor]:
        key = (name, self._net.name, self.shape, self._grey, tuple(self._style_layers))
        found = self._grams.get(key)
        if found is None:
            sheet = self._canvas(to_oklab(paper(self._inputs.pictures[name], self.shape)))
            read = self._net.features(as_rgb(sheet), self._style_layers)
            found = self._grams.keep(key, {layer: gram(feature) for layer, feature in read.items()})
        return found

    def _read(self, canvas: Tensor) -> Mapping[str, Tensor]:
        return self._net.features(as_rgb(canvas), {**self._style_layers, **self._content_layers})

    def _canvas(self, lab: Plane) -> Tensor:
        """OKLab as what is painted: lightness alone, or RGB; (1, C, H, W), 0 to 1."""
        if self._grey:
            planes = np.ascontiguousarray(lab[..., 0])[None]
        else:
            planes = from_oklab(lab).transpose(2, 0, 1).astype(np.float32) / 255.0
        return torch.from_numpy(np.ascontiguousarray(planes, dtype=np.float32)).to(self._device)[None].clamp(0, 1)


def _paints(recipe: BlendRecipe) -> bool:
    """Whether there is anything to optimise: contents alone are melted at once."""
    return recipe.content_mode is ContentMode.FEATURES or any(source.style > 0 for source in recipe.sources)


def _holding(recipe: BlendRecipe) -> float:
    """How much the content holds: its sources' weights, or the target's own where none has any."""
    given = sum(source.content for source in recipe.sources)
    return min(given, 1.0) if given > 0 else 1.0


@contextmanager
def _deterministic(device: str) -> Iterator[None]:
    """The same bytes twice: on the CPU torch's kernels are, for a number of threads; CUDA's are asked to be."""
    if device == "cpu":
        yield
        return
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)

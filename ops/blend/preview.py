"""The first picture after a slider moves: colours by optimal transport, contents and regions melted; no network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ops.blend.colour import from_oklab, with_lightness
from ops.blend.guide import BlendInputs, canvas_shape, content_guide, style_guide
from ops.blend.model import BlendRecipe, Colour

__all__ = ["quick_blend"]


def quick_blend(recipe: BlendRecipe, inputs: BlendInputs, size: int) -> NDArray[np.uint8]:
    """The blend as far as colour and composition go.

    Args:
        recipe: The blend.
        inputs: Its pictures and masks.
        size: Longer side, pixels.

    Returns:
        (H, W, 3) uint8 sRGB.

    Raises:
        UsageError: A picture or mask is missing, or the target is no frame.
    """
    inputs.check(recipe)
    content = content_guide(recipe, inputs, canvas_shape(inputs.pictures[recipe.target], size))
    guide = style_guide(recipe, inputs, content)
    if recipe.colour is Colour.KEEP:
        return from_oklab(guide)
    return from_oklab(with_lightness(guide, guide[..., 0]))

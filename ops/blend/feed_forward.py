"""A blend in one pass of the house's decoder: textures and colours at once, before a network refines them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ops.blend.colour import from_oklab
from ops.blend.guide import BlendInputs, canvas_shape, content_guide
from ops.blend.model import BlendRecipe, Colour
from ops.style.networks.adain import blend_features

__all__ = ["feed_forward_blend"]


def feed_forward_blend(recipe: BlendRecipe, inputs: BlendInputs, size: int) -> NDArray[np.uint8]:
    """The recipe's contents in the textures and colours of its styles, each where its mask is.

    Args:
        recipe: The blend; its layers count for nothing here, the decoder has its own.
        inputs: Its pictures and masks.
        size: Longer side, pixels.

    Returns:
        (H, W, 3) uint8 sRGB.

    Raises:
        UsageError: A picture or mask is missing, or the target is no frame.
        ModelUnavailable: The decoder's weights are not here.
    """
    inputs.check(recipe)
    shape = canvas_shape(inputs.pictures[recipe.target], size)
    content = from_oklab(content_guide(recipe, inputs, shape))
    styles = [source for source in recipe.sources if source.style > 0]
    return blend_features(
        content,
        [inputs.pictures[source.picture] for source in styles],
        [source.style for source in styles],
        masks=[inputs.masks[source.style_mask] / 255.0 if source.style_mask else None for source in styles],
        size=max(shape),
        colour=0.0 if recipe.colour is Colour.KEEP else 1.0,
    )

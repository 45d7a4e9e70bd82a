"""The embedded image embedder: colour, layout and edges, with no model to download."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.descriptors import DIMENSIONS, picture_descriptor

__all__ = ["DescriptorEmbedder"]


class DescriptorEmbedder:
    """Colour, layout and edge descriptors; see `ops.embedding.ImageEmbedder`."""

    name = "embedded/descriptors"
    dimensions = DIMENSIONS

    def embed(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """See ImageEmbedder."""
        rows = [picture_descriptor(image) for image in images]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), np.float32)

"""Pictures as vectors: near where pictures look alike, far where they do not.

What makes the vectors is an engine (`resources/models/embedding.py` has the embedded one); the craft asks for it by
`ImageEmbedder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ImageEmbedder"]


class ImageEmbedder(Protocol):
    """Turns pictures into vectors."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "embedded/descriptors"."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector, D."""
        ...

    def embed(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Vectors of (H, W, 3) uint8 RGB pictures of any size.

        Returns:
            (N, D) float32, each row of unit length: a dot product is a cosine similarity.
        """
        ...

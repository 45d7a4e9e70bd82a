"""Pictures and words as vectors: near where they are alike, far where they are not.

What makes the vectors is an engine (`resources/models/embedding.py` has the embedded one, `clip.py` the pre-trained);
the craft asks for it by `ImageEmbedder`, or by `ImageTextEmbedder` where words must land beside pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ImageEmbedder", "ImageTextEmbedder"]


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


class ImageTextEmbedder(ImageEmbedder, Protocol):
    """Turns pictures and words into vectors of one space, so that words find pictures."""

    def embed_text(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of short texts; what is longer than the model reads is cut off.

        Returns:
            (N, D) float32, each row of unit length, comparable to the rows of `embed`.
        """
        ...

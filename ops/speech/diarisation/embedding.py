"""What turns a stretch of speech into a point, near to others of the same voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

__all__ = ["VoiceEmbedder"]


class VoiceEmbedder(Protocol):
    """A voice embedder."""

    @property
    def name(self) -> str:
        """The engine and its model, for manifests."""
        ...

    @property
    def alike(self) -> float:
        """Cosine from which the mean embeddings of two stretches are one voice's; measured on known voices."""
        ...

    def embed(self, windows: Sequence[np.ndarray]) -> np.ndarray:
        """Where the voices lie.

        Args:
            windows: Each (N,) float32 at 16 kHz, ±1; from 0.25 s to 1.5 s, of one voice where it went well.

        Returns:
            (n, d) float32, each row of length 1; (0, d) for no windows.
        """
        ...

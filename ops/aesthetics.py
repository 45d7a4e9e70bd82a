"""How pleasing a picture is, as one number.

What judges is an engine (`resources/models/aesthetics.py` has the embedded one, `laion.py` the trained); the craft asks
for it by `AestheticJudge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["AestheticJudge"]


class AestheticJudge(Protocol):
    """Judges how pleasing pictures are."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "embedded/still-quality"."""
        ...

    @property
    def independent(self) -> bool:
        """Whether it sees more than what a thumbnail's score is made of already.

        Then its judgement is a term of that score; else it is only shown, so that nothing counts twice.
        """
        ...

    def judge(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """(N,) float32, 0 to 1, of (H, W, 3) uint8 RGB pictures of any size without black bars."""
        ...

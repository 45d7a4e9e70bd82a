"""What one title's hour under test came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["Hour"]


@dataclass(frozen=True)
class Hour:
    """One title's hour under test.

    Attributes:
        rates: The true click rate of each arm; the first is the incumbent's.
        lost: Clicks lost against the best arm, look by look, by rule; "showrunner" is the product.
        stands: The true click rate of what stands after it.
    """

    rates: Mapping[str, float]
    lost: Mapping[str, np.ndarray]
    stands: float

    @property
    def incumbent(self) -> float:
        return next(iter(self.rates.values()))

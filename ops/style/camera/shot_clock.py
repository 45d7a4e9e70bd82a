"""How long a shot has run, for moves that begin with it."""

from __future__ import annotations

import math
from fractions import Fraction

from ops.style.stages import Tick

__all__ = ["ShotClock", "eased"]


class ShotClock:
    """Counts from the first frame of the shot, wherever in it rendering began."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = float(rate)

    def since_cut_s(self, tick: Tick) -> float:
        """Seconds since the shot began."""
        return max(0, tick.frame - tick.shot) / self._rate


def eased(since_s: float, whole_s: float) -> float:
    """0…1: how much of a move is done: it starts softly, is seven tenths done after `whole_s`, and never stops dead.

    How long a shot will be is not known while it plays, so the move must look meant wherever the cut falls.
    """
    way = 1.52 * since_s / whole_s
    return 1.0 - math.exp(-(way**2) / (0.35 + way))

"""How long a shot has run, for moves that begin with it."""

from __future__ import annotations

import math
from fractions import Fraction

from ops.style.stages import Tick

__all__ = ["ShotClock", "eased"]


class ShotClock:
    """Counts from the last cut that was seen; where none was, from the first frame that was given.

    A move that begins with its shot can therefore only be taken up in the middle of one by a renderer that is given
    the shot's beginning: streams are cut into segments at cuts, or begin rendering at the cut before.
    """

    def __init__(self, rate: Fraction) -> None:
        self._rate = float(rate)
        self._began: int | None = None

    def since_cut_s(self, tick: Tick) -> float:
        """Seconds since the shot began."""
        if tick.cut or self._began is None or tick.frame < self._began:
            self._began = tick.frame
        return (tick.frame - self._began) / self._rate


def eased(since_s: float, whole_s: float) -> float:
    """0…1: how much of a move is done: it starts softly, is seven tenths done after `whole_s`, and never stops dead.

    How long a shot will be is not known while it plays, so the move must look meant wherever the cut falls.
    """
    way = 1.52 * since_s / whole_s
    return 1.0 - math.exp(-(way**2) / (0.35 + way))

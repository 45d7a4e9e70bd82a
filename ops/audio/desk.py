"""The mixing desk: an instrument's notes are laid in at a sample, placed left and right, and sent to the hall."""

from __future__ import annotations

import numpy as np

from ops.audio import instruments as play
from ops.audio.instruments import SAMPLE_RATE, Sound

__all__ = ["Desk"]

_PUMP = 0.75
"""How deep the pumped parts bow to a kick of full strength."""

_HALL = 0.55


class Desk:
    """Collects a piece; `mixed` plays it.

    Args:
        length: Samples of the piece.
        recovery: Samples after a kick until the pumped parts are back.
    """

    def __init__(self, length: int, *, recovery: int) -> None:
        self.length = length
        self._recovery = recovery
        spare = 4 * SAMPLE_RATE
        self._dry, self._pumped, self._wet = (np.zeros((2, length + spare), np.float32) for _ in range(3))
        self._kicks: list[tuple[int, float]] = []

    def put(self, sound: Sound, at: int, loud: float, pan: float, *, wet: float = 0.0, pumped: bool = False) -> None:
        """Lay in `(n,)` or `(2, n)`; `pan` −1 left to 1 right at equal power, `pumped` gives way to the kick."""
        angle = (pan + 1) * np.pi / 4
        window = np.s_[at : at + sound.shape[-1]]
        bus = self._pumped if pumped else self._dry
        for side, share in enumerate((np.cos(angle), np.sin(angle))):
            voice = sound if sound.ndim == 1 else sound[side]
            bus[side, window] += np.float32(loud * share * 1.414) * voice
            if wet:
                self._wet[side, window] += np.float32(loud * share * wet) * voice

    def kick(self, at: int, loud: float) -> None:
        """A kick, which the pumped parts make room for."""
        self._kicks.append((at, loud))
        self.put(play.kick(), at, loud, 0.0)

    def mixed(self) -> np.ndarray:
        """Everything together, `(2, length)` float32, cut to the piece's length."""
        from scipy.signal import fftconvolve  # half a second to import

        duck = np.ones(self._dry.shape[1], np.float32)
        recovery = np.linspace(0, 1, self._recovery, dtype=np.float32) ** 0.7
        for at, loud in self._kicks:
            dip = 1 - (1 - recovery) * np.float32(loud * _PUMP)
            duck[at : at + len(dip)] = np.minimum(duck[at : at + len(dip)], dip)
        hall = fftconvolve(self._wet[:, : self.length], play.room(), axes=1)[:, : self.length]
        return (self._dry + self._pumped * duck)[:, : self.length] + _HALL * hall.astype(np.float32)

"""Where a track is silent: a level so far below the programme that nobody hears it as part of it."""

from __future__ import annotations

import numpy as np

from ops.audio.spectrum import FRAMES_PER_S

__all__ = ["sounding_frames"]

_SHORTEST_SILENCE = int(0.7 * FRAMES_PER_S)
"""A shorter pause belongs to what is said or played around it."""

_SHORTEST_AT_ENDS = int(0.3 * FRAMES_PER_S)
"""… but before the first and after the last sound there is nothing else that it could belong to."""

_SHORTEST_SOUND = int(0.05 * FRAMES_PER_S)
"""A shorter tick in a silence (a cut, a dropped sample) does not end it."""

_LOUDEST_DBFS, _SOFTEST_DBFS = -60.0, -80.0
_BELOW_PROGRAMME_DB = 37.0
"""-60 dBFS at EBU R128's -23 LUFS: the usual threshold of silence detectors, moved with the programme."""


def sounding_frames(level_dbfs: np.ndarray, integrated_lufs: float | None) -> np.ndarray:
    """(T,) bool, False where the track is silent for 0.7 s or more, at its ends 0.3 s.

    Args:
        level_dbfs: (T,) level of each 10 ms as the track has it.
        integrated_lufs: Its programme loudness; None where nothing lasts above the gate of BS.1770.
    """
    programme = 0.0 if integrated_lufs is None else integrated_lufs
    threshold = float(np.clip(programme - _BELOW_PROGRAMME_DB, _SOFTEST_DBFS, _LOUDEST_DBFS))
    sounding = level_dbfs > threshold
    sounding = _without_short(sounding, value=True, shortest=_SHORTEST_SOUND)
    return _without_short(sounding, value=False, shortest=_SHORTEST_SILENCE, at_ends=_SHORTEST_AT_ENDS)


def _without_short(flags: np.ndarray, *, value: bool, shortest: int, at_ends: int | None = None) -> np.ndarray:
    """The flags with every run of `value` shorter than `shortest` turned into what surrounds it."""
    if len(flags) == 0:
        return flags
    edges = np.flatnonzero(np.diff(flags)) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [len(flags)]])
    needed = np.full(len(starts), shortest)
    if at_ends is not None:
        needed[[0, -1]] = at_ends
    short = (flags[starts] == value) & (ends - starts < needed)
    result = flags.copy()
    if len(starts) > 1:
        for start, end in zip(starts[short], ends[short], strict=True):
            result[start:end] = not value
    return result

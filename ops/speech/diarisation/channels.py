"""A track that has one speaker on each of its two channels, as interviews and calls are recorded.

There the channel says who speaks, better than any voice, and both may speak at once. A film's stereo is no such
track: its dialogue lies in the middle, alike on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.audio.listening import RATE
from ops.speech.diarisation.smoothing import in_order
from ops.speech.diarisation.windows import Span, joined
from ops.speech.model import Turn
from ops.speech.vad import FRAME, speech_probabilities, speech_spans

__all__ = ["diarise_channels"]

_BLOCK = 16
"""Frames over which the channels are compared: 0.5 s."""

_READ = 2048
"""Frames read at a time."""

_SAME = 0.6
"""Correlation from which both channels carry the same sound."""

_BLEED_DB = 6.0
"""The same sound so much softer on one channel is the other's microphone heard across the room."""

_MOST_SHARED = 0.1
"""Share of the speech that may lie in the middle; more, and the channels are no one's own."""

_LEAST_SPEECH_S = 1.0
"""Speech on each channel; less is no second speaker."""


def diarise_channels(
    left: np.ndarray, right: np.ndarray, spans: Sequence[Span]
) -> tuple[tuple[Span, ...], tuple[Turn, ...]] | None:
    """Where somebody speaks and who, by channel; turns may overlap.

    Args:
        left: (N,) float32 at 16 kHz, ±1; may be mapped from disk.
        right: The other channel, as long.
        spans: Where somebody speaks on the mix of both.

    Returns:
        None where the channels are not each one speaker's.
    """
    level, same = _compared(left, right)
    middle = same & (np.abs(level[0] - level[1]) < _BLEED_DB)
    speaking = _frames_of(spans, len(same))
    if not speaking.any() or middle[speaking].mean() > _MOST_SHARED:
        return None
    turns: list[Turn] = []
    for side, samples in enumerate((left, right)):
        probabilities = speech_probabilities(samples)
        bleed = same & (level[side] < level[1 - side] - _BLEED_DB)
        own = speech_spans(np.where(bleed[: len(probabilities)], 0.0, probabilities), len(samples))
        if sum(end - start for start, end in own) < _LEAST_SPEECH_S:
            return None
        turns += [Turn(start, end, str(side)) for start, end in joined(own)]
    ordered = in_order(turns)
    return _union(ordered), ordered


def _compared(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(2, frames) levels in dB, and (frames,) bool: whether both carry the same sound."""
    levels, same = [], []
    for begin in range(0, len(left), _READ * FRAME):
        both = np.stack([side[begin : begin + _READ * FRAME] for side in (left, right)]).astype(np.float64)
        both = np.pad(both, ((0, 0), (0, -both.shape[1] % FRAME))).reshape(2, -1, FRAME)
        power, product = (both**2).sum(axis=2), (both[0] * both[1]).sum(axis=1)
        starts = np.arange(0, power.shape[1], _BLOCK)
        energy, shared = np.add.reduceat(power, starts, axis=1), np.add.reduceat(product, starts)
        alike = np.abs(shared) / np.sqrt(np.maximum(energy[0] * energy[1], 1e-20)) > _SAME
        levels.append(10 * np.log10(np.repeat(energy, _BLOCK, axis=1)[:, : power.shape[1]] + 1e-12))
        same.append(np.repeat(alike, _BLOCK)[: power.shape[1]])
    return np.concatenate(levels, axis=1), np.concatenate(same)


def _frames_of(spans: Sequence[Span], frames: int) -> np.ndarray:
    speaking = np.zeros(frames, bool)
    for start, end in spans:
        speaking[int(start * RATE / FRAME) : int(end * RATE / FRAME) + 1] = True
    return speaking


def _union(turns: Sequence[Turn]) -> tuple[Span, ...]:
    """Where anybody speaks."""
    spans: list[Span] = []
    for turn in turns:
        if spans and turn.start_s <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], turn.end_s))
        else:
            spans.append((turn.start_s, turn.end_s))
    return tuple(spans)

"""The windows that voices are told by: 1.5 s long, every 0.75 s, within stretches of speech."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.audio.listening import RATE

__all__ = ["LENGTH_S", "PAUSE_S", "Span", "Window", "cut_windows", "joined", "windows_in"]

Span = tuple[float, float]
"""(from, to) in seconds."""

Window = tuple[float, float, int]
"""(from, to) in seconds, and the stretch that it lies in."""

LENGTH_S, _HOP_S = 1.5, 0.75
"""Wang et al., Speaker Diarization with LSTM, 2018, use about as much; shorter ones tell voices apart much worse."""

PAUSE_S = 0.3
"""A shorter pause does not end a turn (NIST, The 2009 RT Evaluation Plan)."""


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans without the pauses below `PAUSE_S`."""
    stretches: list[Span] = []
    for start, end in spans:
        if stretches and start - stretches[-1][1] < PAUSE_S:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


def windows_in(stretches: Sequence[Span]) -> list[Window]:
    """Windows over each stretch: one where it is shorter than a window, the last one flush with its end."""
    windows: list[Window] = []
    for place, (start, end) in enumerate(stretches):
        at = start
        while at + LENGTH_S + _HOP_S / 2 < end:
            windows.append((at, at + LENGTH_S, place))
            at += _HOP_S
        windows.append((max(start, end - LENGTH_S), end, place))
    return windows


def cut_windows(samples: np.ndarray, windows: Sequence[Window]) -> list[np.ndarray]:
    """Their samples, read from disk where the sound lies there."""
    return [np.array(samples[round(start * RATE) : round(end * RATE)]) for start, end, _ in windows]

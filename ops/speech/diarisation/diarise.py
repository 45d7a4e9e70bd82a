"""Who speaks when in one channel: windows, their embeddings, groups of them, turns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.progress import Progress, no_progress
from ops.speech.diarisation.clustering import cluster_voices
from ops.speech.diarisation.embedding import VoiceEmbedder
from ops.speech.diarisation.smoothing import in_order, smooth, turns_of
from ops.speech.diarisation.windows import Span, cut_windows, joined, windows_in
from ops.speech.model import Turn

__all__ = ["diarise"]

_TOGETHER = 64
"""Windows embedded at once: 6 MB of samples."""

_TELLING_S = 0.75
"""Windows shorter than this are too little of a voice to found a group; they go to the group that they lie nearest."""


def diarise(
    samples: np.ndarray, spans: Sequence[Span], voices: VoiceEmbedder, *, progress: Progress = no_progress
) -> tuple[Turn, ...]:
    """Turns over the spans, speakers in order of their first words; at no time more than one.

    Args:
        samples: (N,) float32 at 16 kHz, ±1; may be mapped from disk.
        spans: Where somebody speaks, in order and apart.
        voices: Tells voices apart.
        progress: Told the fraction done.
    """
    if not spans:
        return ()
    windows = windows_in(joined(spans))
    parts = []
    for begin in range(0, len(windows), _TOGETHER):
        parts.append(voices.embed(cut_windows(samples, windows[begin : begin + _TOGETHER])))
        progress(0.9 * min(1.0, (begin + _TOGETHER) / len(windows)))
    embeddings = np.concatenate(parts)
    telling = np.array([end - start >= _TELLING_S for start, end, _ in windows])
    groups = _grouped(embeddings, telling, voices.alike)
    turns = turns_of(smooth(embeddings, groups, windows), windows, spans)
    progress(1.0)
    return in_order(turns)


def _grouped(embeddings: np.ndarray, telling: np.ndarray, alike: float) -> np.ndarray:
    if not telling.any():  # single words, which every voice embedder is a poor judge of
        return np.zeros(len(embeddings), np.int64)
    founded = cluster_voices(embeddings[telling], alike=alike)
    means = np.stack([embeddings[telling][founded == group].mean(axis=0) for group in range(founded.max() + 1)])
    groups = (embeddings @ means.T).argmax(axis=1)
    groups[telling] = founded
    return groups

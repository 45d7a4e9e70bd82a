"""Where somebody speaks: Silero's voice activity detector, run from the weights that its wheel brings.

The package itself is never imported: its first line sets PyTorch's threads to one for the whole process. Its network
takes 32 ms at a time, each with the last 4 ms before it, and remembers; of its exports the one that takes many such
frames in a call gives the same probabilities in a fraction of the time (`docs/speech.md` has both times).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.audio.listening import RATE
from ops.errors import ModelUnavailable
from ops.progress import Progress, no_progress

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["ENGINE", "FRAME", "speech_probabilities", "speech_spans"]

ENGINE = "silero-vad"

FRAME = 512
"""Samples that the network judges at once: 32 ms."""

_CONTEXT = 64
"""Samples before them that it wants to hear again."""

_BLOCK = 512
"""Frames in a call, 16 s."""

_MEMORY = (1, 1, 128)
"""Shape of each half of what the network remembers."""

_THRESHOLD, _RELEASE = 0.5, 0.35
"""Speech begins at the one and lasts until it falls under the other: the network's authors' values."""

_SHORTEST_SPEECH_S = 0.25
_SHORTEST_SILENCE_S = 0.1
_PADDING_S = 0.03


def speech_probabilities(samples: np.ndarray, *, progress: Progress = no_progress) -> np.ndarray:
    """How surely somebody speaks in each 32 ms.

    Args:
        samples: (N,) float32 at 16 kHz, ±1; may be mapped from disk, 16 s are read at a time.
        progress: Told the fraction done.

    Returns:
        (ceil(N / FRAME),) float32, 0 to 1; the last frame is filled up with silence.

    Raises:
        ModelUnavailable: The weights are not where their wheel should have them.
    """
    session = _session()
    hidden, cell = np.zeros(_MEMORY, np.float32), np.zeros(_MEMORY, np.float32)
    context = np.zeros(_CONTEXT, np.float32)
    found: list[np.ndarray] = []
    for begin in range(0, len(samples), _BLOCK * FRAME):
        block = np.nan_to_num(samples[begin : begin + _BLOCK * FRAME], posinf=0.0, neginf=0.0)
        frames = np.pad(block, (0, -len(block) % FRAME)).reshape(-1, FRAME)
        before = np.vstack([context[None], frames[:-1, -_CONTEXT:]])
        context = frames[-1, -_CONTEXT:]
        heard = {"input": np.hstack([before, frames]).astype(np.float32), "h": hidden, "c": cell}
        probabilities, hidden, cell = map(np.asarray, session.run(["speech_probs", "hn", "cn"], heard))
        found.append(probabilities.reshape(-1))
        progress(min(1.0, (begin + len(block)) / len(samples)))
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def speech_spans(probabilities: np.ndarray, samples: int) -> tuple[tuple[float, float], ...]:
    """Where somebody speaks, from how surely in each frame.

    A span begins with a frame of 0.5 and ends with the first below 0.35 that no frame of 0.5 follows within 0.1 s;
    spans up to 0.25 s are dropped, the others widened by 30 ms where there is room.

    Args:
        probabilities: As `speech_probabilities` gives them.
        samples: Length of the sound at 16 kHz.

    Returns:
        (from, to) in seconds, in order and apart.
    """
    length = samples / RATE
    kept = [(start, end) for start, end in _runs(probabilities, length) if end - start > _SHORTEST_SPEECH_S]
    return _padded(kept, length)


def _runs(probabilities: np.ndarray, length: float) -> list[tuple[float, float]]:
    frame_s = FRAME / RATE
    runs: list[tuple[float, float]] = []
    begun: int | None = None
    falling: int | None = None
    for place, probability in enumerate(probabilities.tolist()):
        if probability >= _THRESHOLD:
            falling = None
            begun = place if begun is None else begun
        elif begun is not None and probability < _RELEASE:
            falling = place if falling is None else falling
            if (place - falling) * frame_s >= _SHORTEST_SILENCE_S:
                runs.append((begun * frame_s, falling * frame_s))
                begun = falling = None
    if begun is not None:
        runs.append((begun * frame_s, length))
    return runs


def _padded(spans: Sequence[tuple[float, float]], length: float) -> tuple[tuple[float, float], ...]:
    """Each widened by `_PADDING_S`, by half the gap where two lie closer."""
    widened: list[tuple[float, float]] = []
    for place, (start, end) in enumerate(spans):
        before = start - spans[place - 1][1] if place else 2 * start
        after = spans[place + 1][0] - end if place + 1 < len(spans) else 2 * (length - end)
        widened.append((start - min(_PADDING_S, before / 2), end + min(_PADDING_S, after / 2)))
    return tuple(widened)


@cache
def _session() -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # frames follow one another: threads only wait
    return onnxruntime.InferenceSession(str(_weights()), options, providers=["CPUExecutionProvider"])


def _weights() -> Path:
    package = find_spec("silero_vad")  # finds the folder without running what is in it
    for folder in (package.submodule_search_locations or ()) if package else ():
        weights = Path(folder) / "data" / "silero_vad_16k_sequence.onnx"
        if weights.is_file():
            return weights
    raise ModelUnavailable(
        "the voice activity detector's weights are not here",
        where="silero-vad",
        fix="Install it again: pip install 'silero-vad>=6.2.3'.",
    )

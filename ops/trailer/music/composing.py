"""A bed of our own making: a piece composed for a genre and a length, with the arc of a trailer.

A sparse hook, a set-up, a rise that gathers its layers, a full climax, a stop, and a button that rings. The same
plan is the same piece, sample for sample; another seed has another key, harmony, figure, theme and tempo.
"""

from __future__ import annotations

import numpy as np

from ops.audio.instruments import SAMPLE_RATE
from ops.audio.limiter import limit
from ops.audio.weighing import integrated_loudness
from ops.trailer.events import Part
from ops.trailer.music.layers import PLAYERS, play_button, play_opening
from ops.trailer.music.plan import Plan
from ops.trailer.music.stage import Stage
from ops.trailer.music.styles import Layer

__all__ = ["compose", "key_of"]

_LUFS = -14.0
_TILT_DB, _MOST_TILT_DB, _LOW_DB = 1.5, 6.0, -3.0
"""By octave bands, the climaxes fall by 6 dB an octave from 250 Hz up without it, and by 4.5 with it, as records do."""

_CEILING = 10 ** (-1.0 / 20)


def compose(plan: Plan, samples: int) -> np.ndarray:
    """Play a plan.

    Args:
        plan: What to play.
        samples: Length at 48 kHz.

    Returns:
        (samples, 2) float32, true peaks under -1 dB.
    """
    stage = Stage(plan, samples)
    for number in range(plan.bars):
        bar = stage.bar(number)
        if bar.part is Part.BUTTON:
            if number == plan.firsts[4]:
                play_button(stage, bar)
            continue
        if number in plan.firsts:
            play_opening(stage, bar)
        always, later = stage.style.layers[bar.part]
        layers = always + later if bar.share >= 0.5 else always
        if Layer.KIT in layers:  # the full kit takes over from the light one
            layers = tuple(layer for layer in layers if layer is not Layer.LIGHT_KIT)
        for layer in layers:
            PLAYERS[layer](stage, bar)
    mixed = _open(stage.desk.mixed())
    mixed *= np.float32(10 ** ((_LUFS - integrated_loudness(mixed)) / 20))
    return np.ascontiguousarray(limit(mixed, _CEILING)[0].T)


def _open(mixed: np.ndarray) -> np.ndarray:
    """The tone of a finished record: less under 90 Hz, more from 250 Hz up, by a slope nobody hears as a filter."""
    samples = mixed.shape[1]
    size = -(-samples // 4800) * 4800  # of small factors, which transforms are quick on
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE) + 1.0
    tilt_db = np.clip(_TILT_DB * np.log2(hertz / 250), 0, _MOST_TILT_DB) + _LOW_DB / (1 + (hertz / 90) ** 4)
    spectrum = np.fft.rfft(mixed, size, axis=1) * (10 ** (tilt_db / 20)).astype(np.float32)
    return np.fft.irfft(spectrum, size, axis=1)[:, :samples].astype(np.float32)


def key_of(plan: Plan) -> int:
    """The root of a piece's key, a MIDI note in the bass."""
    return Stage(plan, 0).key

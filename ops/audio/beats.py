"""Beats of a passage: the path through its onsets that keeps the tempo best, then bars.

Dynamic programming after Ellis (2007, "Beat tracking by dynamic programming"), with the local period of the
pulse instead of one for the whole, so that a ritardando is followed; each beat is then placed on its onset
between the frames. A bar is as many beats, four or three, as after which the sound of beats repeats; it begins
where the low band is struck most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.audio.moving import moving_mean
from ops.audio.onsets import EARLY_S, peak_offset
from ops.audio.pulse import Pulse
from ops.audio.spectrum import FRAMES_PER_S
from ops.audio.traits import FrameTraits

__all__ = ["TrackedBeats", "track_beats"]

_TIGHTNESS = 100.0
"""Ellis' weight of an even tempo against strong onsets."""

_REACH = 3
"""Frames: an onset within 30 ms of the path is the beat's own."""

_SUPPORT = 0.2
"""Beats at either end with less onset than this share of the median are a continuation into nothing."""

_OUT_OF_TEMPO = 0.15
"""Share of a beat."""

_COMMON_METER = 4
_WALTZ, _WALTZ_BEATS = 0.1, 24
"""Correlation by which beats three apart must be more alike than beats four apart, the commoner by far; and how
many beats it takes to tell."""


@dataclass(frozen=True)
class TrackedBeats:
    """Beats of one passage.

    Attributes:
        times_s: (N,) float64, ascending.
        strengths: (N,) float32, onset strength at each.
        positions: (N,) int64, place in the bar, 1 is the downbeat.
        meter: Beats a bar, 3 or 4.
        bar_confidence: 0 to 1, how much the downbeats stand out from the next likely ones.
    """

    times_s: np.ndarray
    strengths: np.ndarray
    positions: np.ndarray
    meter: int
    bar_confidence: float


def track_beats(envelope: np.ndarray, traits: FrameTraits, pulse: Pulse) -> TrackedBeats:
    """Beats of a pulse; `envelope` (T,), as `onset_envelope` gives it, and `traits` are the whole track's."""
    part = slice(pulse.start, pulse.end)
    near = _near(envelope[part], pulse.period)
    frames = _path(near, pulse.period)
    strength = np.array([envelope[part][max(0, at - _REACH) : at + _REACH + 1].max() for at in frames])
    kept = _supported(strength, frames, pulse)
    frames, strength = frames[kept] + pulse.start, strength[kept]
    times = _placed(traits.flux, frames)
    meter, phase, confidence = _bars(traits, frames)
    return TrackedBeats(
        times_s=times,
        strengths=strength.astype(np.float32),
        positions=(np.arange(len(frames)) - phase) % meter + 1,
        meter=meter,
        bar_confidence=confidence,
    )


def _near(envelope: np.ndarray, period: np.ndarray) -> np.ndarray:
    """The envelope smoothed by a 32nd of the beat, so that a beat slightly off the path still counts."""
    beat = float(np.median(period))
    reach = np.arange(-int(beat), int(beat) + 1)
    kernel = np.exp(-0.5 * (reach * 32 / beat) ** 2)
    return np.convolve(envelope, kernel)[len(reach) // 2 :][: len(envelope)]


def _path(near: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Frames of the best path, ascending; (T,) onset evidence and period."""
    total = near.astype(np.float64).copy()
    came_from = np.full(len(near), -1)
    begun = near >= 0.01 * near.max()
    first = int(np.argmax(begun))
    tempo_cost: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for here in range(first, len(near)):
        beat = round(period[here] * 2)  # half frames: costs are the same for equal periods
        if beat not in tempo_cost:
            steps = np.arange(round(beat / 4), beat + 1)
            tempo_cost[beat] = steps, _TIGHTNESS * np.log(steps * 2 / beat) ** 2
        steps, cost = tempo_cost[beat]
        steps = steps[steps <= here - first]
        if len(steps) == 0:
            continue
        options = total[here - steps] - cost[: len(steps)]
        best = int(options.argmax())
        if options[best] > 0:
            total[here] += options[best]
            came_from[here] = here - steps[best]
    tail = max(first, len(total) - round(1.5 * period[-1]))
    at = tail + int(total[tail:].argmax())
    frames = [at]
    while came_from[frames[-1]] >= 0:
        frames.append(int(came_from[frames[-1]]))
    return np.array(frames[::-1])


def _supported(strength: np.ndarray, frames: np.ndarray, pulse: Pulse) -> slice:
    """Without the beats at either end that nothing is heard on, or that are out of tempo with the next."""
    heard = np.flatnonzero(strength > _SUPPORT * np.median(strength))
    if len(heard) == 0:
        return slice(0, 0)
    first, last = int(heard[0]), int(heard[-1])
    steps = np.diff(frames) / pulse.period[frames[:-1]]
    while first < last and abs(steps[first] - 1) > _OUT_OF_TEMPO:
        first += 1
    while last > first and abs(steps[last - 1] - 1) > _OUT_OF_TEMPO:
        last -= 1
    return slice(first, last + 1)


def _placed(flux: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Times of beats: on their own onset where there is one, else where their neighbours put them."""
    times = frames.astype(np.float64)
    own = np.zeros(len(frames), dtype=bool)
    floor = moving_mean(flux, 20)
    for index, at in enumerate(frames):
        first = max(0, at - _REACH)
        peak = first + int(flux[first : at + _REACH + 1].argmax())
        own[index] = flux[peak] > floor[peak] + 1
        if own[index]:
            times[index] = peak
    times[own] += peak_offset(flux, times[own].astype(int))
    if own.sum() >= 2:
        order = np.arange(len(frames))
        between = ~own & (order > order[own][0]) & (order < order[own][-1])
        times[between] = np.interp(order[between], order[own], times[own])
    return np.maximum(0, times / FRAMES_PER_S + EARLY_S)


def _bars(traits: FrameTraits, frames: np.ndarray) -> tuple[int, int, float]:
    """Beats a bar, index of the first downbeat, and how sure that is."""
    if len(frames) < 2 * _COMMON_METER:
        return _COMMON_METER, 0, 0.0
    at = np.clip(np.add.outer(frames, np.arange(-_REACH, _REACH + 1)), 0, len(traits) - 1)
    low, flux = traits.low_flux[at].max(axis=1), traits.flux[at].max(axis=1)
    bands = traits.bands[at].astype(np.float64).max(axis=1)
    sounds = np.column_stack([low, flux, bands])
    sounds = (sounds - sounds.mean(axis=0)) / (sounds.std(axis=0) + 1e-9)
    in_threes = len(frames) >= _WALTZ_BEATS and _alike(sounds, 3) > _alike(sounds, _COMMON_METER) + _WALTZ
    meter = 3 if in_threes else _COMMON_METER
    attack = low + 0.1 * flux
    means = np.array([attack[phase::meter].mean() for phase in range(meter)])
    # equal phases (a metronome, a kick on one and three): a passage begins with its first beat
    means[0] += 0.02 * attack.mean()
    best, second = np.argsort(-means, kind="stable")[:2]
    return meter, int(best), float(np.clip((means[best] - means[second]) / (attack.std() + 1e-9), 0, 1))


def _alike(sounds: np.ndarray, apart: int) -> float:
    """Mean correlation of beats so many beats apart; (N, F) standardised sounds of the beats."""
    return float((sounds[:-apart] * sounds[apart:]).mean())

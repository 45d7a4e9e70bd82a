"""The music of a trailer as samples, wherever it comes from; and a bed of our own making as a value."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.audio.excerpt import excerpt
from ops.audio.instruments import SAMPLE_RATE
from ops.errors import MediaError
from ops.trailer.events import Part
from ops.trailer.music.composing import compose, key_of
from ops.trailer.music.plan import BEATS, SHARES, Plan, plan_of
from ops.trailer.soundtrack import Bed, BedKind

__all__ = ["bed_key", "bed_samples", "synthesised_bed", "trailer_samples"]

_SPLICE_S = 0.03
"""Cross-fade of a splice; it ends on the bar line, so that the stroke there is whole and struck once."""

_CUT_FADE_S = 1.0
"""A composed piece whose trailer was cut shorter goes out within two beats or so: heard as an end, not as a fault."""

_NEAR_S = 0.1
"""A trailer of whole frames and a piece of whole bars differ by less; the button only rings there."""

_LONGEST_S = 600
"""No trailer's music; a bed that claims more was not composed here."""


def trailer_samples(frames: int, rate: Fraction) -> int:
    """Samples at 48 kHz of so many frames: exact at every rate whose frames are whole samples, else the nearest."""
    return round(frames * SAMPLE_RATE / rate)


def synthesised_bed(
    seconds: float,
    style: str,
    seed: int = 0,
    *,
    shares: Mapping[Part, float] = SHARES,
    marks: Mapping[Part, int] | None = None,
) -> Bed:
    """A piece of our own for a length; `bed_samples` plays it.

    Args:
        seconds: Length of the trailer.
        style: "action", "drama", "comedy", "documentary" or "music".
        seed: Another seed is another piece.
        shares: How much of the time each part of the trailer takes; the music's parts begin with whole bars.
        marks: The bar, from 0, in which parts begin, where that is settled.

    Raises:
        ValueError: The style is unknown, or the length holds no bar for each part.
    """
    plan = plan_of(seconds, style, seed, shares=shares, marks=marks)
    beat_s = plan.bar_s / BEATS
    return Bed(
        BedKind.SYNTHESISED,
        tempo_bpm=plan.tempo_bpm,
        beats_s=tuple(beat * beat_s for beat in range(plan.bars * BEATS)),
        downbeats_s=tuple(bar * plan.bar_s for bar in range(plan.bars)),
        source=style,
        seed=seed,
        reason=f"composed for a {style} trailer: {plan.bars} bars at {plan.tempo_bpm:.1f} beats a minute",
        parts=tuple((part, first * plan.bar_s) for part, first in zip(Part, plan.firsts, strict=True)),
    )


def bed_samples(bed: Bed, samples: int, *, film: Path | None = None, supplied: Path | None = None) -> np.ndarray:
    """The music from the trailer's first sample to its last.

    Args:
        bed: Which.
        samples: Length of the trailer at 48 kHz.
        film: The film's track, for music of its own.
        supplied: The supplied track.

    Returns:
        (samples, 2) float32 of full scale; not yet faded or set in loudness.

    Raises:
        MediaError: Its track is not given, or cannot be read; or there is no such piece to compose.
    """
    if bed.kind is BedKind.SYNTHESISED:
        return _composed(bed, samples)
    track = film if bed.kind is BedKind.FILM else supplied
    if track is None:
        what = "the film has no sound" if bed.kind is BedKind.FILM else "the supplied music is not at hand"
        raise MediaError(what, where=bed.source or str(bed.kind), fix="Choose another bed.")
    out = np.zeros((samples, 2), np.float32)
    cuts = [(0.0, bed.start_s), *bed.splices]
    fade = round(_SPLICE_S * SAMPLE_RATE)
    for place, (at_s, from_s) in enumerate(cuts):
        lead = fade if place else 0
        first = round(at_s * SAMPLE_RATE)
        last = round(cuts[place + 1][0] * SAMPLE_RATE) if place + 1 < len(cuts) else samples
        part = excerpt(track, from_s - lead / SAMPLE_RATE, last - first + lead)
        part[:lead] *= np.sin(np.linspace(0, np.pi / 2, lead, dtype=np.float32))[:, None]
        if place + 1 < len(cuts):
            part[len(part) - fade :] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32))[:, None]
        out[first - lead : last] += part
    return out


def bed_key(bed: Bed, samples: np.ndarray) -> int:
    """The root of the music's key, a MIDI note from 33 (A, 55 Hz) to 44: what strokes laid on it are tuned to.

    Known for a piece of our own; else heard (Krumhansl and Kessler 1982: the key whose profile of the twelve
    notes is most like what sounds).

    Args:
        bed: Which.
        samples: (N, 2) at 48 kHz, as `bed_samples` gives them.
    """
    root = key_of(_plan(bed, len(samples))) if bed.kind is BedKind.SYNTHESISED else _heard_key(samples)
    return (root - 33) % 12 + 33


_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_WINDOW = 16_384
"""340 ms: semitones part from 100 Hz up."""


def _heard_key(samples: np.ndarray) -> int:
    mono = samples.mean(axis=1)
    frames = len(mono) // _WINDOW
    if not frames:
        return 33
    power = np.abs(np.fft.rfft(mono[: frames * _WINDOW].reshape(frames, _WINDOW) * np.hanning(_WINDOW), axis=1)) ** 2
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    heard = (hertz >= 100) & (hertz <= 2000)
    notes = np.round(69 + 12 * np.log2(hertz[heard] / 440)).astype(int) % 12
    sounding = np.bincount(notes, weights=np.sqrt(power[:, heard]).sum(axis=0), minlength=12)
    likeness = [
        max(np.corrcoef(np.roll(profile, tonic), sounding)[0, 1] for profile in (_MAJOR, _MINOR)) for tonic in range(12)
    ]
    return int(np.argmax(np.nan_to_num(likeness)))


def _composed(bed: Bed, samples: int) -> np.ndarray:
    """A piece of our own at the tempo it was composed in: faded where the trailer is shorter, else left to ring."""
    plan = _plan(bed, samples)
    whole = round(plan.bars * plan.bar_s * SAMPLE_RATE)
    if samples >= whole - round(_NEAR_S * SAMPLE_RATE):
        return compose(plan, samples)
    cut = compose(plan, whole)[:samples].copy()
    fade = min(samples, round(_CUT_FADE_S * SAMPLE_RATE))
    cut[samples - fade :] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32))[:, None]
    return cut


def _plan(bed: Bed, samples: int) -> Plan:
    """The plan that a synthesised bed came from, at its own length; a bed without bars is fitted to the trailer's."""
    try:
        if bed.seed < 0:
            raise ValueError(f"there is no piece {bed.seed}")
        if not bed.downbeats_s:
            return plan_of(samples / SAMPLE_RATE, bed.source, bed.seed)
        bars = len(bed.downbeats_s)
        bar_s = (bed.downbeats_s[-1] - bed.downbeats_s[0]) / max(1, bars - 1)
        if not 0 < bar_s * bars <= _LONGEST_S:  # also where it is no number
            raise ValueError(f"{bars} bars of {bar_s:g} s are no piece of music")
        marks = {part: round(at_s / bar_s) for part, at_s in bed.parts}
        return plan_of(bars * bar_s, bed.source, bed.seed, marks=marks, bars=bars)
    except (ValueError, OverflowError) as error:
        raise MediaError(
            f"the music cannot be composed: {error}", where=bed.source or str(bed.kind), fix="Choose another bed."
        ) from error

"""Measuring a track: heard twice, once for its loudness and once, at a standard loudness, for all the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ops.audio.envelope import WaveformMeter
from ops.audio.features import AudioFeatures
from ops.audio.kinds import tell_kinds
from ops.audio.listening import RATE, hear, hear_mono, length_s
from ops.audio.loudness import Loudness, LoudnessMeter
from ops.audio.onsets import find_onsets
from ops.audio.rhythm import find_rhythm
from ops.audio.silence import sounding_frames
from ops.audio.traits import REFERENCE_LUFS, TraitsMeter
from ops.errors import MediaError
from ops.progress import Progress, no_progress

__all__ = ["measure"]

_MOST_GAIN_DB = 40.0
"""A track softer than -63 LUFS is near silence; more gain would only show its noise."""

_FIRST_HEARING = 0.6
"""Share of the work: the true-peak meter samples four times over."""


def measure(track: Path, *, progress: Progress = no_progress) -> AudioFeatures:
    """Loudness, onsets, beats, kinds of sound and waveform of a track.

    Work and memory grow with its length: an hour is some 100 MB, its samples are never held together.

    Args:
        track: As `extract_track` writes it; any sound file will do.
        progress: Told the fraction done.

    Raises:
        MediaError: It cannot be read, or has no sample.
    """
    length = length_s(track)
    loudness, rate, channels, samples = _hear_loudness(track, length, progress)
    gain_db = 0.0
    if loudness.integrated_lufs is not None:
        gain_db = min(_MOST_GAIN_DB, REFERENCE_LUFS - loudness.integrated_lufs)
    traits_meter, waveform_meter = TraitsMeter(gain=10 ** (gain_db / 20)), WaveformMeter()
    heard = 0
    for block in hear_mono(track):
        traits_meter.push(block)
        waveform_meter.push(block)
        heard += len(block)
        share = min(1.0, heard / (RATE * length)) if length else 0.0
        progress(_FIRST_HEARING + (0.95 - _FIRST_HEARING) * share)
    traits = traits_meter.finish()
    sounding = sounding_frames(traits.level - np.float32(gain_db), loudness.integrated_lufs)
    segments = tell_kinds(traits, sounding, samples / rate)
    features = AudioFeatures(
        sample_rate=rate,
        channels=channels,
        samples=samples,
        loudness=loudness,
        onsets=find_onsets(traits.flux, sounding),
        rhythm=find_rhythm(traits, sounding, segments),
        segments=segments,
        waveform=waveform_meter.finish(),
    )
    progress(1.0)
    return features


def _hear_loudness(track: Path, length: float | None, progress: Progress) -> tuple[Loudness, int, int, int]:
    """Loudness, rate, channels and samples of a track."""
    meter = LoudnessMeter()
    rate = channels = samples = 0
    for frame in hear(track):
        rate, channels = frame.sample_rate, len(frame.layout.channels)
        samples += frame.samples
        meter.push(frame)
        if length:
            progress(_FIRST_HEARING * min(1.0, samples / rate / length))
    if samples == 0:
        raise MediaError("its sound holds no sample", where=track, fix="Deliver it anew.")
    return meter.finish(), rate, channels, samples

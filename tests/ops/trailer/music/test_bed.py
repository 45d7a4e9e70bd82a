"""The best passage of real music: on a downbeat, without talk over it, and joined where nobody hears it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ops.audio.features import AudioFeatures
from ops.audio.kinds import Segment, SoundKind
from ops.audio.measure import measure
from ops.errors import MediaError
from ops.trailer.events import Part
from ops.trailer.music.bed import bed_key, bed_samples, synthesised_bed
from ops.trailer.music.choice import film_bed, supplied_bed
from ops.trailer.soundtrack import BedKind
from tests.ops.audio.sounds import write_wave


@pytest.fixture(scope="module")
def jazz(data: Path) -> AudioFeatures:
    return measure(data / "audio" / "vibe_ace.ogg")


@pytest.fixture(scope="module")
def drums(data: Path) -> AudioFeatures:
    return measure(data / "audio" / "drum_pattern_120bpm.wav")


def test_music_begins_on_a_downbeat_and_says_why(jazz: AudioFeatures) -> None:
    bed = film_bed(jazz, 30.0)
    assert bed is not None
    assert bed.kind is BedKind.FILM
    assert bed.beats_s[0] == bed.downbeats_s[0] == pytest.approx(0.0, abs=1e-3)
    assert bed.tempo_bpm == pytest.approx(130, abs=1.5)
    assert 60 <= len(bed.beats_s) <= 68
    assert "downbeat" in bed.reason


def test_nobody_speaks_over_it(jazz: AudioFeatures) -> None:
    talked = replace(
        jazz,
        segments=(
            Segment(SoundKind.MUSIC, 0.0, 5.0, 1.0),
            Segment(SoundKind.SPEECH, 5.0, 22.0, 1.0),
            Segment(SoundKind.MUSIC, 22.0, jazz.duration_s, 1.0),
        ),
    )
    bed = film_bed(talked, 30.0)
    assert bed is not None
    assert bed.start_s >= 22.0


@pytest.mark.parametrize("name", ["jfk_inaugural_11s.flac", "rain_20s.mp3", "silence_5s.wav"])
def test_what_is_no_music_gives_no_bed(data: Path, name: str) -> None:
    assert film_bed(measure(data / "audio" / name), 10.0) is None


def test_a_short_passage_goes_back_some_bars_and_stays_on_the_beat(data: Path, drums: AudioFeatures) -> None:
    bed = film_bed(drums, 30.0)  # the pattern lasts 24 s
    assert bed is not None
    ((at_s, back_s),) = bed.splices
    assert (at_s + bed.start_s - back_s) % 2.0 == pytest.approx(0.0, abs=0.01)  # whole bars
    samples = bed_samples(bed, 30 * 48_000, film=data / "audio" / "drum_pattern_120bpm.wav").mean(axis=1)
    with (data / "audio" / "drum_pattern_120bpm.beats.csv").open() as file:
        first = float(next(csv.DictReader(file))["beat_time_s"])
    assert bed.start_s == pytest.approx(first, abs=0.005)
    for beat in np.arange(1.0, 29.0, 0.5):  # every beat is struck, once, before the splice and after it
        before = np.abs(samples[round((beat - 0.03) * 48_000) : round((beat - 0.012) * 48_000)]).max()
        struck = np.abs(samples[round((beat - 0.012) * 48_000) : round((beat + 0.03) * 48_000)]).max()
        assert struck > 4 * before
    assert np.diff(bed.beats_s) == pytest.approx(0.5, abs=0.01)


def test_a_splice_makes_no_click(data: Path, drums: AudioFeatures) -> None:
    bed = film_bed(drums, 30.0)
    assert bed is not None
    spliced = bed_samples(bed, 30 * 48_000, film=data / "audio" / "drum_pattern_120bpm.wav").mean(axis=1)
    at = round(bed.splices[0][0] * 48_000)
    fade = spliced[at - round(0.04 * 48_000) : at - round(0.003 * 48_000)]
    assert np.abs(np.diff(fade)).max() < 0.02


def test_a_supplied_track_may_be_sung_over_but_not_be_silent_or_short(data: Path, tmp_path: Path) -> None:
    bed = supplied_bed(data / "audio" / "electric_loop_97bpm.ogg", 20.0)
    assert (bed.kind, bed.source) == (BedKind.SUPPLIED, "electric_loop_97bpm.ogg")
    assert bed.tempo_bpm == pytest.approx(97.0, abs=0.3)
    with pytest.raises(MediaError, match="silent"):
        supplied_bed(data / "audio" / "silence_5s.wav", 20.0)
    with pytest.raises(MediaError, match="too little"):
        supplied_bed(data / "audio" / "trumpet_loop_90bpm.ogg", 30.0)
    with pytest.raises(MediaError, match="not at hand"):
        bed_samples(bed, 48_000)


def test_a_track_without_a_beat_is_laid_from_its_first_sound(tmp_path: Path) -> None:
    time = np.arange(48_000 * 12) / 48_000
    hum = np.where(time < 3.0, 0, np.rint(8000 * np.sin(2 * np.pi * 220 * time))).astype(np.int16)
    bed = supplied_bed(write_wave(tmp_path / "hum.wav", hum, 48_000), 8.0)
    assert bed.start_s == pytest.approx(3.0, abs=0.5)
    assert (bed.beats_s, bed.tempo_bpm) == ((), None)


def test_the_key_that_is_heard_is_the_key_that_was_written() -> None:
    for style, seed in (("action", 1), ("drama", 3), ("comedy", 3), ("documentary", 3), ("music", 2)):
        bed = synthesised_bed(20.0, style, seed)
        samples = bed_samples(bed, 960_000)
        assert bed_key(replace(bed, kind=BedKind.FILM), samples) == bed_key(bed, samples)


@pytest.mark.parametrize("seconds", [12, 24, 31, 45])
def test_a_composed_piece_keeps_its_tempo_where_a_person_made_the_trailer_shorter_or_longer(seconds: int) -> None:
    bed = synthesised_bed(30.0, "drama", 3)
    whole = bed_samples(bed, 30 * 48_000)

    samples = bed_samples(bed, seconds * 48_000)

    assert samples.shape == (seconds * 48_000, 2)
    alike = min(seconds, 30) * 48_000 - 48_000  # but for the fade at a cut
    gain = np.vdot(whole[:alike], samples[:alike]) / np.vdot(whole[:alike], whole[:alike])
    for beat_s in bed.beats_s:
        first = max(480, round(beat_s * 48_000))  # the tone of the record wraps into the first hundredth
        if first + 9_600 > alike:
            break
        assert samples[first : first + 9_600] == pytest.approx(gain * whole[first : first + 9_600], abs=2e-3)
    assert np.abs(samples[-480:]).max() < 0.02  # goes out, or has rung out
    assert bed_key(bed, samples) == bed_key(bed, whole)


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "polka"},
        {"seed": -1},
        {"downbeats_s": (0.0,)},
        {"downbeats_s": (0.0, float("nan"))},
        {"downbeats_s": tuple(range(1_000))},
        {"parts": ((Part.SETUP, 20.0), (Part.RISE, 10.0))},
        {"parts": ((Part.BUTTON, float("inf")),)},
    ],
)
def test_a_piece_that_cannot_have_been_composed_is_refused_in_words(wrong: dict[str, Any]) -> None:
    bed = replace(synthesised_bed(30.0, "drama", 3), **wrong)

    with pytest.raises(MediaError, match="cannot be composed"):
        bed_samples(bed, 48_000)

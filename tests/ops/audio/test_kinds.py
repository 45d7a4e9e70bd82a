"""Speech, music, silence and other sound: on recordings, on a known mix, and without gap or overlap on anything."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.audio.features import AudioFeatures
from ops.audio.kinds import Segment, SoundKind, tell_kinds
from ops.audio.silence import sounding_frames
from ops.audio.spectrum import FRAMES_PER_S
from ops.audio.traits import TraitsMeter

Heard = Callable[[str], AudioFeatures]

SPEECH = [
    "jfk_inaugural_11s.flac",
    "jfk_clipped.wav",
    "jfk_rain_snr0db.wav",
    "jfk_rain_snr10db.wav",
    "jfk_telephone_8khz_mulaw.wav",
    "librispeech_198-209-0000.ogg",
    "sense_and_sensibility_0870.wav",
    "sense_and_sensibility_0880.wav",
    "sense_and_sensibility_0890.wav",
    "two_speakers_left_jfk_right_austen.wav",
    "english_one_two_three.wav",
    "one_two_three_mono_8bit.wav",
    "one_two_three_stereo_24bit.wav",
    "cards_001.wav",
    "cards_002.wav",
    "cards_003.wav",
    "chinese_short.flac",
]
MUSIC = ["drum_loop_148bpm.ogg", "drum_pattern_120bpm.wav", "electric_loop_97bpm.ogg", "vibe_ace.ogg"]


def share(features: AudioFeatures, kind: SoundKind) -> float:
    """Of what is not silent, how much is of a kind."""
    return features.seconds_of(kind) / (features.duration_s - features.seconds_of(SoundKind.SILENCE))


@pytest.mark.parametrize("name", SPEECH)
def test_a_voice_is_speech_clean_or_in_rain_or_on_the_telephone(heard: Heard, name: str) -> None:
    assert share(heard(name), SoundKind.SPEECH) > 0.95


@pytest.mark.parametrize("name", [*MUSIC, "trumpet_loop_90bpm.ogg"])
def test_loops_and_tunes_are_music(heard: Heard, name: str) -> None:
    assert share(heard(name), SoundKind.MUSIC) > 0.95


@pytest.mark.parametrize("name", ["rain_20s.mp3", "sine_1khz_minus20dbfs_stereo.wav"])
def test_rain_and_a_test_tone_are_neither(heard: Heard, name: str) -> None:
    assert share(heard(name), SoundKind.OTHER) > 0.95


def test_digital_silence_is_silence(heard: Heard) -> None:
    assert heard("silence_5s.wav").segments == (Segment(SoundKind.SILENCE, 0.0, 5.0, 1.0),)


def test_a_mix_is_taken_apart_where_it_was_put_together(data: Path, heard: Heard) -> None:
    with (data / "audio" / "mix_known_segments.csv").open() as file:
        rows = list(csv.DictReader(file))
    time = np.arange(0, 40.9, 0.01)
    starts = np.array([float(row["start_s"]) for row in rows])
    true = np.array([row["label"].replace("noise", "other") for row in rows])[
        np.searchsorted(starts, time, side="right") - 1
    ]
    segments = heard("mix_known_segments.wav").segments
    told = np.array([str(each.kind) for each in segments])[
        np.searchsorted([each.start_s for each in segments], time, side="right") - 1
    ]

    assert np.mean(told == true) > 0.97
    assert [str(each.kind) for each in segments] == true[np.flatnonzero(np.diff(starts, prepend=-1)) * 0 + [
        int(start * 100) for start in starts
    ]].tolist()  # fmt: skip


def covers(segments: tuple[Segment, ...], duration_s: float) -> bool:
    """Whether segments reach from 0 to the end, each where the last one ended, none empty."""
    return (
        segments[0].start_s == 0
        and segments[-1].end_s == duration_s
        and all(one.end_s == two.start_s for one, two in pairwise(segments))
        and all(each.end_s > each.start_s and 0 <= each.confidence <= 1 for each in segments)
    )


def test_segments_cover_every_recording(data: Path, heard: Heard) -> None:
    for name in [*SPEECH, *MUSIC, "rain_20s.mp3", "silence_5s.wav", "mix_known_segments.wav", "robin_single_call.ogg"]:
        assert covers(heard(name).segments, heard(name).duration_s), name


PIECES = st.lists(
    st.tuples(st.sampled_from(["silence", "noise", "tone", "clicks", "tick"]), st.floats(0.004, 2.5)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(PIECES)
def test_segments_cover_whatever_is_thrown_at_them(pieces: list[tuple[str, float]]) -> None:
    rng = np.random.default_rng(1)
    parts = []
    for kind, seconds in pieces:
        size = max(1, int(seconds * 16_000))
        time = np.arange(size)
        parts.append(
            {
                "silence": np.zeros(size),
                "noise": rng.normal(0, 0.1, size),
                "tone": 0.3 * np.sin(time / 5),
                "clicks": (time % 4000 == 0) * 0.8,
                "tick": (time == size // 2) * 0.5,
            }[kind]
        )
    sound = np.concatenate(parts).astype(np.float32)
    meter = TraitsMeter()
    meter.push(sound)
    traits = meter.finish()
    duration_s = len(sound) / 16_000

    segments = tell_kinds(traits, sounding_frames(traits.level, -20.0), duration_s)

    assert covers(segments, duration_s)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 200)), min_size=1, max_size=20))
def test_silence_is_long_and_its_edges_are_exact(runs: list[tuple[bool, int]]) -> None:
    loud = np.concatenate([np.full(length, value) for value, length in runs])

    sounding = sounding_frames(np.where(loud, -20.0, -110.0), -23.0)

    assert len(sounding) == len(loud)
    edges = [0, *(np.flatnonzero(np.diff(sounding)) + 1).tolist(), len(sounding)]
    for start, end in pairwise(edges):
        inner = start > 0 and end < len(sounding)
        assert sounding[start] or not inner or end - start >= 0.7 * FRAMES_PER_S
        if start > 0:
            assert loud[start] != loud[start - 1]


def test_a_soft_recording_is_not_silence_and_a_loud_one_s_hiss_is() -> None:
    soft = np.full(1000, -62.0)

    assert sounding_frames(soft, -45.0).all()
    assert not sounding_frames(soft, -14.0).any()

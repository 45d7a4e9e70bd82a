"""A trailer's time: parts, lengths and beats."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ops.trailer.editing.pacing import SHORTEST_S, Slot, beat_frames, divide
from ops.trailer.editing.structure import structure_of
from ops.trailer.events import Part

RATES = (Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60))


def beats_of(tempo_bpm: float, seconds: float, first_s: float = 0.0) -> tuple[list[float], list[float]]:
    times: list[float] = np.arange(first_s, seconds, 60 / tempo_bpm).tolist()
    return times, times[::4]


def slots_of(
    structure: str, seconds: int, tempo_bpm: float, seed: int, rate: Fraction = Fraction(24)
) -> tuple[Slot, ...]:
    beats, bars = beats_of(tempo_bpm, seconds)
    return divide(structure_of(structure), round(seconds * rate), rate, beats_s=beats, downbeats_s=bars, seed=seed)


@given(
    structure=some.sampled_from([("teaser", 15), ("trailer", 30), ("long", 60), ("feed", 30)]),
    tempo=some.floats(60, 174),
    first_s=some.floats(0, 2),
    rate=some.sampled_from(RATES),
    seed=some.integers(0, 1000),
)
def test_slots_cover_the_trailer_without_gap_in_the_order_of_its_parts(
    structure: tuple[str, int], tempo: float, first_s: float, rate: Fraction, seed: int
) -> None:
    name, seconds = structure
    frames = round(seconds * rate)
    beats, bars = beats_of(tempo, seconds, first_s)

    slots = divide(structure_of(name), frames, rate, beats_s=beats, downbeats_s=bars, seed=seed)

    assert slots[0].start == 0 and slots[-1].end == frames
    assert all(before.end == after.start for before, after in pairwise(slots))
    assert all(slot.frames >= int(SHORTEST_S * rate) for slot in slots)
    order = [list(Part).index(slot.part) for slot in slots]
    assert order == sorted(order) and set(order) == set(range(5))


@given(tempo=some.floats(80, 160), rate=some.sampled_from(RATES), seed=some.integers(0, 1000))
def test_within_the_parts_every_cut_is_on_a_beat_or_less_than_a_frame_before_it(
    tempo: float, rate: Fraction, seed: int
) -> None:
    beats, _ = beats_of(tempo, 30)

    slots = slots_of("trailer", 30, tempo, seed, rate)

    for before, after in pairwise(slots):
        if before.part is after.part:
            error = min(abs(beat - after.start / float(rate)) for beat in beats)
            assert error * float(rate) <= 1.0 + 1e-6


def test_lengths_are_those_of_trailers() -> None:
    """Craft §4.1: 30 s hold 14 to 18 shots, of 1.6 to 2.4 s, with a spread of 0.5 to 1.1 of the mean."""
    lengths = [
        np.array([slot.frames / 24 for slot in slots_of("trailer", 30, tempo, seed)])
        for tempo in (90, 100, 112, 120, 130)
        for seed in range(8)
    ]

    counts = np.array([len(each) for each in lengths])
    means = np.array([each.mean() for each in lengths])
    spreads = np.array([each.std() / each.mean() for each in lengths])
    assert 14 <= np.median(counts) <= 18
    assert 1.6 <= np.median(means) <= 2.4
    assert 0.45 <= np.median(spreads) <= 1.1
    assert all(each.max() <= 5.5 for each in lengths)


def test_shots_get_shorter_from_the_set_up_to_the_climax_and_the_tension_rises() -> None:
    slots = [slot for seed in range(10) for slot in slots_of("trailer", 30, 120, seed)]

    def mean(part: Part, what: str) -> float:
        return float(np.mean([getattr(slot, what) for slot in slots if slot.part is part]))

    assert mean(Part.SETUP, "frames") > mean(Part.RISE, "frames") > mean(Part.CLIMAX, "frames")
    assert mean(Part.SETUP, "intensity") < mean(Part.RISE, "intensity") < mean(Part.CLIMAX, "intensity")


def test_parts_begin_where_the_music_says_they_do() -> None:
    slots = divide(
        structure_of("trailer"),
        720,
        Fraction(24),
        beats_s=beats_of(120, 30)[0],
        marks={Part.CLIMAX: 24.0, Part.BUTTON: 27.5},
    )

    assert next(slot.start for slot in slots if slot.part is Part.CLIMAX) == 24 * 24
    assert next(slot.start for slot in slots if slot.part is Part.BUTTON) == 660


def test_another_seed_is_another_division_and_the_same_seed_the_same() -> None:
    assert slots_of("trailer", 30, 120, 1) == slots_of("trailer", 30, 120, 1)
    assert slots_of("trailer", 30, 120, 1) != slots_of("trailer", 30, 120, 2)


def test_without_beats_a_trailer_is_still_divided_by_its_curve() -> None:
    slots = divide(structure_of("trailer"), 720, Fraction(24), seed=3)

    assert 12 <= len(slots) <= 20


@pytest.mark.parametrize("rate", RATES)
def test_a_picture_changes_on_the_beat_or_just_before_it_never_after(rate: Fraction) -> None:
    times = list(np.random.default_rng(5).uniform(0, 60, 200))

    frames = beat_frames(times, rate)

    for time_s in times:
        late = [frame / rate - Fraction(time_s) for frame in frames]
        assert any(-1 / rate < each <= Fraction(1, 1000) for each in late)

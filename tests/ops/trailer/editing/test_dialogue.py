"""Which lines are spoken, against trying every chain; and where they may stand."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.scenes.model import Line
from ops.trailer.editing.dialogue import PlacedLine, _best_chain, place_lines
from ops.trailer.editing.pacing import Slot
from ops.trailer.events import Part
from tests.ops.trailer.editing.moments_at_random import moments_at_random

RATE = Fraction(24)
SLOTS = (
    Slot(Part.HOOK, 0, 48, 0.7),
    Slot(Part.SETUP, 48, 108, 0.3),
    Slot(Part.SETUP, 108, 160, 0.3),
    Slot(Part.RISE, 160, 205, 0.5),
    Slot(Part.RISE, 205, 250, 0.7),
    Slot(Part.CLIMAX, 250, 270, 1.0),
)


@st.composite
def places(draw: st.DrawFn) -> tuple[list[PlacedLine], list[float]]:
    found, worths = [], []
    for _ in range(draw(st.integers(0, 7))):
        start, length, at = (draw(st.integers(low, high)) for low, high in ((0, 60), (1, 20), (0, 60)))
        slot, shot = draw(st.integers(0, 4)), start // 15  # shots follow each other as their lines do
        line = Line(start / 24, (start + length) / 24, "", shot, 0.5)
        found.append(PlacedLine(line, slot, shot, start, start + length, at, start))
        worths.append(draw(st.integers(1, 40)) / 16)
    return found, worths


def chains(found: list[PlacedLine], most: int, apart: int):
    """Every chain of at most so many of them that keeps the rules, by trying all."""
    ordered = sorted(range(len(found)), key=lambda n: found[n].at)
    for count in range(1, most + 1):
        for chosen in combinations(ordered, count):
            steps = [(found[one], found[other]) for one, other in pairwise(chosen)]
            if all(
                one.until + apart <= other.at
                and one.end <= other.start
                and one.slot < other.slot
                and one.candidate != other.candidate
                for one, other in steps
            ):
                yield chosen


@given(places(), st.integers(1, 4), st.integers(0, 6))
def test_the_best_chain_is_worth_what_the_best_of_all_chains_is_worth(case, most: int, apart: int) -> None:
    found, worths = case
    best = max((sum(worths[n] for n in chain) for chain in chains(found, most, apart)), default=0.0)

    chosen = _best_chain(found, worths, most, apart)

    assert sum(worths[found.index(each)] for each in chosen) == pytest.approx(best)
    assert not found or tuple(found.index(each) for each in chosen) in set(chains(found, most, apart))
    assert len({each.candidate for each in chosen}) == len(chosen) <= most


def one_shot(start: int, end: int):
    """Candidates of which the first lasts from `start` to `end`."""
    moments = moments_at_random(3, 1)
    moments.first[:] = (start, 5000, 6000)
    moments.last[:] = (end, 5100, 6100)
    return moments


def line(start_s: float, end_s: float, *, alone: float = 0.7, words: str = "", shot: int = 0) -> Line:
    return Line(start_s, end_s, words, shot, alone)


def test_a_line_at_the_beginning_of_its_shot_is_seen_from_its_first_word() -> None:
    (placed,) = place_lines([line(50.0, 52.0)], SLOTS, one_shot(1200, 1300), 2)
    assert (placed.lead, placed.at, placed.picture, SLOTS[placed.slot].part) == (0, 48, 1200, Part.SETUP)


def test_a_line_that_begins_before_its_shot_leads_it_by_as_little_as_works_and_not_by_a_second() -> None:
    (placed,) = place_lines([line(50.0, 52.0)], SLOTS, one_shot(1203, 1300), 2)
    assert (placed.lead, placed.at, placed.picture) == (4, 44, 1204)
    (later,) = place_lines([line(50.0, 52.0)], SLOTS, one_shot(1213, 1300), 2)
    assert later.lead == 14
    assert not place_lines([line(50.0, 52.0)], SLOTS, one_shot(1225, 1300), 2)


@pytest.mark.parametrize(
    ("spoken", "why"),
    [
        (line(50.0, 50.6), "too short"),
        (line(50.0, 53.5), "more than a quarter of the trailer"),
        (line(50.0, 52.0, alone=0.3), "leans on what is not shown"),
        (line(50.0, 52.0, shot=7), "its shot may not be shown"),
        (line(50.0, 52.0, words="a listed word"), "its words are listed"),
    ],
)
def test_a_line_is_left_out_that_is(spoken: Line, why: str) -> None:
    said = place_lines([spoken], SLOTS, one_shot(1200, 1400), 2, may_be_said=lambda words: "listed" not in words)
    assert said == [], why


def test_a_line_from_beyond_the_spoiler_limit_is_left_out() -> None:
    moments = one_shot(1200, 1300)
    assert place_lines([line(50.0, 52.0)], SLOTS, moments, 2)
    late = type(moments)(**{**vars(moments), "spoiler_frame": 1240})
    assert not place_lines([line(50.0, 52.0)], SLOTS, late, 2)


def test_no_more_lines_than_are_asked_for_and_none_where_none_is() -> None:
    moments = moments_at_random(6, 3)
    lines = [
        line(float(first) / 24, float(first) / 24 + 1.0, shot=int(shot))
        for first, shot in zip(moments.first, moments.shot, strict=True)
    ]
    moments.last[:] = moments.first + 200
    assert len(place_lines(lines, SLOTS, moments, 1)) == 1
    assert place_lines(lines, SLOTS, moments, 0) == []
    assert np.all(np.diff([each.start for each in place_lines(lines, SLOTS, moments, 3)]) > 0)

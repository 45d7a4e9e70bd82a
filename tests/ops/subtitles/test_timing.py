"""When cues come and go: the published zones, and what holds for any cues over any cuts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.cue import Reason
from ops.subtitles.profile import FrameLimits, profile_named, profile_names
from ops.subtitles.timing.cuts import is_clean_in, is_clean_out
from ops.subtitles.timing.passes import Need, Timed, timed

RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60),
)
NETFLIX = profile_named("netflix").limits("eng_Latn")
AT_24 = NETFLIX.at(Fraction(24))
CUT = 1000


def one(need: Need, cuts: list[int], limits: FrameLimits = AT_24, frames: int = 100_000) -> Timed:
    found = timed([need], limits, cuts, frames)[0]
    assert found is not None
    return found


def heard(start: int, end: int, reading: int = 30) -> Need:
    return Need(start, end, (start, end), reading)


@pytest.mark.parametrize("offset", range(-14, 15))
def test_an_in_time_near_a_cut_goes_where_netflix_puts_it_at_24_frames(offset):
    cue = one(heard(CUT + offset, CUT + 100), [CUT])

    if -7 <= offset < 12:
        assert cue.start == CUT
    elif -11 <= offset <= -8:
        assert cue.start == CUT - 12
    else:
        assert cue.start == CUT + offset


@pytest.mark.parametrize("offset", range(-14, 15))
def test_an_out_time_near_a_cut_ends_two_frames_before_it(offset):
    cue = one(heard(CUT - 100, CUT + offset), [CUT])

    assert cue.end == (CUT - 2 if -12 < offset < 12 else CUT + offset)


@pytest.mark.parametrize(
    ("rate", "half", "snap"),
    [
        (Fraction(25), 13, 7),
        (Fraction(30000, 1001), 15, 9),
        (Fraction(30), 15, 9),
        (Fraction(50), 25, 15),
        (Fraction(60), 30, 18),
    ],
)
def test_zones_grow_with_the_rate(rate, half, snap):
    limits = NETFLIX.at(rate)

    starts = {
        offset: one(heard(CUT + offset, CUT + 200), [CUT], limits).start - CUT for offset in range(-half - 1, half + 2)
    }

    for offset, start in starts.items():
        wanted = 0 if -snap <= offset < half else -half if -half < offset < -snap else offset
        assert start == wanted


def test_the_border_between_snapping_and_pulling_is_a_parameter():
    assert NETFLIX.cuts is not None
    newer = replace(NETFLIX, cuts=replace(NETFLIX.cuts, snap=8)).at(Fraction(24))

    assert one(heard(CUT - 8, CUT + 100), [CUT]).start == CUT - 12
    assert one(heard(CUT - 8, CUT + 100), [CUT], newer).start == CUT


def test_two_connected_cues_are_one_boundary_at_a_cut():
    first, second = timed([heard(900, 996), heard(998, 1100)], AT_24, [CUT], 5000)

    assert first is not None and second is not None
    assert (first.end, second.start) == (CUT - 2, CUT)


@pytest.mark.parametrize(("gap", "left"), [(0, 2), (1, 2), (2, 2), (3, 2), (7, 2), (11, 2), (12, 12), (13, 13)])
def test_gaps_are_two_frames_or_half_a_second_and_more(gap, left):
    first, second = timed([heard(100, 200), heard(200 + gap, 300)], AT_24, [], 5000)

    assert first is not None and second is not None
    assert second.start == 200 + gap
    assert second.start - first.end == left


def test_a_cue_stays_half_a_second_past_its_sound_to_be_read_and_no_longer():
    assert one(heard(100, 150, reading=57), []).end == 157
    assert one(heard(100, 150, reading=90), []).end == 162


def test_a_cue_does_not_stay_over_a_cut_to_be_read():
    assert one(heard(900, 985, reading=200), [CUT]).end == CUT - 2


def test_a_word_becomes_a_cue_of_five_sixths_of_a_second():
    cue = one(heard(100, 106), [])

    assert (cue.start, cue.end) == (100, 120)
    assert [change.reason for change in cue.changes] == [Reason.READING_SPEED, Reason.SHORTEST]


def test_a_cue_ends_after_seven_seconds_and_with_the_film():
    assert one(heard(100, 500), []).end == 100 + 168
    assert one(heard(100, 200), [], frames=150).end == 150


def test_a_cue_past_the_films_end_has_no_place():
    assert timed([heard(100, 200), heard(300, 400)], AT_24, [], 250)[1] is None


def test_in_times_follow_the_sound_and_tolerate_two_frames():
    late = one(Need(110, 200, (100, 200), 30), [])
    near = one(Need(102, 200, (100, 200), 30), [])

    assert (late.start, [change.reason for change in late.changes]) == (100, [Reason.SNAP_TO_SOUND])
    assert (near.start, near.changes) == (102, ())


def test_bbc_cues_end_with_the_shot_and_leave_no_gap_below_a_second():
    limits = profile_named("bbc").limits("eng_Latn").at(Fraction(25))

    first, second, third = timed([heard(900, 995), heard(1003, 1100), heard(1124, 1200)], limits, [CUT], 5000)

    assert first and second and third
    assert (first.end, second.start) == (CUT, CUT)
    assert (second.end, third.start) == (1124, 1124)


def test_cues_out_of_order_are_refused():
    with pytest.raises(ValueError, match="order"):
        timed([heard(100, 200), heard(50, 80)], AT_24, [], 500)


@st.composite
def _films(draw: st.DrawFn) -> tuple[list[Need], FrameLimits, list[int], int]:
    rate = draw(st.sampled_from(RATES))
    code = draw(st.sampled_from(["eng_Latn", "jpn_Jpan"]))
    limits = profile_named(draw(st.sampled_from(profile_names()))).limits(code).at(rate)
    frames = draw(st.integers(1, 3000))
    cuts = sorted(draw(st.sets(st.integers(1, 3000), max_size=25)))
    needs = []
    for _ in range(draw(st.integers(0, 20))):
        start = draw(st.integers(0, 3000))
        sound = (start, start + draw(st.integers(1, 250)))
        shown = draw(st.integers(0, 3000))
        needs.append(Need(shown, shown + draw(st.integers(1, 250)), sound, draw(st.integers(0, 300))))
    return sorted(needs, key=lambda need: need.sound), limits, cuts, frames


@given(_films())
def test_cues_never_overlap_nor_leave_the_film_and_keep_their_gap(film):
    needs, limits, cuts, frames = film

    cues = [cue for cue in timed(needs, limits, cuts, frames) if cue is not None]

    assert all(0 <= cue.start < cue.end <= frames for cue in cues)
    assert all(after.start - before.end >= limits.gap for before, after in pairwise(cues))
    assert all(cue.end - cue.start <= limits.longest for cue in cues)


@given(_films())
def test_a_second_round_moves_nothing(film):
    needs, limits, cuts, frames = film

    first = timed(needs, limits, cuts, frames)
    again = timed(
        [replace(need, start=cue.start, end=cue.end) if cue else need for need, cue in zip(needs, first, strict=True)],
        limits,
        cuts,
        frames,
    )

    for before, after in zip(first, again, strict=True):
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert (before.start, before.end, ()) == (after.start, after.end, after.changes)


@given(_films())
def test_changes_lead_from_where_an_edge_stood_to_where_it_stands(film):
    needs, limits, cuts, frames = film

    for need, cue in zip(needs, timed(needs, limits, cuts, frames), strict=True):
        if cue is None:
            continue
        for edge, before, after in (("in", need.start, cue.start), ("out", need.end, cue.end)):
            at = before
            for change in (each for each in cue.changes if each.edge == edge):
                assert change.before == at != change.after
                assert isinstance(change.after, int)
                at = change.after
            assert at == after


@given(_films())
def test_a_cue_comes_late_only_for_a_cut_or_for_the_cue_before_it(film):
    needs, limits, cuts, frames = film
    previous = -10_000

    for need, cue in zip(needs, timed(needs, limits, cuts, frames), strict=True):
        if cue is None:
            break
        late = cue.start - need.sound[0]
        crowded = need.sound[0] - previous < limits.shortest + limits.gap + limits.late
        if late > limits.late and not crowded:
            assert limits.cuts is not None and cue.start in cuts
            assert late < limits.cuts.before
        previous = cue.start


@given(st.lists(st.integers(200, 400), max_size=12), st.integers(0, 2500), st.integers(30, 160), st.sampled_from(RATES))
def test_a_cue_among_cuts_that_lie_far_apart_has_clean_edges(shots, start, sound, rate):
    limits = NETFLIX.at(rate)
    cuts = [sum(shots[: place + 1]) for place in range(len(shots))]
    assert limits.cuts is not None

    cue = one(Need(start, start + sound, (start, start + sound), 40), cuts, limits)

    assert is_clean_in(cue.start, cuts, limits.cuts)
    assert is_clean_out(cue.end, cuts, limits.cuts, limits.gap) or cue.end - cue.start <= limits.shortest

"""How curves of quality over bits become a ladder, on curves whose answer is known."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from ops.ladder.choice import LEAST_GAIN, LEAST_RATIO, choice, choose
from ops.ladder.complexity import CRF_RANGE, Curve, choose_windows
from ops.ladder.rungs import Rung, plan_rungs

WIDE = plan_rungs(1920, 1080)


def curve(rung: Rung, ceiling: float, bits: tuple[float, float], losses: tuple[float, float]) -> Curve:
    return Curve(rung, ceiling, (21.0, 30.0), bits, (ceiling - losses[0], ceiling - losses[1]))


def usual(rung: Rung, ceiling: float) -> Curve:
    """A rung whose bits follow its pixels, as films' do."""
    scale = (rung.lines / 1080) ** 1.5
    return curve(rung, ceiling, (4e6 * scale, 1.3e6 * scale), (3.5, 14.0))


def test_a_curve_goes_through_what_was_measured_and_its_inverse_leads_back():
    one = curve(WIDE[0], 99.0, (4e6, 1e6), (3.0, 12.0))
    for crf, bits, vmaf in ((21.0, 4e6, 96.0), (30.0, 1e6, 87.0)):
        assert one.bits_at(crf) == pytest.approx(bits)
        assert one.vmaf_at(crf) == pytest.approx(vmaf)
    # half way in CRF both bits and loss are at their geometric mean
    assert one.bits_at(25.5) == pytest.approx(2e6)
    assert one.vmaf_at(25.5) == pytest.approx(99 - 6)
    for vmaf in (88.0, 91.0, 95.0):
        assert one.vmaf_at(one.crf_for(vmaf)) == pytest.approx(vmaf, abs=0.25)


def test_more_quality_never_costs_fewer_bits():
    one = curve(WIDE[0], 99.0, (4e6, 1e6), (3.0, 12.0))
    costs = [one.bits_at(one.crf_for(vmaf)) for vmaf in range(60, 99)]
    assert costs == sorted(costs)


def test_a_usual_film_gets_every_rung_each_a_step_below_the_one_above():
    choices, dropped = choose([usual(rung, ceiling) for rung, ceiling in zip(WIDE, (99, 96, 90, 83), strict=True)])
    assert dropped == ()
    assert [each.target for each in choices] == [94, 85, 76, 67]
    assert [each.predicted_vmaf for each in choices] == pytest.approx([94, 85, 76, 67], abs=0.3)
    assert all(each.bound == "" for each in choices)
    for upper, lower in pairwise(choices):
        assert upper.predicted_rate >= LEAST_RATIO * lower.predicted_rate
    for each in choices:
        assert each.max_rate == pytest.approx(2 * each.predicted_rate, abs=1000)


def test_no_rung_is_asked_for_more_than_its_size_can_show():
    assert choice(usual(WIDE[1], 80.0), 1).target == 77.0
    assert choice(usual(WIDE[1], 96.0), 1).target == 85.0


def test_rungs_that_look_alike_or_cost_alike_are_left_out_and_the_top_stays():
    alike = [curve(rung, 99.5, (9e5 / nth, 3e5 / nth), (0.2, 0.6)) for nth, rung in enumerate(WIDE, start=1)]
    choices, dropped = choose(alike)
    assert choices[0].rung == WIDE[0]
    assert {each.rung for each in choices} | {each.rung for each in dropped} == set(WIDE)
    assert all("VMAF better" in each.why for each in dropped)
    assert all(each.crf == CRF_RANGE[1] for each in choices)
    assert "so simple" in choices[0].bound

    dear = [usual(WIDE[0], 99.0), curve(WIDE[1], 96.0, (3.9e6, 2.4e6), (3.5, 14.0))]
    choices, dropped = choose(dear)
    assert [each.rung for each in choices] == [WIDE[0]]
    assert "costs only" in dropped[0].why


def test_the_lowest_rung_stays_for_slow_links_while_it_is_much_cheaper():
    simple = [curve(rung, 99.0, (1e6 / 3**nth, 4e5 / 3**nth), (0.3, 0.8)) for nth, rung in enumerate(WIDE)]
    choices, _ = choose(simple)
    assert [each.rung for each in choices] == [WIDE[0], WIDE[3]]
    assert choices[0].predicted_vmaf - choices[1].predicted_vmaf < LEAST_GAIN


def test_a_still_picture_has_no_loss_to_divide_by():
    flat = curve(WIDE[0], 97.4, (5e4, 4e4), (0.0, 0.0))
    assert flat.crf_for(94.0) == CRF_RANGE[1]
    assert math.isfinite(flat.vmaf_at(25))


def test_windows_stand_for_the_whole_film_by_its_bytes():
    sizes = [100 * (1 + frame // 24 % 7) for frame in range(24 * 35 + 5)]
    windows = choose_windows(sizes, 24)
    assert len(windows) == 6
    assert sum(window.parts for window in windows) == 35
    assert sorted(window.first for window in windows) == [window.first for window in windows]
    told = sum(sum(sizes[w.first : w.first + w.frames]) * w.scale for w in windows)
    assert told == pytest.approx(sum(sizes[: 24 * 35]))


def test_a_short_film_is_its_own_sample():
    (only,) = choose_windows([10] * 100, 24)
    assert (only.first, only.frames, only.parts, only.scale) == (0, 100, 1, 1.0)

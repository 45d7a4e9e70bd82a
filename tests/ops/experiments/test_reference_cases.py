"""Every formula against published values, and against scipy, statsmodels and GrowthBook's own numbers."""

from __future__ import annotations

from typing import Any

import pytest

from ops.errors import UsageError
from ops.experiments.difference import Difference, Sample, absolute_difference, relative_difference
from ops.experiments.intervals import newcombe, pooled_z, wilson
from ops.experiments.posterior import Beta, chance_to_beat, expected_loss, probability_best
from ops.experiments.power import impressions_per_arm
from ops.experiments.sequential import always_valid, holm, tuned_scale
from ops.experiments.srm import sample_ratio_mismatch

CLICK_TESTS = ["prop0", "prop1", "prop2", "prop4"]


def samples(inputs: dict[str, Any]) -> tuple[Sample, Sample]:
    if "clicks_a" in inputs:
        return (
            Sample.of_clicks(inputs["clicks_a"], inputs["users_a"]),
            Sample.of_clicks(inputs["clicks_b"], inputs["users_b"]),
        )
    a, b = (Sample.of_sums(inputs[arm]["n"], inputs[arm]["sum"], inputs[arm]["sum_squares"]) for arm in "ab")
    return a, b


def difference(name: str, inputs: dict[str, Any]) -> Difference:
    return (relative_difference if name.endswith("relative") else absolute_difference)(*samples(inputs))


@pytest.mark.parametrize(
    "name",
    [f"{case}_ttest_{kind}" for case in [*CLICK_TESTS, "mean0", "mean1"] for kind in ("absolute", "relative")],
)
def test_a_difference_is_growthbooks(cases: dict[str, Any], name: str):
    case = cases[name]
    found = difference(name, case["inputs"])
    assert found.estimate == pytest.approx(case["expected"]["expected"], abs=case["tolerance"])
    assert found.interval(case["inputs"]["alpha"]) == pytest.approx(case["expected"]["ci"], abs=case["tolerance"])
    assert found.p == pytest.approx(case["expected"]["p_value"], abs=case["tolerance"])


def test_a_relative_difference_of_means_is_the_published_one(cases: dict[str, Any]):
    case = cases["pub_freq_relative"]
    given, expected = case["inputs"], case["expected"]
    found = relative_difference(
        Sample(given["mean_a"], given["sd_a"] ** 2, given["n_a"]),
        Sample(given["mean_b"], given["sd_b"] ** 2, given["n_b"]),
    )
    assert found.estimate == pytest.approx(expected["expected"], abs=case["tolerance"])
    assert found.interval() == pytest.approx(expected["ci"], abs=case["tolerance"])
    assert found.variance**0.5 == pytest.approx(expected["uplift_sd"], abs=case["tolerance"])
    assert found.p == pytest.approx(expected["p_value"], abs=case["tolerance"])


@pytest.mark.parametrize("kind", ["absolute", "relative"])
def test_a_control_without_clicks_has_no_difference_in_the_reference_and_none_here(cases: dict[str, Any], kind: str):
    case = cases[f"prop3_ttest_{kind}"]
    assert case["expected"]["error_message"] == "ZERO_NEGATIVE_BASELINE_VARIATION"
    with pytest.raises(UsageError, match="Wait for"):
        difference(kind, case["inputs"])


@pytest.mark.parametrize(
    "name", [f"{case}_sequential_{kind}" for case in CLICK_TESTS for kind in ("absolute", "relative")]
)
def test_the_sequential_test_is_growthbooks(cases: dict[str, Any], name: str):
    case = cases[name]
    given, expected = case["inputs"], case["expected"]
    found, units = difference(name, given), given["users_a"] + given["users_b"]
    scale = tuned_scale(found.variance, units, best_at=given["tuning"], alpha=given["alpha"])
    seen = always_valid(found.estimate, found.variance, scale=scale, alpha=given["alpha"])
    assert (seen.low, seen.high) == pytest.approx(expected["ci"], abs=case["tolerance"])
    assert seen.p == pytest.approx(expected["p_value"], abs=case["tolerance"])


@pytest.mark.parametrize("name", CLICK_TESTS)
def test_the_pooled_z_test_is_statsmodels(cases: dict[str, Any], name: str):
    case = cases[f"{name}_ztest"]
    z, p = pooled_z(*(case["inputs"][key] for key in ("clicks_a", "users_a", "clicks_b", "users_b")))
    assert z == pytest.approx(case["expected"]["z"], abs=case["tolerance"])
    assert p == pytest.approx(case["expected"]["p_value"], abs=case["tolerance"])


@pytest.mark.parametrize("name", CLICK_TESTS)
def test_newcombes_interval_is_statsmodels(cases: dict[str, Any], name: str):
    case = cases[f"{name}_newcombe"]
    found = newcombe(*(case["inputs"][key] for key in ("clicks_a", "users_a", "clicks_b", "users_b")))
    assert found == pytest.approx(case["expected"]["ci"], abs=case["tolerance"])


@pytest.mark.parametrize("name", [*CLICK_TESTS, "prop3"])
def test_wilsons_interval_is_statsmodels(cases: dict[str, Any], name: str):
    case = cases[f"{name}_wilson_a"]
    found = wilson(case["inputs"]["clicks"], case["inputs"]["users"])
    assert found == pytest.approx(case["expected"]["ci"], abs=case["tolerance"])


@pytest.mark.parametrize("name", ["prop0", "prop1", "prop2", "prop3"])
def test_the_chance_to_beat_is_the_closed_form_and_quadrature_agrees(cases: dict[str, Any], name: str):
    case = cases[f"{name}_beta_chance_to_win"]
    given, expected = case["inputs"], case["expected"]["chance"]
    a = Beta("a", 1 + given["clicks_a"], 1 + given["users_a"] - given["clicks_a"])
    b = Beta("b", 1 + given["clicks_b"], 1 + given["users_b"] - given["clicks_b"])
    assert chance_to_beat(b, a) == pytest.approx(expected, abs=case["tolerance"])
    assert probability_best([a, b])["b"] == pytest.approx(expected, abs=1e-9)


def test_before_any_viewer_each_of_two_arms_is_as_likely_the_better(cases: dict[str, Any]):
    assert cases["pub_missing_data"]["expected"]["chance_to_win"] == 0.5
    assert probability_best([Beta("a", 1, 1), Beta("b", 1, 1)])["b"] == pytest.approx(0.5)


def test_expected_loss_is_the_published_closed_form():
    # E max(A - B, 0) = mean(A) P(A' > B) - mean(B) P(A > B'), the primes with one more success
    a, b = Beta("a", 101, 4901), Beta("b", 121, 4881)
    more_a, more_b = Beta("a", 102, 4901), Beta("b", 122, 4881)
    of_b = a.mean * chance_to_beat(more_a, b) - b.mean * chance_to_beat(a, more_b)
    of_a = b.mean * chance_to_beat(more_b, a) - a.mean * chance_to_beat(b, more_a)
    found = expected_loss([a, b])
    assert found == {"a": pytest.approx(of_a, rel=1e-6), "b": pytest.approx(of_b, rel=1e-6)}
    assert found["b"] == pytest.approx(0.00011770, abs=5e-9)


@pytest.mark.parametrize("name", ["srm0", "srm1", "srm2"])
def test_the_sample_ratio_test_is_scipys(cases: dict[str, Any], name: str):
    case = cases[name]
    found = sample_ratio_mismatch(case["inputs"]["users"], case["inputs"]["weights"])
    assert found == pytest.approx(case["expected"]["p_value"], abs=case["tolerance"])


@pytest.mark.parametrize("name", ["power0", "power1"])
def test_impressions_an_arm_are_the_pooled_normal_formula(cases: dict[str, Any], name: str):
    case = cases[name]
    given = case["inputs"]
    found = impressions_per_arm(given["base_rate"], given["relative_lift"], power=given["power"], alpha=given["alpha"])
    assert found == pytest.approx(case["expected"]["pooled_normal_formula"], abs=case["tolerance"])


def test_holms_adjustment_is_statsmodels(cases: dict[str, Any]):
    case = cases["multi0_holm"]
    assert holm(case["inputs"]["p_values"]) == pytest.approx(case["expected"]["adjusted"], abs=case["tolerance"])

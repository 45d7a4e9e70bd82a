"""A test of trailers is decided by completions, and guarded by views of the film an impression."""

from __future__ import annotations

from ops.experiments.decision import Decision, Verdict, decide
from ops.experiments.exhibit import CLICKS, COMPLETIONS, Reward
from ops.experiments.model import ArmCounts, Plan, totals
from ops.experiments.posterior import BetaPrior, empirical_prior

DAYS, SHOWN = 10, 400


def judged(new: tuple[float, float], reward: Reward, old: tuple[float, float] = (0.30, 0.10)) -> Decision:
    """A test in which each arm is completed, and leads to the film, in these shares of its impressions."""
    days = [
        [
            ArmCounts(arm, SHOWN, round(SHOWN * done), round(SHOWN * film), float(SHOWN))
            for arm, (done, film) in (("old", old), ("new", new))
        ]
        for _ in range(DAYS)
    ]
    return decide(Plan(), days, "old", empirical_prior(totals(days)), reward=reward)


def test_a_cut_that_holds_lukewarm_viewers_too_wins_though_a_completion_leads_to_the_film_less_often():
    better = (0.45, 0.11)

    assert judged(better, COMPLETIONS).verdict is Verdict.WINNER
    assert judged(better, CLICKS).refused == ("new",), "of a picture that is clickbait"


def test_a_cut_that_leads_to_the_film_less_often_an_impression_is_refused_however_often_it_is_completed():
    decision = judged((0.45, 0.07), COMPLETIONS)

    assert decision.refused == ("new",)
    assert decision.verdict is not Verdict.WINNER
    assert "7% of its impressions are watched, of the incumbent's 10%" in " ".join(decision.reasons)


def test_the_reasons_speak_of_completions():
    told = " ".join(judged((0.45, 0.11), COMPLETIONS).reasons)

    assert "completions against the incumbent" in told and "click" not in told


def test_a_rate_near_one_has_a_prior():
    prior = empirical_prior([ArmCounts("old", 10_000, 9_990), ArmCounts("new", 10_000, 9_995)])

    assert isinstance(prior, BetaPrior)
    assert 0.99 < prior.mean < 1

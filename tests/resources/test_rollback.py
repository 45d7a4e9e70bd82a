"""A picture that is rolled back is off the air, also where a running test went on showing it as its incumbent."""

from __future__ import annotations

from resources.experiments import Experiments, Lifecycle
from tests.resources.test_withdrawal import experiments, started

__all__ = ["experiments"]


def promoted(experiments: Experiments, arm: str, aspect: str = "16x9") -> None:
    test = started(experiments, "one", arm, aspect=aspect)
    experiments.promote("sintel", aspect, arm, "", test, "sensor", "it won")


def test_a_running_test_that_shows_it_as_its_incumbent_is_retired_with_it(experiments: Experiments):
    promoted(experiments, "two")
    following = started(experiments, "two", "three", "four")
    elsewhere = started(experiments, "two", "three", aspect="1x1")

    done = experiments.take_back("sintel", "16x9", "ada", "the wrong face")

    assert (done.standing, done.retired) == (None, (following,))
    assert experiments.get(following).state is Lifecycle.RETIRED
    last = experiments.history(following)[-1]
    assert (last.who, last.why) == ("ada", "two was rolled back: the wrong face")
    assert experiments.get(elsewhere).state is Lifecycle.RUNNING, "nothing was taken back there"


def test_a_test_of_other_pictures_goes_on(experiments: Experiments):
    promoted(experiments, "two")
    following = started(experiments, "one", "two", "three")  # as a challenger it is what the test is about
    assert experiments.take_back("sintel", "16x9", "ada", "no").retired == ()
    assert experiments.get(following).state is Lifecycle.RUNNING


def test_a_picture_that_was_promoted_before_as_well_still_stands_and_its_test_goes_on(experiments: Experiments):
    promoted(experiments, "two")
    promoted(experiments, "two")
    following = started(experiments, "two", "three")
    done = experiments.take_back("sintel", "16x9", "ada", "one too many")
    assert done.standing is not None
    assert (done.standing.arm, done.retired) == ("two", ())
    assert experiments.get(following).state is Lifecycle.RUNNING

"""A rejected picture leaves its running test at once; the test goes on among the others."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ops.experiments.model import Plan
from resources.catalogue import Catalogue
from resources.database import Database
from resources.experiment_agenda import ExperimentAgenda, Flagged
from resources.experiments import Arm, Experiments, Lifecycle, Role
from resources.reviews import Question, Reviews, Verdict
from resources.store.model import ArtifactKey

WIDE = ArtifactKey("sintel", "thumbnails", "16x9")


def an_arm(name: str, role: Role = Role.CHALLENGER) -> Arm:
    return Arm(name, "v1", f"variant-{name}.jpg", sha256(name.encode()).hexdigest(), role)


@pytest.fixture
def experiments(database: Database) -> Experiments:
    Catalogue(database).deliver("sintel", sha256=sha256(b"sintel").hexdigest(), uri="/sintel", size_bytes=1)
    return Experiments(database)


def started(experiments: Experiments, *names: str, aspect: str = "16x9") -> str:
    arms = [an_arm(name, Role.CHALLENGER if n else Role.INCUMBENT) for n, name in enumerate(names)]
    made = experiments.create("sintel", aspect, arms, Plan(), "ada")
    experiments.transition(made, Lifecycle.RUNNING, "ada", "ready")
    return made


def flag(database: Database, experiment: str, arm: str) -> int:
    flagged = Flagged(experiment, "sintel", "16x9", arm, "v1", f"variant-{arm}.jpg", 3)
    ExperimentAgenda(database).ask(flagged, held="")
    return Reviews(database).queue()[-1].id


def test_rejecting_a_flagged_picture_ends_its_arm_and_shares_its_traffic_out(
    database: Database, experiments: Experiments
):
    test = started(experiments, "one", "two", "three")
    experiments.set_weights(test, {"one": 0.5, "two": 0.2, "three": 0.3}, "thompson")
    before = experiments.fingerprint()

    Reviews(database).decide(flag(database, test, "two"), Verdict.REJECTED, who="ada", note="gory")

    left = experiments.get(test)
    assert [arm.id for arm in left.arms] == ["one", "three"]
    assert left.weights == pytest.approx({"one": 0.625, "three": 0.375})
    assert left.state is Lifecycle.RUNNING
    assert (left.epoch, left.policy) == (2, "thompson")
    assert experiments.fingerprint() != before, "serving must notice"
    assert "gory" in experiments.history(test)[-1].why


def test_what_was_rejected_is_barred_in_every_aspect(database: Database, experiments: Experiments):
    wide = started(experiments, "one", "two", "three")
    square = started(experiments, "one", "two", "three", aspect="1x1")
    Reviews(database).decide(flag(database, wide, "two"), Verdict.REJECTED, who="ada", note="gory")
    assert [arm.id for arm in experiments.get(square).arms] == ["one", "three"]
    assert Reviews(database).barred("sintel") == {"two"}


def test_a_test_that_loses_its_incumbent_or_its_last_challenger_is_retired(
    database: Database, experiments: Experiments
):
    wide = started(experiments, "one", "two", "three")
    Reviews(database).decide(flag(database, wide, "one"), Verdict.REJECTED, who="ada", note="gory")
    assert experiments.get(wide).state is Lifecycle.RETIRED
    pair = started(experiments, "three", "four")
    Reviews(database).decide(flag(database, pair, "four"), Verdict.REJECTED, who="ada", note="gory")
    assert experiments.get(pair).state is Lifecycle.RETIRED


def test_a_rejected_picture_that_stands_promoted_stands_no_longer(database: Database, experiments: Experiments):
    first = started(experiments, "one", "two")
    experiments.promote("sintel", "16x9", "two", "", first, "ada", "won")
    second = started(experiments, "two", "three", "four")
    Reviews(database).decide(flag(database, second, "two"), Verdict.REJECTED, who="ada", note="gory")
    assert experiments.current("sintel", "16x9") is None, "what stood before it does"


def test_where_the_first_choice_itself_is_rejected_the_arm_with_most_traffic_stands_in(
    database: Database, experiments: Experiments
):
    test = started(experiments, "one", "two", "three")
    experiments.set_weights(test, {"one": 0.4, "two": 0.1, "three": 0.5}, "thompson")
    Reviews(database).decide(flag(database, test, "one"), Verdict.REJECTED, who="ada", note="gory")
    standing = experiments.current("sintel", "16x9")
    assert standing is not None
    assert (standing.arm, standing.file, standing.who) == ("three", "variant-three.jpg", "ada")


def test_a_segment_that_had_the_rejected_picture_for_its_own_sees_what_all_see(
    database: Database, experiments: Experiments
):
    test = started(experiments, "one", "two", "three")
    experiments.promote("sintel", "16x9", "three", "", test, "ada", "won", audience={"children": "two", "night": "one"})
    later = started(experiments, "three", "two", "four")
    Reviews(database).decide(flag(database, later, "two"), Verdict.REJECTED, who="ada", note="gory")
    standing = experiments.current("sintel", "16x9")
    assert standing is not None
    assert (standing.arm, set(standing.audience)) == ("three", {"night"})


def test_approving_a_flagged_picture_changes_nothing_of_its_test(database: Database, experiments: Experiments):
    test = started(experiments, "one", "two", "three")
    before = experiments.get(test)
    Reviews(database).decide(flag(database, test, "two"), Verdict.APPROVED, who="ada")
    assert experiments.get(test) == before
    assert Reviews(database).barred("sintel") == set()


def test_a_recipe_is_asked_about_once(database: Database, experiments: Experiments):
    reviews = Reviews(database)
    assert reviews.ask(WIDE, Question.GENERATED, "5c39260a", why="painted", held="")
    assert not reviews.ask(ArtifactKey("sintel", "thumbnails", "1x1"), Question.GENERATED, "5c39260a", why="painted")
    assert len(reviews.queue()) == 1
    reviews.decide(reviews.queue()[0].id, Verdict.APPROVED, who="ada")
    assert not reviews.ask(WIDE, Question.GENERATED, "5c39260a", why="painted")
    assert reviews.verdicts("sintel", Question.GENERATED) == {"5c39260a": Verdict.APPROVED}

"""What a person rejected comes back on no way: not by a promotion or a start that overlaps, nor out of an old test."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from ops.errors import UsageError
from ops.experiments.model import Plan
from resources import experiments as experiments_module
from resources import reviews as reviews_module
from resources.database import Database
from resources.experiments import Experiments, Lifecycle, Role
from resources.reviews import Question, Reviews, Verdict
from tests.resources.test_withdrawal import WIDE, an_arm, experiments, flag, started

__all__ = ["experiments"]


class Pause:
    """Stops the first one that comes by until it is told to go on."""

    def __init__(self) -> None:
        self.reached, self.going = threading.Event(), threading.Event()

    def here(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            assert self.going.wait(20)


def wait_until_blocked(database: Database) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with database.connection() as connection:
            row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
        if row is not None and row[0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def reject(database: Database, review: int) -> None:
    Reviews(database).decide(review, Verdict.REJECTED, who="ada", note="gory")


def test_a_promotion_that_overlaps_a_rejection_is_refused(
    database: Database, experiments: Experiments, monkeypatch: pytest.MonkeyPatch
):
    test = started(experiments, "one", "two", "three")
    review, pause, withdraw = flag(database, test, "two"), Pause(), reviews_module.withdraw

    def slowly(connection: psycopg.Connection, title: str, recipe: str, *, who: str, why: str) -> None:
        withdraw(connection, title, recipe, who=who, why=why)
        pause.here()

    monkeypatch.setattr(reviews_module, "withdraw", slowly)
    with ThreadPoolExecutor(2) as pool:
        rejection = pool.submit(reject, database, review)
        assert pause.reached.wait(20)
        promotion = pool.submit(experiments.promote, "sintel", "16x9", "two", "", test, "sensor", "it won")
        wait_until_blocked(database)
        pause.going.set()
        rejection.result(20)
        with pytest.raises(UsageError, match="two was rejected"):
            promotion.result(20)
    assert experiments.current("sintel", "16x9") is None
    assert experiments.get(test).state is Lifecycle.RUNNING, "the others go on"


def test_a_rejection_that_overlaps_a_promotion_undoes_it(
    database: Database, experiments: Experiments, monkeypatch: pytest.MonkeyPatch
):
    test = started(experiments, "one", "two", "three")
    experiments.transition(test, Lifecycle.DECIDED, "ada", "enough")  # no running test: no lock on the shape is taken
    review, pause, one_at_a_time = flag(database, test, "two"), Pause(), experiments_module.one_at_a_time

    def slowly(connection: psycopg.Connection, title: str, aspect: str) -> None:
        one_at_a_time(connection, title, aspect)
        pause.here()

    monkeypatch.setattr(experiments_module, "one_at_a_time", slowly)
    with ThreadPoolExecutor(2) as pool:
        promotion = pool.submit(experiments.promote, "sintel", "16x9", "two", "", test, "ada", "I like it")
        assert pause.reached.wait(20)
        rejection = pool.submit(reject, database, review)
        wait_until_blocked(database)
        pause.going.set()
        promotion.result(20)
        rejection.result(20)
    assert experiments.current("sintel", "16x9") is None


@pytest.mark.parametrize("ended", [Lifecycle.DECIDED, Lifecycle.RETIRED])
def test_what_was_rejected_cannot_be_promoted_out_of_a_test_that_is_over(
    database: Database, experiments: Experiments, ended: Lifecycle
):
    old = started(experiments, "one", "two")
    experiments.transition(old, ended, "ada", "enough")
    reject(database, flag(database, old, "two"))
    assert [arm.id for arm in experiments.get(old).arms] == ["one"]
    with pytest.raises(UsageError, match="rejected"):
        experiments.promote("sintel", "16x9", "two", "", old, "ada", "again")
    with pytest.raises(UsageError, match="rejected"):
        experiments.promote("sintel", "16x9", "one", "", old, "ada", "again", audience={"children": "two"})
    assert experiments.current("sintel", "16x9") is None


def test_a_test_that_a_rejection_ended_gives_the_picture_back_to_nobody(database: Database, experiments: Experiments):
    test = started(experiments, "one", "two")
    reject(database, flag(database, test, "one"))
    found = experiments.get(test)
    assert (found.state, [arm.id for arm in found.arms]) == (Lifecycle.RETIRED, ["two"])
    with pytest.raises(UsageError, match="incumbent was withdrawn"):
        _ = found.incumbent
    reject(database, flag(database, test, "two"))
    assert experiments.get(test).arms == (), "it is still listed"


def test_a_test_with_a_rejected_picture_is_not_started(database: Database, experiments: Experiments):
    reviews = Reviews(database)
    reviews.ask(WIDE, Question.GENERATED, "two", why="painted")
    reject(database, reviews.queue()[-1].id)
    draft = experiments.create("sintel", "16x9", [an_arm("one", Role.INCUMBENT), an_arm("two")], Plan(), "ada")
    with pytest.raises(UsageError, match="two was rejected"):
        experiments.transition(draft, Lifecycle.RUNNING, "ada", "go")
    assert experiments.get(draft).state is Lifecycle.DRAFT


def test_what_a_person_chose_by_hand_is_asked_about_as_well(database: Database, experiments: Experiments):
    reviews = Reviews(database)
    reviews.ask(WIDE, Question.GENERATED, "two", why="painted")
    reject(database, reviews.queue()[-1].id)
    with pytest.raises(UsageError, match="rejected"):
        experiments.promote("sintel", "16x9", "two", "v1", None, "ada", "I like it", file="a.jpg", sha256="0" * 64)

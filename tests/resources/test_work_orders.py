"""Sparse wishes become few runs, on a real PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ops.errors import UsageError
from resources.catalogue import Catalogue
from resources.database import Database
from resources.work_orders import MAX_ATTEMPTS, Batch, WorkOrders


@pytest.fixture
def orders(database: Database) -> WorkOrders:
    with database.connection() as connection:
        connection.execute(
            """
            WITH made AS (
                INSERT INTO titles (id, name, state, master)
                SELECT 't' || n, 't' || n, 'hot', encode(sha256(n::text::bytea), 'hex')
                FROM generate_series(0, 999) n RETURNING id, master
            )
            INSERT INTO masters (sha256, title, uri, size_bytes) SELECT master, id, '/x', 1 FROM made
            """
        )
    return WorkOrders(database)


def ask(orders: WorkOrders, *titles: str, artifacts: tuple[str, ...] = ("shots",), priority: int = 0) -> None:
    orders.request_many(dict.fromkeys(titles, artifacts), reason="feedback", priority=priority)


def test_a_thousand_sparse_titles_become_twenty_runs(orders: WorkOrders):
    ask(orders, *(f"t{n}" for n in range(1000)))
    batches = orders.batch(max_titles=50, max_runs=20)
    assert [len(batch.titles) for batch in batches] == [50] * 20
    assert len({title for batch in batches for title in batch.titles}) == 1000


def test_a_repeated_tick_gives_the_same_batches_under_the_same_ids(orders: WorkOrders):
    ask(orders, "t1", "t5", "t9")
    first = orders.batch(2, 10)
    assert orders.batch(2, 10) == first
    ask(orders, "t7")
    assert orders.batch(2, 10)[: len(first)] == first


def test_ticks_at_once_deal_every_title_out_once(orders: WorkOrders):
    ask(orders, *(f"t{n}" for n in range(200)))
    together = threading.Barrier(4)

    def tick(_number: int) -> list[Batch]:
        together.wait()
        return orders.batch(10, 20)

    with ThreadPoolExecutor(4) as pool:
        seen = {batch.id: batch for batches in pool.map(tick, range(4)) for batch in batches}
    dealt = [title for batch in seen.values() for title in batch.titles]
    assert len(seen) == 20
    assert sorted(dealt) == sorted(f"t{n}" for n in range(200))


def test_no_more_runs_are_planned_than_allowed_and_the_rest_waits(orders: WorkOrders):
    ask(orders, *(f"t{n}" for n in range(10)))
    first = orders.batch(2, 3)
    assert len(first) == 3
    orders.start(first[0].id, run_id="run")
    second = orders.batch(2, 3)
    assert len(second) == 3
    assert set(second[:2]) == set(first[1:])


def test_two_wishes_for_a_title_are_one_order_with_both_at_the_higher_priority(orders: WorkOrders):
    ask(orders, "t1", artifacts=("shots", "keyframes"))
    orders.request("t1", ["thumbnails/16x9", "shots"], reason="experiment", priority=7)
    [batch] = orders.batch(10, 10)
    assert batch.titles == ("t1",)
    assert batch.artifacts == ("keyframes", "shots", "thumbnails/16x9")
    assert batch.priority == 7


def test_the_most_urgent_go_first(orders: WorkOrders):
    ask(orders, "t1", "t2", "t3")
    ask(orders, "t8", priority=5)
    batches = orders.batch(1, 2)
    assert batches[0].titles == ("t8",)
    assert [batch.priority for batch in batches] == [5, 0]


def test_titles_that_want_the_same_share_a_run(orders: WorkOrders):
    ask(orders, "t1", "t3", artifacts=("shots",))
    ask(orders, "t2", "t4", artifacts=("keyframes",))
    wanted = {batch.artifacts: set(batch.titles) for batch in orders.batch(2, 10)}
    assert wanted == {("shots",): {"t1", "t3"}, ("keyframes",): {"t2", "t4"}}


def test_what_is_planned_and_not_begun_is_not_asked_for_twice_unless_more_urgently(orders: WorkOrders):
    ask(orders, "t1", artifacts=("shots", "keyframes"))
    [planned] = orders.batch(10, 10)
    ask(orders, "t1", artifacts=("shots",))
    assert orders.batch(10, 10) == [planned]
    ask(orders, "t1", artifacts=("shots",), priority=9)
    assert len(orders.batch(10, 10)) == 2


def test_what_is_asked_for_while_its_run_is_under_way_is_made_again(orders: WorkOrders):
    ask(orders, "t1")
    [running] = orders.batch(10, 10)
    orders.start(running.id, run_id="run")
    ask(orders, "t1")
    [next_one] = orders.batch(10, 10)
    assert next_one.titles == ("t1",)
    assert next_one.id != running.id


def test_a_finished_batch_is_done_but_for_what_failed_which_comes_back(orders: WorkOrders):
    ask(orders, "t1", "t2", "t3")
    [batch] = orders.batch(10, 10)
    orders.start(batch.id, run_id="run")
    orders.finish(batch.id, failed={"t2": "it would not decode"})
    [again] = orders.batch(10, 10)
    assert again.titles == ("t2",)
    assert again.id != batch.id


def test_a_killed_batch_comes_back_whole_and_its_late_run_has_nothing_left_to_do(orders: WorkOrders):
    ask(orders, "t1", "t2")
    [batch] = orders.batch(10, 10)
    orders.start(batch.id, run_id="run")
    orders.fail(batch.id, "evicted (137)")
    [again] = orders.batch(10, 10)
    assert set(again.titles) == {"t1", "t2"}
    assert orders.start(batch.id, run_id="a retry of the run").orders == ()


def test_a_retry_of_the_same_run_finds_its_orders(orders: WorkOrders):
    ask(orders, "t1")
    [batch] = orders.batch(10, 10)
    orders.start(batch.id, run_id="run")
    assert orders.start(batch.id, run_id="retry").titles == ("t1",)


def test_an_order_that_keeps_failing_is_given_up(orders: WorkOrders, database: Database):
    ask(orders, "t1")
    for _ in range(MAX_ATTEMPTS):
        [batch] = orders.batch(10, 10)
        orders.fail(batch.id, "no")
    assert orders.batch(10, 10) == []
    with database.connection() as connection:
        told = connection.execute("SELECT attempts, last_error FROM requests ORDER BY id DESC").fetchone()
    assert told == (MAX_ATTEMPTS, "no")


def test_a_failed_order_joins_the_one_that_was_opened_meanwhile(orders: WorkOrders):
    ask(orders, "t1", artifacts=("shots",))
    [batch] = orders.batch(10, 10)
    orders.start(batch.id, run_id="run")
    ask(orders, "t1", artifacts=("keyframes",))
    orders.fail(batch.id, "killed")
    [again] = orders.batch(10, 10)
    assert [(order.title, order.artifacts) for order in again.orders] == [("t1", ("keyframes", "shots"))]


def test_a_run_that_never_reported_is_given_back(orders: WorkOrders, database: Database):
    ask(orders, "t1")
    [batch] = orders.batch(10, 10)
    orders.start(batch.id, run_id="lost")
    assert orders.give_back_lost(after_hours=24) == []
    with database.connection() as connection:
        connection.execute("UPDATE requests SET updated_at = now() - interval '25 hours'")
    assert orders.give_back_lost(after_hours=24) == [batch.id]
    assert len(orders.batch(10, 10)) == 1


def test_a_quarantined_titles_order_waits_for_its_release(orders: WorkOrders, database: Database):
    ask(orders, "t1")
    Catalogue(database).quarantine("t1", "truncated")
    assert orders.batch(10, 10) == []
    Catalogue(database).release("t1")
    assert len(orders.batch(10, 10)) == 1


def test_a_wish_for_an_unknown_title_is_refused_whole(orders: WorkOrders):
    with pytest.raises(UsageError, match="nobody"):
        ask(orders, "t1", "nobody")
    assert orders.batch(10, 10) == []


def test_no_wish_is_no_order(orders: WorkOrders):
    orders.request_many({}, reason="nothing")
    orders.request("t1", [], reason="nothing")
    assert orders.batch(10, 10) == []


def test_many_wishers_at_once_make_one_order(orders: WorkOrders):
    together = threading.Barrier(6)

    def wish(number: int) -> None:
        together.wait()
        ask(orders, "t2", "t1", "t3", artifacts=(f"a{number}",))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(wish, range(6)))
    [batch] = orders.batch(10, 10)
    assert set(batch.titles) == {"t1", "t2", "t3"}
    assert batch.artifacts == tuple(f"a{number}" for number in range(6))

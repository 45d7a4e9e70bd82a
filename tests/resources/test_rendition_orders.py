"""Orders of renditions, on a real PostgreSQL."""

from __future__ import annotations

import pytest

from ops.errors import UsageError
from ops.style.model import Look, Part, Recipe
from resources.database import Database
from resources.rendition_orders import MAX_ATTEMPTS, OrderState, RenditionOrders, rendition_key

NOIR = Look((Part(Recipe("noir"), 1.0),))
MIX = Look((Part(Recipe("noir"), 0.6), Part(Recipe("vintage_film", {"grain": 0.5}), 0.4)))


@pytest.fixture
def orders(database: Database) -> RenditionOrders:
    with database.connection() as connection:
        connection.execute("INSERT INTO titles (id, name, state) VALUES ('sintel', 'Sintel', 'hot')")
    return RenditionOrders(database)


def test_who_orders_the_same_again_is_given_the_same_order(orders: RenditionOrders):
    first = orders.order("sintel", MIX, "somebody")
    turned_round = Look(tuple(reversed(MIX.parts)))
    assert orders.order("sintel", turned_round, "somebody else") == first
    assert orders.of_title("sintel") == [first]


def test_each_look_is_an_order_of_its_own(orders: RenditionOrders):
    assert orders.order("sintel", MIX, "").id != orders.order("sintel", NOIR, "").id
    assert {each.look_key for each in orders.open(10)} == {MIX.key, NOIR.key}


def test_open_orders_are_read_a_page_at_a_time_whatever_becomes_of_those_read(orders: RenditionOrders):
    every = [orders.order("sintel", look, "").id for look in (MIX, NOIR)]
    [first] = orders.open(1)
    orders.fail(first.id, "is in PQ", final=True)
    assert [first.id, *(each.id for each in orders.open(1, after=first.id))] == every
    assert orders.open(1, after=every[-1]) == []


def test_what_is_being_made_or_made_is_not_opened_by_asking(orders: RenditionOrders):
    order = orders.order("sintel", MIX, "").id
    for step in (orders.start, orders.finish):
        step(order)
        orders.order("sintel", MIX, "again")
        assert orders.open(10) == []


def test_a_failed_order_is_open_again_under_another_run_key_until_it_failed_too_often(orders: RenditionOrders):
    order = orders.order("sintel", MIX, "")
    keys = {order.run_key}
    for _ in range(MAX_ATTEMPTS - 1):
        orders.start(order.id)
        orders.fail(order.id, "the disk is full", final=False)
        keys.add(orders.open(10)[0].run_key)
    orders.fail(order.id, "the disk is full", final=False)
    failed = orders.find(order.id)
    assert len(keys) == MAX_ATTEMPTS
    assert failed is not None
    assert (failed.state, failed.last_error) == (OrderState.FAILED, "the disk is full")


def test_what_failed_for_good_rests_an_hour_however_often_it_is_asked_for(orders: RenditionOrders, database: Database):
    order = orders.order("sintel", MIX, "").id
    orders.fail(order, "is in PQ", final=True)
    orders.order("sintel", MIX, "again")
    assert orders.open(10) == []
    with database.connection() as connection:
        connection.execute("UPDATE rendition_orders SET updated_at = now() - interval '61 minutes'")
    orders.order("sintel", MIX, "again")
    assert [each.id for each in orders.open(10)] == [order]


def test_a_house_style_as_it_is_lies_where_its_asset_does_and_any_other_look_by_its_key():
    stronger = Look((Part(Recipe("noir", strength=0.5), 1.0),))
    assert rendition_key("sintel", NOIR).asset == "rendition/noir"
    assert rendition_key("sintel", stronger).asset == f"rendition/{stronger.key}"
    assert rendition_key("sintel", MIX).asset == f"rendition/{MIX.key}"


def test_a_finished_rendition_is_made_again_where_what_it_was_made_from_changed(orders: RenditionOrders):
    order = orders.order("sintel", MIX, "").id
    orders.reopen(order, "a style changed")  # it is open: nothing to do
    first = orders.open(10)[0]
    orders.finish(order)
    orders.reopen(order, "a style changed")
    assert orders.open(10)[0].run_key != first.run_key


def test_orders_of_quarantined_titles_wait(orders: RenditionOrders, database: Database):
    orders.order("sintel", MIX, "")
    with database.connection() as connection:
        connection.execute("UPDATE titles SET state = 'quarantined', reason = 'cut short'")
    assert orders.open(10) == []


def test_a_title_that_nobody_delivered_cannot_be_ordered(orders: RenditionOrders):
    with pytest.raises(UsageError, match="not in the catalogue"):
        orders.order("nowhere", MIX, "")

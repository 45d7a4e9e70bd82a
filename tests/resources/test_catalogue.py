"""Titles and masters on a real PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from ops.errors import UsageError
from resources.catalogue import Catalogue, Delivery, Outcome, TitleState
from resources.database import Database


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    return Catalogue(database)


def deliver(catalogue: Catalogue, name: str, content: str) -> Delivery:
    digest = sha256(content.encode()).hexdigest()
    return catalogue.deliver(name, sha256=digest, uri=f"/inbox/{name}.mp4", size_bytes=len(content))


def test_a_new_name_makes_a_title_and_its_bytes_the_master(catalogue: Catalogue):
    delivery = deliver(catalogue, "Sintel", "a film")
    assert (delivery.title, delivery.outcome, delivery.state) == ("sintel", Outcome.NEW_TITLE, TitleState.HOT)
    assert catalogue.title("sintel").name == "Sintel"
    assert catalogue.master("sintel").sha256 == delivery.sha256
    assert catalogue.master("sintel").size_bytes == 6


def test_a_title_has_the_genre_it_was_delivered_with_last_and_none_unless_told(catalogue: Catalogue):
    def told(content: str, genre: str | None) -> str | None:
        digest = sha256(content.encode()).hexdigest()
        catalogue.deliver("Sintel", sha256=digest, uri="/s.mp4", size_bytes=1, genre=genre)
        return catalogue.title("sintel").genre

    assert told("first cut", None) is None
    assert told("first cut", "  Fantasy   Drama ") == "fantasy drama"  # the same bytes again, now with a genre
    assert told("final cut", None) == "fantasy drama"
    assert told("final cut", "") == "fantasy drama"
    assert told("director's cut", "drama") == "drama"
    with pytest.raises(UsageError, match="genre"):
        told("last cut", "x" * 41)


def test_the_same_bytes_twice_are_one_title_whatever_their_name(catalogue: Catalogue):
    deliver(catalogue, "Sintel", "a film")
    again, copy = deliver(catalogue, "Sintel", "a film"), deliver(catalogue, "Copy of Sintel", "a film")
    assert (again.title, again.outcome) == (copy.title, copy.outcome) == ("sintel", Outcome.KNOWN)
    assert [title.id for title in catalogue.titles()] == ["sintel"]


def test_other_bytes_under_a_titles_name_are_its_new_master(catalogue: Catalogue):
    deliver(catalogue, "Sintel", "first cut")
    delivery = deliver(catalogue, "Sintel", "final cut")
    assert (delivery.title, delivery.outcome) == ("sintel", Outcome.NEW_MASTER)
    assert catalogue.master("sintel").sha256 == delivery.sha256


def test_an_older_master_delivered_again_is_the_master_again(catalogue: Catalogue):
    first = deliver(catalogue, "Sintel", "first cut")
    deliver(catalogue, "Sintel", "final cut")
    assert deliver(catalogue, "Sintel", "first cut").outcome is Outcome.NEW_MASTER
    assert catalogue.master("sintel").sha256 == first.sha256


def test_bytes_delivered_under_a_wrong_name_once_may_get_their_own_title_later(catalogue: Catalogue):
    deliver(catalogue, "Sintel", "in truth Cosmos Laundromat")
    deliver(catalogue, "Sintel", "sintel at last")
    delivery = deliver(catalogue, "Cosmos Laundromat", "in truth Cosmos Laundromat")
    assert (delivery.title, delivery.outcome) == ("cosmos-laundromat", Outcome.NEW_TITLE)
    assert catalogue.master("sintel").sha256 != delivery.sha256


def test_names_whose_letters_are_alike_get_ids_of_their_own(catalogue: Catalogue):
    ids = [deliver(catalogue, name, name).title for name in ("Amélie", "Amelie", "AMELIE", "amelie 2")]
    assert ids == ["amelie", "amelie-2", "amelie-3", "amelie-2-2"]
    assert deliver(catalogue, "AMELIE", "another cut").title == "amelie-3"


def test_many_deliveries_of_one_file_at_once_make_one_title(catalogue: Catalogue):
    together = threading.Barrier(8)

    def deliver_one(number: int) -> Delivery:
        together.wait()
        return deliver(catalogue, f"name {number % 2}", "the same film")

    with ThreadPoolExecutor(8) as pool:
        deliveries = list(pool.map(deliver_one, range(8)))
    assert len({delivery.title for delivery in deliveries}) == 1
    assert sorted(delivery.outcome for delivery in deliveries) == [Outcome.KNOWN] * 7 + [Outcome.NEW_TITLE]


def test_many_masters_of_one_name_at_once_make_one_title_with_one_of_them(catalogue: Catalogue):
    together = threading.Barrier(6)

    def deliver_one(number: int) -> Delivery:
        together.wait()
        return deliver(catalogue, "Sintel", f"cut {number}")

    with ThreadPoolExecutor(6) as pool:
        deliveries = list(pool.map(deliver_one, range(6)))
    assert {delivery.title for delivery in deliveries} == {"sintel"}
    assert sorted(delivery.outcome for delivery in deliveries) == [Outcome.NEW_MASTER] * 5 + [Outcome.NEW_TITLE]
    assert catalogue.master("sintel").sha256 in {delivery.sha256 for delivery in deliveries}


def test_a_quarantined_title_says_why_and_a_new_master_gives_it_another_chance(catalogue: Catalogue):
    deliver(catalogue, "Sintel", "broken")
    catalogue.quarantine("sintel", "truncated: 3 of 9 s readable")
    assert catalogue.title("sintel").state is TitleState.QUARANTINED
    assert catalogue.title("sintel").reason == "truncated: 3 of 9 s readable"
    assert deliver(catalogue, "Sintel", "broken").state is TitleState.QUARANTINED
    assert deliver(catalogue, "Sintel", "whole").state is TitleState.HOT
    assert catalogue.title("sintel").reason == ""


def test_a_released_title_is_hot_and_the_others_are_left_alone(catalogue: Catalogue):
    deliver(catalogue, "Sintel", "a")
    deliver(catalogue, "Cosmos", "b")
    catalogue.quarantine("sintel", "looks odd")
    assert catalogue.hot_ids() == ["cosmos"]
    catalogue.release("sintel")
    assert catalogue.hot_ids() == ["cosmos", "sintel"]


def test_no_more_titles_are_hot_than_there_is_room_for(database: Database):
    catalogue = Catalogue(database, hot_titles=2)
    states = [deliver(catalogue, name, name).state for name in ("a", "b", "c")]
    assert states == [TitleState.HOT, TitleState.HOT, TitleState.COLD]


def test_a_cold_title_comes_back_on_demand_in_place_of_the_one_untouched_longest(database: Database):
    catalogue = Catalogue(database, hot_titles=2)
    for name in ("a", "b", "c"):
        deliver(catalogue, name, name)
    catalogue.touch(["a"])
    assert catalogue.warm("c") == ["b"]
    assert catalogue.hot_ids() == ["a", "c"]
    assert catalogue.warm("c") == []


def test_idle_titles_retire_and_keep_their_row(catalogue: Catalogue, database: Database):
    deliver(catalogue, "old", "a")
    deliver(catalogue, "new", "b")
    with database.connection() as connection:
        connection.execute("UPDATE titles SET touched_at = now() - interval '31 days' WHERE id = 'old'")
    assert catalogue.idle(days=30) == ["old"]
    assert catalogue.retire(["old", "no-such-title"]) == ["old"]
    assert catalogue.title("old").state is TitleState.COLD
    assert [title.id for title in catalogue.titles(TitleState.HOT)] == ["new"]


def test_an_unknown_title_is_an_error_that_says_what_to_do(catalogue: Catalogue):
    with pytest.raises(UsageError, match=r"nobody.*Deliver"):
        catalogue.title("nobody")
    assert catalogue.find("nobody") is None


def test_thousands_of_titles_are_listed_in_order_and_once(catalogue: Catalogue, database: Database):
    with database.connection() as connection:
        connection.execute(
            """
            WITH made AS (
                INSERT INTO titles (id, name, state, master)
                SELECT 't' || n, 't' || n, 'cold', encode(sha256(n::text::bytea), 'hex')
                FROM generate_series(1, 12000) n RETURNING id, master
            )
            INSERT INTO masters (sha256, title, uri, size_bytes) SELECT master, id, '/x', 1 FROM made
            """
        )
    ids = [title.id for title in catalogue.titles(TitleState.COLD)]
    assert len(ids) == len(set(ids)) == 12_000


def test_what_happened_to_a_title_is_told_in_order(catalogue: Catalogue, database: Database):
    deliver(catalogue, "Sintel", "a")
    catalogue.quarantine("sintel", "cut short")
    with database.connection() as connection:
        told = connection.execute("SELECT kind, detail->>'reason' FROM events ORDER BY id").fetchall()
    assert told == [("delivered", None), ("became_quarantined", "cut short")]

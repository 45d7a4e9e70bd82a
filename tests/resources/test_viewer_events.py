"""Viewers' events are stored once, counted, and forgotten, on a real PostgreSQL."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from resources.assignments import Assignment, Assignments
from resources.catalogue import Catalogue
from resources.database import Database
from resources.viewer_events import EventKind, ViewerEvent, ViewerEvents, event_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def event(key: str, viewer: str = "v1", title: str = "sintel", kind: EventKind = EventKind.IMPRESSION) -> ViewerEvent:
    return ViewerEvent(event_id("front page", key), kind, NOW, viewer, title, "16x9")


@pytest.fixture
def events(database: Database) -> ViewerEvents:
    Catalogue(database).deliver("sintel", sha256=sha256(b"sintel").hexdigest(), uri="/sintel", size_bytes=1)
    return ViewerEvents(database)


def stored(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("SELECT count(*) FROM viewer_events").fetchone()
    assert row is not None
    return row[0]


def test_an_event_sent_again_is_stored_once(events: ViewerEvents, database: Database):
    batch = [event("a"), event("b")]
    assert events.record(batch).stored == {each.id for each in batch}
    assert events.record([*batch, event("c")]).stored == {event("c").id}
    assert stored(database) == 3


def test_an_event_twice_in_one_batch_is_stored_once(events: ViewerEvents, database: Database):
    assert events.record([event("a"), event("a")]).stored == {event("a").id}
    assert stored(database) == 1


def test_the_same_key_of_two_senders_is_two_events():
    assert event_id("front page", "1") != event_id("app", "1")


def test_an_event_of_an_unknown_title_is_told_and_the_others_are_stored(events: ViewerEvents, database: Database):
    told = events.record([event("a"), event("b", title="nobody")])
    assert (told.stored, told.unknown_titles) == ({event("a").id}, {"nobody"})
    assert stored(database) == 1


def test_nothing_is_nothing(events: ViewerEvents):
    assert events.record([]).stored == frozenset()


def test_senders_at_once_with_the_same_events_neither_deadlock_nor_double(events: ViewerEvents, database: Database):
    batch = [event(str(number)) for number in range(200)]
    together = threading.Barrier(6)

    def send(seed: int) -> int:
        shuffled = random.Random(seed).sample(batch, len(batch))
        together.wait()
        return len(events.record(shuffled).stored)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(6))) == 200
    assert stored(database) == 200


@pytest.mark.parametrize(
    ("seconds", "fraction", "qualified"),
    [(30.0, None, True), (29.9, 0.09, False), (None, 0.1, True), (None, None, False)],
)
def test_a_view_is_qualified_after_thirty_seconds_or_a_tenth(
    seconds: float | None, fraction: float | None, qualified: bool
):
    watched = replace(event("a", kind=EventKind.WATCH), watched_s=seconds, watched_fraction=fraction)
    assert watched.qualified is qualified
    assert not replace(watched, kind=EventKind.PLAY).qualified


def test_one_call_forgets_a_viewer_and_nobody_else(events: ViewerEvents, database: Database):
    events.record([event("a"), event("b"), event("c", viewer="v2")])
    Assignments(database).write([Assignment("e1", "v1", "x", 0, 0.5), Assignment("e1", "v2", "x", 0, 0.5)])
    assert events.erase("v1") == 3
    assert stored(database) == 1
    assert [each.viewer for each in Assignments(database).find([("e1", "v1"), ("e1", "v2")])] == ["v2"]


def test_what_is_old_goes_and_what_is_young_stays(events: ViewerEvents, database: Database):
    events.record([event("old"), event("young")])
    with database.connection() as connection:
        connection.execute(
            "UPDATE viewer_events SET received_at = now() - interval '31 days' WHERE id = %s", [event("old").id]
        )
    assert events.retain(30) == 1
    assert stored(database) == 1


def test_assignments_go_when_their_test_ended_long_ago_and_stay_while_it_runs(database: Database, events: ViewerEvents):
    ended = {"decided00000": "decided", "lately000000": "decided", "retired00000": "retired", "running00000": "running"}
    identifiers = {name: sha256(name.encode()).hexdigest()[:12] for name in ended}
    with database.connection() as connection:
        for aspect, (name, state) in enumerate(ended.items()):
            decided = {"decided00000": "40 days", "lately000000": "1 day"}.get(name)
            connection.execute(
                "INSERT INTO experiments (id, title, aspect, state, salt, plan, started_at, decided_at)"
                " VALUES (%s, 'sintel', %s, %s, 's', '{}', now() - interval '60 days', now() - %s::interval)",
                [identifiers[name], str(aspect), state, decided],
            )
    Assignments(database).write([Assignment(each, "v1", "x", 0, 0.5) for each in identifiers.values()])
    with database.connection() as connection:
        connection.execute("UPDATE assignments SET at = now() - interval '50 days'")

    events.retain(30)

    left = {each.experiment for each in Assignments(database).find((each, "v1") for each in identifiers.values())}
    assert left == {identifiers["lately000000"], identifiers["running00000"]}


def test_flags_are_counted_by_viewer(events: ViewerEvents):
    flag = [
        replace(event(f"f{number}", viewer=f"v{number % 2}", kind=EventKind.FLAG), at=datetime.now(UTC))
        for number in range(4)
    ]
    events.record(flag)
    assert events.flags("sintel") == {("16x9", ""): 2}


def test_a_viewer_keeps_the_arm_that_was_written_first(database: Database):
    assignments = Assignments(database)
    first = Assignment("e1", "v1", "aaaa0000", 0, 0.5)
    assert assignments.write([first]) == []
    assert assignments.write([replace(first, arm="bbbb1111", epoch=1, propensity=0.9)]) == [first]
    assert assignments.find([("e1", "v1"), ("e1", "unseen")]) == [first]

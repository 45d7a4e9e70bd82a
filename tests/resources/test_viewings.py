"""Viewings of trailers in the database, and what counts of them for a test; exhibits by the same rule there as here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import psycopg
import pytest

from ops.experiments.exhibit import EXHIBITS, artifact_of, length_s, reward_of
from ops.experiments.model import Plan, totals
from ops.trailer.viewers.retention import Stop
from resources.catalogue import Catalogue
from resources.database import Database
from resources.experiment_model import Arm, Role
from resources.experiments import Experiments
from resources.viewer_events import EventKind, ViewerEvent, ViewerEvents
from resources.viewings import SeenVersion, Viewings

CUT = "trailer_30"
NOW = datetime.now(UTC)


def viewing(viewer: str, *played: tuple[float, float], content: str = "c" * 32, after_s: float = 0) -> ViewerEvent:
    return ViewerEvent(
        uuid4(), EventKind.WATCH, NOW + timedelta(seconds=after_s), viewer, "sintel", CUT,
        content=content, played=played, stopped=Stop.LEFT,
    )  # fmt: skip


@pytest.fixture
def events(database: Database) -> ViewerEvents:
    Catalogue(database).deliver("sintel", sha256=sha256(b"sintel").hexdigest(), uri="/sintel", size_bytes=1)
    return ViewerEvents(database)


@pytest.mark.parametrize("exhibit", [*EXHIBITS, "21x9", "teaser_6", "", "16x9_"])
def test_the_database_knows_an_exhibits_artifact_as_the_code_does(database: Database, exhibit: str):
    with database.connection() as connection:
        row = connection.execute("SELECT artifact_of_exhibit(%s)", [exhibit]).fetchone()
    assert row == (artifact_of(exhibit),)


def test_a_cut_is_a_trailers_and_has_its_length_and_a_shape_has_none():
    assert [artifact_of(each) for each in ("16x9", CUT)] == ["thumbnails", "trailer"]
    assert [length_s(each) for each in ("16x9", CUT, "teaser_15")] == [None, 30.0, 15.0]
    assert [reward_of(each).name for each in ("16x9", CUT)] == ["clicks", "completions"]


def test_of_a_viewer_the_first_viewing_of_a_version_counts(database: Database, events: ViewerEvents):
    first, again = viewing("ada", (0, 3)), viewing("ada", (0, 30), after_s=60)
    other = viewing("ada", (0, 8.25), (2.5, 30), content="d" * 32, after_s=-60)
    events.record([again, first, other, viewing("bob", (0, 5))])

    known = Viewings(database)

    assert sorted(each.played for each in known.of("sintel", CUT, "c" * 32)) == [((0, 3),), ((0, 5),)]
    assert [each.played for each in known.of("sintel", CUT, "d" * 32)] == [((0, 8.25), (2.5, 30))]
    assert known.seen(least=2) == [SeenVersion("sintel", CUT, "c" * 32, 2)]


def test_a_viewing_is_no_view_of_the_title(events: ViewerEvents):
    whole = replace(viewing("ada", (0, 30)), watched_s=30.0)

    assert whole.completed
    assert not whole.qualified
    assert replace(whole, played=(), stopped=None).qualified


def test_the_database_refuses_stretches_that_do_not_tell_how_they_stopped(database: Database, events: ViewerEvents):
    with database.connection() as connection, pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        connection.execute(
            "INSERT INTO viewer_events (id, at, kind, viewer, title, played) VALUES (%s, now(), 'watch', 'v', 'sintel',"
            " '{0,1}')",
            [uuid4()],
        )


def test_a_showing_of_a_cut_succeeds_once_by_the_end_card_the_film_or_a_click_and_qualifies_by_the_film_alone(
    database: Database, events: ViewerEvents
):
    experiments = Experiments(database)
    arms = [Arm("old", "v", "trailer.mp4", "0" * 64, Role.INCUMBENT), Arm("new", "v", "challenger.mp4", "1" * 64)]
    test = experiments.start("sintel", CUT, arms, Plan(), "ada", "a new cut")

    def at(viewer: str, kind: EventKind, after_s: float) -> ViewerEvent:
        return ViewerEvent(
            uuid4(), kind, NOW + timedelta(seconds=after_s), viewer, "sintel", CUT, experiment=test, arm="old", epoch=0,
            propensity=0.5,
        )  # fmt: skip

    def shown(viewer: str) -> ViewerEvent:
        return at(viewer, EventKind.IMPRESSION, 0)

    def watched(viewer: str, until: float, stop: Stop = Stop.LEFT) -> ViewerEvent:
        return replace(at(viewer, EventKind.WATCH, until), played=((0.0, until),), stopped=stop)

    def film(viewer: str, watched_s: float) -> ViewerEvent:
        return replace(at(viewer, EventKind.WATCH, 700), watched_s=watched_s)

    events.record(
        [
            *(shown(viewer) for viewer in ("leaves", "stays", "goes", "clicks", "both", "film alone", "glance")),
            watched("leaves", 5),
            watched("stays", 29),
            watched("goes", 12, Stop.FILM),
            at("clicks", EventKind.CLICK, 4),
            *(watched("both", 30), at("both", EventKind.CLICK, 31), film("both", 600)),
            *(watched("film alone", 8), film("film alone", 600)),
            *(watched("glance", 30), film("glance", 3)),
        ]
    )

    [old, new] = totals(experiments.counts(test))

    assert (old.impressions, old.clicks, old.qualified) == (7, 6, 2)
    assert (new.impressions, new.clicks) == (0, 0)

"""Tastes on a real PostgreSQL: counted once, forgotten whole, and turned into the look that somebody is shown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from ops.style.model import Cost, Family, Recipe, Style, look_of
from ops.tastes.content import Content, Pace, SceneContent, Tone
from ops.tastes.evidence import DeedKind, Fading
from ops.tastes.explain import Source
from resources.catalogue import Catalogue
from resources.database import Database
from resources.style_events import StyleEvent
from resources.taste_counts import Folded, fold
from resources.tastes import Tastes, mix_of_look
from resources.title_contents import TitleContents
from resources.viewer_events import EventKind, ViewerEvent, ViewerEvents, event_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLES = (
    "style_choices", "look_exposures", "style_events", "title_contents", "taste_viewers", "taste_evidence",
    "taste_cohorts", "taste_orders", "taste_model",
)  # fmt: skip


def style(name: str) -> Style:
    return Style(name, name.title(), "", Family.GRADE, Cost.LIGHT, "x", False, (), (), Path(), "")


LIBRARY = MappingProxyType({name: style(name) for name in ("noir", "pastel", "golden_hour", "made_up")})
NOIR = look_of([(Recipe("noir"), 1.0)], LIBRARY)


def deed(key: str, viewer: str = "v1", kind: DeedKind = DeedKind.LIKE, **told: Any) -> StyleEvent:
    identifier = UUID(bytes=sha256(key.encode()).digest()[:16])
    told = {"weights": {"noir": 1.0}, "title": "sintel", "at": NOW} | told
    return StyleEvent(identifier, kind, viewer=viewer, **told)


@pytest.fixture
def tastes(database: Database) -> Iterator[Tastes]:
    with database.connection() as connection:
        connection.execute(f"TRUNCATE {', '.join(TABLES)}".encode())
    Catalogue(database).deliver("sintel", sha256=sha256(b"sintel").hexdigest(), uri="/sintel", size_bytes=1)
    yield Tastes(database)


def everything(database: Database) -> dict[str, list[Any]]:
    """All that is counted, rounded to what floats hold."""
    told = {}
    with database.connection() as connection:
        for table in ("taste_evidence", "taste_cohorts"):
            rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3".encode()).fetchall()
            told[table] = [
                tuple(pytest.approx(each, rel=1e-9) if isinstance(each, float) else each for each in r) for r in rows
            ]
    return told


def test_nobody_knows_anything_and_films_are_shown_as_they_are(tastes: Tastes):
    shown = tastes.look_for("v1", "sintel", LIBRARY, now=NOW)

    assert (shown.look, shown.source, shown.propensity) == (None, Source.POPULATION, 1.0)
    assert "Nothing is known yet" in shown.why


def test_a_choice_comes_before_everything_and_is_no_experiment(tastes: Tastes):
    tastes.choose("v1", NOIR, now=NOW)

    shown = tastes.look_for("v1", "sintel", LIBRARY, now=NOW)

    assert (shown.look, shown.why, shown.propensity) == (NOIR, "You chose Noir.", 1.0)


def test_a_choice_that_is_no_longer_there_is_told_and_not_passed_over(tastes: Tastes):
    tastes.choose("v1", NOIR, now=NOW)

    shown = tastes.look_for("v1", "sintel", {"pastel": LIBRARY["pastel"]}, explore=False, now=NOW)

    assert shown.look is None and shown.why.startswith("What you chose (noir) cannot be shown.")


def test_after_a_reset_what_was_done_decides(tastes: Tastes, database: Database):
    tastes.choose("v1", None, now=NOW)
    tastes.record([deed(f"n{number}") for number in range(8)])
    tastes.reset("v1")
    fold(database, Fading(), now=NOW)

    shown = tastes.look_for("v1", "sintel", LIBRARY, explore=False, now=NOW)

    assert shown.look is not None and shown.look.styles == ("noir",)
    assert shown.source is Source.PROFILE


def test_somebody_new_is_given_what_others_like(tastes: Tastes, database: Database):
    tastes.record([deed(f"{viewer}", viewer=f"w{viewer}", kind=DeedKind.PICK) for viewer in range(30)])
    fold(database, Fading(), now=NOW)

    shown = tastes.look_for("new", "sintel", LIBRARY, explore=False, now=NOW)

    assert shown.source is Source.POPULATION
    assert shown.look is not None and shown.look.styles == ("noir",)


def test_a_style_that_somebody_made_up_is_offered_to_those_who_met_it_and_to_nobody_else(
    tastes: Tastes, database: Database
):
    tastes.record([deed(f"m{number}", weights={"made_up": 1.0}) for number in range(9)])
    fold(database, Fading(), now=NOW)

    theirs, others = (tastes.look_for(viewer, "sintel", LIBRARY, now=NOW) for viewer in ("v1", "v2"))

    assert theirs.mix["made_up"] > 0.5
    assert "made_up" not in {*others.mix, *others.propensities}


def test_a_film_is_shown_scene_by_scene_in_what_is_liked_on_such_scenes(tastes: Tastes, database: Database):
    dark, bright = Content(Tone.DARK, Pace.CALM), Content(Tone.BRIGHT, Pace.LIVELY)
    scenes = (SceneContent(20.0, dark), SceneContent(60.0, bright))
    TitleContents(database).write("sintel", "1", "", dark, scenes)
    both = [("noir", "pastel", 5.0), ("pastel", "noir", 30.0)]
    tastes.record(
        [
            deed(f"{kind}{place_s}{number}", kind=kind, weights={style: 1.0}, place_s=place_s)
            for liked, disliked, place_s in both
            for kind, style in ((DeedKind.LIKE, liked), (DeedKind.DISLIKE, disliked))
            for number in range(6)
        ]
    )
    fold(database, Fading(), now=NOW)
    shots = [(0.0, 0), (10.0, 240), (20.0, 480), (30.0, 720), (40.0, 960), (50.0, 1200)]

    course = tastes.course_for("v1", "sintel", shots, LIBRARY, now=NOW)

    styles = [(start, look.styles[0] if look else "") for start, look in course.looks]
    assert styles[0] == (0, "noir") and styles[-1][1] == "pastel"
    assert {start for start, _ in styles[1:]} <= {480, 720, 960, 1200}, "changes on the cuts from the second scene on"
    assert len(styles) > 2, "not all at once"
    tastes.choose("v1", NOIR, now=NOW)
    assert tastes.course_for("v1", "sintel", shots, LIBRARY, now=NOW).looks == ((0, NOIR),)


def test_a_slider_that_is_moved_all_day_back_to_one_look_is_one_choice(tastes: Tastes, database: Database):
    for minute in range(5):
        tastes.choose("v1", NOIR, now=NOW + timedelta(minutes=minute))
    assert fold(database, Fading(), now=NOW).deeds == 1


def test_events_are_counted_once_however_often_they_are_sent_and_folded(tastes: Tastes, database: Database):
    batch = [deed("a"), deed("b", kind=DeedKind.SKIP), deed("c", viewer="v2")]
    assert len(tastes.record(batch).stored) == 3
    assert fold(database, Fading(), now=NOW) == Folded(3, 2, 0)
    before = everything(database)

    assert tastes.record(batch).stored == frozenset()
    assert fold(database, Fading(), now=NOW) == Folded(0, 0, 0)
    assert everything(database) == before


def test_the_order_in_which_events_come_makes_no_difference(tastes: Tastes, database: Database):
    batch = _many(60)
    tastes.record(batch)
    fold(database, Fading(), now=NOW)
    at_once = everything(database)
    _forget_all(database)

    shuffled = random.Random(1).sample(batch, len(batch))
    for start in range(0, len(batch), 7):
        tastes.record(shuffled[start : start + 7])
        fold(database, Fading(), now=NOW)

    assert everything(database) == at_once


def test_erased_is_as_if_never_seen(tastes: Tastes, database: Database):
    others = [each for each in _many(60) if each.viewer != "v1"]
    tastes.record(others)
    fold(database, Fading(), now=NOW)
    without = everything(database)
    _forget_all(database)
    tastes.record(_many(60))
    tastes.choose("v1", NOIR, now=NOW)
    fold(database, Fading(), now=NOW)
    tastes.reset("v1")
    tastes.look_for("v1", "sintel", LIBRARY, now=NOW)
    tastes.choose("v1", NOIR, now=NOW)

    assert tastes.erase("v1") > 3

    assert everything(database) == without
    assert not any(tastes.export("v1").values())
    with database.connection() as connection:
        for table in TABLES:
            found = connection.execute(f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%v1%'".encode())
            assert found.fetchone() == (0,), table
    assert tastes.erase("v1") == 0


def test_what_is_kept_of_a_viewer_can_be_taken_away_by_them(tastes: Tastes, database: Database):
    tastes.record([deed("a")])
    tastes.choose("v1", NOIR, now=NOW)
    fold(database, Fading(), now=NOW)

    kept = tastes.export("v1")

    assert [row["kind"] for row in kept["style_events"]].count("like") == 1
    assert kept["style_choices"][0]["look"]["parts"][0]["style"] == "noir"
    assert {row["style"] for row in kept["taste_evidence"]} == {"noir"}


def test_an_event_without_a_look_is_credited_to_the_one_that_was_shown(tastes: Tastes, database: Database):
    half = look_of([(Recipe("noir", strength=0.5), 1.0)], LIBRARY)
    tastes.choose("v1", half, now=NOW)
    tastes.look_for("v1", "sintel", LIBRARY, now=NOW)
    seen, unseen = deed("a", weights=None), deed("b", weights=None, title="cosmos")

    told = tastes.record([seen, unseen])

    assert (told.stored, told.without_look) == ({seen.id}, {unseen.id})
    assert mix_of_look(half) == {"noir": 0.5, "plain": 0.5}
    assert [each.weights for each in tastes.deeds("v1") if each.kind is DeedKind.LIKE] == [mix_of_look(half)]


def test_what_is_told_to_the_common_events_counts_too_and_once(tastes: Tastes, database: Database):
    tastes.choose("v1", NOIR, now=NOW)
    tastes.look_for("v1", "sintel", LIBRARY, now=NOW)
    common = [
        ViewerEvent(event_id("x", "1"), EventKind.LIKE, NOW, "v1", "sintel"),
        ViewerEvent(event_id("x", "2"), EventKind.WATCH, NOW, "v1", "sintel", watched_fraction=0.9),
        ViewerEvent(event_id("x", "3"), EventKind.WATCH, NOW, "never shown", "sintel", watched_fraction=0.9),
        ViewerEvent(event_id("x", "4"), EventKind.CLICK, NOW, "v1", "sintel"),
    ]
    ViewerEvents(database).record(common)
    later = datetime.now(UTC) + timedelta(minutes=1)

    assert fold(database, Fading(), now=later).taken_over == 2
    assert fold(database, Fading(), now=later + timedelta(minutes=1)) == Folded(0, 0, 0)
    assert sorted(each.kind for each in tastes.deeds("v1")) == ["like", "pick", "watch"]


def test_another_half_life_counts_everything_anew(tastes: Tastes, database: Database):
    tastes.record(_many(30))
    fold(database, Fading(10), now=NOW)
    fresh = everything(database)
    _forget_all(database)
    tastes.record(_many(30))
    fold(database, Fading(90), now=NOW)

    assert fold(database, Fading(10), now=NOW).deeds == 30
    assert everything(database) == fresh


def test_a_viewer_sees_one_look_a_day_and_the_odds_are_written_down(tastes: Tastes, database: Database):
    tastes.record([deed(f"a{number}") for number in range(3)])
    fold(database, Fading(), now=NOW)

    shown = [tastes.look_for("v1", "sintel", LIBRARY, now=NOW + timedelta(hours=hour)).look for hour in range(3)]

    assert len({None if look is None else look.key for look in shown}) == 1
    [row] = tastes.export("v1")["look_exposures"]
    assert sum(row["propensities"].values()) == pytest.approx(1, abs=1e-6)
    assert 0 < row["propensity"] <= 1


def _many(count: int) -> list[StyleEvent]:
    dice = random.Random(7)
    kinds = [DeedKind.LIKE, DeedKind.SKIP, DeedKind.REWATCH, DeedKind.PICK]
    return [
        deed(
            f"e{number}",
            viewer=f"v{dice.randrange(1, 5)}",
            kind=dice.choice(kinds),
            weights={dice.choice(["noir", "pastel", "golden_hour"]): 1.0},
            at=NOW - timedelta(days=dice.randrange(60)),
        )
        for number in range(count)
    ]


def _forget_all(database: Database) -> None:
    with database.connection() as connection:
        connection.execute(f"TRUNCATE {', '.join(TABLES)}".encode())

"""Wishes for styles on a real PostgreSQL, and the library that what is published joins."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from ops.errors import UsageError
from ops.style.catalogue import house_styles
from resources.custom_styles import MOST_ATTEMPTS, STYLE_FILE, CustomStyles, Kind, State, style_key, style_library
from resources.database import Database
from resources.store.artifact_store import ArtifactStore
from resources.store.folder import FolderBackend
from resources.store.model import MadeBy


@pytest.fixture
def styles(database: Database) -> CustomStyles:
    with database.connection() as connection:
        connection.execute("TRUNCATE custom_styles")
    return CustomStyles(database)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(
        FolderBackend(tmp_path / "store"), keep_versions=3, cache=tmp_path / "cache", cache_bytes=1 << 20
    )


def _published(style: str, store: ArtifactStore, folder: Path, **more: object) -> str:
    document = {
        "id": style,
        "name": "Warm",
        "about": "Warm light.",
        "family": "grade",
        "cost": "light",
        "container": "showrunner-styles-cpu",
        "stages": [{"op": "grade", "warmth": 30}],
        **more,
    }
    (folder / STYLE_FILE).write_text(json.dumps(document))
    files = {STYLE_FILE: folder / STYLE_FILE}
    return store.publish(style_key(style), files, made_by=MadeBy("1"), inputs={}).version


def test_the_same_wish_twice_is_one_style(styles: CustomStyles) -> None:
    first = styles.ask(Kind.PROMPT, b"warm", name=" Warm  evening ", owner="ada")
    assert styles.ask(Kind.PROMPT, b"warm", name="Warm evening", owner="bob") == first
    assert (first.name, first.owner, first.state) == ("Warm evening", "ada", State.ASKED)
    assert styles.ask(Kind.PROMPT, b"cold", name="Warm evening", owner="ada").id != first.id
    assert styles.source(first.id) == b"warm"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "bell\x07"])
def test_a_style_needs_a_name_that_people_can_read(styles: CustomStyles, name: str) -> None:
    with pytest.raises(UsageError):
        styles.ask(Kind.PROMPT, b"warm", name=name, owner="ada")


def test_a_lost_run_is_tried_again_until_it_failed_for_good(styles: CustomStyles) -> None:
    style = styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert [each.id for each in styles.due()] == [style]
        assert styles.begin(style).attempts == attempt
        assert styles.due() == []
        styles.fail(style, "the store was away")
    found = styles.find(style)
    assert found is not None and (found.state, found.why) == (State.FAILED, "the store was away")
    assert styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").state is State.ASKED


def test_a_run_that_never_reports_is_lost(styles: CustomStyles) -> None:
    style = styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    styles.begin(style)
    assert [each.id for each in styles.due(lost_after_h=0)] == [style]


def test_what_kills_its_runs_fails_after_the_last_of_them(styles: CustomStyles) -> None:
    style = styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    for _ in range(MOST_ATTEMPTS):
        assert [each.id for each in styles.due(lost_after_h=0)] == [style]
        styles.begin(style)
    assert styles.due(lost_after_h=0) == []
    found = styles.find(style)
    assert found is not None and found.state is State.FAILED and "killed" in found.why


def test_a_step_that_is_tried_again_after_every_kill_is_given_up_as_well(styles: CustomStyles) -> None:
    style = styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    for _ in range(MOST_ATTEMPTS):
        styles.begin(style)
    with pytest.raises(UsageError, match="killed"):
        styles.begin(style)
    found = styles.find(style)
    assert found is not None and found.state is State.FAILED
    assert styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").state is State.ASKED


def test_every_try_has_a_run_key_of_its_own(styles: CustomStyles) -> None:
    wish = styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada")
    assert styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").run_key == wish.run_key
    keys = [wish.run_key]
    for _ in range(MOST_ATTEMPTS):
        styles.begin(wish.id)
        styles.fail(wish.id, "the store was away")
        keys.append(styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").run_key)
    styles.publish(wish.id, "1", ["told"])
    keys.append(styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada", network=True).run_key)
    assert len(set(keys)) == len(keys)


def test_a_run_that_ended_before_it_began_counts_once(styles: CustomStyles) -> None:
    wish = styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada")
    for _ in range(2):  # the second tells of a run that is known of
        styles.miss(wish, "no pod")
    found = styles.find(wish.id)
    assert found is not None and (found.attempts, found.state, found.why) == (1, State.ASKED, "no pod")


def test_a_network_asked_for_while_the_style_is_made_is_made_next(styles: CustomStyles) -> None:
    style = styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").id
    first = styles.begin(style)
    meanwhile = styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada", network=True)
    assert (first.network, meanwhile.network, meanwhile.state) == (False, True, State.MAKING)

    styles.publish(style, "1", ["told"], network=first.network)

    [due] = styles.due()
    assert (due.network, due.version, due.attempts) == (True, "1", 0) and due.run_key != first.run_key
    styles.publish(style, "2", ["told"], network=styles.begin(style).network)
    found = styles.find(style)
    assert found is not None and (found.state, found.version) == (State.READY, "2")


def test_a_network_is_asked_of_a_picture_alone_and_may_be_asked_later(
    styles: CustomStyles, database: Database, store: ArtifactStore, tmp_path: Path
) -> None:
    with pytest.raises(UsageError):
        styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada", network=True)
    style = styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").id
    styles.publish(style, _published(style, store, tmp_path), ["told"])
    again = styles.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada", network=True)
    assert (again.state, again.network) == (State.ASKED, True)
    assert style in style_library(database, store)


def test_the_library_holds_the_houses_styles_and_what_people_made_up(
    styles: CustomStyles, database: Database, store: ArtifactStore, tmp_path: Path
) -> None:
    style = styles.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    assert dict(style_library(database, store)) == dict(house_styles())

    styles.publish(style, _published(style, store, tmp_path), ["'warm': warmer light"])

    library = style_library(database, store)
    assert set(library) == {*house_styles(), style}
    assert library[style].stages[0].settings["warmth"] == 30
    assert (library[style].folder / STYLE_FILE).is_file()


def test_a_style_that_cannot_be_read_any_more_takes_no_other_with_it(
    styles: CustomStyles, database: Database, store: ArtifactStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = styles.ask(Kind.PROMPT, b"good", name="Good", owner="ada").id
    bad = styles.ask(Kind.PROMPT, b"bad", name="Bad", owner="ada").id
    styles.publish(good, _published(good, store, tmp_path), [])
    styles.publish(bad, _published(bad, store, tmp_path, stages=[{"op": "hologram"}]), [])
    with caplog.at_level(logging.WARNING):
        library = style_library(database, store)
    assert good in library and bad not in library
    assert "hologram" in caplog.text

"""What the ledger keeps of each artifact, on a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.catalogue import Catalogue, TitleState
from resources.database import Database
from resources.ledger import Ledger, LedgerRow, LedgerState, input_hash
from resources.store.model import ArtifactKey, MadeBy, Manifest, StoredFile

SHOTS = ArtifactKey("sintel", "shots")
WIDE = ArtifactKey("sintel", "thumbnails", "16x9")
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    catalogue = Catalogue(database)
    for name in ("sintel", "cosmos"):
        digest = sha256(name.encode()).hexdigest()
        catalogue.deliver(name, sha256=digest, uri=f"/inbox/{name}.mp4", size_bytes=1)
    return Ledger(database)


def manifest(key: ArtifactKey, **changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "version": "20261121T010203000000-0123456789ab",
        "data_version": "d1",
        "files": (StoredFile("shots.json", "0" * 64, 1, "application/json"),),
        "made_by": MadeBy("1", engine="embedded/adaptive"),
        "inputs": {"source_video": "s1"},
        "created_at": datetime(2026, 11, 21, tzinfo=UTC),
        "cost": {"seconds": 1.5, "gpu_seconds": 0.0},
        "quality": {"f1": 0.97},
        "review": "auto",
    }
    return Manifest(key=key, **(values | changes))


def row_of(ledger: Ledger, key: ArtifactKey) -> LedgerRow:
    row = ledger.row(key)
    assert row is not None
    return row


def test_an_artifact_never_attempted_has_no_row(ledger: Ledger):
    assert ledger.row(SHOTS) is None
    assert ledger.rows("sintel") == []


def test_a_published_artifact_is_ready_with_what_its_manifest_says(ledger: Ledger):
    ledger.start(SHOTS, input_hash="i1", run_id="run")
    assert row_of(ledger, SHOTS).state is LedgerState.MAKING
    ledger.ready(SHOTS, input_hash="i1", manifest=manifest(SHOTS))
    row = row_of(ledger, SHOTS)
    assert (row.state, row.data_version, row.engine) == (LedgerState.READY, "d1", "embedded/adaptive")
    assert (row.quality, row.cost["seconds"], row.review_state) == ({"f1": 0.97}, 1.5, "auto")


def test_a_failed_attempt_leaves_what_was_published_before(ledger: Ledger):
    ledger.ready(SHOTS, input_hash="i1", manifest=manifest(SHOTS))
    ledger.start(SHOTS, input_hash="i2")
    ledger.failed(SHOTS, "it would not decode")
    row = row_of(ledger, SHOTS)
    assert (row.state, row.last_error) == (LedgerState.FAILED, "it would not decode")
    assert (row.input_hash, row.tried_hash, row.data_version) == ("i1", "i2", "d1")


def test_failures_are_counted_for_the_same_input_and_forgotten_for_another(ledger: Ledger):
    for _ in range(2):
        ledger.start(SHOTS, input_hash="i1")
        ledger.failed(SHOTS, "no")
    assert row_of(ledger, SHOTS).failures == 2
    ledger.start(SHOTS, input_hash="i2")
    assert row_of(ledger, SHOTS).failures == 0


def test_only_what_is_ready_and_made_from_the_same_input_is_unchanged(ledger: Ledger):
    assert ledger.unchanged(SHOTS, "i1") is None
    ledger.ready(SHOTS, input_hash="i1", manifest=manifest(SHOTS))
    assert ledger.unchanged(SHOTS, "i1") is not None
    assert ledger.unchanged(SHOTS, "i2") is None
    ledger.start(SHOTS, input_hash="i1")
    assert ledger.unchanged(SHOTS, "i1") is None


def test_a_held_result_waits_for_a_review_and_says_where_it_lies(ledger: Ledger, database: Database):
    ledger.held(WIDE, "a face is cut", place="sintel/thumbnails/16x9/held/v")
    row = row_of(ledger, WIDE)
    assert (row.state, row.review_state, row.last_error) == (LedgerState.HELD, "pending", "a face is cut")
    with database.connection() as connection:
        asked = connection.execute("SELECT variant, held, why, verdict FROM reviews").fetchall()
    assert asked == [("16x9", "sintel/thumbnails/16x9/held/v", "a face is cut", "pending")]


def test_an_artifact_that_does_not_apply_is_settled_until_its_input_changes(ledger: Ledger):
    ledger.skipped(SHOTS, input_hash="i1", why="the film is silent")
    row = row_of(ledger, SHOTS)
    assert (row.state, row.input_hash, row.last_error) == (LedgerState.SKIPPED, "i1", "the film is silent")


def test_a_run_that_died_fails_what_it_was_making_and_nothing_else(ledger: Ledger):
    ledger.start(SHOTS, input_hash="i1", run_id="dead")
    ledger.start(WIDE, input_hash="i1", run_id="alive")
    assert ledger.fail_run("dead", "evicted (137)") == [SHOTS]
    assert row_of(ledger, SHOTS).last_error == "evicted (137)"
    assert row_of(ledger, WIDE).state is LedgerState.MAKING
    assert ledger.fail_run("", "no run") == []


def test_errors_may_hold_anything_and_are_bounded(ledger: Ledger):
    ledger.failed(SHOTS, "\0 \udcff " + "x" * 100_000)
    assert len(row_of(ledger, SHOTS).last_error) == 4_000


def test_every_hot_title_comes_with_its_rows_and_those_without_any_too(ledger: Ledger, database: Database):
    ledger.ready(SHOTS, input_hash="i1", manifest=manifest(SHOTS))
    ledger.failed(WIDE, "no")
    shelves = {shelf.title: shelf for shelf in ledger.shelves()}
    assert set(shelves) == {"sintel", "cosmos"}
    assert shelves["cosmos"].standings == {}
    assert shelves["sintel"].master == sha256(b"sintel").hexdigest()
    assert {asset: row.state for asset, row in shelves["sintel"].standings.items()} == {
        "shots": LedgerState.READY,
        "thumbnails/16x9": LedgerState.FAILED,
    }
    Catalogue(database).retire(["sintel"])
    assert [shelf.title for shelf in ledger.shelves()] == ["cosmos"]
    assert [shelf.title for shelf in ledger.shelves(TitleState.COLD)] == ["sintel"]


@given(st.dictionaries(st.text(), st.text()), st.text(), st.text(), st.dictionaries(st.text(), JSON))
def test_the_input_hash_does_not_depend_on_the_order_things_are_named_in(upstream, code, engine, parameters):
    turned = dict(reversed(upstream.items()))
    turned_parameters = dict(reversed(parameters.items()))
    expected = input_hash(upstream, code_version=code, engine=engine, parameters=parameters)
    assert input_hash(turned, code_version=code, engine=engine, parameters=turned_parameters) == expected


@given(
    st.lists(st.sampled_from("abc"), min_size=4, max_size=4),
    st.lists(st.sampled_from("abc"), min_size=4, max_size=4),
)
def test_whatever_decides_a_result_changes_the_input_hash(first: list[str], second: list[str]):
    def of(parts: list[str]) -> str:
        return input_hash({"shots": parts[0]}, code_version=parts[1], engine=parts[2], parameters={"p": parts[3]})

    assert (of(first) == of(second)) == (first == second)

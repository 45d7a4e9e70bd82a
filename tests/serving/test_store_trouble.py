"""A store that is slow, fails for a while, or holds damaged manifests: what viewers see goes on being good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import serving.edge
import serving.standing
from ops.experiments.model import Plan
from ops.thumbnails.aspect import Aspect
from resources.assignments import Assignment
from resources.catalogue import Catalogue
from resources.database import Database
from resources.experiments import Experiments
from resources.reviews import Question, Reviews, Verdict
from resources.settings import Settings, load_settings
from resources.store.model import Manifest
from resources.store.opening import open_store
from serving.assignment_book import AssignmentBook
from serving.decision import Decider
from serving.inspection import Inspection
from serving.metrics import Metrics
from serving.snapshot import Snapshot
from serving.standing import Picture, Source, Standings
from tests.serving.failing_store import FailingStore
from tests.serving.live import ARMS, deliver, publish_variants, start_experiment

TITLES = tuple(f"film-{number}" for number in range(6))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(tmp_path_factory.mktemp("trouble") / "home", database_url=None)


@pytest.fixture(scope="module")
def opened(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as database:
        yield database


@pytest.fixture
def database(opened: Database) -> Database:
    with opened.connection() as connection:
        connection.execute("TRUNCATE titles, experiments, assignments, promotions CASCADE")
    return opened


@pytest.fixture
def store(settings: Settings) -> FailingStore:
    return FailingStore(open_store(settings))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is old enough to be taken from memory unseen."""
    monkeypatch.setattr(serving.standing, "_FRESH_S", 0.0)


@pytest.fixture
def manifest(settings: Settings, database: Database, tmp_path: Path) -> Manifest:
    deliver(database, "sintel")
    return publish_variants(settings, "sintel", tmp_path / "made")


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def edge_of(settings: Settings) -> AsyncIterator[serving.edge.Edge]:
    async with serving.edge.open_edge(settings, Metrics()) as edge:
        yield edge


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


# -- pictures under test


def test_a_store_that_hangs_delays_neither_start_up_nor_refresh_and_is_read_once_a_version(
    settings: Settings, database: Database, store: FailingStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(database, *TITLES)
    for title in TITLES:
        start_experiment(database, publish_variants(settings, title, tmp_path / title), Plan())
    monkeypatch.setattr(serving.edge, "open_store", lambda _: store)
    store.open_.clear()

    async def work() -> None:
        async with asyncio.timeout(30), edge_of(settings) as edge:
            await edge.snapshot.refresh()
            assert edge.snapshot.age_s < 5
            found = edge.snapshot.of(TITLES[0], "16x9")
            assert found is not None
            assert edge.snapshot.shown(found, ARMS[1]) is not None  # what was not looked at yet is shown
            assert store.reads == []
            store.open_.set()
            await until(lambda: len(store.reads) >= len(TITLES))
            await edge.inspection.look()
            await edge.inspection.look()
            assert len(store.reads) == len(TITLES)

    run(work())


def test_an_arm_is_taken_out_by_an_absence_and_not_by_a_store_that_fails(
    settings: Settings, database: Database, store: FailingStore, manifest: Manifest, tmp_path: Path
) -> None:
    start_experiment(database, manifest, Plan())
    [experiment] = Experiments(database).running()
    now = [0.0]
    inspection = Inspection(store, Metrics(), clock=lambda: now[0])
    inspection.watch([experiment])

    def there() -> list[bool]:
        return [inspection.is_there("sintel", "16x9", arm) for arm in experiment.arms]

    async def work() -> None:
        store.down = True
        await inspection.look()
        assert there() == [True] * 3
        store.down, now[0] = False, now[0] + 60  # looked at again soon, not in half an hour
        await inspection.look()
        assert store.reads == [(manifest.key, manifest.version)]
        store.down, now[0] = True, now[0] + 86_400
        await inspection.look()
        assert there() == [True] * 3
        folder = Path(store.inner.where) / manifest.key.path
        (folder / "versions" / manifest.version / "manifest.json").rename(tmp_path / "taken.json")
        store.down, now[0] = False, now[0] + 60
        await inspection.look()
        assert there() == [False] * 3
        store.down, now[0] = True, now[0] + 86_400
        await inspection.look()
        assert there() == [False] * 3

    run(work())


# -- what stands


def standings(database: Database, store: FailingStore) -> Standings:
    return Standings(Catalogue(database), Experiments(database), store, Reviews(database).barred)


async def settled(standing: Standings, *, times: int = 3) -> Picture:
    """What is shown after as many refreshes behind the answer."""
    for _ in range(times):
        picture = await standing.of("sintel", Aspect.W16X9)
        await asyncio.gather(*standing._loading.values(), return_exceptions=True)  # pyright: ignore[reportPrivateUsage]
    assert picture is not None  # pyright: ignore[reportPossiblyUnboundVariable]
    return picture  # pyright: ignore[reportPossiblyUnboundVariable]


def promote(database: Database, manifest: Manifest, arm: str) -> None:
    file = manifest.file(f"variant-{arm}.jpg")
    Experiments(database).promote(
        "sintel", "16x9", arm, manifest.version, None, "ada", "better", file=file.name, sha256=file.sha256
    )


@pytest.mark.parametrize("promoted", [True, False])
def test_a_store_that_fails_for_a_while_changes_no_picture(
    database: Database, store: FailingStore, manifest: Manifest, promoted: bool
) -> None:
    if promoted:
        promote(database, manifest, ARMS[1])

    async def work() -> None:
        standing = standings(database, store)
        before = await settled(standing)
        assert before.source is (Source.PROMOTION if promoted else Source.ARTIFACT)
        store.down = True
        assert await settled(standing) == before
        store.down = False
        assert await settled(standing) == before

    run(work())


def test_a_rejected_first_choice_is_shown_no_more_until_others_are_made(
    database: Database, store: FailingStore, manifest: Manifest
) -> None:
    reviews = Reviews(database)
    for arm in ARMS[:2]:
        reviews.ask(manifest.key, Question.GENERATED, arm, why="looks wrong")

    async def work() -> None:
        assert (await settled(standings(database, store))).file == "16x9.jpg"
        shown = []
        for review in reviews.queue():
            reviews.decide(review.id, Verdict.REJECTED, who="ada", note="wrong face")
            shown.append((await settled(standings(database, store))).file)
        assert shown == [f"variant-{ARMS[1]}.jpg", f"variant-{ARMS[2]}.jpg"]

    run(work())


def test_a_promotion_taken_back_while_the_store_fails_is_not_shown_on(
    database: Database, store: FailingStore, manifest: Manifest
) -> None:
    promote(database, manifest, ARMS[1])

    async def work() -> None:
        standing = standings(database, store)
        assert (await settled(standing)).arm == ARMS[1]
        store.down = True
        Experiments(database).rollback("sintel", "16x9", "ada", "wrong face")
        assert (await settled(standing)).source is Source.FALLBACK
        store.down = False
        assert (await settled(standing)).source is Source.ARTIFACT

    run(work())


def test_a_process_that_starts_while_the_store_fails_shows_the_promotion_and_else_a_stand_in(
    database: Database, store: FailingStore, manifest: Manifest
) -> None:
    store.down = True

    async def work() -> None:
        assert (await settled(standings(database, store))).source is Source.FALLBACK
        promote(database, manifest, ARMS[1])
        assert (await settled(standings(database, store))).source is Source.PROMOTION

    run(work())


def test_a_promoted_picture_that_is_gone_makes_room_for_the_first_choice(
    database: Database, store: FailingStore, manifest: Manifest
) -> None:
    promote(database, manifest, ARMS[1])

    async def work() -> None:
        standing = standings(database, store)
        assert (await settled(standing)).source is Source.PROMOTION
        folder = Path(store.inner.where) / manifest.key.path
        (folder / "versions" / manifest.version / "manifest.json").unlink()
        assert (await settled(standing)).source is Source.ARTIFACT

    run(work())


def test_a_damaged_manifest_falls_to_the_newest_kept_version(
    database: Database, store: FailingStore, manifest: Manifest
) -> None:
    current = Path(store.inner.where) / manifest.key.path / "manifest.json"
    current.chmod(0o644)
    current.write_bytes(b'{"cut": ')

    async def work() -> None:
        picture = await settled(standings(database, store))
        assert (picture.source, picture.version) == (Source.ARTIFACT, manifest.version)

    run(work())


# -- a test that changes while an assignment is looked up


class _Book(AssignmentBook):
    """Deals, and lets something happen before it answers."""

    def __init__(self, assignment: Assignment, meanwhile: Callable[[], None]) -> None:
        self._dealt, self._meanwhile = assignment, meanwhile

    async def of(self, experiment: object, viewer: str) -> Assignment:
        self._meanwhile()
        return self._dealt


def test_a_test_that_ends_loses_an_arm_or_makes_room_while_an_arm_is_dealt_decides_nothing(
    database: Database, store: FailingStore, manifest: Manifest
) -> None:
    start_experiment(database, manifest, Plan())
    [first] = Experiments(database).running()
    left = tuple(arm for arm in first.arms if arm.id != ARMS[1])
    smaller = replace(first, epoch=1, arms=left, weights={arm.id: 0.5 for arm in left})
    for then, shown in (
        ([], Source.ARTIFACT),
        ([smaller], Source.ARTIFACT),  # the viewer's arm was withdrawn
        ([replace(first, id="0" * 12)], Source.ARTIFACT),  # another test, with an arm of the same name
        ([replace(first, epoch=1)], Source.EXPERIMENT),
    ):
        inspection = Inspection(store, Metrics())
        snapshot = Snapshot(Experiments(database), inspection, Metrics())
        take = snapshot._take  # pyright: ignore[reportPrivateUsage]
        take([first])
        dealt = Assignment(first.id, "v1", ARMS[1], 0, 1 / 3)
        book = _Book(dealt, lambda take=take, then=then: take(then))
        decider = Decider(snapshot, book, standings(database, store))
        decision = asyncio.run(decider.decide("sintel", Aspect.W16X9, "v1"))
        assert decision is not None
        assert decision.picture.source is shown
        assert (decision.assignment is not None) == (shown is Source.EXPERIMENT)

"""The edge: everything a serving process holds open, and the work it does behind the answers."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from ops.errors import ShowrunnerError
from resources.api_keys import ApiKeys
from resources.assignments import Assignments
from resources.blends import Blends
from resources.catalogue import Catalogue
from resources.database import Database
from resources.experiments import Experiments
from resources.ledger import Ledger
from resources.past_moments import PastMoments
from resources.reviews import Reviews
from resources.settings import Settings
from resources.store.artifact_store import ArtifactStore
from resources.store.opening import open_store
from resources.viewer_events import ViewerEvents
from serving.assignment_book import AssignmentBook
from serving.attribution import Attribution
from serving.auth import Gatekeeper
from serving.blend_studio.shelf import Shelf
from serving.blend_studio.workshop import Workshop
from serving.decision import Decider
from serving.group_commit import GroupCommit
from serving.inspection import Inspection
from serving.media_links import MediaLinks
from serving.metrics import Metrics
from serving.pseudonyms import Pseudonyms, edge_secret
from serving.rate import Rates
from serving.shared_answer import SharedAnswers
from serving.snapshot import Snapshot
from serving.standing import Standings
from serving.viewers_ticket import Tickets

__all__ = ["Edge", "open_edge"]

_RETAIN_EVERY_S = 3600.0
_LIVE_S = 4.0  # below the 5 s after which a page asks again
BLENDING = "serving.blend_studio.blending:open_engine"
"""What the studio's process blends with."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edge:
    """The resources of one serving process, open."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    ledger: Ledger
    experiments: Experiments
    reviews: Reviews
    events: ViewerEvents
    store: ArtifactStore
    metrics: Metrics
    gatekeeper: Gatekeeper
    pseudonyms: Pseudonyms
    tickets: Tickets
    links: MediaLinks
    inspection: Inspection
    snapshot: Snapshot
    book: AssignmentBook
    decider: Decider
    attribution: Attribution
    committer: GroupCommit
    live_counts: SharedAnswers[dict[str, Any]]
    workshop: Workshop
    blend_shelf: Shelf


@contextlib.asynccontextmanager
async def open_edge(settings: Settings, metrics: Metrics) -> AsyncIterator[Edge]:
    """Open everything, keep it fresh, and close it again: what was acknowledged or dealt is written first."""
    database = await asyncio.to_thread(Database.open, settings)
    try:
        edge = _assemble(settings, database, metrics)
        try:
            await edge.gatekeeper.refresh()
            await edge.snapshot.refresh()
            # A full collection stops every answer, and what is here by now stays: without this it took 70 to 85 ms
            # every few seconds under load, with it the collector looks at what came since.
            gc.collect()
            gc.freeze()
            behind = [
                asyncio.create_task(work)
                for work in (
                    edge.gatekeeper.keep_fresh(),
                    edge.snapshot.keep_fresh(),
                    edge.inspection.keep_looking(),
                    edge.book.write_behind(),
                    _retain(edge),
                )
            ]
            try:
                yield edge
            finally:
                for task in behind:
                    task.cancel()
                await asyncio.gather(*behind, return_exceptions=True)
                await edge.workshop.close()
                await edge.book.flush()
        finally:
            await asyncio.to_thread(edge.committer.close)
    finally:
        await asyncio.to_thread(database.close)


def _assemble(settings: Settings, database: Database, metrics: Metrics) -> Edge:
    secret = edge_secret(settings)
    catalogue, experiments, events = Catalogue(database), Experiments(database), ViewerEvents(database)
    store = open_store(settings)
    inspection = Inspection(store, metrics)
    snapshot = Snapshot(experiments, inspection, metrics)
    book = AssignmentBook(Assignments(database))
    decider = Decider(snapshot, book, Standings(catalogue, experiments, store, Reviews(database).barred))
    metrics.pending.set_function(lambda: book.pending)
    return Edge(
        settings=settings,
        database=database,
        catalogue=catalogue,
        ledger=Ledger(database),
        experiments=experiments,
        reviews=Reviews(database),
        events=events,
        store=store,
        metrics=metrics,
        gatekeeper=Gatekeeper(ApiKeys(database), Rates(), secret, settings.requests_per_s),
        pseudonyms=Pseudonyms(secret),
        tickets=Tickets(secret),
        links=MediaLinks(settings),
        inspection=inspection,
        snapshot=snapshot,
        book=book,
        decider=decider,
        attribution=Attribution(decider, PastMoments(database)),
        committer=GroupCommit(events.record, metrics),
        live_counts=SharedAnswers(_LIVE_S),
        workshop=Workshop(BLENDING),
        blend_shelf=Shelf(Blends(database)),
    )


async def _retain(edge: Edge) -> None:
    while True:
        try:
            gone = await asyncio.to_thread(edge.events.retain, edge.settings.events_keep_days)
            if gone:
                _log.info("%d events were older than %g days and are gone", gone, edge.settings.events_keep_days)
        except ShowrunnerError as error:
            _log.warning("old events wait to be deleted: %s", error)
        await asyncio.sleep(_RETAIN_EVERY_S)

"""Everything a family needs to make an artifact, in one hand: settings, database, store, engines.

`open_studio` builds it for a command or a test; `StudioResource` gives the same to Dagster's runs, and reaches out
only when a run starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import dagster as dg

from resources.api_keys import ApiKeys
from resources.assignments import Assignments
from resources.catalogue import Catalogue
from resources.credentials import Credentials
from resources.database import Database
from resources.experiment_agenda import ExperimentAgenda
from resources.experiments import Experiments
from resources.ledger import Ledger
from resources.masters import Masters
from resources.models.engines import Engines
from resources.reviews import Reviews
from resources.settings import Settings, load_settings
from resources.store.artifact_store import ArtifactStore
from resources.store.opening import open_store
from resources.viewer_events import ViewerEvents
from resources.work_orders import WorkOrders

__all__ = ["Studio", "StudioResource", "Watch", "open_studio"]

Watch = Callable[[str, float], None]
"""Told how far the making of an asset is: its name, and the fraction done."""


def _nobody(asset: str, fraction: float) -> None:
    """Watch nothing: the default where no one looks."""


@dataclass(frozen=True)
class Studio:
    """The resources of one process, open."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    ledger: Ledger
    orders: WorkOrders
    experiments: Experiments
    viewer_events: ViewerEvents
    assignments: Assignments
    reviews: Reviews
    api_keys: ApiKeys
    store: ArtifactStore
    masters: Masters
    engines: Engines
    credentials: Credentials
    watch: Watch = _nobody
    run_id: str = ""

    def serving(self, run_id: str, watch: Watch) -> Studio:
        """The same studio at work for a Dagster run; a watcher that it already has stays."""
        return replace(self, run_id=run_id, watch=watch if self.watch is _nobody else self.watch)


@contextmanager
def open_studio(settings: Settings, *, watch: Watch = _nobody) -> Iterator[Studio]:
    """Open database and store, and close them again."""
    with Database.open(settings) as database:
        reviews = Reviews(database)
        yield Studio(
            settings=settings,
            database=database,
            catalogue=Catalogue(database, hot_titles=settings.hot_titles),
            ledger=Ledger(database),
            orders=WorkOrders(database),
            experiments=Experiments(database),
            viewer_events=ViewerEvents(database),
            assignments=Assignments(database),
            reviews=reviews,
            api_keys=ApiKeys(database),
            store=open_store(settings, in_use=ExperimentAgenda(database).shown, waiting=reviews.waiting),
            masters=Masters(settings),
            engines=Engines(settings),
            credentials=Credentials(settings),
            watch=watch,
        )


class StudioResource(dg.ConfigurableResource):
    """The studio of a Dagster run, by the settings of its process."""

    home: str | None = None

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Studio]:  # type: ignore[override]
        """Open the studio for the run, and close it after."""
        with open_studio(load_settings(Path(self.home) if self.home else None)) as studio:
            yield studio

"""The product as it runs, with nothing but its clock in hand: sensors tick, their runs run, an hour is twelve looks."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import dagster as dg

from ops.experiments.model import Plan
from orchestration.build import build_defs
from orchestration.demo_viewers import show_to_viewers
from orchestration.ingest import deliver
from orchestration.sensors.experiments import experiments_due
from orchestration.sensors.work_orders import work_orders
from resources.experiment_model import Arm, Experiment, Lifecycle
from resources.settings import load_settings
from resources.store.model import ArtifactKey
from resources.studio import Studio, open_studio
from resources.viewer_events import EventKind, ViewerEvent

__all__ = ["ASPECT", "HOUR", "LOOKS", "House", "open_house"]

ASPECT = "16x9"
LOOKS = 12
_LOOK = timedelta(minutes=60 / LOOKS)
HOUR = Plan(min_days=0.5 / 24, novelty_days=0.0, max_days=1 / 24)
"""A test of an hour, on terms that are else the usual ones."""
_STOOD_DAYS = 16


@dataclass
class House:
    """A studio, and a Dagster instance whose sensors are ticked by hand."""

    studio: Studio
    instance: dg.DagsterInstance
    defs: dg.Definitions

    def make(self, film: Path) -> str:
        """Deliver a film, and make its thumbnails in one shape."""
        title = deliver(str(film), self.studio, self.instance).title
        self.run("refresh_titles", {"titles": [title], "artifacts": [f"thumbnails/{ASPECT}"]})
        return title

    def open_doors(self, titles: Sequence[str]) -> None:
        """A first viewer comes to every title, so that the sensor starts its test; then a test lasts an hour."""
        self.studio.viewer_events.record(
            [
                ViewerEvent(
                    uuid5(NAMESPACE_URL, title), EventKind.IMPRESSION, datetime.now(UTC), "first", title, ASPECT
                )
                for title in titles
            ]
        )
        self.judge()
        with self.studio.database.connection() as connection:
            connection.execute("UPDATE experiments SET plan = %s", [json.dumps(HOUR.to_json())])

    def run(self, job: str, config: Mapping[str, object] | None = None) -> None:
        """Run a job of the house."""
        done = self.defs.resolve_job_def(job).execute_in_process(
            run_config=dict(config) if config else None, instance=self.instance, raise_on_error=True
        )
        assert done.success

    def tick(self, sensor: dg.SensorDefinition) -> int:
        """Tick a sensor and run what it asks for; returns how many runs that were."""
        context = dg.build_sensor_context(instance=self.instance, resources={"studio": self.studio})
        asked = sensor(context)
        requests = asked.run_requests or [] if isinstance(asked, dg.SensorResult) else []
        for request in requests:
            assert request.job_name is not None
            self.run(request.job_name, request.run_config)
        return len(requests)

    def running(self, title: str) -> Experiment | None:
        """The title's running experiment."""
        return next(iter(self.studio.experiments.find(title=title, state=Lifecycle.RUNNING)), None)

    def picture(self, title: str, arm: Arm) -> Path:
        """An arm's picture."""
        manifest = self.studio.store.manifest(ArtifactKey(title, "thumbnails", ASPECT), arm.version)
        assert manifest is not None
        return self.studio.store.fetch(manifest, arm.file)

    def five_minutes(
        self, experiment: Experiment, rates: Mapping[str, float], viewers: range, chance: random.Random
    ) -> None:
        """Viewers come for five minutes; then it is five minutes later."""
        show_to_viewers(self.studio, experiment, dict(rates), viewers, chance)
        with self.studio.database.connection() as connection:
            connection.execute(
                "UPDATE experiments SET started_at = started_at - %s WHERE id = %s", [_LOOK, experiment.id]
            )

    def judge(self) -> None:
        """Judge what is due, as the sensor and its run do."""
        self.tick(experiments_due)

    def weeks_later(self, title: str, fresh: float, tired: float, chance: random.Random, a_day: int = 6_000) -> None:
        """The promoted picture stands for 16 days, and is clicked less in the end; what happened is in the events."""
        promoted = datetime.now(UTC) - timedelta(days=_STOOD_DAYS)
        with self.studio.database.connection() as connection:
            connection.execute("UPDATE promotions SET at = %s WHERE title = %s", [promoted, title])
        events = []
        for number in range(_STOOD_DAYS * a_day):
            day = number / a_day
            rate = fresh if day < _STOOD_DAYS / 2 else tired
            at = promoted + timedelta(days=day)
            kinds = [EventKind.IMPRESSION] + [EventKind.CLICK] * (chance.random() < rate)
            events += [
                ViewerEvent(UUID(int=chance.getrandbits(128)), kind, at, f"later-{number}", title, ASPECT)
                for kind in kinds
            ]
        self.studio.viewer_events.record(events)

    def night(self) -> None:
        """The nightly job, the work orders it leaves, and the tests of what was made anew."""
        self.run("refresh_catalogue")
        with self.studio.database.connection() as connection:  # of all that is stale, only the thumbnails matter here
            connection.execute("UPDATE requests SET artifacts = %s WHERE state = 'open'", [[f"thumbnails/{ASPECT}"]])
        self.tick(work_orders)
        self.judge()


@contextmanager
def open_house(home: Path) -> Iterator[House]:
    """An empty house below a folder."""
    settings = load_settings(home, database_url=None, experiment_interval_s=0.0)
    with open_studio(settings) as studio, dg.DagsterInstance.ephemeral() as instance:
        yield House(studio, instance, build_defs(resources={"studio": studio}, executor=dg.in_process_executor))

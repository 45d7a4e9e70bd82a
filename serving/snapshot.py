"""The running experiments in memory: a decision needs no query.

Read again whenever their fingerprint changes, which is asked for every two seconds. An arm whose picture is gone from
the store (its version was pruned, say) is not shown; that is found out beside (inspection.py), and never waited for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from ops.errors import ShowrunnerError
from resources.experiments import Arm, Experiment, Experiments
from serving.inspection import Inspection
from serving.metrics import Metrics

__all__ = ["Snapshot"]

REFRESH_S = 2.0
_log = logging.getLogger(__name__)


class Snapshot:
    """Every running experiment, by title and aspect."""

    def __init__(self, experiments: Experiments, inspection: Inspection, metrics: Metrics) -> None:
        self._experiments = experiments
        self._inspection = inspection
        self._metrics = metrics
        self._by_picture: dict[tuple[str, str], Experiment] = {}
        self._by_title: dict[str, list[Experiment]] = {}
        self._fingerprint = ""
        self._read_at = float("-inf")

    @property
    def age_s(self) -> float:
        """Seconds since the experiments were last known to be up to date."""
        return time.monotonic() - self._read_at

    def of(self, title: str, aspect: str) -> Experiment | None:
        """The experiment that runs for a picture."""
        return self._by_picture.get((title, aspect))

    def of_title(self, title: str) -> Sequence[Experiment]:
        """All that run for a title."""
        return self._by_title.get(title, ())

    def shown(self, experiment: Experiment, arm: str) -> Arm | None:
        """The arm, where its picture can be shown: it was not withdrawn, and the picture is there."""
        found = next((each for each in experiment.arms if each.id == arm and arm in experiment.weights), None)
        there = found is not None and self._inspection.is_there(experiment.title, experiment.aspect, found)
        return found if there else None

    async def keep_fresh(self) -> None:
        """Refresh until cancelled."""
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
            except ShowrunnerError as error:
                _log.warning("experiments in memory are %.0f s old: %s", self.age_s, error)
            except Exception:  # noqa: BLE001  the loop must outlive whatever it meets
                _log.exception("experiments in memory could not be refreshed")

    async def refresh(self) -> None:
        """Read what changed."""
        fingerprint = await asyncio.to_thread(self._experiments.fingerprint)
        if fingerprint != self._fingerprint:
            self._take(await asyncio.to_thread(self._experiments.running))
            self._fingerprint = fingerprint
        self._read_at = time.monotonic()
        self._metrics.stale.set_function(lambda: self.age_s)

    def _take(self, running: Sequence[Experiment]) -> None:
        by_title: dict[str, list[Experiment]] = {}
        for each in running:
            by_title.setdefault(each.title, []).append(each)
        self._by_picture = {(each.title, each.aspect): each for each in running}
        self._by_title = by_title
        self._inspection.watch(running)
        self._metrics.running.set(len(running))

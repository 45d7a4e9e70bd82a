"""The running experiments in memory: a decision needs no query.

Read again whenever their fingerprint changes, which is asked for every two seconds. An arm whose picture is gone from
the store (its version was pruned, say) is known as unsound and not shown.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from ops.errors import ShowrunnerError, StoreError
from resources.experiments import Arm, Experiment, Experiments
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey
from serving.metrics import Metrics

__all__ = ["Snapshot"]

REFRESH_S = 2.0
_INSPECT_S = 300.0
_log = logging.getLogger(__name__)


class Snapshot:
    """Every running experiment, by title and aspect."""

    def __init__(self, experiments: Experiments, store: ArtifactStore, metrics: Metrics) -> None:
        self._experiments = experiments
        self._store = store
        self._metrics = metrics
        self._by_picture: dict[tuple[str, str], Experiment] = {}
        self._by_title: dict[str, list[Experiment]] = {}
        self._unsound: frozenset[tuple[str, str]] = frozenset()
        self._inspected: dict[tuple[str, str], float] = {}
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

    def is_sound(self, experiment: Experiment, arm: str) -> bool:
        """Whether an arm's picture can be shown: it is there, and the arm was not withdrawn."""
        return arm in experiment.weights and (experiment.id, arm) not in self._unsound

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
        """Read what changed, and look after pictures that were not looked after lately."""
        fingerprint = await asyncio.to_thread(self._experiments.fingerprint)
        if fingerprint != self._fingerprint:
            self._take(await asyncio.to_thread(self._experiments.running))
            self._fingerprint = fingerprint
        self._read_at = time.monotonic()
        self._metrics.stale.set_function(lambda: self.age_s)
        await asyncio.to_thread(self._inspect)

    def _take(self, running: Sequence[Experiment]) -> None:
        by_title: dict[str, list[Experiment]] = {}
        for each in running:
            by_title.setdefault(each.title, []).append(each)
        self._by_picture = {(each.title, each.aspect): each for each in running}
        self._by_title = by_title
        self._metrics.running.set(len(running))

    def _inspect(self) -> None:
        now = time.monotonic()
        running = list(self._by_picture.values())
        unsound = {(each.id, arm.id) for each in running for arm in each.arms} & self._unsound
        for each in running:
            for arm in each.arms:
                place = (each.id, arm.id)
                if now - self._inspected.get(place, float("-inf")) > _INSPECT_S:
                    self._inspected[place] = now
                    (unsound.discard if self._is_there(each, arm) else unsound.add)(place)
        if len(self._inspected) > 4 * (len(running) + 1_000) * 4:
            self._inspected.clear()
        self._unsound = frozenset(unsound)
        self._metrics.unsound.set(len(unsound))

    def _is_there(self, experiment: Experiment, arm: Arm) -> bool:
        try:
            manifest = self._store.manifest(ArtifactKey(experiment.title, "thumbnails", experiment.aspect), arm.version)
            return manifest is not None and manifest.file(arm.file).sha256 == arm.sha256
        except StoreError as error:
            _log.warning("the picture of arm %s of experiment %s: %s", arm.id, experiment.id, error)
            return False

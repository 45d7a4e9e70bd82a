"""Whether the pictures under test are in the store: looked after behind everything else.

A manifest tells of every picture of a version, and a version never changes: one read a version is enough for long. A
store that fails tells nothing, so what was known of a picture stands; only a definite absence takes it out.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ops.errors import StoreError
from resources.experiments import Arm, Experiment
from resources.published_variants import exhibit_key
from resources.store.artifact_store import ArtifactStore
from serving.kept_version import kept_version
from serving.metrics import Metrics

__all__ = ["Inspection"]

_AT_ONCE = 4  # reads of the store under way
_ROUND_S = 1.0
_SOUND_S = 1800.0  # a version that is there stays there: pictures under test are not pruned
_MISSING_S = 60.0
_FAILED_S = 15.0
_JITTER = 0.25  # of each of these, so that what was read together is not read together for ever
_log = logging.getLogger(__name__)

_Place = tuple[str, str, str]  # title, aspect, version


@dataclass(frozen=True)
class _Seen:
    """A version's pictures as (file, hash); None where it was never read."""

    pictures: frozenset[tuple[str, str]] | None
    again_at: float


class Inspection:
    """What is known of the pictures under test. Used from one event loop alone; threads of its own read the store.

    Args:
        store: Where the pictures are.
        metrics: Where to count.
        clock: Seconds, for tests.
    """

    def __init__(self, store: ArtifactStore, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._seen: dict[_Place, _Seen] = {}
        self._arms: dict[_Place, list[Arm]] = {}
        # Not the loop's own threads: a store that hangs would take them from every answer.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="inspection")

    def is_there(self, title: str, aspect: str, arm: Arm) -> bool:
        """Whether an arm's picture can be shown, as far as is known: one that was not looked at yet can."""
        seen = self._seen.get((title, aspect, arm.version))
        return seen is None or seen.pictures is None or (arm.file, arm.sha256) in seen.pictures

    def watch(self, running: Iterable[Experiment]) -> None:
        """Look after the pictures of these experiments from now on, and no others."""
        arms: dict[_Place, list[Arm]] = {}
        for each in running:
            for arm in each.arms:
                arms.setdefault((each.title, each.aspect, arm.version), []).append(arm)
        self._arms = arms
        self._seen = {place: seen for place, seen in self._seen.items() if place in arms}

    async def keep_looking(self) -> None:
        """Look at what is due, until cancelled."""
        try:
            while True:
                try:
                    await self.look()
                except Exception:  # noqa: BLE001  the loop must outlive whatever it meets
                    _log.exception("pictures under test could not be looked at")
                await asyncio.sleep(_ROUND_S)
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def look(self) -> None:
        """Read, once a version, what is due."""
        now = self._clock()
        due = [place for place in self._arms if place not in self._seen or self._seen[place].again_at <= now]
        if not due:
            return
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(place: _Place) -> None:
            async with limit:
                await self._look_at(place)

        await asyncio.gather(*(one(place) for place in due))
        self._metrics.unsound.set(
            sum(not self.is_there(place[0], place[1], arm) for place, arms in self._arms.items() for arm in arms)
        )

    async def _look_at(self, place: _Place) -> None:
        title, aspect, version = place
        known = self._seen.get(place)
        try:
            pictures = await asyncio.get_running_loop().run_in_executor(self._threads, self._read, place)
        except StoreError as error:  # it tells nothing of the picture
            _log.warning("version %s of %s %s could not be looked at: %s", version, title, aspect, error)
            self._remember(place, known.pictures if known else None, _FAILED_S)
            return
        arms = self._arms.get(place, [])
        missing = [arm.id for arm in arms if (arm.file, arm.sha256) not in pictures]
        if missing:
            _log.warning("%s %s: version %s lacks the arms %s", title, aspect, version, ", ".join(missing))
        self._remember(place, pictures, _MISSING_S if missing else _SOUND_S)

    def _read(self, place: _Place) -> frozenset[tuple[str, str]]:
        title, aspect, version = place
        manifest = kept_version(self._store, exhibit_key(title, aspect), version)
        return frozenset() if manifest is None else frozenset((file.name, file.sha256) for file in manifest.files)

    def _remember(self, place: _Place, pictures: frozenset[tuple[str, str]] | None, for_s: float) -> None:
        if place in self._arms:
            spread = 1 + random.uniform(-_JITTER, _JITTER)  # noqa: S311
            self._seen[place] = _Seen(pictures, self._clock() + for_s * spread)

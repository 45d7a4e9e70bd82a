"""Who sees which arm: memory first, written behind in batches.

While an experiment's weights have never changed, the hash alone tells a viewer's arm, and no query is made. Once a
bandit has moved them, a viewer unknown to this process is looked up, because they may have been dealt an arm under
earlier weights; look-ups that are made at once share one query.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from ops.errors import ShowrunnerError
from resources.assignments import Assignment, Assignments, deal
from resources.experiments import Experiment

__all__ = ["AssignmentBook"]

_MOST = 200_000  # assignments in memory, 0.1 GB; those dealt longest ago are forgotten, and looked up again
_FLUSH_S = 0.25
_MOST_PENDING = 100_000
_log = logging.getLogger(__name__)

_Place = tuple[str, str]


class AssignmentBook:
    """The assignments that this process knows. Used from one event loop alone."""

    def __init__(self, assignments: Assignments) -> None:
        self._assignments = assignments
        self._known: dict[_Place, Assignment] = {}
        self._pending: dict[_Place, Assignment] = {}
        self._asked: dict[_Place, asyncio.Future[None]] = {}
        self._looking: asyncio.Task[None] | None = None

    @property
    def pending(self) -> int:
        """How many are not yet written."""
        return len(self._pending)

    async def of(self, experiment: Experiment, viewer: str) -> Assignment:
        """The viewer's arm, the same at every call."""
        known = self._known.get((experiment.id, viewer))
        if known is not None:
            return known
        await self.of_many([(experiment, viewer)])
        return self._known.get((experiment.id, viewer)) or self._deal(experiment, viewer)

    async def of_many(self, wanted: Iterable[tuple[Experiment, str]]) -> None:
        """Look up in one query, or deal, what is not known of these viewers: `of` then answers from memory."""
        unknown = {
            (experiment.id, viewer): experiment
            for experiment, viewer in wanted
            if (experiment.id, viewer) not in self._known
        }
        await self._look_up(place for place, experiment in unknown.items() if experiment.epoch > 0)
        for (_, viewer), experiment in unknown.items():
            if (experiment.id, viewer) not in self._known:
                self._deal(experiment, viewer)

    def forget(self, viewer: str) -> None:
        """Drop all that is known of a viewer."""
        for held in (self._known, self._pending):
            for place in [place for place in held if place[1] == viewer]:
                del held[place]

    async def write_behind(self) -> None:
        """Write what was dealt, every quarter of a second, until cancelled."""
        while True:
            await asyncio.sleep(_FLUSH_S)
            try:
                await self.flush()
            except ShowrunnerError as error:
                _log.warning("assignments wait to be written: %s", error)

    async def flush(self) -> None:
        """Write what was dealt since the last time."""
        taken, self._pending = self._pending, {}
        try:
            otherwise = await asyncio.to_thread(self._assignments.write, list(taken.values()))
        except BaseException:
            self._pending = taken | self._pending
            for place in list(self._pending)[:-_MOST_PENDING]:
                del self._pending[place]
            raise
        for each in otherwise:  # another process dealt first: its arm stands
            self._remember(each)

    def _deal(self, experiment: Experiment, viewer: str) -> Assignment:
        dealt = deal(experiment, viewer)
        self._remember(dealt)
        self._pending[experiment.id, viewer] = dealt
        return dealt

    def _remember(self, assignment: Assignment) -> None:
        self._known[assignment.experiment, assignment.viewer] = assignment
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    async def _look_up(self, places: Iterable[_Place]) -> None:
        loop = asyncio.get_running_loop()
        waits = [self._asked.setdefault(place, loop.create_future()) for place in places]
        if not waits:
            return
        if self._looking is None:
            self._looking = asyncio.create_task(self._answer())
        await asyncio.gather(*waits)

    async def _answer(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, {}
            try:
                found: Sequence[Assignment] = await asyncio.to_thread(self._assignments.find, list(asked))
            except ShowrunnerError as error:
                for wait in asked.values():
                    if not wait.done():
                        wait.set_exception(error)
                continue
            for each in found:
                self._remember(each)
            for wait in asked.values():
                if not wait.done():
                    wait.set_result(None)
        self._looking = None

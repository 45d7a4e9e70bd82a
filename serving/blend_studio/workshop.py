"""Keeps the process that blends alive, and seats the studio's sessions at it.

The process starts with the first session and ends some minutes after the last. Where it dies or hangs, the session
whose work it was at is told so, and everybody else's newest edit is handed to the next process: they notice a pause.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from ops.errors import UsageError
from serving.blend_studio.engine import Ask, Busy, Forget, Idle, Job, Preview, Ready, Report
from serving.blend_studio.line import Line
from serving.blend_studio.outbox import Outbox
from serving.blend_studio.protocol import About, Fault, Phase

__all__ = ["Seat", "Workshop"]

_IDLE_S = 300.0  # starting again costs the import of torch: some 3 s
_MOST_DEATHS = 3  # of one process after the other without a picture between them
_MOST_MASKS = 64
_LOOK_S = 0.5
_log = logging.getLogger(__name__)


class Seat:
    """A session: where its edits go in, and what is told of them comes out."""

    def __init__(self, workshop: Workshop, number: int) -> None:
        self.number = number
        self.outbox = Outbox()
        self._workshop = workshop
        self._pictures: dict[str, np.ndarray] = {}
        self._masks: dict[str, bytes] = {}
        self._there: set[str] = set()
        self._job: Job | None = None
        self._newest = 0

    def knows(self, name: str) -> bool:
        """Whether this picture was handed in before."""
        return name in self._pictures or name in self._masks

    def put_mask(self, name: str, png: bytes) -> None:
        """Keep a painted mask for the edits to come.

        Raises:
            UsageError: There are too many that no edit names.
        """
        if len(self._masks) >= _MOST_MASKS:
            raise UsageError("are too many at once", where="masks", fix="Reload the page.")
        self._masks[name] = png
        self._there.discard(name)

    def put_source(self, name: str, picture: np.ndarray) -> None:
        """Keep a source for the edits to come: (H, W, 3) uint8 sRGB."""
        self._pictures[name] = picture

    def submit(self, edit: int, recipe: Mapping[str, Any], size: int, names: frozenset[str]) -> None:
        """Have this edit done, and whatever was under way dropped."""
        for kept in (self._pictures, self._masks):
            for name in [each for each in kept if each not in names]:
                del kept[name]
        self._there &= names
        self._job = Job(self.number, edit, recipe, size, keep=names)
        self.outbox.expect(edit)
        self.hand_in()

    def hand_in(self) -> None:
        """Give the newest edit to the process, with the pictures that it has not got."""
        job = self._job
        if job is None:
            return
        new = job.keep - self._there
        self._workshop.send(
            Job(
                job.session,
                job.edit,
                job.recipe,
                job.size,
                sources={name: picture for name, picture in self._pictures.items() if name in new},
                masks={name: png for name, png in self._masks.items() if name in new},
                keep=job.keep,
            )
        )
        self._there |= new

    def stop(self, edit: int) -> None:
        """Have nothing done for now."""
        if self._job is not None:
            self._job = None
            self._workshop.send(Idle(self.number, edit))

    def follows(self, edit: int) -> bool:
        """Whether an edit is newer than all before; the page numbers them."""
        newer = edit > self._newest
        self._newest = max(edit, self._newest)
        return newer

    def start_over(self) -> None:
        """There is a new process, which knows nothing: hand it everything again."""
        self._there.clear()
        self.hand_in()

    def fail(self, what: str, *, fix: str) -> None:
        """The newest edit will not be done."""
        if self._job is not None:
            fault = Fault(edit=self._job.edit, what=what, fix=fix)
            self._job = None
            self.outbox.put(fault)


class Workshop:
    """The process, and the sessions that share it.

    Args:
        factory: `module:function` of the engine, called in the process.
        seats: Most sessions at once.
        stall_s: How long one step of the work may take before the process counts as hung.
    """

    def __init__(self, factory: str, *, seats: int = 8, stall_s: float = 60.0) -> None:
        self._factory = factory
        self._most = seats
        self._stall_s = stall_s
        self._seats: dict[int, Seat] = {}
        self._last_number = 0
        self._line: Line | None = None
        self._at_work: dict[Phase, tuple[int, float]] = {}
        self._held: set[int] = set()
        self._cleared: set[int] = set()
        self._about: About | None = None
        self._deaths = 0
        self._empty_since = 0.0
        self._watch: asyncio.Task[None] | None = None

    def join(self) -> Seat:
        """Seat a session.

        Raises:
            UsageError: All seats are taken.
        """
        if len(self._seats) >= self._most:
            raise UsageError(f"has its {self._most} sessions", where="the studio", fix="Try again in a minute.")
        self._last_number += 1
        seat = self._seats[self._last_number] = Seat(self, self._last_number)
        if self._about is not None:
            seat.outbox.put(self._about)
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_watch())
        if self._line is None:
            self._start()
        return seat

    def leave(self, seat: Seat) -> None:
        """End a session."""
        if self._seats.pop(seat.number, None) is not None:
            self.send(Forget(seat.number))
            self._release()
            self._empty_since = time.monotonic()

    def send(self, ask: Ask) -> None:
        """Tell the process something; what is told to none is told again when there is one."""
        if isinstance(ask, Job) and ask.session in self._held:
            return
        if isinstance(ask, Idle):
            self._release()
        if self._line is None and isinstance(ask, Job):
            self._deaths = 0
            self._start()
        elif self._line is not None:
            self._line.send(ask)

    async def close(self) -> None:
        """End the process."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        line, self._line = self._line, None
        if line is not None:
            await asyncio.to_thread(line.close)

    def _start(self) -> None:
        self._at_work = {}
        self._line = Line(self._factory, self._hear, self._died)
        for seat in self._seats.values():
            seat.start_over()

    def _release(self) -> None:
        """Hand in what was held back while one session was tried alone."""
        held, self._held = self._held, set()
        for session in held & self._seats.keys():
            self._seats[session].start_over()

    def _hear(self, line: Line, report: Report) -> None:
        if line is not self._line:
            return
        if isinstance(report, Busy):
            self._at_work.pop(report.hand, None)
            if report.session is not None:
                self._at_work[report.hand] = (report.session, time.monotonic())
        elif isinstance(report, Ready):
            self._about = About(**asdict(report.layers))
            for seat in self._seats.values():
                seat.outbox.put(self._about)
        else:
            self._deaths = 0
            if self._held and (not isinstance(report, Preview) or report.header.phase is not Phase.INSTANT):
                self._cleared.add(report.session)
                self._release()
            if report.session in self._seats:
                told = report if isinstance(report, Preview) else report.fault
                self._seats[report.session].outbox.put(told)

    def _died(self, line: Line) -> None:
        if line is not self._line:
            return
        self._line = None
        self._deaths += 1
        suspects = {session for session, _ in self._at_work.values()}
        _log.warning("the blending process is gone; sessions at work: %s", sorted(suspects))
        # Of several that were at work all but one may be innocent: one is tried alone, while the others wait.
        doubtful = suspects - self._cleared or suspects
        guilty = doubtful & self._seats.keys() if len(doubtful) == 1 else set()
        tried = min(doubtful & self._seats.keys(), default=None) if len(doubtful) > 1 else None
        self._held = set() if tried is None else set(self._seats) - {tried}
        if guilty:
            self._cleared.clear()
        for session in guilty:
            self._seats[session].fail("This blend broke the engine, which starts again.", fix="Undo the last edit.")
        if self._deaths < _MOST_DEATHS:
            self._start()
            return
        self._held = set()
        for seat in self._seats.values():
            seat.fail("The engine does not start.", fix="Try again later; the server's log says why.")

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            now = time.monotonic()
            if self._line is not None and any(now - since > self._stall_s for _, since in self._at_work.values()):
                self._line.kill()
            elif self._line is not None and not self._seats and now - self._empty_since > _IDLE_S:
                line, self._line = self._line, None
                await asyncio.to_thread(line.close)

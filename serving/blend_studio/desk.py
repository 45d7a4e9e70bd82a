"""How the sessions of one worker process share it.

Two threads work: one makes instant pictures, so that a slider never waits for somebody's optimiser; one takes the
sessions' refinements in turn, a step each. A session has one job, its newest: an edit replaces what was there before.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from ops.errors import ShowrunnerError
from serving.blend_studio.engine import Ask, Busy, Engine, Forget, Idle, Job, Preview, Report, Step, Trouble
from serving.blend_studio.pictures import as_jpeg, mask_of
from serving.blend_studio.protocol import Fault, Phase, PreviewHeader

__all__ = ["Desk"]

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


@dataclass
class _Bench:
    """A session's things in this process; `job` and `pictures` are replaced, never changed."""

    session: int
    job: Job
    pictures: dict[str, np.ndarray] = field(default_factory=dict)
    last: np.ndarray | None = None
    steps: tuple[Job, Iterator[Step]] | None = None
    instant_due: bool = True
    refined: bool = False


class Desk:
    """The sessions' jobs, and the two threads' work on them.

    Args:
        engine: Blends.
        report: Takes what is to be told; called from every thread.
    """

    def __init__(self, engine: Engine, report: Callable[[Report], None]) -> None:
        self._engine = engine
        self._report = report
        self._benches: dict[int, _Bench] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._turn = 0

    def take(self, ask: Ask) -> None:
        """Put a session's newest wish in the place of its last."""
        masks = self._tried(ask, functools.partial(_decoded, ask)) if isinstance(ask, Job) else None
        with self._changed:
            bench = self._benches.get(ask.session)
            if isinstance(ask, Forget):
                self._benches.pop(ask.session, None)
            elif isinstance(ask, Idle) and bench is not None:
                bench.instant_due, bench.refined = False, True
            elif isinstance(ask, Job):
                bench = bench or self._benches.setdefault(ask.session, _Bench(ask.session, ask))
                known = {**bench.pictures, **ask.sources, **(masks or {})}
                bench.job, bench.pictures = ask, {name: known[name] for name in ask.keep if name in known}
                bench.instant_due, bench.refined = masks is not None, masks is None
            self._changed.notify_all()

    def close(self) -> None:
        """End both threads' work."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def make_instants(self) -> None:
        """Make instant pictures until closed."""
        while (bench := self._next(lambda each: each.instant_due)) is not None:
            job, pictures = bench.job, bench.pictures
            self._report(Busy(Phase.INSTANT, bench.session))
            picture = self._tried(job, functools.partial(self._engine.preview, job.recipe, pictures, job.size))
            if picture is not None:
                self._show(bench, job, Phase.INSTANT, Step(picture, 0, 0, None, done=False))
            with self._changed:
                # Only now may it be refined: a page that got them the other way round would show the coarser one.
                if bench.job is job:
                    bench.instant_due, bench.refined = False, bench.refined or picture is None
                    self._changed.notify_all()
            self._report(Busy(Phase.INSTANT, None))

    def refine(self) -> None:
        """Take the sessions' refinements in turn until closed."""
        while (bench := self._next(lambda each: not each.instant_due and not each.refined)) is not None:
            job = bench.job
            self._report(Busy(Phase.NEURAL, bench.session))
            step = self._tried(job, functools.partial(self._step, bench, job))
            with self._changed:
                fresh = bench.job is job
                if fresh:
                    bench.refined = bench.refined or step is None or step.done
                    bench.last = bench.last if step is None else step.picture
            if fresh and step is not None:
                self._show(bench, job, Phase.NEURAL, step)
            self._report(Busy(Phase.NEURAL, None))

    def _step(self, bench: _Bench, job: Job) -> Step | None:
        if bench.steps is None or bench.steps[0] is not job:
            steps = self._engine.refine(
                job.recipe, bench.pictures, size=job.size, start=bench.last, cancelled=lambda: self._stale(bench, job)
            )
            bench.steps = (job, steps)
        return next(bench.steps[1], None)

    def _stale(self, bench: _Bench, job: Job) -> bool:
        gone = self._benches.get(bench.session) is not bench
        return self._closed or gone or bench.job is not job or bench.refined

    def _show(self, bench: _Bench, job: Job, phase: Phase, step: Step) -> None:
        height, width = step.picture.shape[:2]
        header = PreviewHeader(
            edit=job.edit,
            phase=phase,
            width=width,
            height=height,
            iteration=step.iteration,
            of=step.of,
            loss=step.loss,
            done=step.done,
        )
        self._report(Preview(bench.session, header, as_jpeg(step.picture)))

    def _next(self, wanted: Callable[[_Bench], bool]) -> _Bench | None:
        """Wait for a session that wants something, the next in turn; None when the desk is closed."""
        with self._changed:
            while not self._closed:
                waiting = sorted(session for session, bench in self._benches.items() if wanted(bench))
                if waiting:
                    self._turn = next((each for each in waiting if each > self._turn), waiting[0])
                    return self._benches[self._turn]
                self._changed.wait()
        return None

    def _tried(self, job: Job, work: Callable[[], _Result]) -> _Result | None:
        """What the work gives; where it cannot be done, the session is told why and nobody else notices."""
        try:
            return work()
        except ShowrunnerError as error:
            what = f"{error.where}: {error.what}" if error.where else error.what
            fault = Fault(edit=job.edit, what=what, fix=error.fix)
        except Exception:  # noqa: BLE001
            # What reaches this is a defect of ours, of whatever kind NumPy, OpenCV or PyTorch raise where a recipe
            # meets it. It would end one of the two threads that all sessions share: it is logged, its session told.
            _log.exception("a blend failed")
            fault = Fault(edit=job.edit, what="This is a defect of ours; it is in the log.", fix="Undo the last edit.")
        self._report(Trouble(job.session, fault))
        return None


def _decoded(job: Job) -> dict[str, np.ndarray]:
    return {name: mask_of(png, name) for name, png in job.masks.items()}

"""Live delivery's one room: films, looks, workers, the cache, and how fast each stream can be made."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from prometheus_client import Counter, Histogram

from ops.errors import ShowrunnerError, UsageError
from ops.ladder.rungs import Rung
from ops.style.model import Family, Look
from resources.rendition_orders import order_rendition
from resources.titles import Master
from serving.edge import Edge
from serving.live.analysis import UNKNOWN, Analysis, analysis_of
from serving.live.apart import apart
from serving.live.film import Film
from serving.live.grants import Grants
from serving.live.looks import Looks
from serving.live.pool import Demand, RemoteWorkers, Workers, families_of_setting
from serving.live.popularity import Popularity
from serving.live.quality import STEPS, Pace
from serving.live.segment_cache import SegmentCache
from serving.live.wire import Answer, Busy
from serving.shared_answer import SharedAnswers

__all__ = ["Delivered", "LiveHouse", "Stream", "open_live"]

AHEAD = 2
"""Segments that are made ahead of the newest one asked for, where nothing else waits. More would be thrown away when a
viewer leaves or turns to another look."""

_DEADLINE_S = 8.0
"""A player has about twelve seconds in hand; what comes later is asked for again anyway."""

_TRIES = 3
_PACES = 2000
_ANALYSIS_S = 5.0
_FILMS = 32
"""Films that are kept in memory as they were read: a feature with a time for each of its frames is a few MB."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13)
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stream:
    """One film in one look.

    Attributes:
        master: The film's file.
        film: What is known of it.
        look: None is the film as it is.
        analysis: Where its shots begin, and what is inside its bars.
        sound_of: The film whose sound is heard; None for its own.
        edition: Tells apart what styles that people made up were, each time that they were published.
    """

    master: Master
    film: Film
    look: Look | None
    analysis: Analysis = UNKNOWN
    sound_of: Master | None = None
    edition: str = ""

    @property
    def key(self) -> str:
        """What its segments are kept under."""
        return "plain" if self.look is None else f"{self.look.key}{self.edition}"


@dataclass(frozen=True)
class Delivered:
    """A segment for a viewer.

    Attributes:
        content: The fragment.
        quality: For people: "720p, full".
        cached: Whether it was made before.
    """

    content: bytes
    quality: str
    cached: bool


class LiveHouse:
    """Makes segments once, whoever asks how often, and no further ahead than somebody watches.

    Args:
        edge: The edge.
        workers: Who makes them.
    """

    def __init__(self, edge: Edge, workers: Workers) -> None:
        self.looks = Looks(edge)
        self.workers = workers
        self.grants = Grants(edge.settings)
        self._edge = edge
        settings = edge.settings
        self._cache = SegmentCache(settings.cache_folder / "live", int(settings.live_cache_gib * (1 << 30)))
        self._popularity = Popularity(settings.live_popular_streams, 24 * 3600.0)
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="live")
        self._flying: dict[str, asyncio.Task[Any]] = {}
        self._paces: OrderedDict[tuple[str, str, str], Pace] = OrderedDict()
        self._films: OrderedDict[str, Film] = OrderedDict()
        self._analyses: SharedAnswers[Analysis] = SharedAnswers(_ANALYSIS_S)
        self._newest: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._waiting = 0
        registry = edge.metrics.registry
        self._segments = Counter("showrunner_live_segments", "Live segments, by source.", ["source"], registry=registry)
        self._took = Histogram(
            "showrunner_live_segment_seconds", "Time to a live segment.", buckets=_SECONDS, registry=registry
        )

    async def stream(self, title: str, look: Look | None, *, sha256: str | None = None) -> Stream:
        """A title in a look.

        Args:
            title: The title's id.
            look: None is the film as it is.
            sha256: The film that it must still be.

        Raises:
            UsageError: There is no such title, or its film is another one by now.
            MediaError: The film cannot be read.
        """
        master = await asyncio.to_thread(self._edge.catalogue.master, title)
        if sha256 is not None and master.sha256 != sha256:
            raise UsageError("has a new film", where=title, fix="Ask for its stream again.")
        film = await self._film(master)
        if look is None:
            return Stream(master, film, None)
        finished = await self._finished(title, master, film, look)
        if finished is not None:
            return finished
        analysis = await self._analysis(title, film)
        edition = await self._run(self.looks.edition, look)
        return Stream(master, film, look, analysis, edition=edition)

    async def look_of_viewer(self, viewer: str, plain: Stream, number: int) -> Look | None:
        """The look that a viewer's profile says for a segment: what suits its scene, where they chose none.

        Args:
            viewer: The pseudonym.
            plain: The film as it is.
            number: The segment; beyond the last, the last.
        """
        title, film = plain.master.title, plain.film
        now = await self._run(self.looks.of_viewer, viewer, title)
        shots = (await self._analysis(title, film)).shots(film) if now.by_scene else []
        if not shots:
            return now.look
        course = await self._run(self.looks.course_of_viewer, viewer, title, shots)
        return course.at(film.pieces[min(number, len(film.pieces) - 1)].start)

    async def pictures(self, stream: Stream, rung: Rung, number: int, *, watcher: str = "") -> Delivered:
        """A segment's pictures, from the cache or made now; the next ones are begun where nobody waits.

        Raises:
            Busy: The workers have no room for it.
            ShowrunnerError: It cannot be made.
        """
        began = time.perf_counter()
        key = (stream.master.sha256, stream.key, rung.name)
        self._newest[key] = number
        self._newest.move_to_end(key)
        if len(self._newest) > _PACES:
            self._newest.popitem(last=False)
        delivered = await self._piece(stream, rung, number)
        self._segments.labels("cache" if delivered.cached else "made").inc()
        self._took.observe(time.perf_counter() - began)
        self._ahead(stream, rung, number)
        if stream.look is not None and watcher:
            await self._note(stream, stream.look, watcher)
        return delivered

    async def sound(self, stream: Stream, number: int) -> bytes:
        """A segment's sound, from the cache or made now.

        Raises:
            Busy: The workers have no room for it.
            ShowrunnerError: It cannot be made.
        """
        master = stream.sound_of or stream.master
        name = f"{master.sha256[:32]}/sound-{number}"
        kept = await self._run(self._cache.get, name)
        if kept is not None:
            return kept

        async def make() -> bytes:
            film = await self._film(master)
            body = {"master": _told(master), "film": film.to_json(), "number": number}
            made = await self._ask(Demand("/sound", body, stream=f"{master.sha256} sound"))
            await self._run(self._cache.put, name, made.content)
            return made.content

        return await self._once(name, make)

    def quality(self, stream: Stream, rung: Rung) -> str:
        """At which quality a rung is made now, for people."""
        return STEPS[self._pace(stream, rung).step].told(rung)

    def begin(self, stream: Stream, rung: Rung, number: int) -> None:
        """Begin a segment that will be asked for in a moment."""
        if number < len(stream.film.pieces):
            task = asyncio.create_task(self._piece(stream, rung, number))
            task.add_done_callback(_unheard)

    async def close(self) -> None:
        """Let everything go."""
        for task in list(self._flying.values()):
            task.cancel()
        await asyncio.gather(*self._flying.values(), return_exceptions=True)
        await asyncio.to_thread(self.workers.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    # -- how a segment is made

    async def _piece(self, stream: Stream, rung: Rung, number: int) -> Delivered:
        base = f"{stream.master.sha256[:32]}/{stream.key}-{rung.name}-{number}"
        kept = await self._run(self._kept, base, rung, self._pace(stream, rung).step)
        if kept is not None:
            return kept
        return await self._once(base, partial(self._made, stream, rung, number, base))

    def _kept(self, base: str, rung: Rung, step: int) -> Delivered | None:
        """The best that is kept and at least as good as would be made now."""
        for known in range(step + 1):
            content = self._cache.get(f"{base}-{known}")
            if content is not None:
                return Delivered(content, STEPS[known].told(rung), True)
        return None

    async def _made(self, stream: Stream, rung: Rung, number: int, base: str) -> Delivered:
        pace, piece = self._pace(stream, rung), stream.film.pieces[number]
        length_s = (piece.end_tick - piece.start_tick) / stream.film.timescale
        made = await self._insisted(stream, rung, number, pace)
        step = int(made.headers["x-step"])
        pace.step = max(pace.step, step)  # the worker knew better
        pace.took(float(made.headers["x-seconds"]), length_s)  # its waiting included, a worker's starting not
        await self._run(self._cache.put, f"{base}-{step}", made.content)
        return Delivered(made.content, made.headers["x-quality"], False)

    async def _insisted(self, stream: Stream, rung: Rung, number: int, pace: Pace) -> Answer:
        """Ask for a segment; workers without room are asked again, for less."""
        for _ in range(_TRIES - 1):
            try:
                return await self._ask(self._demand(stream, rung, number, pace.step))
            except Busy as busy:
                pace.shed()
                await asyncio.sleep(min(1.0, busy.retry_after_s / 2))
        return await self._ask(self._demand(stream, rung, number, pace.step))

    def _demand(self, stream: Stream, rung: Rung, number: int, step: int) -> Demand:
        piece = stream.film.pieces[number]
        families = self._families(stream.look)
        look, helpers = stream.look and stream.look.to_json(), []
        if stream.look is not None and not self.workers.covers(families):
            look, helpers, families = apart(stream.look, self.looks.library, self.workers)
        body = {
            "master": _told(stream.master),
            "film": stream.film.to_json(),
            "number": number,
            "rung": rung.name,
            "look": look,
            "helpers": helpers,
            "edition": stream.edition,
            "step": step,
            "cuts": stream.analysis.shown_in(piece),
            "picture": tuple(stream.analysis.picture),
            "deadline_s": _DEADLINE_S,
        }
        name = f"{stream.master.sha256} {stream.key} {rung.name}"
        return Demand("/segments", body, families, name, timeout_s=2 * _DEADLINE_S + 20)

    def _families(self, look: Look | None) -> frozenset[Family]:
        if look is None:
            return frozenset()
        library = self.looks.library
        return frozenset(library[style].family for style in look.styles if style in library)

    def _ahead(self, stream: Stream, rung: Rung, number: int) -> None:
        """Begin the next segments, while nobody waits for any."""
        key = (stream.master.sha256, stream.key, rung.name)

        async def go() -> None:
            for nth in range(number + 1, min(number + 1 + AHEAD, len(stream.film.pieces))):
                if self._waiting or self._newest.get(key) != number:
                    return
                await self._piece(stream, rung, nth)

        if not self._waiting:
            asyncio.create_task(go()).add_done_callback(_unheard)

    async def _ask(self, demand: Demand) -> Answer:
        self._waiting += 1
        try:
            return await self._run(self.workers.ask, demand)
        finally:
            self._waiting -= 1

    def _pace(self, stream: Stream, rung: Rung) -> Pace:
        key = (stream.master.sha256, stream.key, rung.name)
        pace = self._paces.setdefault(key, Pace())
        self._paces.move_to_end(key)
        if len(self._paces) > _PACES:
            self._paces.popitem(last=False)
        return pace

    # -- films, shots, orders

    async def _film(self, master: Master) -> Film:
        film = self._films.get(master.sha256)
        if film is None:
            film = self._films[master.sha256] = await self._once(f"film {master.sha256}", partial(self._read, master))
            if len(self._films) > _FILMS:
                self._films.popitem(last=False)
        self._films.move_to_end(master.sha256)
        return film

    async def _read(self, master: Master) -> Film:
        name = f"{master.sha256[:32]}/film"
        content = await self._run(self._cache.get, name)
        if content is None:
            answer = await self._ask(
                Demand("/film", {"master": _told(master)}, stream=f"{master.sha256} film", timeout_s=600)
            )
            content = answer.content
            await self._run(self._cache.put, name, content)
        return await self._run(lambda: Film.from_json(json.loads(content)))

    async def _finished(self, title: str, master: Master, film: Film, look: Look) -> Stream | None:
        """The rendition that was made of the film in this look, to be streamed as it is; None where none fits."""
        made = await self._run(self.looks.rendition, title, master, look)
        if made is None:
            return None
        found = await self._film(made)
        told = [(each.frames, each.rate, each.ticks, each.headers) for each in (found, film)]
        return Stream(made, replace(found, sound=film.sound), None, sound_of=master) if told[0] == told[1] else None

    async def _analysis(self, title: str, film: Film) -> Analysis:
        def ask() -> Analysis:
            return analysis_of(self._edge.store, title, film.frames)

        return await self._run(self._analyses.of, f"{title} {film.frames}", ask)

    async def _note(self, stream: Stream, look: Look, watcher: str) -> None:
        """Count a watched segment; what many watch is ordered as a rendition, once."""
        title = stream.master.title
        if not self._popularity.watched(title, look.key, watcher):
            return

        def order() -> None:
            with self._edge.database.connection() as connection:
                order_rendition(connection, title, look, "many watch it live")

        try:
            await self._run(order)
        except ShowrunnerError as error:
            self._popularity.forget(title, look.key)
            _log.warning("the popular %s of %s could not be ordered: %s", look.key, title, error)

    async def _run(self, work: Callable[..., _T], *args: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))

    async def _once(self, name: str, make: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Who asks for what is being made waits for that; who leaves stops nobody."""
        task = self._flying.get(name)
        if task is None:
            task = self._flying[name] = asyncio.create_task(make())
            task.add_done_callback(lambda _: self._flying.pop(name, None))
            task.add_done_callback(_unheard)
        waited: Awaitable[_T] = asyncio.shield(task)
        return await waited


def _unheard(task: asyncio.Task[Any]) -> None:
    """What was made ahead may fail: whoever asks for it is told then."""
    if not task.cancelled() and task.exception() is not None:
        _log.debug("made ahead in vain: %s", task.exception())


def _told(master: Master) -> dict[str, Any]:
    return {"title": master.title, "sha256": master.sha256, "uri": master.uri, "size_bytes": master.size_bytes}


@contextlib.asynccontextmanager
async def open_live(edge: Edge) -> AsyncIterator[LiveHouse]:
    """Live delivery of an edge; workers are started when somebody watches."""
    house = LiveHouse(edge, _workers(edge))
    try:
        yield house
    finally:
        await house.close()


def _workers(edge: Edge) -> Workers:
    from serving.live.local_workers import LocalWorkers

    settings = edge.settings
    if settings.live_workers_at:
        return RemoteWorkers(families_of_setting(settings.live_workers_at))
    return LocalWorkers(settings, most=settings.live_workers)

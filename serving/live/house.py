"""Live delivery's one room: which stream a viewer is given, and how fast its segments come."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from prometheus_client import Counter, Histogram

from ops.errors import UsageError
from ops.ladder.rungs import Rung
from ops.style.model import Look
from resources.titles import Master
from serving.edge import Edge
from serving.live.analysis import Analysis, analysis_of
from serving.live.film import Film
from serving.live.films import Films
from serving.live.grants import Grants
from serving.live.looks import Looks
from serving.live.pool import RemoteWorkers, Workers, families_of_setting
from serving.live.popular_looks import PopularLooks
from serving.live.segment_cache import SegmentCache
from serving.live.segments import Delivered, Segments
from serving.live.stream import Stream
from serving.live.workroom import Workroom
from serving.shared_answer import SharedAnswers

__all__ = ["LiveHouse", "open_live"]

_ANALYSIS_S = 5.0
_SECONDS = (0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13)


class LiveHouse:
    """Finds streams, and has their segments made once, whoever asks how often.

    Args:
        edge: The edge.
        workers: Who makes them.
    """

    def __init__(self, edge: Edge, workers: Workers) -> None:
        settings, registry = edge.settings, edge.metrics.registry
        self.looks = Looks(edge)
        self.grants = Grants(settings)
        self._edge = edge
        cache = SegmentCache(settings.cache_folder / "live", int(settings.live_cache_gib * (1 << 30)))
        self._room = Workroom(workers, cache)
        self._films = Films(self._room)
        self._segments = Segments(self._room, self._films, self.looks)
        self._popular = PopularLooks(self._room, edge.database, settings.live_popular_streams)
        self._analyses: SharedAnswers[Analysis] = SharedAnswers(_ANALYSIS_S)
        self._count = Counter("showrunner_live_segments", "Live segments, by source.", ["source"], registry=registry)
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
        film = await self._films.of(master)
        if look is None:
            return Stream(master, film, None)
        finished = await self._finished(title, master, film, look)
        if finished is not None:
            return finished
        analysis = await self._analysis(title, film)
        edition = await self._room.run(self.looks.edition, look)
        return Stream(master, film, look, analysis, edition=edition)

    async def look_of_viewer(self, viewer: str, plain: Stream, number: int) -> Look | None:
        """The look that a viewer's profile says for a segment: what suits its scene, where they chose none.

        Args:
            viewer: The pseudonym.
            plain: The film as it is.
            number: The segment; beyond the last, the last.
        """
        title, film = plain.master.title, plain.film
        now = await self._room.run(self.looks.of_viewer, viewer, title)
        shots = (await self._analysis(title, film)).shots(film) if now.by_scene else []
        if not shots:
            return now.look
        course = await self._room.run(self.looks.course_of_viewer, viewer, title, shots)
        return course.at(film.pieces[min(number, len(film.pieces) - 1)].start)

    async def pictures(self, stream: Stream, rung: Rung, number: int, *, watcher: str = "") -> Delivered:
        """A segment's pictures, from the cache or made now; the next ones are begun where nobody waits.

        Args:
            stream: The film and the look.
            rung: The size.
            number: The segment.
            watcher: Tells who watches apart from others, to be counted.

        Raises:
            Busy: The workers have no room for it.
            ShowrunnerError: It cannot be made.
        """
        began = time.perf_counter()
        delivered = await self._segments.pictures(stream, rung, number)
        self._count.labels("cache" if delivered.cached else "made").inc()
        self._took.observe(time.perf_counter() - began)
        if stream.look is not None and watcher:
            await self._popular.watched(stream.master.title, stream.look, watcher)
        return delivered

    async def sound(self, stream: Stream, number: int) -> bytes:
        """A segment's sound, from the cache or made now.

        Raises:
            Busy: The workers have no room for it.
            ShowrunnerError: It cannot be made.
        """
        return await self._segments.sound(stream, number)

    def begin(self, stream: Stream, rung: Rung, number: int) -> None:
        """Begin a segment that will be asked for in a moment; beyond the film's end, none."""
        self._segments.begin(stream, rung, number)

    async def close(self) -> None:
        """Let everything go."""
        await self._room.close()

    async def _finished(self, title: str, master: Master, film: Film, look: Look) -> Stream | None:
        """The rendition that was made of the film in this look, to be streamed as it is; None where none fits."""
        made = await self._room.run(self.looks.rendition, title, master, look)
        if made is None:
            return None
        found = await self._films.of(made)
        told = [(each.frames, each.rate, each.ticks, each.headers) for each in (found, film)]
        return Stream(made, replace(found, sound=film.sound), None, sound_of=master) if told[0] == told[1] else None

    async def _analysis(self, title: str, film: Film) -> Analysis:
        def ask() -> Analysis:
            return analysis_of(self._edge.store, title, film.frames)

        return await self._room.run(self._analyses.of, f"{title} {film.frames}", ask)


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

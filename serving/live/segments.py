"""Segments: from the cache or made now, no further ahead than somebody watches, as good as can be made in time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

from ops.ladder.rungs import Rung
from serving.live.demands import pictures_demand, sound_demand
from serving.live.films import Films
from serving.live.looks import Looks
from serving.live.pool import Demand
from serving.live.quality import STEPS, Pace
from serving.live.stream import Stream
from serving.live.wire import Answer, Busy
from serving.live.workroom import Workroom

__all__ = ["Delivered", "Segments"]

_AHEAD = 2
"""Segments that are made ahead of the newest one asked for, where nothing else waits. More would be thrown away when a
viewer leaves or turns to another look."""

_TRIES = 3
_MOST_STREAMS = 2000
"""Of which it is known how fast they are made, and where they are watched."""


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


class Segments:
    """Makes segments.

    Args:
        room: Where they are made and kept.
        films: Know the films whose sound is asked for.
        looks: Know the styles.
    """

    def __init__(self, room: Workroom, films: Films, looks: Looks) -> None:
        self._room, self._films, self._looks = room, films, looks
        self._paces: OrderedDict[tuple[str, str, str], Pace] = OrderedDict()
        self._newest: OrderedDict[tuple[str, str, str], int] = OrderedDict()

    async def pictures(self, stream: Stream, rung: Rung, number: int) -> Delivered:
        """A segment's pictures; the next ones are begun where nobody waits.

        Raises:
            Busy: The workers have no room for it.
            ShowrunnerError: It cannot be made.
        """
        key = _key(stream, rung)
        self._newest[key] = number
        self._newest.move_to_end(key)
        if len(self._newest) > _MOST_STREAMS:
            self._newest.popitem(last=False)
        delivered = await self._piece(stream, rung, number)
        if not self._room.busy:
            self._room.begin(self._go_ahead(stream, rung, number))
        return delivered

    async def sound(self, stream: Stream, number: int) -> bytes:
        """A segment's sound.

        Raises:
            Busy: The workers have no room for it.
            ShowrunnerError: It cannot be made.
        """
        room, master = self._room, stream.sound_of or stream.master
        name = f"{master.sha256[:32]}/sound-{number}"
        kept = await room.run(room.cache.get, name)
        if kept is not None:
            return kept

        async def make() -> bytes:
            made = await room.ask(sound_demand(master, await self._films.of(master), number))
            await room.run(room.cache.put, name, made.content)
            return made.content

        return await room.once(name, make)

    def begin(self, stream: Stream, rung: Rung, number: int) -> None:
        """Begin the pictures of a segment that will be asked for in a moment; beyond the film's end, none."""
        if number < len(stream.film.pieces):
            self._room.begin(self._piece(stream, rung, number))

    async def _go_ahead(self, stream: Stream, rung: Rung, number: int) -> None:
        """Make the next segments, while nobody waits for any and nobody is elsewhere in the stream."""
        for nth in range(number + 1, min(number + 1 + _AHEAD, len(stream.film.pieces))):
            if self._room.busy or self._newest.get(_key(stream, rung)) != number:
                return
            await self._piece(stream, rung, nth)

    async def _piece(self, stream: Stream, rung: Rung, number: int) -> Delivered:
        base = f"{stream.master.sha256[:32]}/{stream.key}-{rung.name}-{number}"
        kept = await self._room.run(self._kept, base, rung, self._pace(stream, rung).step)
        if kept is not None:
            return kept
        return await self._room.once(base, partial(self._made, stream, rung, number, base))

    def _kept(self, base: str, rung: Rung, step: int) -> Delivered | None:
        """The best that is kept and at least as good as would be made now."""
        for known in range(step + 1):
            content = self._room.cache.get(f"{base}-{known}")
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
        await self._room.run(self._room.cache.put, f"{base}-{step}", made.content)
        return Delivered(made.content, made.headers["x-quality"], False)

    async def _insisted(self, stream: Stream, rung: Rung, number: int, pace: Pace) -> Answer:
        """Ask for a segment; workers without room are asked again, for less."""
        for _ in range(_TRIES - 1):
            try:
                return await self._asked(stream, rung, number, pace.step)
            except Busy as busy:
                pace.shed()
                await asyncio.sleep(min(1.0, busy.retry_after_s / 2))
        return await self._asked(stream, rung, number, pace.step)

    async def _asked(self, stream: Stream, rung: Rung, number: int, step: int) -> Answer:
        def demanded() -> Demand:  # the library waits for the database, a long film's clock for the processor
            library = {} if stream.look is None else self._looks.library
            return pictures_demand(stream, rung, number, step, library=library, workers=self._room.workers)

        return await self._room.ask(await self._room.run(demanded))

    def _pace(self, stream: Stream, rung: Rung) -> Pace:
        key = _key(stream, rung)
        pace = self._paces.setdefault(key, Pace())
        self._paces.move_to_end(key)
        if len(self._paces) > _MOST_STREAMS:
            self._paces.popitem(last=False)
        return pace


def _key(stream: Stream, rung: Rung) -> tuple[str, str, str]:
    return stream.master.sha256, stream.key, rung.name

"""Films as streams see them: each is read by a worker, once, and kept."""

from __future__ import annotations

import json
from collections import OrderedDict
from functools import partial

from resources.titles import Master
from serving.live.demands import film_demand
from serving.live.film import Film
from serving.live.workroom import Workroom

__all__ = ["Films"]

_MOST = 32
"""Films that are kept in memory as they were read: a feature with a time for each of its frames is a few MB."""


class Films:
    """Reads films.

    Args:
        room: Where they are read and kept.
    """

    def __init__(self, room: Workroom) -> None:
        self._room = room
        self._known: OrderedDict[str, Film] = OrderedDict()

    async def of(self, master: Master) -> Film:
        """What is known of a film.

        Raises:
            Busy: The workers have no room to read it.
            ShowrunnerError: It cannot be read.
        """
        film = self._known.get(master.sha256)
        if film is None:
            film = await self._room.once(f"film {master.sha256}", partial(self._read, master))
            self._known[master.sha256] = film
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        self._known.move_to_end(master.sha256)
        return film

    async def _read(self, master: Master) -> Film:
        room, name = self._room, f"{master.sha256[:32]}/film"
        content = await room.run(room.cache.get, name)
        if content is None:
            content = (await room.ask(film_demand(master))).content
            await room.run(room.cache.put, name, content)
        return await room.run(lambda: Film.from_json(json.loads(content)))

"""Looks that many watch live are ordered as renditions: what is made for good need not be made for each viewer."""

from __future__ import annotations

import logging

from ops.errors import ShowrunnerError
from ops.style.model import Look
from resources.database import Database
from resources.rendition_orders import order_rendition
from serving.live.popularity import Popularity
from serving.live.workroom import Workroom

__all__ = ["PopularLooks"]

_WINDOW_S = 24 * 3600.0
_log = logging.getLogger(__name__)


class PopularLooks:
    """Orders renditions.

    Args:
        room: Where the database is waited for.
        database: Holds the orders.
        streams: So many different ones within a day make a look of a title popular.
    """

    def __init__(self, room: Workroom, database: Database, streams: int) -> None:
        self._room, self._database = room, database
        self._popularity = Popularity(streams, _WINDOW_S)

    async def watched(self, title: str, look: Look, watcher: str) -> None:
        """Count a watched segment; the look is ordered once, when many watch it.

        Args:
            title: The title's id.
            look: What it was watched in.
            watcher: Tells who watches it apart from others.
        """
        if not self._popularity.watched(title, look.key, watcher):
            return
        try:
            await self._room.run(self._order, title, look)
        except ShowrunnerError as error:
            self._popularity.forget(title, look.key)
            _log.warning("the popular %s of %s could not be ordered: %s", look.key, title, error)

    def _order(self, title: str, look: Look) -> None:
        with self._database.connection() as connection:
            order_rendition(connection, title, look, "many watch it live")

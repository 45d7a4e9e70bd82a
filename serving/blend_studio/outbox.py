"""What waits to be sent to one page: the newest picture only, and every word."""

from __future__ import annotations

import asyncio
from collections import deque

from serving.blend_studio.engine import Preview
from serving.blend_studio.protocol import About, Fault

__all__ = ["Outbox"]

_MOST_WORDS = 32


class Outbox:
    """A page that reads slowly gets fewer pictures, never older ones, and holds up nobody."""

    def __init__(self) -> None:
        self._edit = 0
        self._picture: Preview | None = None
        self._words: deque[About | Fault] = deque(maxlen=_MOST_WORDS)
        self._filled = asyncio.Event()

    def expect(self, edit: int) -> None:
        """From now on nothing is sent of older edits."""
        self._edit = edit
        if self._picture is not None and self._picture.header.edit < edit:
            self._picture = None

    def put(self, told: Preview | About | Fault) -> None:
        """Keep something for the page; dropped where a newer edit has made it stale."""
        if (edit := _edit_of(told)) is not None and edit < self._edit:
            return
        if isinstance(told, Preview):
            self._picture = told
        else:
            self._words.append(told)
        self._filled.set()

    async def next(self) -> Preview | About | Fault:
        """Wait for what is to be sent next."""
        while True:
            if self._words:
                return self._words.popleft()
            if self._picture is not None:
                told, self._picture = self._picture, None
                return told
            self._filled.clear()
            await self._filled.wait()


def _edit_of(told: Preview | About | Fault) -> int | None:
    if isinstance(told, About):
        return None
    return told.header.edit if isinstance(told, Preview) else told.edit

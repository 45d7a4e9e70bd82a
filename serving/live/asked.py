"""What somebody may stream: by a request of the API, or by the sealed address that it led them to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from ops.errors import UsageError
from ops.style.model import Look, look_from_json
from serving.edge import Edge
from serving.live.grants import Grant
from serving.live.house import LiveHouse
from serving.live.looks import look_of_text
from serving.live.stream import Stream
from serving.live.wire import Busy
from serving.problems import ProblemError

__all__ = ["Asked", "TheHouse", "asked_for", "granted", "stream_now", "unless_busy"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Asked:
    """What somebody may stream.

    Attributes:
        grant: What is sealed into the addresses.
        look: The look that they have now; None is the film as it is.
        stream: The film in that look, or what was made of it before.
    """

    grant: Grant
    look: Look | None
    stream: Stream

    @property
    def key(self) -> str:
        """The look's key, whether it was made before or not."""
        return "plain" if self.look is None else self.look.key

    def watcher(self, request: Request) -> str:
        """Who watches, as far as counting needs to know."""
        return self.grant.viewer or (request.client.host if request.client else "?")


def _house(request: Request) -> LiveHouse:
    return request.app.state.live


TheHouse = Annotated[LiveHouse, Depends(_house)]


async def asked_for(  # noqa: PLR0917
    edge: Edge, house: LiveHouse, title: str, viewer: str | None, style: str | None, start_s: float
) -> Asked:
    """What a request of the API asks for.

    Args:
        edge: The edge.
        house: Live delivery.
        title: The title's id.
        viewer: What the caller calls the viewer whose profile decides where no style is named.
        style: The look's text.
        start_s: Where a player will begin: a profile may say another look for another scene.

    Raises:
        ProblemError: 404 there is no such title; 422 there is no such style; 503 the workers are busy.
    """
    if await asyncio.to_thread(edge.catalogue.find, title) is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")
    pseudonym = None if viewer is None or style is not None else edge.pseudonyms.of(viewer)
    look = None
    if style is not None:
        try:
            look = look_of_text(style, await asyncio.to_thread(lambda: house.looks.library))
        except UsageError as error:
            raise ProblemError(422, str(error)) from error
    elif pseudonym is not None:
        plain = await unless_busy(house.stream(title, None))
        look = await house.look_of_viewer(pseudonym, plain, plain.film.piece_at(start_s).number)
    found = await unless_busy(house.stream(title, look))
    grant = Grant(title, (found.sound_of or found.master).sha256, look and look.to_json(), pseudonym)
    return Asked(grant, look, found)


async def granted(house: LiveHouse, sealed: str, number: int = 0) -> Asked:
    """What a sealed address leads to, in the look that its viewer has now for a segment.

    Raises:
        ProblemError: 403 it is none of ours, or has ended; 404 its film is another one by now.
    """
    grant = house.grants.open(sealed)
    if grant is None:
        raise ProblemError(403, "The address is not sealed, or it has ended; ask for the stream again.")
    try:
        look = await unless_busy(_look(house, grant, number))
        found = await unless_busy(house.stream(grant.title, look, sha256=grant.master))
    except UsageError as error:
        raise ProblemError(404, str(error)) from error
    return Asked(grant, look, found)


async def _look(house: LiveHouse, grant: Grant, number: int) -> Look | None:
    if grant.viewer is not None:
        plain = await house.stream(grant.title, None, sha256=grant.master)
        return await house.look_of_viewer(grant.viewer, plain, number)
    if grant.look is None:
        return None
    return look_from_json(grant.look, await asyncio.to_thread(lambda: house.looks.library))


async def stream_now(house: LiveHouse, asked: Asked, number: int) -> Stream:
    """The stream in the look that its viewer has now for a segment."""
    if asked.grant.viewer is None:
        return asked.stream
    look = await _look(house, asked.grant, number)
    return await house.stream(asked.grant.title, look, sha256=asked.grant.master)


async def unless_busy(work: Awaitable[_T]) -> _T:
    """What comes of it.

    Raises:
        ProblemError: 503 the workers are busy, and when they may not be.
    """
    try:
        return await work
    except Busy as busy:
        wait = {"Retry-After": str(max(1, round(busy.retry_after_s)))}
        raise ProblemError(503, f"The style workers are busy: {busy}.", wait) from busy

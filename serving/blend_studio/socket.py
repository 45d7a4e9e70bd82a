"""The studio's socket: edits in, pictures out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from ops.blend.model import recipe_from_json
from ops.errors import ShowrunnerError
from resources.api_keys import ApiKey, Scope
from serving.auth import SESSION
from serving.blend_studio.engine import Preview
from serving.blend_studio.protocol import Edit, Fault, Ping, Pong, Welcome, framed, read_binary, read_text
from serving.blend_studio.workshop import Seat
from serving.edge import Edge
from serving.problems import ProblemError

__all__ = ["router"]

router = APIRouter()

_SIGN_IN, _NOT_YOURS, _FULL, _TOO_MUCH, _TOO_SLOW = 4401, 4403, 4429, 1008, 4408
_SEND_S = 20.0  # a page that takes no picture for so long has gone


class _Ended(Exception):
    """The server ends the session."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


@router.websocket("/studio/blend/socket")
async def blend_socket(socket: WebSocket) -> None:
    """One page's session."""
    if not _from_own_page(socket):
        await socket.close()  # before it is accepted: the browser sees a 403
        return
    await socket.accept()
    edge: Edge = socket.app.state.edge
    try:
        _holder(socket, edge)
        seat = _seated(edge)
    except _Ended as ended:
        await socket.close(ended.code, str(ended))
        return
    try:
        await _serve(socket, edge, seat)
    finally:
        edge.workshop.leave(seat)


async def _serve(socket: WebSocket, edge: Edge, seat: Seat) -> None:
    await socket.send_text(Welcome().model_dump_json())
    sides = [asyncio.create_task(work) for work in (_listen(socket, edge, seat), _show(socket, seat))]
    try:
        done, _ = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        for side in done:
            side.result()
    except WebSocketDisconnect:
        pass
    except _Ended as ended:
        with contextlib.suppress(RuntimeError):  # the page was faster
            await socket.close(ended.code, str(ended))
    finally:
        for side in sides:
            side.cancel()
        await asyncio.gather(*sides, return_exceptions=True)


async def _listen(socket: WebSocket, edge: Edge, seat: Seat) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        key = _holder(socket, edge)
        try:
            edge.gatekeeper.count(key.id, key.rate_per_s)
        except ProblemError:
            raise _Ended(_TOO_MUCH, "Too many edits.") from None
        await _heed(socket, edge, seat, message)


async def _heed(socket: WebSocket, edge: Edge, seat: Seat, message: Mapping[str, Any]) -> None:
    edit: int | None = None
    try:
        if message.get("bytes") is not None:
            mask, png = read_binary(message["bytes"])
            seat.put_mask(mask.name, png)
            return
        told = read_text(message.get("text") or "")
        if isinstance(told, Ping):
            await socket.send_text(Pong().model_dump_json())
        elif isinstance(told, Edit):
            edit = told.edit
            await _begin(edge, seat, told)
        else:
            seat.stop(told.edit)
    except ShowrunnerError as error:
        what = f"{error.where}: {error.what}" if error.where else error.what
        await socket.send_text(Fault(edit=edit, what=what, fix=error.fix).model_dump_json())


async def _begin(edge: Edge, seat: Seat, edit: Edit) -> None:
    if not seat.follows(edit.edit):
        return
    recipe = recipe_from_json(edit.recipe)
    for name in recipe.pictures:
        if not seat.knows(name):
            seat.put_source(name, await asyncio.to_thread(edge.blend_shelf.picture, name))
    for name in recipe.masks:
        if not seat.knows(name):
            seat.put_source(name, await asyncio.to_thread(edge.blend_shelf.mask, name))
    seat.submit(edit.edit, recipe.to_json(), edit.size, frozenset((*recipe.pictures, *recipe.masks)))


async def _show(socket: WebSocket, seat: Seat) -> None:
    while True:
        told = await seat.outbox.next()
        if isinstance(told, Preview):
            sending = socket.send_bytes(framed(told.header, told.jpeg))
        else:
            sending = socket.send_text(told.model_dump_json())
        try:
            await asyncio.wait_for(sending, _SEND_S)
        except TimeoutError:
            raise _Ended(_TOO_SLOW, "The page takes no pictures.") from None


def _from_own_page(socket: WebSocket) -> bool:
    """Browsers send cookies with sockets that any page opens; only ours may use them."""
    origin = socket.headers.get("origin")
    return origin is not None and origin.partition("://")[2] == socket.headers.get("host")


def _holder(socket: WebSocket, edge: Edge) -> ApiKey:
    key = edge.gatekeeper.session_key(socket.cookies.get(SESSION, ""))
    if key is None:
        raise _Ended(_SIGN_IN, "Sign in again.")
    if Scope.BLENDS not in key.scopes:
        raise _Ended(_NOT_YOURS, f"The key {key.name!r} may not blend; it needs the scope {Scope.BLENDS}.")
    return key


def _seated(edge: Edge) -> Seat:
    try:
        return edge.workshop.join()
    except ShowrunnerError as error:
        raise _Ended(_FULL, str(error)) from None

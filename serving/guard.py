"""What every request passes: a bound on its body, headers that keep browsers safe, a count."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.metrics import Metrics
from serving.problems import PROBLEM_TYPE

__all__ = ["MAX_BODY", "Guard"]

MAX_BODY = 512 * 1024  # bytes: 500 events are 150 kB
_LARGER = {"/v1/blend-sources": 20 * 1024 * 1024}
"""Bytes, at the few addresses that take whole pictures."""
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class Guard:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in _HEADERS if each[0] not in present)]
            await send(message)

        read, most = 0, _LARGER.get(scope["path"], MAX_BODY)

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413, _too_large(most))
            return message

        try:
            if _declared_length(scope) > most:
                await _refuse(answer, most)
            else:
                await self._app(scope, bounded, answer)
        finally:
            route = _route_of(scope)
            self._metrics.requests.labels(route, scope["method"], status).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - began)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else sys.maxsize
    return 0


def _route_of(scope: Scope) -> str:
    """The path's pattern: as many as there are routes, whatever clients ask for."""
    route: Any = scope.get("route")
    return getattr(route, "path", "unknown")


def _too_large(most: int) -> str:
    return f"The body is over {most} bytes."


async def _refuse(send: Send, most: int) -> None:
    body = json.dumps({"title": "Content Too Large", "status": 413, "detail": _too_large(most)}).encode()
    headers = [
        (b"content-type", PROBLEM_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})

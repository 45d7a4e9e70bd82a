"""How serving speaks to a worker: HTTP over a Unix socket on one machine, over TCP in a cluster."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ops import errors
from ops.errors import ShowrunnerError, UsageError

__all__ = ["Answer", "Busy", "Endpoint", "Unreachable"]


class Busy(Exception):
    """A worker has no room.

    Args:
        why: In its words.
        retry_after_s: When it may have.
    """

    def __init__(self, why: str, retry_after_s: float) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Unreachable(Exception):
    """A worker is gone, hangs, or broke off in the middle."""


@dataclass(frozen=True)
class Answer:
    """What a worker answered."""

    content: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The content, read as JSON."""
        return json.loads(self.content)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("worker", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Endpoint:
    """Where a worker is asked.

    Args:
        address: "unix:/path/to.sock", or "http://host:port".
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, method: str, path: str, body: object = None, *, timeout_s: float) -> Answer:
        """One request.

        Args:
            method: "GET" or "POST".
            path: Of the worker's API.
            body: JSON, or bytes as they are.
            timeout_s: After so long without a byte it hangs.

        Raises:
            Busy: It has no room now.
            Unreachable: It is gone, hangs, or broke off.
            ShowrunnerError: What it was asked for cannot be made, whoever makes it.
        """
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection = self._connection(timeout_s)
        try:
            connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
            response = connection.getresponse()
            answer = Answer(response.read(), {name.lower(): value for name, value in response.getheaders()})
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self.address}: {error!r}") from error
        finally:
            connection.close()
        if response.status == 200:
            return answer
        raise _refusal(self.address, response.status, answer)

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        if self.address.startswith("unix:"):
            return _UnixConnection(self.address.removeprefix("unix:"), timeout_s)
        parts = urlsplit(self.address)
        return http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout_s)


def _refusal(address: str, status: int, answer: Answer) -> Exception:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if status == 503:
        return Busy(str(told.get("detail", "it is busy")), float(answer.headers.get("retry-after", "1")))
    if status in (409, 501) and "what" in told:
        kind = getattr(errors, str(told.get("kind")), ShowrunnerError)
        known = kind if isinstance(kind, type) and issubclass(kind, ShowrunnerError) else ShowrunnerError
        return known(told["what"], where=told["where"], fix=told["fix"])
    if status in (404, 413, 422):
        return UsageError(f"a worker was asked for what it does not know ({status})", where=address)
    return Unreachable(f"{address}: it answered {status}")

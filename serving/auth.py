"""Who is asking, and whether they may: API keys by header, sessions of the pages by cookie."""

from __future__ import annotations

import asyncio
import hmac
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from ops.errors import ShowrunnerError
from resources.api_keys import ApiKey, ApiKeys, Scope, split_key
from serving.problems import ProblemError
from serving.rate import Rates

__all__ = ["SESSION", "Caller", "Gatekeeper", "gatekeeper_of", "may"]

SESSION = "showrunner_session"
SESSION_S = 12 * 3600
_FRESH_S = 3.0  # how long a revoked key may still open
_LOOK_S = 0.5  # unknown keys are looked for this often at most, whoever asks; a new one may wait so long
_log = logging.getLogger(__name__)

_bearer = HTTPBearer(auto_error=False, bearerFormat="sr_…", description="An API key: `showrunner keys create`.")
_cookie = APIKeyCookie(name=SESSION, auto_error=False, description="A session of the pages, from /login.")


@dataclass(frozen=True)
class Caller:
    """Who asks: a key's id and name, and what it may do."""

    id: str
    name: str
    scopes: frozenset[Scope]


class Gatekeeper:
    """Knows the keys, with a few seconds' delay; counts what each asks."""

    def __init__(self, keys: ApiKeys, rates: Rates, secret: bytes, anonymous_per_s: float) -> None:
        self._keys = keys
        self._rates = rates
        self._secret = hmac.digest(secret, b"session", "sha256")
        self._anonymous_per_s = anonymous_per_s
        self._known: dict[str, ApiKey] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Read the keys."""
        began = time.monotonic()
        self._known = {key.id: key for key in await asyncio.to_thread(self._keys.all)}
        self._read_at = began

    async def keep_fresh(self) -> None:
        """Refresh until cancelled; keys that cannot be read stay as they were."""
        while True:
            await asyncio.sleep(_FRESH_S)
            try:
                await self.refresh()
            except ShowrunnerError as error:
                _log.warning("keys in memory may be old: %s", error)

    async def key(self, presented: str) -> ApiKey | None:
        """The living key that was presented, or None."""
        parts = split_key(presented)
        if parts is None:
            return None
        if parts[0] not in self._known:
            await self._read_again()
        key = self._known.get(parts[0])
        return key if key is not None and key.opens_with(parts[1]) else None

    async def _read_again(self) -> None:
        """For a key that is not known, perhaps because it is new: all who ask at once share one look."""
        asked_at = time.monotonic()
        async with self._reading:
            if self._read_at < asked_at:
                await asyncio.sleep(max(0.0, _LOOK_S - (asked_at - self._read_at)))
                await self.refresh()

    def session(self, key: ApiKey) -> str:
        """A session's cookie: it ends with its time, with the key, and with the key's rotation."""
        told = f"{key.id}.{int(time.time()) + SESSION_S}"
        return f"{told}.{self._seal(told, key)}"

    def session_key(self, cookie: str) -> ApiKey | None:
        """The key of a session that still holds, or None."""
        told, _, seal = cookie.rpartition(".")
        identifier, _, ends = told.partition(".")
        key = self._known.get(identifier)
        if key is None or key.revoked_at is not None or not ends.isascii() or not ends.isdigit():
            return None
        holds = hmac.compare_digest(self._seal(told, key).encode(), seal.encode())
        return key if holds and int(ends) > time.time() else None

    def _seal(self, told: str, key: ApiKey) -> str:
        return hmac.new(self._secret, told.encode() + key.hash, sha256).hexdigest()

    def count(self, who: str, per_s: float, cost: float = 1.0) -> None:
        """Let a caller pass, or say when to come back.

        Raises:
            ProblemError: 429.
        """
        wait = self._rates.wait_s(who, per_s, cost)
        if wait > 0:
            raise ProblemError(429, "Too many requests.", {"Retry-After": str(max(1, math.ceil(wait)))})

    def count_anonymous(self, request: Request) -> None:
        """The same for callers without a key, by their address."""
        self.count(f"address {_address(request)}", self._anonymous_per_s)

    def count_attempt(self, request: Request, cost: float = 1.0) -> None:
        """The same for keys that are tried: who guesses takes nothing from an address's pictures, nor they from it."""
        self.count(f"attempts {_address(request)}", self._anonymous_per_s, cost)


def _address(request: Request) -> str:
    return request.client.host if request.client else "?"


def gatekeeper_of(request: Request) -> Gatekeeper:
    """The app's gatekeeper."""
    return request.app.state.edge.gatekeeper


async def _identify(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Caller | None:
    gatekeeper = gatekeeper_of(request)
    key = None
    if bearer is not None:
        key = await gatekeeper.key(bearer.credentials)
        if key is None:
            gatekeeper.count_attempt(request)
            raise ProblemError(401, "The API key is not known, or was revoked.", {"WWW-Authenticate": "Bearer"})
    elif cookie is not None and _from_own_pages(request):
        key = gatekeeper.session_key(cookie)
    if key is None:
        return None
    gatekeeper.count(key.id, key.rate_per_s)
    return Caller(key.id, key.name, key.scopes)


def _from_own_pages(request: Request) -> bool:
    """A cookie speaks for a person only where our own page sent it: the other half of SameSite=Strict."""
    if request.method in ("GET", "HEAD"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("://")[2] == request.headers.get("host")


def may(scope: Scope, *, unless: Callable[[Request], bool] | None = None) -> Callable[..., Awaitable[Caller | None]]:
    """A dependency: the caller, who may do this.

    Args:
        scope: What is asked for.
        unless: Where it is true, callers without a key may too; they are None, and counted by address.

    Raises:
        ProblemError: 401 nobody known, 403 somebody who may not, 429 too often.
    """

    async def check(request: Request, caller: Annotated[Caller | None, Depends(_identify)]) -> Caller | None:
        if caller is None:
            gatekeeper_of(request).count_anonymous(request)
            if unless is not None and unless(request):
                return None
            raise ProblemError(401, "An API key is needed: Authorization: Bearer sr_…", {"WWW-Authenticate": "Bearer"})
        if scope not in caller.scopes:
            raise ProblemError(403, f"The key {caller.name!r} may not do this; it needs the scope {scope}.")
        return caller

    return check

"""API keys: who may do what, and how often. Only hashes of secrets are stored; a key is shown once, when it is made.

    sr_<id>_<secret>        id: 12 hex digits, names the key in logs; secret: 256 random bits

A random secret of that length needs no slow hash: SHA-256 of it cannot be guessed backwards (unlike a password's).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from ops.errors import UsageError
from resources.database import Database

__all__ = ["ApiKey", "ApiKeys", "Scope", "split_key"]

_KEY = re.compile(r"sr_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_LONGEST_NAME = 100


class Scope(StrEnum):
    """What a key lets its holder do."""

    THUMBNAILS = "thumbnails:read"
    EVENTS = "events:write"
    EXPERIMENTS_READ = "experiments:read"
    EXPERIMENTS_WRITE = "experiments:write"
    REVIEWS_READ = "reviews:read"
    REVIEWS_WRITE = "reviews:write"
    VIEWERS_ERASE = "viewers:erase"
    SUBTITLES = "subtitles:write"
    BLENDS = "blends:write"
    STREAMS = "streams:read"
    RENDITIONS = "renditions:write"
    TASTES = "tastes:write"
    STYLES = "styles:write"
    METRICS = "metrics:read"


@dataclass(frozen=True)
class ApiKey:
    """A key as the database knows it; `hash` is the SHA-256 of its secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    hash: bytes
    previous_hash: bytes | None
    previous_until: datetime | None
    rate_per_s: float
    created_at: datetime
    rotated_at: datetime | None
    revoked_at: datetime | None

    def opens_with(self, secret: str) -> bool:
        """Whether this secret is the key's, or was until a rotation whose grace still lasts; in constant time."""
        told = sha256(secret.encode()).digest()
        current = hmac.compare_digest(told, self.hash)
        graced = self.previous_until is not None and self.previous_until > datetime.now(UTC)
        previous = hmac.compare_digest(told, self.previous_hash or b"\0" * 32) and graced
        return (current or previous) and self.revoked_at is None


def split_key(key: str) -> tuple[str, str] | None:
    """A key's id and secret, or None where it is not of a key's form."""
    found = _KEY.fullmatch(key)
    return None if found is None else (found[1], found[2])


_SELECT = (
    "SELECT id, name, scopes, hash, previous_hash, previous_until, rate_per_s, created_at, rotated_at, revoked_at"
    " FROM api_keys"
)


class ApiKeys:
    """The keys of all clients."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, scopes: Collection[Scope], *, rate_per_s: float = 100.0) -> str:
        """Make a key; returns it, for the only time.

        Raises:
            UsageError: No name, no scope, or no rate.
        """
        if not 0 < len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
            raise UsageError("is no name for a key", where=repr(name), fix="Name who will use it: 'front page'.")
        if not scopes or rate_per_s <= 0:
            raise UsageError("needs a scope and a rate over 0", where=f"key {name}", fix="Give --scope and --rate.")
        identifier, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO api_keys (id, name, scopes, hash, rate_per_s) VALUES (%s, %s, %s, %s, %s)",
                [identifier, name.strip(), sorted(scopes), sha256(secret.encode()).digest(), rate_per_s],
            )
        return f"sr_{identifier}_{secret}"

    def all(self) -> list[ApiKey]:
        """Every key, the revoked too, oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(f"{_SELECT} ORDER BY created_at, id").fetchall()
        return [ApiKey(row[0], row[1], frozenset(Scope(each) for each in row[2]), *row[3:]) for row in rows]

    def rotate(self, identifier: str, *, grace_hours: float = 24.0) -> str:
        """Give a key a new secret; the old one works for `grace_hours` more. Returns the new key.

        Raises:
            UsageError: There is no such key, or it was revoked.
        """
        secret = secrets.token_urlsafe(32)
        with self._database.connection() as connection:
            changed = connection.execute(
                """
                UPDATE api_keys SET previous_hash = hash, previous_until = now() + make_interval(secs => %s),
                    hash = %s, rotated_at = now()
                WHERE id = %s AND revoked_at IS NULL
                """,
                [grace_hours * 3600, sha256(secret.encode()).digest(), identifier],
            ).rowcount
        if not changed:
            raise UsageError("is no living key", where=identifier, fix="showrunner keys list shows them.")
        return f"sr_{identifier}_{secret}"

    def revoke(self, identifier: str) -> None:
        """End a key, at once and for good.

        Raises:
            UsageError: There is no such key.
        """
        with self._database.connection() as connection:
            changed = connection.execute(
                "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()), previous_until = NULL WHERE id = %s",
                [identifier],
            ).rowcount
        if not changed:
            raise UsageError("is no key", where=identifier, fix="showrunner keys list shows them.")

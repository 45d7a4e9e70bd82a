"""A CDN's copies of aliases: the addresses whose answer changes, `/v1/titles/<title>/thumbnail` and `…/trailer`.

Everything else that serving hands out carries the hash of its bytes and never changes, so nothing else is ever
invalidated. CloudFront keys its copies by the query too (aspect, cut, segment), hence the wildcard behind each path.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

import psycopg

from ops.errors import ShowrunnerError
from resources.database import Database
from resources.settings import Settings

__all__ = ["Alias", "CdnError", "Changes", "Watched", "changed_aliases", "changes_until_now", "invalidate_aliases"]

_WILDCARDS = 15
"""What CloudFront takes at a time; more aliases than this are one wildcard over all titles."""
_OVERLAP_S = 300.0  # far beyond what a promotion takes from its first statement to its commit
_CHANGES = ("promoted", "rolled_back", "replaced")
_ALIASES = {"thumbnails": "thumbnail", "trailer": "trailer", "trailer_ladder": "trailer"}
"""By the artifact that changed: what the answer is called that tells of it."""


class CdnError(ShowrunnerError):
    """CloudFront did not take an invalidation."""


@dataclass(frozen=True)
class Watched:
    """How far changes were looked at: all up to `settled`, and beyond it those in `done`.

    Ids are dealt before commits, so a change may appear below one that was seen. Whatever is younger than some minutes
    is therefore read again and again, and `done` tells what of it is new.
    """

    settled: int
    done: frozenset[int] = frozenset()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Reads what `str` wrote; a bare number is how far all was looked at."""
        told = json.loads(text)
        return cls(told) if isinstance(told, int) else cls(told["settled"], frozenset(told["done"]))

    def __str__(self) -> str:
        return json.dumps({"settled": self.settled, "done": sorted(self.done)})


@dataclass(frozen=True, order=True)
class Alias:
    """An address whose answer changes: a title's "thumbnail", or its "trailer", in whatever shape or cut."""

    title: str
    name: str

    @property
    def paths(self) -> str:
        """All its copies, as CloudFront names them."""
        return f"/v1/titles/{self.title}/{self.name}*"


@dataclass(frozen=True)
class Changes:
    """Addresses whose answer changed, by which events, and how far that is all."""

    aliases: tuple[Alias, ...]
    events: tuple[int, ...]
    watched: Watched


def changes_until_now(database: Database) -> Watched:
    """Everything that happened up to now, as looked at."""
    with database.connection() as connection:
        settled = _settled(connection)
    return changed_aliases(database, Watched(settled)).watched


def changed_aliases(database: Database, since: Watched, most: int = 1000) -> Changes:
    """What changed that was not looked at yet, however late it was committed (within some minutes)."""
    with database.connection() as connection:
        settled = max(since.settled, _settled(connection))  # asked first: what commits meanwhile is read the next time
        rows = connection.execute(
            "SELECT id, title, artifact FROM events"
            " WHERE id > %s AND kind = ANY(%s) AND artifact = ANY(%s) ORDER BY id LIMIT %s",
            [since.settled, list(_CHANGES), list(_ALIASES), most],
        ).fetchall()
    if len(rows) == most:
        settled = min(settled, rows[-1][0])
    new = {number: Alias(title, _ALIASES[artifact]) for number, title, artifact in rows if number not in since.done}
    done = frozenset(number for number, *_ in rows if number > settled)
    return Changes(tuple(sorted(set(new.values()))), tuple(sorted(new)), Watched(settled, done))


def _settled(connection: psycopg.Connection) -> int:
    """The newest event that is too old for any before it to be still uncommitted."""
    row = connection.execute(
        "SELECT id FROM events WHERE at < now() - make_interval(secs => %s) ORDER BY id DESC LIMIT 1", [_OVERLAP_S]
    ).fetchone()
    return 0 if row is None else row[0]


def invalidate_aliases(settings: Settings, aliases: Sequence[Alias], reference: str) -> str:
    """Have CloudFront drop its copies of some aliases; returns the invalidation's id.

    Args:
        settings: `cloudfront_distribution` must be set; credentials are those of the usual AWS sources.
        aliases: Which.
        reference: The same reference asks for the same invalidation: repeating it costs and changes nothing.

    Raises:
        CdnError: It refuses, or cannot be reached.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    assert settings.cloudfront_distribution is not None
    paths = ["/v1/titles/*"] if len(aliases) > _WILDCARDS else [alias.paths for alias in aliases]
    batch = {
        "Paths": {"Quantity": len(paths), "Items": paths},
        "CallerReference": sha256(f"{reference}\n{' '.join(paths)}".encode()).hexdigest()[:32],
    }
    try:
        client = boto3.client("cloudfront", region_name=settings.s3_region or "us-east-1")
        answer = client.create_invalidation(DistributionId=settings.cloudfront_distribution, InvalidationBatch=batch)
    except (BotoCoreError, ClientError) as error:
        raise CdnError(
            f"CloudFront did not take an invalidation: {error}",
            where="SHOWRUNNER_CLOUDFRONT_DISTRIBUTION",
            fix="Check the distribution's id, and that the role may cloudfront:CreateInvalidation on it.",
        ) from error
    return answer["Invalidation"]["Id"]

"""A CDN's copies of aliases: the addresses whose answer changes, `/v1/titles/<title>/thumbnail`.

Everything else that serving hands out carries the hash of its bytes and never changes, so nothing else is ever
invalidated. CloudFront keys its copies by the query too (aspect, segment), hence the wildcard behind each path.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ops.errors import ShowrunnerError
from resources.database import Database
from resources.settings import Settings

__all__ = ["CdnError", "changed_aliases", "invalidate_aliases", "last_change"]

_WILDCARDS = 15
"""What CloudFront takes at a time; more titles than this are one wildcard over all of them."""
_CHANGES = ("promoted", "rolled_back")


class CdnError(ShowrunnerError):
    """CloudFront did not take an invalidation."""


def last_change(database: Database) -> int:
    """The id of the newest event, from which changes are counted."""
    with database.connection() as connection:
        row = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    assert row is not None
    return row[0]


def changed_aliases(database: Database, after: int, most: int = 1000) -> tuple[list[str], int]:
    """Titles whose picture changed after an event: their ids, and the last event that was looked at."""
    with database.connection() as connection:
        rows = connection.execute(
            "SELECT id, title FROM events WHERE id > %s AND kind = ANY(%s) ORDER BY id LIMIT %s",
            [after, list(_CHANGES), most],
        ).fetchall()
    return sorted({title for _, title in rows}), max([after, *(number for number, _ in rows)])


def invalidate_aliases(settings: Settings, titles: Sequence[str], reference: str) -> str:
    """Have CloudFront drop its copies of some titles' aliases; returns the invalidation's id.

    Args:
        settings: `cloudfront_distribution` must be set; credentials are those of the usual AWS sources.
        titles: Ids of titles.
        reference: The same reference asks for the same invalidation: repeating it costs and changes nothing.

    Raises:
        CdnError: It refuses, or cannot be reached.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    assert settings.cloudfront_distribution is not None
    many = len(titles) > _WILDCARDS
    paths = ["/v1/titles/*"] if many else [f"/v1/titles/{title}/thumbnail*" for title in titles]
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

"""Reviews: results that a gate or a viewer put in doubt, and a person's word on each.

The verdict is written with who gave it and why, once. Serving writes it here and says so in the events; whoever makes
artifacts reads them there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ops.errors import UsageError
from resources.database import Database
from resources.store.model import ArtifactKey

__all__ = ["Review", "Reviews", "Verdict"]


class Verdict(StrEnum):
    """A person's word on a result."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Review:
    """One question to a person; `held` is the place in the store that keeps the result, `why` what put it in doubt."""

    id: int
    key: ArtifactKey
    held: str
    why: str
    verdict: Verdict
    reviewer: str
    note: str
    created_at: datetime
    decided_at: datetime | None


_SELECT = "SELECT id, title, artifact, variant, held, why, verdict, reviewer, note, created_at, decided_at FROM reviews"


class Reviews:
    """The review queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, *, verdict: Verdict | None = Verdict.PENDING, after: int = 0, limit: int = 100) -> list[Review]:
        """Reviews in order of arrival; `after` is the last id already seen."""
        with self._database.connection() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE id > %s AND (%s::text IS NULL OR verdict = %s) ORDER BY id LIMIT %s",
                [after, verdict, verdict, limit],
            ).fetchall()
        return [_review(row) for row in rows]

    def get(self, review: int) -> Review:
        """A review by its id.

        Raises:
            UsageError: There is none.
        """
        with self._database.connection() as connection:
            row = connection.execute(f"{_SELECT} WHERE id = %s", [review]).fetchone()
        if row is None:
            raise UsageError("is no review", where=str(review), fix="GET /v1/reviews lists them.")
        return _review(row)

    def decide(self, review: int, verdict: Verdict, *, who: str, note: str = "") -> Review:
        """Write a verdict, in one transaction with the event that tells of it; the same again changes nothing.

        Raises:
            UsageError: There is no such review, it was decided otherwise, or a rejection gives no reason.
        """
        if verdict is Verdict.PENDING or (verdict is Verdict.REJECTED and not note.strip()):
            raise UsageError("needs a verdict, and a rejection its reason", where=f"review {review}", fix="Say why.")
        with self._database.connection() as connection:
            row = connection.execute(f"{_SELECT} WHERE id = %s FOR UPDATE", [review]).fetchone()
            if row is None:
                raise UsageError("is no review", where=str(review), fix="GET /v1/reviews lists them.")
            found = _review(row)
            if found.verdict is verdict:
                return found
            if found.verdict is not Verdict.PENDING:
                raise UsageError(
                    f"was {found.verdict} by {found.reviewer} already", where=f"review {review}", fix="Ask them."
                )
            row = connection.execute(
                """
                UPDATE reviews SET verdict = %s, reviewer = %s, note = %s, decided_at = now() WHERE id = %s
                RETURNING id, title, artifact, variant, held, why, verdict, reviewer, note, created_at, decided_at
                """,
                [verdict, who, note, review],
            ).fetchone()
            assert row is not None
            key = found.key
            # Only the held attempt's own state: where something newer was made since, that stands.
            connection.execute(
                "UPDATE ledger SET review_state = %s, updated_at = now()"
                " WHERE title = %s AND artifact = %s AND variant = %s AND state = 'held'",
                [verdict, key.title, key.artifact, key.variant],
            )
            detail = {"review": review, "held": found.held, "who": who, "note": note}
            connection.execute(
                "INSERT INTO events (kind, title, artifact, variant, detail) VALUES (%s, %s, %s, %s, %s)",
                [f"review_{verdict}", key.title, key.artifact, key.variant, json.dumps(detail)],
            )
        return _review(row)


def _review(row: Sequence[Any]) -> Review:
    return Review(row[0], ArtifactKey(*row[1:4]), row[4], row[5], Verdict(row[6]), *row[7:])

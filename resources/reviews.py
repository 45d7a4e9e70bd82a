"""Reviews: results that a gate or a viewer put in doubt, and a person's word on each.

The verdict is written with who gave it and why, once, together with all of its consequences that are rows of the
database: a picture that is rejected leaves its running test in the same transaction. Publishing what a gate held is
orchestration's, which finds the approvals here (`to_release`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from ops.errors import UsageError
from resources.database import Database
from resources.experiment_withdrawal import withdraw
from resources.ledger import outdate
from resources.rejections import rejected
from resources.store.model import ArtifactKey
from resources.work_orders import order

__all__ = ["Question", "Review", "Reviews", "Verdict", "approval_of"]


class Verdict(StrEnum):
    """A person's word on a result."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Question(StrEnum):
    """What is asked of a person."""

    HELD = "held"
    """A gate refused the artifact: may it be published as it is?"""
    GENERATED = "generated"
    """A model painted the picture and no machine judged it safe: may viewers see it?"""
    FLAGGED = "flagged"
    """Viewers flagged the picture under test: may it go on being shown?"""
    WORDS = "words"
    """The title's own name is on a list: may it be set on its pictures?"""
    SHOT = "shot"
    """A checker found a shot of the film unsafe: may it be seen in a trailer?"""
    LINE = "line"
    """A sentence of the subtitles is unsafe, or seems never to have been said: may it be shown?"""
    SUBTITLES = "subtitles"
    """All cues of a language as they stand: may they be shown, whatever was measured of them?"""


@dataclass(frozen=True)
class Review:
    """One question to a person.

    Attributes:
        id: Its number, in order of arrival.
        key: The artifact in doubt.
        held: The place in the store that keeps what is in doubt; empty where there is no picture.
        why: What put it in doubt.
        verdict: The person's word.
        reviewer: Whose word it is.
        note: Why, in their words.
        created_at: When it was asked.
        decided_at: When it was answered.
        asks: What is asked.
        subject: The recipe's id, `words_id` of the words, or a line's language and hash; empty where the whole artifact
            is in doubt.
    """

    id: int
    key: ArtifactKey
    held: str
    why: str
    verdict: Verdict
    reviewer: str
    note: str
    created_at: datetime
    decided_at: datetime | None
    asks: Question = Question.HELD
    subject: str = ""


_SELECT = """
    SELECT id, title, artifact, variant, held, why, verdict, reviewer, note, created_at, decided_at, asks, subject
    FROM reviews
"""
_ASK = """
    INSERT INTO reviews (title, artifact, variant, held, why, asks, subject)
    VALUES (%(title)s, %(artifact)s, %(variant)s, %(held)s, %(why)s, %(asks)s, %(subject)s)
    ON CONFLICT (title, asks, subject) WHERE asks IN ('generated', 'words', 'shot', 'line', 'subtitles') DO NOTHING
    RETURNING id
"""
_VERDICTS = (
    "SELECT DISTINCT ON (subject) subject, verdict FROM reviews WHERE title = %s AND asks = %s AND subject <> ''"
)
_WAITING = """
    SELECT DISTINCT held FROM reviews WHERE title = %s AND artifact = %s AND variant = %s AND held <> ''
    AND (verdict = 'pending' OR (asks = 'held' AND verdict = 'approved' AND settled_at IS NULL))
"""
# A trailer that could not be made, or that a gate held, may turn out otherwise with the words or the shot, and one that
# is being made was begun without them; the ledger keeps what that one gives stale (its `tried_hash` is gone).
_OUTDATE = """
    UPDATE ledger SET input_hash = '', tried_hash = NULL, failures = 0, updated_at = now(),
        last_error = 'a person decided on its words or shots'
    WHERE title = %s AND ((artifact = ANY(%s) AND state = 'ready') OR artifact = 'trailer')
"""


def approval_of(language: str, srt_sha256: str) -> str:
    """The subject of a person's word on all of a language's cues as they stand."""
    return f"{language}:{srt_sha256[:16]}"


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

    def ask(self, key: ArtifactKey, asks: Question, subject: str, *, why: str, held: str = "") -> bool:
        """Ask a person about a recipe or about words; what was asked before is not asked again.

        Returns:
            Whether the question is new.
        """
        values = {"title": key.title, "artifact": key.artifact, "variant": key.variant}
        values |= {"held": held, "why": why, "asks": asks, "subject": subject}
        with self._database.connection() as connection:
            return connection.execute(_ASK, values).fetchone() is not None

    def approve_subtitles(self, key: ArtifactKey, srt_sha256: str, *, who: str, note: str = "") -> None:
        """Write down that a person has read all of a language's cues and has them shown; stale by it, so that they are.

        It holds for these very cues alone.
        """
        values = [key.title, key.artifact, key.variant, approval_of(key.variant, srt_sha256), who, note]
        with self._database.connection() as connection:
            connection.execute(
                """
                INSERT INTO reviews
                    (title, artifact, variant, held, why, asks, subject, verdict, reviewer, note, decided_at)
                VALUES (%s, %s, %s, '', 'read by a person', 'subtitles', %s, 'approved', %s, %s, now())
                ON CONFLICT (title, asks, subject)
                    WHERE asks IN ('generated', 'words', 'shot', 'line', 'subtitles') DO NOTHING
                """,
                values,
            )
            why = f"{who} approved its cues"
            outdate(connection, key, why)
            order(connection, {key.title: [key.asset]}, reason=why)

    def verdicts(self, title: str, asks: Question) -> dict[str, Verdict]:
        """What was said of each of a title's recipes, or words, that was asked about: the newest word by subject."""
        with self._database.connection() as connection:
            rows = connection.execute(_VERDICTS + " ORDER BY subject, id DESC", [title, asks]).fetchall()
        return {subject: Verdict(verdict) for subject, verdict in rows}

    def barred(self, title: str) -> set[str]:
        """The title's recipes that a person rejected, whoever had put them in doubt: they are never shown again."""
        with self._database.connection() as connection:
            return rejected(connection, title)

    def newest(self, key: ArtifactKey) -> int | None:
        """The last review that asked whether an artifact may be published as a gate held it."""
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT max(id) FROM reviews WHERE title = %s AND artifact = %s AND variant = %s AND asks = 'held'",
                [key.title, key.artifact, key.variant],
            ).fetchone()
        return None if row is None else row[0]

    def to_release(self, most: int = 1000) -> list[Review]:
        """Approved artifacts that are not published yet, oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE asks = 'held' AND verdict = 'approved' AND settled_at IS NULL ORDER BY id LIMIT %s",
                [most],
            ).fetchall()
        return [_review(row) for row in rows]

    def waiting(self, key: ArtifactKey) -> list[str]:
        """An artifact's held places that a person is yet to judge, or that are yet to be published on their word."""
        with self._database.connection() as connection:
            rows = connection.execute(_WAITING, [key.title, key.artifact, key.variant]).fetchall()
        return [row[0] for row in rows]

    def settle(self, review: int, *, how: str) -> None:
        """Write down what became of an approval: it is published, or something newer stands in its place."""
        with self._database.connection() as connection:
            row = connection.execute(
                "UPDATE reviews SET settled_at = now() WHERE id = %s AND settled_at IS NULL"
                " RETURNING title, artifact, variant",
                [review],
            ).fetchone()
            if row is not None:
                connection.execute(
                    "INSERT INTO events (kind, title, artifact, variant, detail) VALUES (%s, %s, %s, %s, %s)",
                    ["review_settled", *row, json.dumps({"review": review, "how": how})],
                )

    def decide(self, review: int, verdict: Verdict, *, who: str, note: str = "") -> Review:
        """Write a verdict, in one transaction with what follows from it; the same again changes nothing.

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
            connection.execute(
                "UPDATE reviews SET verdict = %s, reviewer = %s, note = %s, decided_at = now() WHERE id = %s",
                [verdict, who, note, review],
            )
            row = connection.execute(f"{_SELECT} WHERE id = %s", [review]).fetchone()
            assert row is not None
            key = found.key
            _follow(connection, found, verdict, who, note)
            detail = {"review": review, "held": found.held, "who": who, "note": note}
            connection.execute(
                "INSERT INTO events (kind, title, artifact, variant, detail) VALUES (%s, %s, %s, %s, %s)",
                [f"review_{verdict}", key.title, key.artifact, key.variant, json.dumps(detail)],
            )
        return _review(row)


def _follow(connection: psycopg.Connection, review: Review, verdict: Verdict, who: str, note: str) -> None:
    """What a verdict changes beside itself."""
    key = review.key
    if review.asks is Question.HELD:
        # Only the held attempt's own state: where something newer was made since, that stands.
        connection.execute(
            "UPDATE ledger SET review_state = %s, updated_at = now()"
            " WHERE title = %s AND artifact = %s AND variant = %s AND state = 'held'",
            [verdict, key.title, key.artifact, key.variant],
        )
    elif review.asks in (Question.WORDS, Question.SHOT):
        if verdict is Verdict.APPROVED:  # the next making sets the words, or may show the shot
            # words are asked about once, by whichever needed them first
            without = {key.artifact, "thumbnails"} if review.asks is Question.WORDS else {key.artifact}
            connection.execute(_OUTDATE, [key.title, sorted(without)])
    elif review.asks in (Question.LINE, Question.SUBTITLES):  # how far the language may be shown depends on it
        outdate(connection, key, why := f"a person {verdict} one of its lines")
        order(connection, {key.title: [key.asset]}, reason=why)
    elif verdict is Verdict.REJECTED:
        withdraw(connection, key.title, review.subject, who=who, why=f"rejected in review {review.id}: {note}")


def _review(row: Sequence[Any]) -> Review:
    title, artifact, variant = row[1:4]
    return Review(
        id=row[0],
        key=ArtifactKey(title, artifact, variant),
        held=row[4],
        why=row[5],
        verdict=Verdict(row[6]),
        reviewer=row[7],
        note=row[8],
        created_at=row[9],
        decided_at=row[10],
        asks=Question(row[11]),
        subject=row[12],
    )

"""Recipes that a person rejected are shown to nobody: the one check of it, within the transaction that would show them.

A rejection and a showing (a promotion, the start of a test) that overlap would each miss what the other has not
committed yet. A lock on the title keeps them apart: showings share it, a rejection has it alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from ops.errors import UsageError

__all__ = ["alone_on_title", "beside_showings", "refuse_rejected", "rejected"]

_REJECTED = """
    SELECT DISTINCT subject FROM reviews
    WHERE title = %s AND asks IN ('generated', 'flagged') AND verdict = 'rejected' AND subject <> ''
"""


def rejected(connection: psycopg.Connection, title: str) -> set[str]:
    """The title's recipes that a person rejected, whoever had put them in doubt."""
    return {row[0] for row in connection.execute(_REJECTED, [title]).fetchall()}


def refuse_rejected(connection: psycopg.Connection, title: str, recipes: Iterable[str]) -> None:
    """Refuse to show what a person rejected; none of it is rejected before the caller's transaction ends.

    To be called before any lock on an aspect or an experiment is taken, as a rejection does.

    Raises:
        UsageError: One of the recipes was rejected.
    """
    beside_showings(connection, title)
    found = sorted(rejected(connection, title) & set(recipes))
    if found:
        raise UsageError(
            f"{', '.join(found)} was rejected by a person", where=title, fix="What was rejected is never shown again."
        )


def beside_showings(connection: psycopg.Connection, title: str) -> None:
    """Let no rejection of the title's recipes begin, and wait for one that has, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 11))", [title])


def alone_on_title(connection: psycopg.Connection, title: str) -> None:
    """Let no showing of the title's recipes begin, and wait for those that have, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [title])

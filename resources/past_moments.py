"""What stood for a title at a moment that is over: for events that come late, or tell too little.

Phones that were offline report days later. What their viewers saw was dealt by the test that ran then, never by the
one that runs when the report arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from resources.assignments import Assignment
from resources.database import Database

__all__ = ["Asked", "PastMoments", "Then"]

# LATERAL with OFFSET: see assignments.py. A test that was retired as it ran has no decided_at; its step tells the time.
_DEALT = """
    SELECT asked.number, e.aspect, a.*
    FROM unnest(%(titles)s::text[], %(aspects)s::text[], %(viewers)s::text[], %(times)s::timestamptz[])
        WITH ORDINALITY AS asked (title, aspect, viewer, at, number)
    JOIN experiments e ON e.title = asked.title
        AND (asked.aspect = e.aspect OR (asked.aspect = '' AND artifact_of_exhibit(e.aspect) = 'thumbnails'))
        AND e.state <> 'draft' AND e.started_at <= asked.at
        AND (e.state = 'running' OR asked.at < coalesce(e.decided_at, (
            SELECT min(t.at) FROM transitions t
            WHERE t.experiment = e.id AND t.was = 'running' AND t.became <> 'running')))
    CROSS JOIN LATERAL (
        SELECT experiment, viewer, arm, epoch, propensity, holdout FROM assignments
        WHERE experiment = e.id AND viewer = asked.viewer OFFSET 0
    ) a
    ORDER BY asked.number, e.started_at
"""
_PROMOTED = """
    SELECT asked.number, p.aspect
    FROM unnest(%(titles)s::text[], %(aspects)s::text[], %(times)s::timestamptz[])
        WITH ORDINALITY AS asked (title, aspect, at, number)
    JOIN promotions p ON p.title = asked.title AND asked.aspect = '' AND artifact_of_exhibit(p.aspect) = 'thumbnails'
        AND p.at <= asked.at AND (p.undone_at IS NULL OR asked.at < p.undone_at)
    GROUP BY asked.number, p.aspect ORDER BY asked.number, p.aspect
"""


@dataclass(frozen=True)
class Asked:
    """A moment of a viewer before a title; the aspect is empty where it was not told: a picture's, then."""

    title: str
    aspect: str
    viewer: str
    at: datetime


@dataclass(frozen=True)
class Then:
    """What stood at that moment: what tests had dealt the viewer, by aspect; and, where no aspect was told, the
    aspects in which a picture was promoted.
    """

    dealt: tuple[tuple[str, Assignment], ...] = ()
    promoted: tuple[str, ...] = ()


class PastMoments:
    """Tests and promotions as they stood."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def then(self, asked: Sequence[Asked]) -> list[Then]:
        """What stood at each moment, in the order asked; one query for the tests of all, one for the promotions."""
        values = {
            "titles": [each.title for each in asked],
            "aspects": [each.aspect for each in asked],
            "viewers": [each.viewer for each in asked],
            "times": [each.at for each in asked],
        }
        dealt: dict[int, list[tuple[str, Assignment]]] = {}
        promoted: dict[int, list[str]] = {}
        with self._database.connection() as connection:
            for number, aspect, *assignment in connection.execute(_DEALT, values):
                dealt.setdefault(number, []).append((aspect, Assignment(*assignment)))
            if not all(each.aspect for each in asked):
                for number, aspect in connection.execute(_PROMOTED, values):
                    promoted.setdefault(number, []).append(aspect)
        numbers = range(1, len(asked) + 1)
        return [Then(tuple(dealt.get(each, ())), tuple(promoted.get(each, ()))) for each in numbers]

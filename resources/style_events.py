"""What viewers did about looks, stored exactly once; what told no look is credited to the one that was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from ops.tastes.evidence import DeedKind
from ops.tastes.weights import Mix

__all__ = ["StyleEvent", "StyleEventsRecorded", "record_style_events"]


@dataclass(frozen=True)
class StyleEvent:
    """One thing a viewer did about a look.

    Attributes:
        id: A hash of the sender and its idempotency key.
        kind: What.
        at: When.
        viewer: The pseudonym.
        title: Of what film; empty where it was of none.
        weights: Of the look, as `mix_of_look` gives them; None stands for what the viewer was last shown the title in.
        share: Of a watch: how much of the film.
        place_s: Where in the film; None for the whole.
    """

    id: UUID
    kind: DeedKind
    at: datetime
    viewer: str
    title: str = ""
    weights: Mix | None = None
    share: float | None = None
    place_s: float | None = None


@dataclass(frozen=True)
class StyleEventsRecorded:
    """What became of a batch: what is now stored by it, and what told no look where none had been shown."""

    stored: frozenset[UUID]
    without_look: frozenset[UUID]


# What told no look is given the one that was last shown, if that was within a day.
_RECORD = """
    WITH given AS MATERIALIZED (
        SELECT g.id, g.at, g.kind, g.viewer, g.title, g.share, g.place_s, coalesce(g.weights, (
            SELECT e.weights FROM look_exposures e WHERE e.viewer = g.viewer AND e.title = g.title
            AND e.at BETWEEN g.at - interval '1 day' AND g.at + interval '5 minutes' ORDER BY e.at DESC LIMIT 1
        )) AS weights
        FROM unnest(%(id)s::uuid[], %(at)s::timestamptz[], %(kind)s::text[], %(viewer)s::text[], %(title)s::text[],
            %(weights)s::jsonb[], %(share)s::real[], %(place_s)s::real[])
            AS g (id, at, kind, viewer, title, weights, share, place_s)
    ), stored AS (
        INSERT INTO style_events (id, at, kind, viewer, title, weights, share, place_s)
        SELECT id, at, kind, viewer, title, weights, share, place_s FROM given WHERE weights IS NOT NULL ORDER BY id
        ON CONFLICT (id) DO NOTHING RETURNING id
    )
    SELECT ARRAY(SELECT id FROM stored), ARRAY(SELECT id FROM given WHERE weights IS NULL)
"""


def record_style_events(connection: psycopg.Connection, events: Sequence[StyleEvent]) -> StyleEventsRecorded:
    """Store events within the caller's transaction, each once however often it is sent."""
    if not events:
        return StyleEventsRecorded(frozenset(), frozenset())
    columns = {name: [getattr(each, name) for each in events] for name in StyleEvent.__dataclass_fields__}
    columns["weights"] = [None if each.weights is None else Jsonb(dict(each.weights)) for each in events]
    row = connection.execute(_RECORD, columns).fetchone()
    assert row is not None
    return StyleEventsRecorded(frozenset(row[0]), frozenset(row[1]))

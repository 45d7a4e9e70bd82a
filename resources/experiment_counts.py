"""What each arm of an experiment got, from the viewers' events: by day, by position, and impression by impression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from ops.experiments.model import ArmCounts

__all__ = ["Shown", "daily_counts", "holdout_counts", "impression_log", "position_counts"]


class Shown(NamedTuple):
    """One impression of a test: who saw it, coarsely, which arm, with what probability, and whether it was clicked."""

    segment: str
    arm: str
    propensity: float
    clicked: bool


# What a viewer did between one impression and the next belongs to the first: it counts as one click at most, on the
# impression's day (24 h from the start), and as qualified where they then watched. So clicks never exceed impressions,
# whatever was lost or sent twice. The holdout is outside the test, and counted apart.
#
# Of a trailer the success that stands for the click is a viewing to its end, or one that was left for the film; a click
# on the way there, and a watching of the film, say the same. A watch with stretches is of the trailer, one without of
# the film.
_SHOWINGS = """
    WITH seen AS (
        SELECT v.arm, v.epoch, v.viewer, v.at, v.position, v.segment, v.propensity, v.kind = 'impression' AS shown,
               v.kind = 'watch' AND v.played IS NULL AND v.qualified AS watched,
               CASE artifact_of_exhibit(e.aspect) WHEN 'trailer' THEN v.kind = 'click' OR v.completed
                    OR v.stopped = 'film' OR (v.kind = 'watch' AND v.played IS NULL AND v.qualified)
                    ELSE v.kind = 'click' END AS succeeded,
               greatest(0, floor(extract(epoch FROM v.at - e.started_at) / 86400))::int AS day,
               count(*) FILTER (WHERE v.kind = 'impression') OVER (
                   PARTITION BY v.viewer ORDER BY v.at, array_position('{impression,click,watch}', v.kind), v.id
                   ROWS UNBOUNDED PRECEDING) AS showing
        FROM viewer_events v JOIN experiments e ON e.id = v.experiment
        WHERE v.experiment = %(experiment)s AND v.holdout = %(holdout)s AND v.kind IN ('impression', 'click', 'watch')
    ), showings AS (
        SELECT max(arm) FILTER (WHERE shown) AS arm,
               max(epoch) FILTER (WHERE shown) AS epoch,
               max(day) FILTER (WHERE shown) AS day,
               max(at) FILTER (WHERE shown) AS shown,
               max(position) FILTER (WHERE shown) AS position,
               max(segment) FILTER (WHERE shown) AS segment,
               max(propensity) FILTER (WHERE shown) AS propensity,
               min(at) FILTER (WHERE succeeded) AS clicked,
               max(at) FILTER (WHERE watched) AS watched, showing = 1 AS first
        FROM seen WHERE showing > 0 GROUP BY viewer, showing
    )
"""
# Expected: every impression, times each arm's share in its epoch; and the same of every viewer's first impression.
_COUNTS = f"""{_SHOWINGS}, told AS (
        SELECT day, arm, count(*) AS impressions, count(clicked) AS clicks,
               count(*) FILTER (WHERE watched >= clicked) AS qualified, 0::float8 AS expected,
               count(*) FILTER (WHERE first) AS viewers, 0::float8 AS expected_viewers
        FROM showings GROUP BY day, arm
        UNION ALL
        SELECT d.day, share.key, 0, 0, 0, sum(d.impressions * share.value::float8), 0,
               sum(d.viewers * share.value::float8)
        FROM (SELECT day, epoch, count(*) AS impressions, count(*) FILTER (WHERE first) AS viewers
              FROM showings GROUP BY day, epoch) d
        JOIN allocations a ON a.experiment = %(experiment)s AND a.epoch = d.epoch
        CROSS JOIN jsonb_each_text(a.weights) share
        GROUP BY d.day, share.key
    )
    SELECT day, arm, sum(impressions)::bigint, sum(clicks)::bigint, sum(qualified)::bigint, sum(expected),
           sum(viewers)::bigint, sum(expected_viewers)
    FROM told GROUP BY day, arm
"""  # noqa: S608
# Far down a row every place is alike; impressions without a position are a stratum of their own.
_POSITIONS = f"""{_SHOWINGS}
    SELECT CASE WHEN position IS NULL THEN -1 ELSE least(position, %(last)s) END AS place, arm, count(*), count(clicked)
    FROM showings GROUP BY place, arm ORDER BY place
"""  # noqa: S608
_LOG = f"""{_SHOWINGS}
    SELECT segment, arm, propensity, clicked IS NOT NULL
    FROM (SELECT * FROM showings WHERE propensity > 0 ORDER BY shown DESC LIMIT %(most)s) newest ORDER BY shown
"""  # noqa: S608
_HELD_OUT = f"""{_SHOWINGS}
    SELECT count(*), count(clicked), count(*) FILTER (WHERE watched >= clicked) FROM showings
"""  # noqa: S608
_LAST_POSITION = 20
_NOTHING = (0, 0, 0, 0.0, 0, 0.0)
_AGE = """
    SELECT floor(extract(epoch FROM coalesce(decided_at, now()) - started_at) / 86400)::int
    FROM experiments WHERE id = %s AND started_at IS NOT NULL
"""


def daily_counts(connection: psycopg.Connection, experiment: str, arms: Sequence[str]) -> list[list[ArmCounts]]:
    """One list of counts a day, arms in the order given; a day without events has zeros. Empty before the start."""
    age = connection.execute(_AGE, [experiment]).fetchone()
    if age is None:
        return []
    rows = connection.execute(_COUNTS, {"experiment": experiment, "holdout": False}).fetchall()
    found = {(row[0], row[1]): row[2:] for row in rows}
    last = max([age[0], *(day for day, _ in found)])
    return [[ArmCounts(arm, *found.get((day, arm), _NOTHING)) for arm in arms] for day in range(last + 1)]


def position_counts(connection: psycopg.Connection, experiment: str, arms: Sequence[str]) -> list[list[ArmCounts]]:
    """The same impressions by the position they were shown at; empty where no position was ever logged."""
    values = {"experiment": experiment, "holdout": False, "last": _LAST_POSITION}
    rows = connection.execute(_POSITIONS, values).fetchall()
    by_place: dict[int, dict[str, ArmCounts]] = {}
    for place, arm, impressions, clicks in rows:
        if arm in arms:
            by_place.setdefault(place, {})[arm] = ArmCounts(arm, impressions, clicks)
    if set(by_place) <= {-1}:
        return []
    return [[found.get(arm, ArmCounts(arm, 0, 0)) for arm in arms] for found in by_place.values()]


def impression_log(connection: psycopg.Connection, experiment: str, *, most: int = 200_000) -> list[Shown]:
    """The newest impressions of a test, in the order of their time."""
    values = {"experiment": experiment, "holdout": False, "most": most}
    return [Shown(*row) for row in connection.execute(_LOG, values).fetchall()]


def holdout_counts(connection: psycopg.Connection, experiment: str, incumbent: str) -> ArmCounts:
    """What the viewers did who saw the incumbent throughout, outside the test."""
    row = connection.execute(_HELD_OUT, {"experiment": experiment, "holdout": True}).fetchone()
    assert row is not None
    return ArmCounts(incumbent, *row)

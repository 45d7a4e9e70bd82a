"""What each arm of an experiment got, counted from the viewers' events, day by day."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from ops.experiments.model import ArmCounts

__all__ = ["daily_counts"]

# A day is 24 h from the start. What a viewer did between one impression and the next belongs to the first: it counts as
# one click at most, on the impression's day, and as qualified where they then watched. So clicks never exceed
# impressions, whatever was lost or sent twice. Expected: every impression, times each arm's share in its epoch; and
# the same of every viewer's first impression. The holdout is outside the test, and not counted.
_COUNTS = """
    WITH seen AS (
        SELECT v.arm, v.epoch, v.kind, v.viewer, v.at, v.qualified,
               greatest(0, floor(extract(epoch FROM v.at - e.started_at) / 86400))::int AS day,
               count(*) FILTER (WHERE v.kind = 'impression') OVER (
                   PARTITION BY v.viewer ORDER BY v.at, array_position('{impression,click,watch}', v.kind), v.id
                   ROWS UNBOUNDED PRECEDING) AS showing
        FROM viewer_events v JOIN experiments e ON e.id = v.experiment
        WHERE v.experiment = %(experiment)s AND NOT v.holdout AND v.kind IN ('impression', 'click', 'watch')
    ), showings AS (
        SELECT max(arm) FILTER (WHERE kind = 'impression') AS arm,
               max(epoch) FILTER (WHERE kind = 'impression') AS epoch,
               max(day) FILTER (WHERE kind = 'impression') AS day, min(at) FILTER (WHERE kind = 'click') AS clicked,
               max(at) FILTER (WHERE kind = 'watch' AND qualified) AS watched, showing = 1 AS first
        FROM seen WHERE showing > 0 GROUP BY viewer, showing
    ), told AS (
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
"""
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
    rows = connection.execute(_COUNTS, {"experiment": experiment}).fetchall()
    found = {(row[0], row[1]): row[2:] for row in rows}
    last = max([age[0], *(day for day, _ in found)])
    return [[ArmCounts(arm, *found.get((day, arm), _NOTHING)) for arm in arms] for day in range(last + 1)]

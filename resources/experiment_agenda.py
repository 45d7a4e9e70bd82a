"""What experiments need next: which are due to be judged, which pictures viewers flagged, what lost before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.experiments.exhibit import artifact_of
from ops.experiments.model import ArmCounts
from resources.database import Database
from resources.experiment_steps import outdate
from resources.store.model import ArtifactKey

__all__ = ["Due", "ExperimentAgenda", "Flagged", "Standing"]

_DUE = """
    SELECT e.id, e.title, e.aspect, e.epoch FROM experiments e
    JOIN allocations a ON a.experiment = e.id AND a.epoch = e.epoch
    WHERE e.state = 'running' AND a.at <= now() - make_interval(secs => %(every_s)s)
    ORDER BY a.at, e.id LIMIT %(most)s
"""
_JUDGED = """
    SELECT e.title FROM experiments e JOIN allocations a ON a.experiment = e.id AND a.epoch = e.epoch
    WHERE e.state = 'running' AND e.title = ANY (%s) GROUP BY e.title HAVING min(a.at) >= %s
"""
_FLAGGED = """
    SELECT e.id, e.title, e.aspect, a.arm, a.version, a.file, count(DISTINCT v.viewer)
    FROM experiments e
    JOIN arms a ON a.experiment = e.id AND a.withdrawn_at IS NULL
    JOIN viewer_events v ON v.experiment = e.id AND v.arm = a.arm AND v.kind = 'flag'
    WHERE (%(title)s::text IS NULL OR e.title = %(title)s) AND e.state = 'running' AND NOT EXISTS (
        SELECT FROM events o WHERE o.kind = 'flagged' AND o.title = e.title
        AND o.detail ->> 'experiment' = e.id AND o.detail ->> 'arm' = a.arm
    )
    GROUP BY e.id, e.title, e.aspect, a.arm, a.version, a.file
    HAVING count(DISTINCT v.viewer) >= %(viewers)s
    ORDER BY e.id, a.arm
"""
# Outside tests a flag is about what stood when it came: the promotion, or a segment's own picture of it; else the first
# choice, since its version was published (its name begins with that time) and since the last promotion was undone.
_FLAGGED_STANDING = """
    SELECT '', v.title, v.aspect, picture ->> 'arm', picture ->> 'version', picture ->> 'file', count(DISTINCT v.viewer)
    FROM viewer_events v
    JOIN ledger l ON l.title = v.title AND l.artifact = artifact_of_exhibit(v.aspect) AND l.variant = v.aspect
        AND l.version IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT * FROM promotions s WHERE s.title = v.title AND s.aspect = v.aspect AND s.undone_at IS NULL
        ORDER BY s.id DESC LIMIT 1) p ON true
    CROSS JOIN LATERAL (SELECT greatest(
        coalesce(p.at, CASE WHEN l.version ~ '^[0-9]{8}T[0-9]{6}' THEN
            to_timestamp(left(l.version, 15), 'YYYYMMDD"T"HH24MISS')::timestamp AT TIME ZONE 'UTC' END),
        (SELECT max(u.undone_at) FROM promotions u WHERE u.title = v.title AND u.aspect = v.aspect)) AS since) shown
    CROSS JOIN LATERAL (SELECT coalesce(p.audience -> nullif(v.segment, ''), jsonb_build_object(
        'arm', coalesce(p.arm, ''), 'version', coalesce(p.version, l.version), 'file', coalesce(p.file, ''))) AS picture
    ) stood
    WHERE (%(title)s::text IS NULL OR v.title = %(title)s)
    AND v.kind = 'flag' AND v.experiment IS NULL AND v.at > now() - interval '30 days' AND v.at >= shown.since
    AND NOT EXISTS (
        SELECT FROM events o WHERE o.kind = 'flagged' AND o.title = v.title AND o.variant = v.aspect
        AND o.detail ->> 'experiment' = '' AND o.detail ->> 'stood' = picture ->> 'arm'
        AND o.detail ->> 'version' = picture ->> 'version')
    GROUP BY v.title, v.aspect, picture
    HAVING count(DISTINCT v.viewer) >= %(viewers)s
    ORDER BY v.title, v.aspect, picture
"""
_ASK = """
    WITH told AS (
        INSERT INTO events (kind, title, artifact, variant, detail)
        VALUES ('flagged', %(title)s, artifact_of_exhibit(%(aspect)s), %(aspect)s, jsonb_build_object(
            'experiment', %(experiment)s::text, 'arm', %(arm)s::text, 'stood', %(stood)s::text,
            'version', %(version)s::text))
    )
    INSERT INTO reviews (title, artifact, variant, held, why, asks, subject)
    VALUES (%(title)s, artifact_of_exhibit(%(aspect)s), %(aspect)s, %(held)s, %(why)s, 'flagged', %(arm)s)
"""
# What a person took back from the front page does not come back by itself; what it had beaten stands again.
_LOST = """
    SELECT DISTINCT a.arm FROM experiments e JOIN arms a ON a.experiment = e.id
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM promotions p WHERE p.experiment = e.id AND p.undone_at IS NULL) AS stands) promotion
    WHERE e.title = %s AND e.aspect = %s AND CASE a.role
        WHEN 'incumbent' THEN a.outcome = 'lost' AND promotion.stands
        ELSE a.outcome = 'lost' OR (a.outcome = 'stands' AND NOT promotion.stands) END
    ORDER BY a.arm
"""
_SHOWN = """
    SELECT a.version FROM experiments e JOIN arms a ON a.experiment = e.id
    WHERE e.title = %(title)s AND e.aspect = %(aspect)s AND e.state IN ('draft', 'running')
    UNION
    SELECT unnest(p.version || ARRAY(SELECT o.value ->> 'version' FROM jsonb_each(p.audience) o))
    FROM (SELECT * FROM promotions WHERE title = %(title)s AND aspect = %(aspect)s AND undone_at IS NULL
          ORDER BY id DESC LIMIT 2) p
"""
_STANDING = """
    SELECT p.id, p.title, p.aspect, p.arm
    FROM (SELECT DISTINCT ON (title, aspect) * FROM promotions WHERE undone_at IS NULL
          ORDER BY title, aspect, id DESC) p
    WHERE p.at <= now() - make_interval(days => %(days)s) AND artifact_of_exhibit(p.aspect) = 'thumbnails'
    AND NOT EXISTS (SELECT FROM experiments e
                    WHERE e.title = p.title AND e.aspect = p.aspect AND e.state = 'running')
    AND NOT EXISTS (SELECT FROM events o WHERE o.kind = 'worn' AND o.title = p.title
                    AND (o.detail ->> 'promotion')::bigint = p.id)
    ORDER BY p.id
"""
_DAYS = """
    SELECT floor(extract(epoch FROM v.at - p.at) / 86400)::int AS day,
           count(*) FILTER (WHERE v.kind = 'impression'), count(*) FILTER (WHERE v.kind = 'click')
    FROM promotions p JOIN viewer_events v ON v.title = p.title AND v.aspect = p.aspect AND v.at >= p.at
    WHERE p.id = %s AND v.experiment IS NULL AND v.kind IN ('impression', 'click')
    GROUP BY day ORDER BY day
"""
_WORN = """
    INSERT INTO events (kind, title, artifact, variant, detail)
    VALUES ('worn', %s, 'thumbnails', %s, jsonb_build_object('promotion', %s::bigint, 'why', %s::text))
"""


@dataclass(frozen=True)
class Due:
    """A running experiment that nobody judged for a while; `epoch` tells one judging from the next."""

    experiment: str
    title: str
    aspect: str
    epoch: int


@dataclass(frozen=True)
class Flagged:
    """A picture that so many viewers flagged, and that nobody was asked about yet.

    `experiment` is empty where it stood outside tests; there `arm` and `file` are empty of the artifact's first choice,
    which is the first of its variants.
    """

    experiment: str
    title: str
    aspect: str
    arm: str
    version: str
    file: str
    viewers: int

    @property
    def why(self) -> str:
        """For the person who is asked."""
        where = f"of experiment {self.experiment}" if self.experiment else "as it stood outside tests"
        return f"{self.viewers} viewers flagged variant {self.arm} {where}"


@dataclass(frozen=True)
class Standing:
    """A promotion that has stood for a while, with no test under way and not yet found worn."""

    promotion: int
    title: str
    aspect: str
    arm: str


class ExperimentAgenda:
    """Questions about all experiments at once; each is one query."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, *, every_s: float, most: int = 1000) -> list[Due]:
        """Running experiments whose shares are older than `every_s` seconds, the longest waiting first."""
        with self._database.connection() as connection:
            return [Due(*row) for row in connection.execute(_DUE, {"every_s": every_s, "most": most}).fetchall()]

    def judged(self, titles: Sequence[str], *, since: datetime) -> set[str]:
        """Those of the titles whose running experiments were all dealt anew since then."""
        with self._database.connection() as connection:
            return {row[0] for row in connection.execute(_JUDGED, [list(titles), since]).fetchall()}

    def standing(self, *, days: int) -> list[Standing]:
        """Promoted pictures that have stood for at least so many days; of trailers `recuts.below_target` tells."""
        with self._database.connection() as connection:
            return [Standing(*row) for row in connection.execute(_STANDING, {"days": days}).fetchall()]

    def since_promoted(self, standing: Standing) -> list[ArmCounts]:
        """What a standing picture got each day since it was promoted, outside tests; days without events have zeros."""
        with self._database.connection() as connection:
            rows = {day: counts for day, *counts in connection.execute(_DAYS, [standing.promotion]).fetchall()}
        found = [rows.get(day, (0, 0)) for day in range(max(rows, default=-1) + 1)]
        return [ArmCounts(standing.arm, shown, min(clicks, shown)) for shown, clicks in found]

    def outdate_worn(self, standing: Standing, why: str) -> None:
        """Have a picture made anew of which viewers have grown tired; it is told once, by the same transaction."""
        with self._database.connection() as connection:
            connection.execute(_WORN, [standing.title, standing.aspect, standing.promotion, why])
            outdate(connection, standing.title, standing.aspect, why)

    def flagged(self, *, viewers: int, title: str | None = None) -> list[Flagged]:
        """Pictures that at least so many different viewers flagged, under test or as they stand; a title's, or all."""
        values = {"title": title, "viewers": viewers}
        with self._database.connection() as connection:
            tested = connection.execute(_FLAGGED, values).fetchall()
            return [Flagged(*row) for row in [*tested, *connection.execute(_FLAGGED_STANDING, values).fetchall()]]

    def ask(self, flagged: Flagged, *, held: str, stood: str = "") -> None:
        """Put a flagged picture, kept at `held` in the store, into the review queue; it is asked about once.

        `stood` is the arm as `flagged` told it: empty of the artifact's first choice.
        """
        values = {
            "title": flagged.title,
            "aspect": flagged.aspect,
            "experiment": flagged.experiment,
            "arm": flagged.arm,
            "stood": stood,
            "version": flagged.version,
            "held": held,
            "why": flagged.why,
        }
        with self._database.connection() as connection:
            connection.execute(_ASK, values)

    def lost(self, title: str, aspect: str) -> list[str]:
        """Ids of the recipes that lost a test of this picture: what was beaten, and the incumbent where it was.

        A test that found nothing burns none: one that was invalid, or retired, or that a person ended.
        """
        with self._database.connection() as connection:
            return [row[0] for row in connection.execute(_LOST, [title, aspect]).fetchall()]

    def shown(self, key: ArtifactKey) -> list[str]:
        """Versions of a title's exhibit that viewers are shown: under test, promoted, or promoted before that."""
        if key.artifact != artifact_of(key.variant):
            return []
        values = {"title": key.title, "aspect": key.variant}
        with self._database.connection() as connection:
            return [row[0] for row in connection.execute(_SHOWN, values).fetchall()]

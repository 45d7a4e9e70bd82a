"""Which exhibits are to be tested next: never tested and seen by viewers, made anew since, or with more to compare.

Asked every minute of some 10,000 hot titles; none of the look-ups grows with what viewers did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resources.database import Database

__all__ = ["ToTest", "note_nothing_to_test", "to_test"]

# A version that left nothing to compare is not looked at again until a person says more about generated pictures.
_NOTHING = """
    EXISTS (
        SELECT FROM events o WHERE o.kind = 'nothing_to_test' AND o.title = l.title AND o.variant = l.variant
        AND o.detail ->> 'version' = l.version AND o.at > coalesce((
            SELECT max(r.decided_at) FROM reviews r
            WHERE r.title = l.title AND r.asks = 'generated' AND r.subject <> ''), '-infinity')
    )
"""
# A test that nobody would see says nothing and costs a judging every hour, so viewers come first: of a title's newest
# impressions, few are looked at, however many there are.
_FIRST = f"""
    SELECT '', l.title, l.variant, l.version, ARRAY[]::text[]
    FROM titles t CROSS JOIN LATERAL (
        SELECT * FROM ledger WHERE title = t.id AND artifact = 'thumbnails' AND variant = ANY (%(aspects)s)
        AND state = 'ready' OFFSET 0) l
    WHERE t.state = 'hot' AND (%(title)s::text IS NULL OR t.id = %(title)s)
    AND NOT EXISTS (SELECT FROM experiments e
                    WHERE e.title = l.title AND e.aspect = l.variant AND e.started_at IS NOT NULL)
    AND NOT {_NOTHING}
    AND EXISTS (
        SELECT FROM (SELECT aspect FROM viewer_events WHERE title = t.id AND kind = 'impression'
                     AND at > now() - interval '7 days' ORDER BY at DESC LIMIT 20) seen
        WHERE seen.aspect IN (l.variant, ''))
    ORDER BY l.title, l.variant
    LIMIT greatest(0, least(%(most)s, %(at_once)s - (SELECT count(*) FROM experiments WHERE state = 'running')))
"""  # noqa: S608  (one text of ours within another)
# A trailer's first test is that of the first new cut which viewers' leaving asked for: it was made, and never tested.
_RECUT = f"""
    SELECT '', l.title, l.variant, l.version, ARRAY[]::text[]
    FROM (SELECT DISTINCT ON (title, cut) title, cut, version FROM recuts
          WHERE %(title)s::text IS NULL OR title = %(title)s ORDER BY title, cut, attempt DESC) r
    JOIN titles t ON t.id = r.title AND t.state = 'hot'
    JOIN ledger l ON l.title = r.title AND l.artifact = 'trailer' AND l.variant = r.cut AND l.state = 'ready'
        AND l.version <> r.version
    WHERE NOT EXISTS (SELECT FROM experiments e
                      WHERE e.title = l.title AND e.aspect = l.variant AND e.started_at IS NOT NULL)
    AND NOT {_NOTHING}
    ORDER BY l.title, l.variant
    LIMIT greatest(0, least(%(most)s, %(at_once)s - (SELECT count(*) FROM experiments WHERE state = 'running')))
"""  # noqa: S608  (the same)
# Begun again: a test that ended without a verdict, unless the one before it did as well.
_NEXT = f"""
    SELECT e.id, e.title, e.aspect, l.version, CASE WHEN why.made_anew OR why.again THEN '{{}}' ELSE why.approved END
    FROM (SELECT DISTINCT ON (title, aspect) *,
                 lead(verdict) OVER (PARTITION BY title, aspect ORDER BY started_at DESC) AS verdict_before
          FROM experiments WHERE started_at IS NOT NULL AND (%(title)s::text IS NULL OR title = %(title)s)
          ORDER BY title, aspect, started_at DESC) e
    JOIN ledger l ON l.title = e.title AND l.artifact = artifact_of_exhibit(e.aspect) AND l.variant = e.aspect
        AND l.state = 'ready'
    CROSS JOIN LATERAL (SELECT
        NOT EXISTS (SELECT FROM arms a WHERE a.experiment = e.id AND a.version = l.version) AS made_anew,
        e.state = 'decided' AND e.verdict = 'invalid' AND e.verdict_before IS DISTINCT FROM 'invalid' AS again,
        ARRAY(
            SELECT r.subject FROM reviews r
            WHERE r.title = e.title AND r.asks = 'generated' AND r.verdict = 'approved' AND r.subject <> ''
            AND r.decided_at > e.started_at AND NOT EXISTS (
                SELECT FROM experiments x JOIN arms a ON a.experiment = x.id AND a.arm = r.subject
                WHERE x.title = e.title AND x.aspect = e.aspect AND x.started_at IS NOT NULL)
        ) AS approved
    ) why
    WHERE e.state IN ('decided', 'retired') AND (why.made_anew OR why.again OR why.approved <> '{{}}')
    AND NOT {_NOTHING}
    ORDER BY e.title, e.aspect LIMIT %(most)s
"""  # noqa: S608  (the same)
_NOTE = """
    INSERT INTO events (kind, title, artifact, variant, detail)
    VALUES ('nothing_to_test', %(title)s, artifact_of_exhibit(%(aspect)s), %(aspect)s,
            jsonb_build_object('version', %(version)s::text, 'why', %(why)s::text))
"""


@dataclass(frozen=True)
class ToTest:
    """An exhibit of which a test is due.

    Attributes:
        experiment: The newest that was started, which is over; empty where none ever was.
        title: Whose.
        aspect: Which exhibit: a picture's shape ("16x9") or a trailer's cut ("trailer_30").
        version: The published version whose variants are tested.
        approved: Where nothing else is new: recipes that a person approved since, and that were in no test.
    """

    experiment: str
    title: str
    aspect: str
    version: str
    approved: tuple[str, ...] = ()


def to_test(
    database: Database, *, aspects: Sequence[str] = (), at_once: int = 1000, title: str | None = None, most: int = 1000
) -> list[ToTest]:
    """What is to be tested.

    The first test of a picture is due once viewers see its title, that of a trailer once a new cut was made that its
    viewers asked for by leaving (see `recuts`). The next one is due when the exhibit was made
    anew after the newest test was started and that is over, however it ended; when it ended without a verdict, once;
    and when a person has approved a generated variant since.

    Args:
        database: The house's.
        aspects: Shapes whose first test starts by itself.
        at_once: Tests that may run at once; beyond, no first one is due.
        title: Only this one's.
        most: The most of each kind.
    """
    values = {"aspects": list(aspects), "at_once": at_once, "title": title, "most": most}
    with database.connection() as connection:
        first = connection.execute(_FIRST.encode(), values).fetchall() if aspects else []
        queries = (_RECUT, _NEXT)
        rows = [*first, *(row for query in queries for row in connection.execute(query.encode(), values).fetchall())]
    return [ToTest(test, of, aspect, version, tuple(approved)) for test, of, aspect, version, approved in rows]


def note_nothing_to_test(database: Database, new: ToTest, why: str) -> None:
    """Write down that a version leaves nothing to compare, so that nobody tries every minute."""
    with database.connection() as connection:
        connection.execute(_NOTE, {"title": new.title, "aspect": new.aspect, "version": new.version, "why": why})

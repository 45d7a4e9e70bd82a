"""What a test found, and which of its pictures lost it; viewers' flags are found without reading what they saw."""

from alembic import op

revision = "0006"
down_revision = "0005"

_SCHEMA = """
-- The verdict that ended a test; NULL where a person ended it, or where it was retired. An arm that stands is what
-- viewers are shown after it; one that lost takes part in no test again. NULL: the test found nothing about it.
ALTER TABLE experiments
    ADD COLUMN verdict text CHECK (verdict IN ('winner', 'incumbent_stays', 'undecided', 'invalid'));
ALTER TABLE arms ADD COLUMN outcome text CHECK (outcome IN ('stands', 'lost'));

-- Of tests that ended before, the words of the last step tell those whose counts could not be trusted.
UPDATE experiments e SET verdict = CASE
    WHEN EXISTS (SELECT FROM promotions p WHERE p.experiment = e.id) THEN 'winner'
    WHEN EXISTS (SELECT FROM transitions t WHERE t.experiment = e.id AND t.became = 'decided'
                 AND t.why ~ '^The (split cannot be checked|traffic was not split)') THEN 'invalid'
    ELSE 'incumbent_stays' END
WHERE decided_at IS NOT NULL;
UPDATE arms a SET outcome = CASE
    WHEN EXISTS (SELECT FROM promotions p WHERE p.experiment = e.id AND (p.arm = a.arm
                 OR EXISTS (SELECT FROM jsonb_each(p.audience) o WHERE o.value ->> 'arm' = a.arm))) THEN 'stands'
    WHEN e.verdict <> 'winner' AND a.role = 'incumbent' THEN 'stands'
    ELSE 'lost' END
FROM experiments e WHERE e.id = a.experiment AND e.verdict <> 'invalid' AND a.withdrawn_at IS NULL;

-- The newest test of a picture, and whether it was ever tested, asked every minute.
CREATE INDEX experiments_started ON experiments (title, aspect, started_at DESC) WHERE started_at IS NOT NULL;
CREATE INDEX viewer_events_flags ON viewer_events (at) WHERE kind = 'flag';
"""


def upgrade() -> None:
    """Adds the columns, told of the tests that are over as far as they tell, and the indexes."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP INDEX viewer_events_flags, experiments_started")
    op.execute("ALTER TABLE arms DROP COLUMN outcome")
    op.execute("ALTER TABLE experiments DROP COLUMN verdict")

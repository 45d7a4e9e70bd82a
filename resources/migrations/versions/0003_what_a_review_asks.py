"""What a review asks, of which recipe or words; arms that were taken out of a running test."""

from alembic import op

revision = "0003"
down_revision = "0002"

_SCHEMA = """
-- held: a gate refused the artifact. generated: a model painted it and no machine judged it safe. flagged: viewers did.
-- words: the title's own name is on a list. `subject` is the recipe's id, or a hash of the words.
ALTER TABLE reviews
    ADD COLUMN asks text NOT NULL DEFAULT 'held' CHECK (asks IN ('held', 'generated', 'flagged', 'words')),
    ADD COLUMN subject text NOT NULL DEFAULT '',
    ADD COLUMN settled_at timestamptz;
UPDATE reviews SET asks = 'flagged', subject = substring(why FROM 'flagged variant (\\S+)')
WHERE why ~ 'viewers? flagged variant \\S+';
-- What was approved before kept too little beside its files to be published.
UPDATE reviews SET settled_at = now() WHERE asks = 'held' AND verdict = 'approved';

CREATE UNIQUE INDEX reviews_asked_once ON reviews (title, asks, subject) WHERE asks IN ('generated', 'words');
CREATE INDEX reviews_to_release ON reviews (id) WHERE asks = 'held' AND verdict = 'approved' AND settled_at IS NULL;
CREATE INDEX reviews_of_subject ON reviews (title, asks) WHERE subject <> '';

-- A withdrawn arm is shown to nobody and compared with nothing; what it got stays in the events.
ALTER TABLE arms ADD COLUMN withdrawn_at timestamptz;
"""


def upgrade() -> None:
    """Adds the columns; reviews of flagged pictures learn which recipe they are about."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them."""
    op.execute("ALTER TABLE arms DROP COLUMN withdrawn_at")
    op.execute("ALTER TABLE reviews DROP COLUMN asks, DROP COLUMN subject, DROP COLUMN settled_at")

"""A person's word on a blend that a check held."""

from alembic import op

revision = "0015"
down_revision = "0014"

_SCHEMA = """
-- `held` is where the store keeps what waits for a person; `reviewer` and `note` are an approval that is yet to be
-- acted on. What was held before is not known by its place, and is made again.
ALTER TABLE blends
    ADD COLUMN held text NOT NULL DEFAULT '',
    ADD COLUMN reviewer text NOT NULL DEFAULT '',
    ADD COLUMN note text NOT NULL DEFAULT '',
    DROP CONSTRAINT blends_state_check,
    ADD CONSTRAINT blends_state_check CHECK (state IN ('open', 'running', 'done', 'held', 'rejected', 'failed'));
UPDATE blends SET state = 'open', runs = runs + 1, why = 'held before people could say a word on it'
WHERE state = 'held';
ALTER TABLE blends ADD CHECK (state <> 'held' OR held <> '');
"""


def upgrade() -> None:
    """Add the columns, and the state of what a person rejected."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drop them; what was rejected failed."""
    op.execute("UPDATE blends SET state = 'failed' WHERE state = 'rejected'")
    op.execute("ALTER TABLE blends DROP COLUMN held, DROP COLUMN reviewer, DROP COLUMN note")
    op.execute("ALTER TABLE blends DROP CONSTRAINT blends_state_check")
    op.execute(
        "ALTER TABLE blends ADD CONSTRAINT blends_state_check"
        " CHECK (state IN ('open', 'running', 'done', 'held', 'failed'))"
    )

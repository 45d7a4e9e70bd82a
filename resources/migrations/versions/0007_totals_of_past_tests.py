"""What each arm of a test that is over got in all, kept beyond its events."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the column: arm → its counts."""
    op.execute("ALTER TABLE experiments ADD COLUMN totals jsonb")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE experiments DROP COLUMN totals")

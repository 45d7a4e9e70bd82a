"""A promotion may show some segments of viewers pictures of their own."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column: segment → {"arm", "version", "file", "sha256"}."""
    op.execute("ALTER TABLE promotions ADD COLUMN audience jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE promotions DROP COLUMN audience")

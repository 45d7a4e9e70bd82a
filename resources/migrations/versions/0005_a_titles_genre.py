"""A title may have a genre, in its sidecar's words; none where nobody named one."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the column."""
    op.execute("ALTER TABLE titles ADD COLUMN genre text CHECK (genre <> '' AND length(genre) <= 40)")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE titles DROP COLUMN genre")

"""blends."""

from alembic import op

revision = "0014"
down_revision = "0013"

_SCHEMA = """
SELECT 1;
"""


def upgrade() -> None:
    """Add them."""
    op.execute(_SCHEMA)

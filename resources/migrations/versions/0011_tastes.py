"""tastes."""

from alembic import op

revision = "0011"
down_revision = "0010"

_SCHEMA = """
SELECT 1;
"""


def upgrade() -> None:
    """Add them."""
    op.execute(_SCHEMA)

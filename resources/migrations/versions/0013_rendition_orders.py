"""rendition_orders."""

from alembic import op

revision = "0013"
down_revision = "0012"

_SCHEMA = """
SELECT 1;
"""


def upgrade() -> None:
    """Add them."""
    op.execute(_SCHEMA)

"""custom_styles."""

from alembic import op

revision = "0012"
down_revision = "0011"

_SCHEMA = """
SELECT 1;
"""


def upgrade() -> None:
    """Add them."""
    op.execute(_SCHEMA)

"""Orders of renditions: a title in a look that is no asset of the house's own."""

from alembic import op

revision = "0013"
down_revision = "0012"

_SCHEMA = """
-- One row a title and look: whoever asks again is told of the same. id is both, as partitions and addresses name it.
CREATE TABLE rendition_orders (
    id         text PRIMARY KEY,
    title      text NOT NULL REFERENCES titles (id),
    look_key   text NOT NULL CHECK (look_key ~ '^[0-9a-f]{16}$'),
    look       jsonb NOT NULL,
    why        text NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'running', 'done', 'failed')),
    attempts   integer NOT NULL DEFAULT 0,  -- failures in a row; each has a run of its own
    runs       integer NOT NULL DEFAULT 0,  -- how often it was opened: with the id, the key of its run
    last_error text NOT NULL DEFAULT '',
    ordered_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (title, look_key)
);
CREATE INDEX rendition_orders_open ON rendition_orders (ordered_at) WHERE state = 'open';
"""


def upgrade() -> None:
    """Adds the table."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE rendition_orders")

"""Blends: the pictures they are made from, the recipes that people published, and what was said of them."""

from alembic import op

revision = "0014"
down_revision = "0013"

_SCHEMA = """
-- A picture or a mask as it was uploaded, by its bytes. Where a better one was delivered for it, that one is used.
CREATE TABLE blend_sources (
    sha256      text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    name        text NOT NULL,
    content     bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 20971520),
    width       integer NOT NULL,
    height      integer NOT NULL,
    owner       text NOT NULL,
    replaced_by text REFERENCES blend_sources (sha256) CHECK (replaced_by <> sha256),
    at          timestamptz NOT NULL DEFAULT now()
);

-- A published recipe, by a hash of it: the same recipe twice is one blend. `made_from` tells what its published picture
-- was made from and by, and so when it must be made again; `runs` how often it was opened for a run.
CREATE TABLE blends (
    id         text PRIMARY KEY CHECK (id ~ '^blend-[0-9a-f]{16}$'),
    name       text NOT NULL,
    recipe     jsonb NOT NULL,
    owner      text NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'running', 'done', 'held', 'failed')),
    attempts   integer NOT NULL DEFAULT 0,
    runs       integer NOT NULL DEFAULT 1,
    why        text NOT NULL DEFAULT '',
    made_from  text NOT NULL DEFAULT '',
    asked_at   timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX blends_at_work ON blends (asked_at) WHERE state IN ('open', 'running');

CREATE TABLE blend_feedback (
    blend text NOT NULL REFERENCES blends (id),
    kind  text NOT NULL CHECK (kind IN ('like', 'dislike', 're-edit')),
    who   text NOT NULL,
    other text NOT NULL DEFAULT '',  -- the blend that it was edited into
    at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (blend, who, kind, other)
);
"""


def upgrade() -> None:
    """Add the tables."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drop them."""
    for table in ("blend_feedback", "blends", "blend_sources"):
        op.execute(f"DROP TABLE {table}")

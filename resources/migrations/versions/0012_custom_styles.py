"""Styles that people made up: what was asked for, and how far its making is."""

from alembic import op

revision = "0012"
down_revision = "0011"

_SCHEMA = """
-- A wish for a style, by a hash of its source and name: the same wish twice is one row. What is made of it is data in
-- the store, under `version`.
CREATE TABLE custom_styles (
    id         text PRIMARY KEY CHECK (id ~ '^custom_[0-9a-f]{12}$'),
    kind       text NOT NULL CHECK (kind IN ('prompt', 'image', 'document')),
    name       text NOT NULL CHECK (name <> ''),
    source     bytea NOT NULL CHECK (octet_length(source) BETWEEN 1 AND 33554432),
    sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    network    boolean NOT NULL DEFAULT false,  -- whether a network is to be trained on the picture too
    owner      text NOT NULL,
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'making', 'ready', 'refused', 'failed')),
    attempts   integer NOT NULL DEFAULT 0,
    why        text NOT NULL DEFAULT '',  -- why it was refused, or failed
    told       jsonb NOT NULL DEFAULT '[]',  -- what was made of the wish, in sentences
    version    text,  -- the published one; it stays while a newer one is made
    asked_at   timestamptz NOT NULL DEFAULT now(),
    made_at    timestamptz,
    CHECK (state <> 'ready' OR version IS NOT NULL)
);
CREATE INDEX custom_styles_asked ON custom_styles (asked_at) WHERE state IN ('asked', 'making');
"""


def upgrade() -> None:
    """Add the table."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE custom_styles")

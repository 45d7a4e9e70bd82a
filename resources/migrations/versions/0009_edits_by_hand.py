"""Edits of trailers that people handed in, and questions about shots of the film."""

from alembic import op

revision = "0009"
down_revision = "0008"

_SCHEMA = """
-- An edit of a cut as a person handed it in (OpenTimelineIO); it is rendered until it is taken back.
CREATE TABLE handed_edits (
    title   text NOT NULL REFERENCES titles (id),
    cut     text NOT NULL,
    otio    text NOT NULL,
    name    text NOT NULL,
    sha256  text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    master  text NOT NULL CHECK (master ~ '^[0-9a-f]{64}$'),  -- of the film whose frames it counts
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (title, cut)
);

-- shot: a checker found a shot of the film unsafe for a trailer. `subject` is the master's hash and the shot's
-- place in milliseconds.
ALTER TABLE reviews DROP CONSTRAINT reviews_asks_check;
ALTER TABLE reviews ADD CONSTRAINT reviews_asks_check
    CHECK (asks IN ('held', 'generated', 'flagged', 'words', 'shot'));
DROP INDEX reviews_asked_once;
CREATE UNIQUE INDEX reviews_asked_once ON reviews (title, asks, subject) WHERE asks IN ('generated', 'words', 'shot');
"""


def upgrade() -> None:
    """Adds the table; reviews may ask about shots."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops the table and the questions about shots."""
    op.execute("DROP TABLE handed_edits")
    op.execute("DELETE FROM reviews WHERE asks = 'shot'")
    op.execute("DROP INDEX reviews_asked_once")
    op.execute(
        "CREATE UNIQUE INDEX reviews_asked_once ON reviews (title, asks, subject) WHERE asks IN ('generated', 'words')"
    )
    op.execute("ALTER TABLE reviews DROP CONSTRAINT reviews_asks_check")
    op.execute(
        "ALTER TABLE reviews ADD CONSTRAINT reviews_asks_check"
        " CHECK (asks IN ('held', 'generated', 'flagged', 'words'))"
    )

"""What viewers saw of a trailer, second by second; what an exhibit is of; and the new cuts that viewers asked for."""

from alembic import op

revision = "0008"
down_revision = "0007"

_SCHEMA = """
-- A viewing is one event of the kind `watch`: the stretches that were played, in the order of playing, as from, to,
-- from, to, … in seconds of the trailer; how it stopped; and the file it is of, by the first half of its hash.
ALTER TABLE viewer_events
    ADD COLUMN content   text NOT NULL DEFAULT '',
    ADD COLUMN played    real[],
    ADD COLUMN stopped   text NOT NULL DEFAULT '',
    ADD COLUMN completed boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT viewer_events_viewing CHECK (
        (played IS NULL AND stopped = '') OR (cardinality(played) > 0 AND stopped IN ('left', 'film', 'cut_off'))
    ) NOT VALID;
CREATE INDEX viewer_events_viewings ON viewer_events (title, aspect, content, at) WHERE played IS NOT NULL;

-- What an exhibit is of: a picture's shape ("16x9") or a trailer's cut ("trailer_30"); ops/experiments/exhibit.py.
CREATE FUNCTION artifact_of_exhibit(exhibit text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN exhibit ~ '^[a-z]+_[0-9]+$' THEN 'trailer' ELSE 'thumbnails' END $$;

-- A new cut that viewers' leaving asked for. `version` was published then: while it still is, the order stands. The
-- others tell what viewers were shown, which the new cut is tested against.
CREATE TABLE recuts (
    title     text NOT NULL REFERENCES titles (id),
    cut       text NOT NULL,
    attempt   integer NOT NULL CHECK (attempt > 0),
    version   text NOT NULL,
    arm       text NOT NULL,
    shown     text NOT NULL,
    file      text NOT NULL,
    sha256    text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    viewings  integer NOT NULL,
    completed integer NOT NULL,
    why       text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (title, cut, attempt)
);
"""


def upgrade() -> None:
    """Adds the columns, the function and the table."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them, with what viewers told of trailers."""
    op.execute("DROP TABLE recuts")
    op.execute("DROP FUNCTION artifact_of_exhibit")
    op.execute(
        "ALTER TABLE viewer_events DROP COLUMN content, DROP COLUMN played, DROP COLUMN stopped, DROP COLUMN completed"
    )

"""Experiments with their arms, assignments and allocations; what viewers do; promotions; API keys.

Sized for 1,000 experiments running at once and 2,000 events a second.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_SCHEMA = """
-- A test of several pictures of one title in one aspect. The salt decides which viewer falls where.
CREATE TABLE experiments (
    id         text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{12}$'),
    title      text NOT NULL REFERENCES titles (id),
    aspect     text NOT NULL CHECK (aspect <> ''),
    state      text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'decided', 'retired')),
    salt       text NOT NULL,
    plan       jsonb NOT NULL,
    epoch      integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    decided_at timestamptz,
    CHECK (state NOT IN ('running', 'decided') OR started_at IS NOT NULL)
);
CREATE UNIQUE INDEX experiments_one_running ON experiments (title, aspect) WHERE state = 'running';
CREATE INDEX experiments_by_title ON experiments (title, created_at);

-- An arm is one picture: a file of one published version, known by the hash of its bytes.
CREATE TABLE arms (
    experiment text NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    arm        text NOT NULL CHECK (arm <> ''),
    role       text NOT NULL CHECK (role IN ('incumbent', 'challenger')),
    version    text NOT NULL,
    file       text NOT NULL,
    sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    recipe     jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (experiment, arm)
);
CREATE UNIQUE INDEX arms_one_incumbent ON arms (experiment) WHERE role = 'incumbent';

-- Who got how much of the traffic, from when on. Every impression names its epoch, so that what was to be expected
-- of each arm can be added up exactly, whatever a bandit did meanwhile.
CREATE TABLE allocations (
    experiment text NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    epoch      integer NOT NULL,
    policy     text NOT NULL,
    weights    jsonb NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (experiment, epoch)
);

CREATE TABLE transitions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    experiment text NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    was        text NOT NULL,
    became     text NOT NULL,
    who        text NOT NULL CHECK (who <> ''),
    why        text NOT NULL CHECK (why <> ''),
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX transitions_by_experiment ON transitions (experiment, id);

-- Which picture a viewer (a pseudonym) keeps seeing, whatever becomes of the weights.
CREATE TABLE assignments (
    experiment text NOT NULL,
    viewer     text NOT NULL,
    arm        text NOT NULL,
    epoch      integer NOT NULL,
    propensity double precision NOT NULL CHECK (propensity > 0 AND propensity <= 1),
    holdout    boolean NOT NULL DEFAULT false,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (experiment, viewer)
);
CREATE INDEX assignments_by_viewer ON assignments (viewer);

-- The id is a hash of the sender and its idempotency key. No foreign key to titles: its check would lock a title's
-- row at every event; unknown titles are refused as the batch is written, and titles are never deleted.
CREATE TABLE viewer_events (
    id               uuid PRIMARY KEY,
    at               timestamptz NOT NULL,
    kind             text NOT NULL CHECK (kind IN
                     ('impression', 'click', 'play', 'watch', 'like', 'dislike', 'skip', 'flag')),
    viewer           text NOT NULL,
    title            text NOT NULL,
    aspect           text NOT NULL DEFAULT '',
    experiment       text,
    arm              text,
    epoch            integer,
    propensity       double precision,
    holdout          boolean NOT NULL DEFAULT false,
    qualified        boolean NOT NULL DEFAULT false,
    watched_s        real,
    watched_fraction real,
    surface          text NOT NULL DEFAULT '',
    position         smallint,
    segment          text NOT NULL DEFAULT '',
    received_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((experiment IS NULL) = (arm IS NULL))
);
CREATE INDEX viewer_events_of_experiment ON viewer_events (experiment, kind, at) WHERE experiment IS NOT NULL;
CREATE INDEX viewer_events_by_viewer ON viewer_events (viewer);
CREATE INDEX viewer_events_by_title ON viewer_events (title, kind, at);
-- Arrival and place on disk go together: a few kilobytes find what is old enough to go.
CREATE INDEX viewer_events_by_arrival ON viewer_events USING brin (received_at);

-- The picture that stands for a title, chosen over the first choice: the newest row that was not undone.
CREATE TABLE promotions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title      text NOT NULL REFERENCES titles (id),
    aspect     text NOT NULL CHECK (aspect <> ''),
    arm        text NOT NULL,
    version    text NOT NULL,
    file       text NOT NULL,
    sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    experiment text REFERENCES experiments (id),
    who        text NOT NULL CHECK (who <> ''),
    why        text NOT NULL CHECK (why <> ''),
    at         timestamptz NOT NULL DEFAULT now(),
    undone_at  timestamptz,
    undone_by  text NOT NULL DEFAULT '',
    undone_why text NOT NULL DEFAULT ''
);
CREATE INDEX promotions_standing ON promotions (title, aspect, id) WHERE undone_at IS NULL;

-- Only hashes of secrets. `previous_hash` is honoured until `previous_until`, so that a rotation needs no outage.
CREATE TABLE api_keys (
    id             text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{12}$'),
    name           text NOT NULL CHECK (name <> ''),
    scopes         text[] NOT NULL CHECK (cardinality(scopes) > 0),
    hash           bytea NOT NULL,
    previous_hash  bytea,
    previous_until timestamptz,
    rate_per_s     real NOT NULL CHECK (rate_per_s > 0),
    created_at     timestamptz NOT NULL DEFAULT now(),
    rotated_at     timestamptz,
    revoked_at     timestamptz
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them, with all that is in them."""
    op.execute(
        "DROP TABLE api_keys, promotions, viewer_events, assignments, transitions, allocations, arms,"
        " experiments CASCADE"
    )

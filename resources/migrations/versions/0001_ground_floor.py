"""Catalogue, ledger, events, work orders and reviews.

Sized for 10,000 hot titles of some eleven artifacts each, and for millions of cold ones.
"""

from alembic import op

revision = "0001"
down_revision = None

_SCHEMA = """
-- A title is a work, under a name that does not change; its masters are the files delivered for it.
CREATE TABLE titles (
    id           text PRIMARY KEY CHECK (id ~ '^[a-z0-9](-?[a-z0-9])*$' AND length(id) <= 63),
    name         text NOT NULL UNIQUE CHECK (name <> ''),
    state        text NOT NULL CHECK (state IN ('hot', 'cold', 'quarantined')),
    reason       text NOT NULL DEFAULT '',
    master       text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz NOT NULL DEFAULT now(),
    touched_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (state <> 'quarantined' OR reason <> '')
);
-- Hot and quarantined titles are few and asked for all the time; the cold millions stay out of here.
CREATE INDEX titles_by_state ON titles (state, touched_at, id) WHERE state <> 'cold';

CREATE TABLE masters (
    sha256       text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    title        text NOT NULL REFERENCES titles (id),
    uri          text NOT NULL,
    size_bytes   bigint NOT NULL CHECK (size_bytes >= 0),
    delivered_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (title, sha256)
);
-- A title's master is one of its own; deferred, because the two rows of a first delivery need each other.
ALTER TABLE titles ADD CONSTRAINT titles_master FOREIGN KEY (id, master)
    REFERENCES masters (title, sha256) DEFERRABLE INITIALLY DEFERRED;

-- What was made of each title: the last published result, and how the last attempt went.
CREATE TABLE ledger (
    title        text NOT NULL REFERENCES titles (id),
    artifact     text NOT NULL CHECK (artifact <> ''),
    variant      text NOT NULL DEFAULT '',
    state        text NOT NULL CHECK (state IN ('making', 'ready', 'failed', 'held', 'skipped')),
    input_hash   text,
    code_version text,
    data_version text,
    version      text,
    engine       text,
    quality      jsonb NOT NULL DEFAULT '{}',
    cost         jsonb NOT NULL DEFAULT '{}',
    review_state text NOT NULL DEFAULT '',
    last_error   text NOT NULL DEFAULT '',
    tried_hash   text,
    failures     integer NOT NULL DEFAULT 0,
    run_id       text NOT NULL DEFAULT '',
    started_at   timestamptz,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (title, artifact, variant),
    CHECK (state <> 'ready' OR (input_hash IS NOT NULL AND data_version IS NOT NULL AND version IS NOT NULL))
);
-- "What is unwell, what is under way" reads this small part of the table.
CREATE INDEX ledger_unsettled ON ledger (state, updated_at) WHERE state NOT IN ('ready', 'skipped');
CREATE INDEX ledger_by_run ON ledger (run_id) WHERE state = 'making';

-- What happened, in order of arrival; readers keep the last id they saw.
CREATE TABLE events (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    kind     text NOT NULL CHECK (kind <> ''),
    title    text REFERENCES titles (id),
    artifact text NOT NULL DEFAULT '',
    variant  text NOT NULL DEFAULT '',
    detail   jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_by_kind ON events (kind, id);
CREATE INDEX events_by_title ON events (title, id);

-- Work orders: one row a title and wish; rows with the same batch make one run.
CREATE TABLE requests (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title      text NOT NULL REFERENCES titles (id),
    artifacts  text[] NOT NULL CHECK (cardinality(artifacts) > 0),
    reason     text NOT NULL,
    priority   integer NOT NULL DEFAULT 0,
    state      text NOT NULL CHECK (state IN ('open', 'planned', 'running', 'done', 'failed')),
    batch      text,
    run_id     text NOT NULL DEFAULT '',
    attempts   integer NOT NULL DEFAULT 0,
    last_error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state IN ('planned', 'running')) <= (batch IS NOT NULL))
);
CREATE UNIQUE INDEX requests_one_open ON requests (title) WHERE state = 'open';
CREATE INDEX requests_next ON requests (priority DESC, artifacts, id) WHERE state = 'open';
CREATE INDEX requests_by_batch ON requests (batch) WHERE state IN ('planned', 'running');
CREATE INDEX requests_planned ON requests (title) WHERE state = 'planned';

-- A person's word on a result that a gate held back, or on one that viewers or a metric put in doubt.
CREATE TABLE reviews (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title      text NOT NULL REFERENCES titles (id),
    artifact   text NOT NULL,
    variant    text NOT NULL DEFAULT '',
    held       text NOT NULL,
    why        text NOT NULL,
    verdict    text NOT NULL DEFAULT 'pending' CHECK (verdict IN ('pending', 'approved', 'rejected')),
    reviewer   text NOT NULL DEFAULT '',
    note       text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    CHECK ((verdict = 'pending') = (decided_at IS NULL))
);
CREATE INDEX reviews_pending ON reviews (created_at) WHERE verdict = 'pending';
CREATE INDEX reviews_by_artifact ON reviews (title, artifact, variant, id);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them, with all that is in them."""
    op.execute("DROP TABLE reviews, requests, events, ledger, masters, titles CASCADE")

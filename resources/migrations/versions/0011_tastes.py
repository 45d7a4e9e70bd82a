"""What viewers like to see films in: what they chose, were shown and did, and the evidence that is kept of it."""

from alembic import op

revision = "0011"
down_revision = "0010"

_SCHEMA = """
-- What a viewer (a pseudonym) chose for themselves; it stands until they choose again. NULL is the film as it is.
CREATE TABLE style_choices (
    viewer text PRIMARY KEY,
    look   jsonb,
    at     timestamptz NOT NULL DEFAULT now()
);

-- What a viewer was shown a title in, and how likely that was: one row a viewer, title and day at most for each look.
CREATE TABLE look_exposures (
    viewer       text NOT NULL,
    title        text NOT NULL,
    day          date NOT NULL,
    look_key     text NOT NULL,  -- "plain" for the film as it is
    weights      jsonb NOT NULL, -- style → weight; they sum to 1
    source       text NOT NULL CHECK (source IN ('choice', 'profile', 'population', 'tried')),
    propensity   double precision NOT NULL CHECK (propensity > 0 AND propensity <= 1),
    propensities jsonb NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (viewer, title, day, look_key)
);
CREATE INDEX look_exposures_by_age ON look_exposures USING brin (at);

-- What viewers did about a look. The id is a hash of the sender and its idempotency key. What is not folded has not
-- been counted in the evidence below; it is folded once, in the transaction that counts it.
CREATE TABLE style_events (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    kind        text NOT NULL CHECK (kind IN ('pick', 'like', 'dislike', 'watch', 'skip', 'rewatch')),
    viewer      text NOT NULL,
    title       text NOT NULL DEFAULT '',
    weights     jsonb NOT NULL,
    share       real CHECK (share BETWEEN 0 AND 1),
    place_s     real,
    folded      boolean NOT NULL DEFAULT false
);
CREATE INDEX style_events_new ON style_events (id) WHERE NOT folded;
CREATE INDEX style_events_by_viewer ON style_events (viewer, at);
CREATE INDEX style_events_by_arrival ON style_events USING brin (received_at);

-- What a title is like, and its scenes: [[ends at, content], …].
CREATE TABLE title_contents (
    title   text PRIMARY KEY REFERENCES titles (id),
    version text NOT NULL,
    whole   text NOT NULL,
    scenes  jsonb NOT NULL
);

-- Evidence, grown by 2^(age / half-life) from a fixed day, so that sums need no clock. A cohort is the viewers who lean
-- to one style ('' to none); its rows are the sums of theirs.
CREATE TABLE taste_viewers (
    viewer    text PRIMARY KEY,
    cohort    text NOT NULL,
    folded_at timestamptz NOT NULL
);
CREATE TABLE taste_evidence (
    viewer   text NOT NULL,
    style    text NOT NULL,
    content  text NOT NULL,
    liked    double precision NOT NULL,
    disliked double precision NOT NULL,
    PRIMARY KEY (viewer, style, content)
);
CREATE TABLE taste_cohorts (
    cohort   text NOT NULL,
    style    text NOT NULL,
    content  text NOT NULL,
    viewers  bigint NOT NULL,
    liked    double precision NOT NULL,
    disliked double precision NOT NULL,
    PRIMARY KEY (cohort, style, content)
);

-- What a cohort last had renditions ordered in, for one kind of films.
CREATE TABLE taste_orders (
    cohort  text NOT NULL,
    content text NOT NULL,
    style   text NOT NULL,
    why     text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cohort, content)
);

-- By which rules the evidence was counted, and which viewers' events were taken over: one row.
CREATE TABLE taste_model (
    sole           boolean PRIMARY KEY DEFAULT true CHECK (sole),
    version        text NOT NULL,
    half_life_days double precision NOT NULL,
    taken_until    timestamptz NOT NULL,
    folded_at      timestamptz
);
"""

_TABLES = (
    "taste_model", "taste_orders", "taste_cohorts", "taste_evidence", "taste_viewers", "title_contents", "style_events",
    "look_exposures", "style_choices",
)  # fmt: skip


def upgrade() -> None:
    """Adds the tables."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them."""
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")

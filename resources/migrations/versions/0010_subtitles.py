"""What subtitles need: the language that is spoken, texts that were handed in, translations, and people's words."""

from alembic import op

revision = "0010"
down_revision = "0009"

_SCHEMA = """
-- The language that is spoken, as somebody declared it; what a container's tag says is read from the film.
ALTER TABLE titles ADD COLUMN language text;

-- How far a language's subtitles may be shown, by what was measured on them.
ALTER TABLE ledger ADD COLUMN showing text CHECK (showing IN ('published', 'draft', 'withheld'));

-- Subtitles and scripts that lay beside a film, or were handed in: one of a kind a language.
CREATE TABLE handed_texts (
    title    text NOT NULL REFERENCES titles (id),
    kind     text NOT NULL CHECK (kind IN ('subtitles', 'script')),
    language text NOT NULL,  -- empty where nothing tells it
    name     text NOT NULL,
    content  bytea NOT NULL CHECK (octet_length(content) <= 33554432),
    sha256   text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (title, kind, language)
);

-- Translations of sentences and shorter ones, by all that decides them: what is unchanged is never made twice.
-- used_at is true to a day.
CREATE TABLE translations (
    key      text PRIMARY KEY CHECK (key ~ '^[0-9a-f]{64}$'),
    language text NOT NULL,
    told     jsonb NOT NULL,
    used_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX translations_unused ON translations (used_at);

-- A person's correction of a cue, by the text that it was made over; applied on every re-run, or told as a conflict.
-- A cue's id counts those of the same words, and added cues have none: when it stood tells them apart.
CREATE TABLE corrections (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title     text NOT NULL REFERENCES titles (id),
    language  text NOT NULL,
    cue       text NOT NULL,
    base      text NOT NULL,
    at_ms     integer NOT NULL,  -- when the cue came, or is to come where a person added it; -1 where nothing tells it
    told      jsonb NOT NULL,
    who       text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (title, language, cue, base, at_ms)
);
CREATE INDEX corrections_at ON corrections (at);

-- What a person called a voice, by when it was heard: speakers are numbered anew by every re-run.
CREATE TABLE speaker_names (
    title    text NOT NULL REFERENCES titles (id),
    name     text NOT NULL,
    turns    jsonb NOT NULL,  -- [[from, to], …] in the film's seconds
    who      text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (title, name)
);

-- line: a sentence of the subtitles that is unsafe, or was never said. `subject` is the language and the sentence.
-- subtitles: all cues of a language as they stand; `subject` is the language and a hash of them.
ALTER TABLE reviews DROP CONSTRAINT reviews_asks_check;
ALTER TABLE reviews ADD CONSTRAINT reviews_asks_check
    CHECK (asks IN ('held', 'generated', 'flagged', 'words', 'shot', 'line', 'subtitles'));
DROP INDEX reviews_asked_once;
CREATE UNIQUE INDEX reviews_asked_once ON reviews (title, asks, subject)
    WHERE asks IN ('generated', 'words', 'shot', 'line', 'subtitles');
"""


def upgrade() -> None:
    """Adds the tables and columns; reviews may ask about lines."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Drops them, and the questions about lines."""
    for table in ("speaker_names", "corrections", "translations", "handed_texts"):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE ledger DROP COLUMN showing")
    op.execute("ALTER TABLE titles DROP COLUMN language")
    op.execute("DELETE FROM reviews WHERE asks IN ('line', 'subtitles')")
    op.execute("DROP INDEX reviews_asked_once")
    op.execute(
        "CREATE UNIQUE INDEX reviews_asked_once ON reviews (title, asks, subject)"
        " WHERE asks IN ('generated', 'words', 'shot')"
    )
    op.execute("ALTER TABLE reviews DROP CONSTRAINT reviews_asks_check")
    op.execute(
        "ALTER TABLE reviews ADD CONSTRAINT reviews_asks_check"
        " CHECK (asks IN ('held', 'generated', 'flagged', 'words', 'shot'))"
    )

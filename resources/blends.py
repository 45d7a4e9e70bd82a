"""Published blends: the pictures they are made from, the recipes, how far each is, and what people said of them.

    open → running → done      a failed blend is open again, until it failed MAX_ATTEMPTS times
                   → held      a blocking check refused its picture, which waits for a person:
                               rejected, or open again for the run that publishes it as it is

A blend is known by its recipe: whoever publishes the same again is given the same blend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from ops.blend.model import BlendRecipe, recipe_from_json
from ops.errors import UsageError
from resources.blend_model import WAITS, Blend, BlendSource, BlendState, Feedback
from resources.database import Database

__all__ = ["MAX_ATTEMPTS", "Blend", "BlendSource", "BlendState", "Blends", "Feedback"]

MAX_ATTEMPTS = 3
_MOST_REPLACED = 100
"""Replacements of replacements that are followed."""


_SELECT = (
    "SELECT id, name, recipe, owner, state, attempts, runs, why, made_from, updated_at, held, reviewer, note"
    " FROM blends "
)
_REOPENED = "state = 'open', runs = blends.runs + 1, held = '', reviewer = '', note = ''"
"""What was held, and any word on it, is of a picture that will be no more."""


class Blends:
    """The blends of the house."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- sources
    # -------------------------------------------------------------------------------------------------

    def add_source(
        self, content: bytes, *, name: str, size: tuple[int, int], owner: str, replaces: str | None = None
    ) -> BlendSource:
        """Keep a picture that was decoded and found good; the same bytes twice are one.

        Args:
            content: Its file.
            name: What that was called.
            size: Width and height, upright.
            owner: Who uploaded it.
            replaces: The picture that it is a better delivery of; blends of that one are made again with this.

        Raises:
            UsageError: There is no picture to replace, or it would replace itself.
        """
        digest = hashlib.sha256(content).hexdigest()
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO blend_sources (sha256, name, content, width, height, owner)"
                " VALUES (%s, left(%s, 200), %s, %s, %s, %s) ON CONFLICT (sha256) DO NOTHING",
                [digest, name, content, *size, owner],
            )
            if replaces is not None:
                if replaces == digest or replaces in self._successors(connection, digest):
                    raise UsageError("would replace itself", where=replaces, fix="Upload another picture for it.")
                changed = connection.execute(
                    "UPDATE blend_sources SET replaced_by = %s WHERE sha256 = %s", [digest, replaces]
                )
                if not changed.rowcount:
                    raise UsageError("there is no such picture", where=replaces, fix="Leave `replaces` out.")
        return BlendSource(digest, name, content, *size)

    def source(self, sha256: str) -> BlendSource | None:
        """The picture that a recipe calls by this hash today: the newest delivery of it."""
        with self._database.connection() as connection:
            newest = [sha256, *self._successors(connection, sha256)][-1]
            row = connection.execute(
                "SELECT sha256, name, content, width, height FROM blend_sources WHERE sha256 = %s", [newest]
            ).fetchone()
        return None if row is None else BlendSource(row[0], row[1], bytes(row[2]), row[3], row[4])

    def newest(self, names: Iterable[str]) -> dict[str, str]:
        """By the hash that a recipe has: the hash of the newest delivery; hashes that nobody uploaded are left out."""
        with self._database.connection() as connection:
            rows = connection.execute("SELECT sha256 FROM blend_sources WHERE sha256 = ANY(%s)", [list(names)])
            return {row[0]: [row[0], *self._successors(connection, row[0])][-1] for row in rows.fetchall()}

    @staticmethod
    def _successors(connection: Any, sha256: str) -> list[str]:
        found: list[str] = []
        while len(found) < _MOST_REPLACED:
            last = found[-1] if found else sha256
            row = connection.execute("SELECT replaced_by FROM blend_sources WHERE sha256 = %s", [last]).fetchone()
            if row is None or row[0] is None:
                break
            found.append(row[0])
        return found

    # -- recipes
    # -------------------------------------------------------------------------------------------------

    def publish(self, recipe: BlendRecipe, *, name: str, owner: str, edited_from: str | None = None) -> Blend:
        """Publish a recipe; one that failed for good is tried again.

        Args:
            recipe: What is blended.
            name: What people call it.
            owner: Who publishes it.
            edited_from: The blend whose recipe it was made of; that one is told.

        Raises:
            UsageError: A picture of it was never uploaded, or there is no blend that it was edited from.
        """
        wanted = {*recipe.pictures, *recipe.masks}
        if missing := sorted(wanted - set(self.newest(wanted))):
            raise UsageError(
                "there is no such picture", where=missing[0], fix="Upload it first: POST /v1/blend-sources."
            )
        blend = f"blend-{recipe.key}"
        with self._database.connection() as connection:
            connection.execute(
                f"""
                INSERT INTO blends (id, name, recipe, owner) VALUES (%s, left(%s, 200), %s, %s)
                ON CONFLICT (id) DO UPDATE SET {_REOPENED}, attempts = 0, why = '', updated_at = now()
                WHERE blends.state = 'failed'
                """,  # noqa: S608  (of this file)
                [blend, name, Jsonb(recipe.to_json()), owner],
            )
        if edited_from is not None and edited_from != blend:
            self.tell(edited_from, Feedback.RE_EDIT, who=owner, other=blend)
        found = self.get(blend)
        assert found is not None
        return found

    def get(self, blend: str) -> Blend | None:
        """A blend."""
        return next(iter(self._found("WHERE id = %s", [blend])), None)

    def open(self, most: int) -> list[Blend]:
        """Blends that wait for a run, the oldest first."""
        return self._found("WHERE state = 'open' ORDER BY asked_at, id LIMIT %s", [most])

    def running(self) -> list[Blend]:
        """Blends at work."""
        return self._found("WHERE state = 'running' ORDER BY id", [])

    def made(self) -> list[Blend]:
        """Blends whose picture was made, whether it is published, waits for a person, or was rejected."""
        return self._found("WHERE state IN ('done', 'held', 'rejected') ORDER BY id", [])

    def waiting(self, most: int) -> list[Blend]:
        """Blends whose picture waits for a person, the longest first."""
        return self._found("WHERE state = 'held' ORDER BY updated_at, id LIMIT %s", [most])

    def start(self, blend: str) -> Blend:
        """Say that a blend is at work.

        Raises:
            UsageError: There is no such blend.
        """
        self._set(blend, "state = 'running'")
        found = self.get(blend)
        if found is None:
            raise UsageError("there is no such blend", where=blend, fix="Publish its recipe: POST /v1/blends.")
        return found

    def finish(self, blend: str, *, made_from: str, why: str = "") -> None:
        """Say that a blend is published, what it was made from, and on whose word where it had been held."""
        done = "state = 'done', attempts = 0, held = '', reviewer = '', note = ''"
        self._set(blend, f"{done}, why = left(%s, 500), made_from = %s", why, made_from)

    def hold(self, blend: str, why: str, *, place: str, made_from: str) -> None:
        """Say that a check refused a blend's picture, which the store keeps at a place until a person judges it."""
        self._set(
            blend,
            "state = 'held', attempts = 0, reviewer = '', note = '', why = left(%s, 500), held = %s, made_from = %s",
            WAITS + why,
            place,
            made_from,
        )

    def judge(self, blend: str, *, approved: bool, who: str, note: str = "", held: str | None = None) -> Blend:
        """Write a person's word on a held blend: approved, it is open for the run that publishes it as it is.

        Args:
            blend: Its id.
            approved: Whether it may be published as it is.
            who: Whose word it is.
            note: Why, in their words; a rejection needs it.
            held: The place of the picture that they saw; None is whichever waits.

        Raises:
            UsageError: There is no such blend, it does not wait for a person, another picture of it waits by now, or a
                rejection gives no reason.
        """
        if not approved and not note.strip():
            raise UsageError("a rejection needs its reason", where=blend, fix="Say why.")
        verdict = "approved" if approved else "rejected"
        told = f"{verdict} by {who}: {note}" if note else f"{verdict} by {who}"
        kept = (
            "state = 'open', runs = runs + 1, reviewer = %(who)s, note = %(note)s"
            if approved
            else "state = 'rejected', held = ''"
        )
        with self._database.connection() as connection:
            row = connection.execute("SELECT state, held FROM blends WHERE id = %s FOR UPDATE", [blend]).fetchone()
            if row is None:
                raise UsageError("there is no such blend", where=blend, fix="Its id begins with blend-.")
            state, waits = row
            if state != BlendState.HELD:
                raise UsageError(f"waits for nobody: it is {state}", where=blend, fix="Judge blends that are held.")
            if held not in (None, waits):
                raise UsageError("another picture of it waits by now", where=blend, fix="Look at that one.")
            connection.execute(
                f"UPDATE blends SET {kept}, why = left(%(told)s, 500), updated_at = now() WHERE id = %(blend)s",  # noqa: S608  (of this file)
                {"who": who, "note": note, "told": told, "blend": blend},
            )
            connection.execute(
                "INSERT INTO events (kind, artifact, variant, detail) VALUES (%s, 'blended_image', %s, %s)",
                [f"review_{verdict}", blend, Jsonb({"held": waits, "who": who, "note": note})],
            )
        found = self.get(blend)
        assert found is not None
        return found

    def fail(self, blend: Blend, why: str, *, final: bool) -> None:
        """Say that a blend's run failed; it is open again unless trying is in vain.

        What came of the blend since it was read stands: a run that has just ended well did not fail.
        """
        over = final or blend.attempts + 1 >= MAX_ATTEMPTS
        with self._database.connection() as connection:
            connection.execute(
                """
                UPDATE blends SET state = %s, runs = runs + %s, attempts = %s, why = left(%s, 500), updated_at = now()
                WHERE id = %s AND runs = %s AND state IN ('open', 'running')
                """,
                [
                    BlendState.FAILED if over else BlendState.OPEN, 0 if over else 1, blend.attempts + 1, why,
                    blend.id, blend.runs,
                ],
            )  # fmt: skip

    def reopen(self, blend: str, why: str) -> None:
        """Have a blend whose picture was made made again; one that was approved a moment ago is published first."""
        self._set(blend, f"{_REOPENED}, why = left(%s, 500)", why, and_where="state IN ('done', 'held', 'rejected')")

    # -- what people say
    # -------------------------------------------------------------------------------------------------

    def tell(self, blend: str, kind: Feedback, *, who: str, other: str = "") -> bool:
        """Keep what somebody said; a like takes their dislike back, and the other way round.

        Returns:
            Whether it is news.

        Raises:
            UsageError: There is no such blend.
        """
        if self.get(blend) is None:
            raise UsageError("there is no such blend", where=blend, fix="Its id begins with blend-.")
        with self._database.connection() as connection:
            if kind is not Feedback.RE_EDIT:
                connection.execute(
                    "DELETE FROM blend_feedback WHERE blend = %s AND who = %s AND kind IN ('like', 'dislike')"
                    " AND kind <> %s",
                    [blend, who, kind],
                )
            new = connection.execute(
                "INSERT INTO blend_feedback (blend, kind, who, other) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [blend, kind, who, other],
            )
            return new.rowcount > 0

    def said(self, blend: str) -> dict[Feedback, int]:
        """How often each was said of a blend."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT kind, count(*) FROM blend_feedback WHERE blend = %s GROUP BY kind", [blend]
            ).fetchall()
        return {**dict.fromkeys(Feedback, 0), **{Feedback(kind): count for kind, count in rows}}

    def _found(self, where: Any, values: list[object]) -> list[Blend]:
        with self._database.connection() as connection:
            rows = connection.execute(_SELECT + where, values).fetchall()
        return [Blend(row[0], row[1], recipe_from_json(row[2]), row[3], BlendState(row[4]), *row[5:]) for row in rows]

    def _set(self, blend: str, what: LiteralString, *values: object, and_where: LiteralString = "true") -> None:
        with self._database.connection() as connection:
            told = f"UPDATE blends SET {what}, updated_at = now() WHERE id = %s AND {and_where}"  # noqa: S608  (of this file)
            connection.execute(told, [*values, blend])

"""Published blends: the pictures they are made from, the recipes, how far each is, and what people said of them.

    open → running → done      a failed blend is open again, until it failed MAX_ATTEMPTS times
                   → held      its picture waits for a person, or a blocking check refused it

A blend is known by its recipe: whoever publishes the same again is given the same blend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb

from ops.blend.model import BlendRecipe, recipe_from_json
from ops.errors import UsageError
from resources.database import Database

__all__ = ["MAX_ATTEMPTS", "Blend", "BlendSource", "BlendState", "Blends", "Feedback"]

MAX_ATTEMPTS = 3
_MOST_REPLACED = 100
"""Replacements of replacements that are followed."""


class BlendState(StrEnum):
    """How far a blend is."""

    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"


class Feedback(StrEnum):
    """What somebody said of a blend."""

    LIKE = "like"
    DISLIKE = "dislike"
    RE_EDIT = "re-edit"
    """Somebody took its recipe and published another."""


@dataclass(frozen=True)
class BlendSource:
    """A picture, or a mask.

    Attributes:
        sha256: Of its bytes: what recipes call it.
        name: What its file was called.
        content: The bytes, as they were uploaded.
        width: Pixels, upright.
        height: The same.
    """

    sha256: str
    name: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Blend:
    """A published recipe.

    Attributes:
        id: "blend-" and the recipe's key: its partition, and its place in the store.
        name: What people call it.
        recipe: What is blended.
        owner: Who published it.
        state: How far it is.
        attempts: How often it failed in a row.
        runs: How often it was opened.
        why: Why it failed, is held, or is made again.
        made_from: What the published picture was made from and by.
        updated_at: When its state last changed.
    """

    id: str
    name: str
    recipe: BlendRecipe
    owner: str
    state: BlendState
    attempts: int
    runs: int
    why: str
    made_from: str
    updated_at: datetime

    @property
    def run_key(self) -> str:
        """The key of its run: each opening has one, so that a tick that is repeated starts one run."""
        return f"{self.id}-{self.runs}"


_SELECT = "SELECT id, name, recipe, owner, state, attempts, runs, why, made_from, updated_at FROM blends "


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
                """
                INSERT INTO blends (id, name, recipe, owner) VALUES (%s, left(%s, 200), %s, %s)
                ON CONFLICT (id) DO UPDATE
                SET state = 'open', attempts = 0, runs = blends.runs + 1, why = '', updated_at = now()
                WHERE blends.state = 'failed'
                """,
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

    def done(self) -> list[Blend]:
        """Blends that are published."""
        return self._found("WHERE state = 'done' ORDER BY id", [])

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

    def finish(self, blend: str, *, made_from: str, held: str = "") -> None:
        """Say that a blend is published, or held, and what it was made from."""
        state = BlendState.HELD if held else BlendState.DONE
        self._set(blend, "state = %s, attempts = 0, why = left(%s, 500), made_from = %s", state, held, made_from)

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
        """Have a published blend made again."""
        self._set(blend, "state = 'open', runs = runs + 1, why = left(%s, 500)", why)

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

    def _set(self, blend: str, what: Any, *values: object) -> None:
        with self._database.connection() as connection:
            told = "UPDATE blends SET " + what + ", updated_at = now() WHERE id = %s"  # noqa: S608  (of this file)
            connection.execute(told, [*values, blend])

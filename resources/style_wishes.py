"""Wishes for styles, and how far the making of each is.

Serving and the command line write wishes; a sensor gives each its partition of `custom_style` and starts its run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, LiteralString

from ops.errors import UsageError
from resources.database import Database
from resources.style_wish_model import Kind, State, StyleWish

__all__ = ["MOST_ATTEMPTS", "StyleWishes"]

MOST_ATTEMPTS = 3
"""Runs that may be lost before a wish has failed: a run that ends says itself how it went."""

_LONGEST_NAME = 60


_SELECT = """
    SELECT id, kind, name, sha256, network, owner, state, attempts, why, told, version, asked_at FROM custom_styles
"""
_ASK = """
    INSERT INTO custom_styles AS s (id, kind, name, source, sha256, network, owner)
    VALUES (%(id)s, %(kind)s, %(name)s, %(source)s, %(sha256)s, %(network)s, %(owner)s)
    ON CONFLICT (id) DO UPDATE SET
        network = s.network OR excluded.network,
        (state, attempts, asked_at) = (
            SELECT CASE WHEN anew THEN 'asked' ELSE s.state END, CASE WHEN anew THEN 0 ELSE s.attempts END,
                   CASE WHEN anew THEN now() ELSE s.asked_at END
            FROM (SELECT s.state IN ('failed', 'refused')
                         OR (s.state = 'ready' AND excluded.network AND NOT s.network) AS anew) AS wish
        )
"""
_BEGIN = """
    UPDATE custom_styles SET state = 'making', attempts = attempts + 1, made_at = now()
    WHERE id = %(id)s AND NOT (state = 'making' AND attempts >= %(most)s)
"""
_PUBLISH = """
    UPDATE custom_styles SET
        state = CASE WHEN network AND NOT %(network)s THEN 'asked' ELSE 'ready' END,
        asked_at = CASE WHEN network AND NOT %(network)s THEN now() ELSE asked_at END,
        version = %(version)s, told = %(told)s::jsonb, why = '', attempts = 0, made_at = now()
    WHERE id = %(id)s
"""
_REFUSE = "UPDATE custom_styles SET state = 'refused', why = %(why)s WHERE id = %(id)s"
_FAIL = """
    UPDATE custom_styles SET state = CASE WHEN attempts < %(most)s THEN 'asked' ELSE 'failed' END, why = %(why)s
    WHERE id = %(id)s AND state = 'making'
"""
_MISS = """
    UPDATE custom_styles SET attempts = attempts + 1, why = %(why)s,
        state = CASE WHEN attempts + 1 < %(most)s THEN 'asked' ELSE 'failed' END
    WHERE id = %(id)s AND state IN ('asked', 'making') AND attempts = %(attempts)s
"""
_DUE = """state = 'asked' OR (state = 'making' AND made_at < now() - make_interval(secs => %(lost_after_h)s * 3600))
    ORDER BY asked_at LIMIT %(most)s
"""
_GIVE_UP = """
    UPDATE custom_styles SET state = 'failed', why = %(why)s
    WHERE state = 'making' AND attempts >= %(most_attempts)s
        AND made_at < now() - make_interval(secs => %(lost_after_h)s * 3600)
"""
_ALL_LOST = f"its runs were killed, {MOST_ATTEMPTS} times"


class StyleWishes:
    """The wishes of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, kind: Kind, source: bytes, *, name: str, owner: str, network: bool = False) -> StyleWish:
        """Write a wish down; the same source under the same name again is the same style.

        A wish that failed or was refused is tried anew, and a network may be asked for later.

        Args:
            kind: What it is made from.
            source: The prompt (UTF-8), the picture's bytes, or the document (JSON).
            name: For people, 1 to 60 characters.
            owner: Whoever asks.
            network: Whether a network is to be trained on the picture; minutes of work.

        Raises:
            UsageError: The name or the source is empty or too long, or a network is asked of no picture.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
            raise UsageError("is no name for a style", where="name", fix=f"Give 1 to {_LONGEST_NAME} characters.")
        if not 0 < len(source) <= 32 * 1024 * 1024:
            raise UsageError("is empty or too large", where=kind, fix="Give a prompt, a picture or a document.")
        if network and kind is not Kind.IMAGE:
            raise UsageError("a network is trained on a picture", where=kind, fix="Give an example picture.")
        told = sha256(f"{kind}\n{name}\n".encode() + source).hexdigest()[:12]
        values = {
            "id": f"custom_{told}",
            "kind": kind,
            "name": name,
            "source": source,
            "sha256": sha256(source).hexdigest(),
            "network": network,
            "owner": owner,
        }
        with self._database.connection() as connection:
            connection.execute(_ASK, values)
        return self._found(values["id"])

    def find(self, style: str) -> StyleWish | None:
        """The wish of an id."""
        found = self._where("id = %s", [style])
        return found[0] if found else None

    def all(self, *, most: int = 500) -> list[StyleWish]:
        """The newest, whatever became of them."""
        return self._where("true ORDER BY asked_at DESC LIMIT %s", [most])

    def ready(self) -> list[StyleWish]:
        """Those that may be used: of one that is made anew, the version before."""
        return self._where("version IS NOT NULL ORDER BY name, id", [])

    def source(self, style: str) -> bytes:
        """What a style is made from.

        Raises:
            UsageError: There is no such wish.
        """
        with self._database.connection() as connection:
            row = connection.execute("SELECT source FROM custom_styles WHERE id = %s", [style]).fetchone()
        if row is None:
            raise UsageError("nobody asked for such a style", where=style, fix="Ask for it first.")
        return bytes(row[0])

    def due(self, *, lost_after_h: float = 2.0, most: int = 20) -> list[StyleWish]:
        """Wishes that need a run: new ones, and those whose run has been lost; the oldest first.

        What lost `MOST_ATTEMPTS` runs has failed: it may be what kills them.
        """
        values = {"lost_after_h": lost_after_h, "most": most, "most_attempts": MOST_ATTEMPTS, "why": _ALL_LOST}
        with self._database.connection() as connection:
            connection.execute(_GIVE_UP, values)
        return self._where(_DUE, values)

    def begin(self, style: str) -> StyleWish:
        """Note that a run is at work on it.

        Raises:
            UsageError: There is no such wish, or it lost `MOST_ATTEMPTS` runs: then it has failed.
        """
        if not self._note(_BEGIN, style, most=MOST_ATTEMPTS):
            self._found(style)
            self.fail(style, _ALL_LOST)
            raise UsageError(_ALL_LOST, where=style, fix="Ask for it again once the cause is mended.")
        return self._found(style)

    def miss(self, wish: StyleWish, why: str) -> None:
        """Note that the run of a wish ended before it began; it counts as one that failed."""
        self._note(_MISS, wish.id, why=why, attempts=wish.attempts, most=MOST_ATTEMPTS)

    def publish(self, style: str, version: str, told: Sequence[str], *, network: bool = False) -> None:
        """Note the version that was published, and what was made of the wish.

        Args:
            style: Its id.
            version: The published one.
            told: What was made of the wish, in sentences.
            network: Whether a network is in it. Where one was asked for meanwhile, the wish is to be made anew.
        """
        self._note(_PUBLISH, style, version=version, told=json.dumps(list(told)), network=network)

    def refuse(self, style: str, why: str) -> None:
        """Note that nothing may, or can, be made of the wish; it is not tried again by itself."""
        self._note(_REFUSE, style, why=why)

    def fail(self, style: str, why: str) -> None:
        """Note that a run failed; it is tried again until it failed `MOST_ATTEMPTS` times."""
        self._note(_FAIL, style, why=why, most=MOST_ATTEMPTS)

    def _found(self, style: str) -> StyleWish:
        found = self.find(style)
        if found is None:
            raise UsageError("nobody asked for such a style", where=style, fix="Ask for it first.")
        return found

    def _note(self, statement: LiteralString, style: str, **values: Any) -> bool:
        """Whether there was such a wish to note it of."""
        with self._database.connection() as connection:
            return connection.execute(statement, {"id": style, **values}).rowcount > 0

    def _where(self, condition: LiteralString, values: Sequence[Any] | Mapping[str, Any]) -> list[StyleWish]:
        with self._database.connection() as connection:
            rows = connection.execute(_SELECT + "WHERE " + condition, values).fetchall()
        return [_wish(row) for row in rows]


def _wish(row: Sequence[Any]) -> StyleWish:
    style, kind, name, sha256, network, owner, state, attempts, why, told, version, asked_at = row
    return StyleWish(
        style, Kind(kind), name, sha256, network, owner, State(state), attempts, why, tuple(told), version, asked_at
    )

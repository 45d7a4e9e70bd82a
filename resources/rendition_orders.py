"""Orders of renditions: one title in one look, for looks that are no assets of their own (mixes, custom styles).

    open → running → done
             a failed order is open again, until it failed MAX_ATTEMPTS times; then it waits for somebody to ask anew

An order is known by its title and its look's key: whoever orders the same again is given the same order. Serving and
sensors write orders; the sensor `renditions_ordered` makes each a partition and starts its run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from ops.errors import UsageError
from ops.style.catalogue import house_styles
from ops.style.model import Look, Part, Recipe
from resources.database import Database
from resources.store.model import ArtifactKey

__all__ = [
    "MAX_ATTEMPTS",
    "RENDITION",
    "OrderState",
    "RenditionOrder",
    "RenditionOrders",
    "order_rendition",
    "plain_style",
    "rendition_key",
]

RENDITION = "rendition"
"""The artifact; its variant is a house style's id, or a look's key where it was made to order."""

MAX_ATTEMPTS = 3
_RESTS = timedelta(hours=1)
"""How long what failed for good rests, however often it is asked for: popular streams ask by themselves."""


class OrderState(StrEnum):
    """How far an order is."""

    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RenditionOrder:
    """One title in one look.

    Attributes:
        id: Of the order: its partition's key, and what addresses carry.
        title: The title's id.
        look_key: The look's key; the variant of the finished rendition in the store.
        look: The look as `Look.to_json` writes it; `look_from_json` reads it, and checks it against today's styles.
        why: Who wanted it, for people.
        state: How far it is.
        attempts: How often it failed in a row.
        runs: How often it was opened.
        last_error: Why it failed last.
        updated_at: When its state last changed.
    """

    id: str
    title: str
    look_key: str
    look: dict[str, Any]
    why: str
    state: OrderState
    attempts: int
    runs: int
    last_error: str
    updated_at: datetime

    @property
    def run_key(self) -> str:
        """The key of its run: each opening has one of its own, so that a tick that is repeated starts one run."""
        return f"{self.id}-{self.runs}"


_ORDER = """
    INSERT INTO rendition_orders (id, title, look_key, look, why)
    VALUES (%(id)s, %(title)s, %(key)s, %(look)s, left(%(why)s, 500))
    ON CONFLICT (id) DO UPDATE SET
        state = 'open', attempts = 0, runs = rendition_orders.runs + 1, why = excluded.why, updated_at = now()
    WHERE rendition_orders.state = 'failed' AND rendition_orders.updated_at < now() - %(rests)s
"""
_SELECT = """
    SELECT o.id, o.title, o.look_key, o.look, o.why, o.state, o.attempts, o.runs, o.last_error, o.updated_at
    FROM rendition_orders o JOIN titles t ON t.id = o.title
"""
_ONE = _SELECT + "WHERE o.id = %(id)s"
_OF_TITLE = _SELECT + "WHERE o.title = %(title)s ORDER BY o.ordered_at DESC, o.id"
_PAGE = """
    WHERE o.state = 'open' AND t.state <> 'quarantined' AND (
        %(after)s = '' OR
        (o.ordered_at, o.id) > (SELECT a.ordered_at, a.id FROM rendition_orders a WHERE a.id = %(after)s)
    ) ORDER BY o.ordered_at, o.id LIMIT %(most)s
"""
_OPEN = _SELECT + _PAGE
# One part a state, as each state has an index of its own: closed work orders are kept by the million.
_UNDER_WAY = """
    SELECT unnest(artifacts) FROM requests WHERE title = %(title)s AND state = 'open'
    UNION SELECT unnest(artifacts) FROM requests WHERE title = %(title)s AND state = 'planned'
    UNION SELECT unnest(artifacts) FROM requests WHERE title = %(title)s AND state = 'running' AND batch IS NOT NULL
"""
_DONE = _SELECT + "WHERE o.state = 'done' AND t.state = 'hot' ORDER BY o.id"
_RUNNING = _SELECT + "WHERE o.state = 'running' ORDER BY o.id"
_START = "UPDATE rendition_orders SET state = 'running', updated_at = now() WHERE id = %(id)s"
_FINISH = """
    UPDATE rendition_orders SET state = 'done', attempts = 0, last_error = '', updated_at = now() WHERE id = %(id)s
"""
_FAIL = """
    UPDATE rendition_orders SET
        attempts = attempts + 1, last_error = %(error)s, updated_at = now(),
        runs = runs + CASE WHEN %(final)s OR attempts + 1 >= %(cap)s THEN 0 ELSE 1 END,
        state = CASE WHEN %(final)s OR attempts + 1 >= %(cap)s THEN 'failed' ELSE 'open' END
    WHERE id = %(id)s
"""
_REOPEN = """
    UPDATE rendition_orders SET state = 'open', runs = runs + 1, why = left(%(why)s, 500), updated_at = now()
    WHERE id = %(id)s AND state = 'done'
"""


def plain_style(look: Look) -> str | None:
    """The house's style that a look is and nothing else, or None: of such a title has, or can have, the asset."""
    [first, *others] = look.styles
    plain = not others and first in house_styles() and look.key == Look((Part(Recipe(first), 1.0),)).key
    return first if plain else None


def rendition_key(title: str, look: Look) -> ArtifactKey:
    """Where the store keeps a title in a look, once it is made: `rendition/<style>`, or `rendition/<key>`."""
    return ArtifactKey(title, RENDITION, plain_style(look) or look.key)


def order_rendition(connection: psycopg.Connection, title: str, look: Look, why: str) -> str:
    """Order a title in a look, within the caller's transaction; returns the order's id.

    What is ordered already, under way or made is left as it is. What failed for good is tried again where an hour has
    gone by since.

    Args:
        connection: The caller's.
        title: The title's id.
        look: Checked against the styles there are: `look_of` and `look_from_json` give such.
        why: For people: "popular live", "drama lovers turn to noir".

    Raises:
        UsageError: The title is not in the catalogue.
    """
    order = f"{title}-{look.key}"
    try:
        connection.execute(
            _ORDER,
            {
                "id": order, "title": title, "key": look.key, "look": Jsonb(look.to_json()), "why": why,
                "rests": _RESTS,
            },
        )  # fmt: skip
    except psycopg.errors.ForeignKeyViolation:
        raise UsageError("is not in the catalogue", where=title, fix="Deliver its file first.") from None
    return order


class RenditionOrders:
    """The orders of all titles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def order(self, title: str, look: Look, why: str) -> RenditionOrder:
        """`order_rendition` in a transaction of its own.

        Raises:
            UsageError: The title is not in the catalogue.
        """
        with self._database.connection() as connection:
            order = order_rendition(connection, title, look, why)
            return _read(connection, _ONE, {"id": order})[0]

    def find(self, order: str) -> RenditionOrder | None:
        """An order by its id."""
        found = self._read(_ONE, id=order)
        return found[0] if found else None

    def of_title(self, title: str) -> Sequence[RenditionOrder]:
        """A title's orders, the newest first."""
        return self._read(_OF_TITLE, title=title)

    def open(self, most: int, *, after: str = "") -> Sequence[RenditionOrder]:
        """Orders whose run is to begin, the oldest first, from after an order on; those of quarantined titles wait."""
        return self._read(_OPEN, most=most, after=after)

    def work_under_way(self, title: str) -> frozenset[str]:
        """The assets of a title that work orders have asked for, and no run has ended yet."""
        with self._database.connection() as connection:
            rows = connection.execute(_UNDER_WAY, {"title": title}).fetchall()
        return frozenset(row[0] for row in rows)

    def running(self) -> Sequence[RenditionOrder]:
        """Orders at work."""
        return self._read(_RUNNING)

    def done(self) -> Sequence[RenditionOrder]:
        """Orders of hot titles whose rendition was made."""
        return self._read(_DONE)

    def start(self, order: str) -> RenditionOrder:
        """Note that an order's run begins.

        Raises:
            UsageError: There is no such order.
        """
        self._write(_START, id=order)
        found = self.find(order)
        if found is None:
            raise UsageError("there is no such order", where=order, fix="Order it: POST /v1/renditions.")
        return found

    def finish(self, order: str) -> None:
        """Note that its rendition is made."""
        self._write(_FINISH, id=order)

    def fail(self, order: str, error: str, *, final: bool) -> None:
        """Note that it failed; it is open again unless that was the last try, or trying again is in vain."""
        told = error.replace("\0", "\ufffd")[:2000]
        self._write(_FAIL, id=order, error=told, final=final, cap=MAX_ATTEMPTS)

    def reopen(self, order: str, why: str) -> None:
        """Have a finished rendition made again: its title, its styles or the code have changed."""
        self._write(_REOPEN, id=order, why=why)

    def _write(self, statement: LiteralString, **values: object) -> None:
        with self._database.connection() as connection:
            connection.execute(statement, values)

    def _read(self, query: LiteralString, **values: object) -> Sequence[RenditionOrder]:
        with self._database.connection() as connection:
            return _read(connection, query, values)


def _read(
    connection: psycopg.Connection, query: LiteralString, values: Mapping[str, object]
) -> Sequence[RenditionOrder]:
    rows = connection.execute(query, values).fetchall()
    return [replace(RenditionOrder(*row), state=OrderState(row[5])) for row in rows]

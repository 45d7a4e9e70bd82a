"""A recipe is taken out of everything that viewers see: its arms leave running tests, its promotions are undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from resources.experiment_model import Lifecycle, Role
from resources.experiment_steps import allocate, note, one_at_a_time, step, tell
from resources.ladder_orders import order_ladder
from resources.rejections import alone_on_title

__all__ = ["withdraw"]

_RUNNING = """
    SELECT e.id, e.aspect FROM experiments e JOIN arms a ON a.experiment = e.id AND a.arm = %(arm)s
    WHERE e.title = %(title)s AND e.state IN ('draft', 'running') AND a.withdrawn_at IS NULL
    ORDER BY e.aspect, e.id
"""
_ARMS = "SELECT arm, role FROM arms WHERE experiment = %s AND withdrawn_at IS NULL"
_MARK = """
    UPDATE arms SET withdrawn_at = now() FROM experiments e
    WHERE e.id = arms.experiment AND e.title = %(title)s AND arms.arm = %(arm)s AND arms.withdrawn_at IS NULL
"""
_SHARES = """
    SELECT e.state, e.epoch, a.policy, a.weights FROM experiments e
    JOIN allocations a ON a.experiment = e.id AND a.epoch = e.epoch WHERE e.id = %s FOR UPDATE OF e
"""
_UNDO = """
    UPDATE promotions SET undone_at = now(), undone_by = %s, undone_why = %s
    WHERE title = %s AND arm = %s AND undone_at IS NULL RETURNING aspect
"""

_UNDO_OWN = """
    UPDATE promotions SET audience = (
        SELECT coalesce(jsonb_object_agg(own.key, own.value), '{}') FROM jsonb_each(audience) own
        WHERE own.value ->> 'arm' <> %(arm)s)
    WHERE title = %(title)s AND undone_at IS NULL
    AND EXISTS (SELECT FROM jsonb_each(audience) own WHERE own.value ->> 'arm' = %(arm)s)
"""

_OUTDATE = """
    UPDATE ledger SET input_hash = '', tried_hash = NULL, last_error = %(why)s, failures = 0, updated_at = now()
    WHERE title = %(title)s AND state = 'ready'
    AND artifact = coalesce(
        (SELECT max(artifact) FROM reviews WHERE title = %(title)s AND subject = %(arm)s), 'thumbnails')
"""

_STANDS = "SELECT FROM promotions WHERE title = %s AND aspect = %s AND undone_at IS NULL"
_STAND_IN = """
    INSERT INTO promotions (title, aspect, arm, version, file, sha256, experiment, who, why)
    SELECT %(title)s, %(aspect)s, a.arm, a.version, a.file, a.sha256, a.experiment, %(who)s, %(why)s
    FROM arms a JOIN experiments e ON e.id = a.experiment
    JOIN allocations w ON w.experiment = e.id AND w.epoch = e.epoch
    WHERE a.experiment = %(experiment)s AND a.arm <> %(arm)s AND a.withdrawn_at IS NULL
    ORDER BY (w.weights ->> a.arm)::float8 DESC, a.arm LIMIT 1 RETURNING arm
"""


def withdraw(connection: psycopg.Connection, title: str, recipe: str, *, who: str, why: str) -> None:
    """Show a recipe of a title to nobody any more, in any aspect, within the caller's transaction.

    A running test goes on among its other arms, which share out what the recipe had, in the proportions that they
    had; viewers who were dealt it see what stands outside tests. A test that loses its incumbent, or has one arm left,
    has nothing to compare and is retired. Where the recipe stood promoted, what stood before it stands again; segments
    of viewers that had it for their own see what all others see. Where it stood without a promotion, as the artifact's
    own first choice, the arm that had most of the traffic stands in for it. Tests that are over lose the arm as well:
    nobody can promote it out of them. The title's thumbnails, or its trailers where the recipe is one's, are to be made
    again, without it.
    """
    alone_on_title(connection, title)
    bereft = []
    for experiment, aspect in connection.execute(_RUNNING, {"title": title, "arm": recipe}).fetchall():
        one_at_a_time(connection, title, aspect)
        if _leave(connection, experiment, recipe, who, why):
            bereft.append((experiment, aspect))
    connection.execute(_MARK, {"title": title, "arm": recipe})  # last: whoever decides a test locks it before its arms
    connection.execute(_OUTDATE, {"title": title, "arm": recipe, "why": f"{recipe} was {why}"})
    undone = {aspect for (aspect,) in connection.execute(_UNDO, [who, why, title, recipe]).fetchall()}
    for aspect in sorted(undone):
        tell(connection, "rolled_back", title, aspect, arm=recipe, who=who, why=why)
        order_ladder(connection, title, aspect, f"{recipe} was rejected")
    connection.execute(_UNDO_OWN, {"title": title, "arm": recipe})
    for experiment, aspect in bereft:
        if aspect not in undone and connection.execute(_STANDS, [title, aspect]).fetchone() is None:
            values = {"title": title, "aspect": aspect, "experiment": experiment, "arm": recipe, "who": who}
            values["why"] = f"stands in for {recipe}, which was {why}"
            found = connection.execute(_STAND_IN, values).fetchone()
            if found is not None:
                tell(connection, "promoted", title, aspect, arm=found[0], experiment=experiment, who=who, why=why)
                order_ladder(connection, title, aspect, f"{found[0]} stands in for {recipe}")


def _leave(connection: psycopg.Connection, experiment: str, recipe: str, who: str, why: str) -> bool:
    """Let a test go on without an arm, or end it; says whether a running test lost its incumbent by it."""
    row = connection.execute(_SHARES, [experiment]).fetchone()
    if row is None or row[0] not in (Lifecycle.DRAFT, Lifecycle.RUNNING):
        return False  # it was decided a moment ago
    state, epoch, policy, weights = row
    arms: Sequence[Any] = connection.execute(_ARMS, [experiment]).fetchall()
    others = [(arm, role) for arm, role in arms if arm != recipe]
    connection.execute(
        "UPDATE arms SET withdrawn_at = now() WHERE experiment = %s AND arm = %s AND withdrawn_at IS NULL",
        [experiment, recipe],
    )
    without_incumbent = all(role != Role.INCUMBENT for _, role in others)
    if len(others) < 2 or without_incumbent:
        step(connection, experiment, Lifecycle.RETIRED, who, why)
        return without_incumbent and state == Lifecycle.RUNNING
    connection.execute("UPDATE experiments SET epoch = epoch + 1 WHERE id = %s", [experiment])
    allocate(connection, experiment, epoch + 1, _shared_out(weights, [arm for arm, _ in others]), policy)
    note(connection, experiment, state, state, who=who, why=f"the arm {recipe} was withdrawn: {why}")
    return False


def _shared_out(weights: Mapping[str, float], arms: Sequence[str]) -> dict[str, float]:
    total = sum(weights[arm] for arm in arms)
    return {arm: weights[arm] / total if total > 0 else 1 / len(arms) for arm in arms}

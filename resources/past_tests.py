"""Tests that are over, with what their arms got in all: what lessons are drawn from.

The totals of a test are counted once, when they are first asked for, and kept with it: counting 500 tests' events for
every title that is planned would take minutes, and events are deleted in the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ops.experiments.model import ArmCounts, totals
from resources.database import Database
from resources.experiments import Experiments

__all__ = ["PastArm", "past_tests"]

_OVER = """
    SELECT e.id, e.totals, (SELECT json_object_agg(a.arm, a.recipe) FROM arms a WHERE a.experiment = e.id)
    FROM experiments e WHERE e.state IN ('decided', 'retired') AND e.started_at IS NOT NULL
    AND artifact_of_exhibit(e.aspect) = %s
    ORDER BY e.started_at DESC LIMIT %s
"""


@dataclass(frozen=True)
class PastArm:
    """An arm of a test that is over: its recipe with its traits, and what it got."""

    recipe: Mapping[str, Any]
    counts: ArmCounts


def past_tests(database: Database, most: int = 500, *, artifact: str = "thumbnails") -> list[list[PastArm]]:
    """The newest tests of an artifact's exhibits that are over, arm by arm."""
    with database.connection() as connection:
        rows = connection.execute(_OVER, [artifact, most]).fetchall()
    tests = []
    for experiment, kept, recipes in rows:
        counts = _count_once(database, experiment) if kept is None else [ArmCounts(**each) for each in kept]
        tests.append([PastArm(recipes.get(each.arm, {}), each) for each in counts])
    return tests


def _count_once(database: Database, experiment: str) -> list[ArmCounts]:
    counts = totals(Experiments(database).counts(experiment))
    with database.connection() as connection:
        connection.execute(
            "UPDATE experiments SET totals = %s WHERE id = %s",
            [json.dumps([asdict(each) for each in counts]), experiment],
        )
    return counts

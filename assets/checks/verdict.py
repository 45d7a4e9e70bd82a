"""What Great Expectations found, put in words: which rows failed, by name, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.checks.judged_table import JudgedTable
from assets.checks.model import Check, CheckOutcome, Expectation
from assets.checks.runs import in_runs

__all__ = ["Verdict", "outcome"]

ROWS_NAMED = 3
"""How many failing rows a reason names; the metadata holds them all."""


@dataclass(frozen=True)
class Verdict:
    """One expectation's result, as Great Expectations gave it.

    Args:
        expectation: What was expected.
        success: Whether it held.
        result: Great Expectations' own details, for example `unexpected_index_list` or `observed_value`.
        trouble: What it ran into where it could not judge, else empty.
    """

    expectation: Expectation
    success: bool
    result: Mapping[str, Any]
    trouble: str

    @property
    def failing(self) -> list[int]:
        """Positions of the failing rows, in the table's order; empty for an expectation of a whole column."""
        return sorted({int(position) for position in self.result.get("unexpected_index_list") or ()})


def outcome(check: Check, verdicts: Sequence[Verdict], table: JudgedTable) -> CheckOutcome:
    """What came of a check, from what came of each of its expectations."""
    promise = check.promise
    metadata: dict[str, object] = {
        "rows_checked": len(table.frame),
        "expectations": sorted({expectation.type for expectation in check.expectations}),
    }
    failed = [verdict for verdict in verdicts if not verdict.success]
    if not failed:
        return CheckOutcome(promise.name, True, promise.description, promise.blocking, metadata)
    rows = sorted({position for verdict in failed for position in verdict.failing})
    metadata |= {"rows_failed": len(rows), "rows": in_runs([table.labels[row] for row in rows])}
    return CheckOutcome(promise.name, False, _why(failed, rows, table), promise.blocking, metadata)


def _why(failed: Sequence[Verdict], rows: Sequence[int], table: JudgedTable) -> str:
    reasons: dict[str, None] = {}  # an ordered set: one cause may fail several expectations
    named: set[int] = set()
    for verdict in failed:
        for position in verdict.failing[:ROWS_NAMED]:
            named.add(position)
            reasons[verdict.expectation.says(table.row(position))] = None
        if not verdict.failing:
            reasons[_about_the_whole(verdict, table)] = None
    left = len(set(rows) - named) + max(0, len(reasons) - ROWS_NAMED)
    return "; ".join(list(reasons)[:ROWS_NAMED]) + (f"; and {left} more" if left else "")


def _about_the_whole(verdict: Verdict, table: JudgedTable) -> str:
    known = [table.faults[column] for column in verdict.expectation.judges if column in table.faults]
    if known:
        return known[0]
    if "observed_value" in verdict.result:
        return verdict.expectation.says({"observed": verdict.result["observed_value"], "table": table.frame})
    return f"it cannot be judged: {verdict.trouble}"

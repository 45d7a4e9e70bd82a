"""Many row labels in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["in_runs"]

RUNS_NAMED = 1_000
"""How many runs of failing rows the metadata spells out; a 2 h film has 170,000 frames."""


def in_runs(labels: Sequence[Any]) -> str:
    """Labels as text, runs of whole numbers folded: [3, 7, 8, 9] is "3, 7–9"."""
    runs: list[list[Any]] = []
    for label in labels:
        if runs and isinstance(label, int) and isinstance(runs[-1][1], int) and label == runs[-1][1] + 1:
            runs[-1][1] = label
        else:
            runs.append([label, label])
    spelled = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:RUNS_NAMED]]
    left = len(runs) - len(spelled)
    return ", ".join(spelled) + (f" and {left} more runs" if left else "")

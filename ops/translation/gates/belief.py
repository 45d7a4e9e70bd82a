"""How far the engine itself believes a translation, in both directions.

P(target | source) falls for what no one would say; P(source | target) falls for what says something else, however well:
dual conditional cross-entropy (Junczys-Dowmunt, WMT 2018). What is low hangs on the language, so that a run's own
values tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from ops.translation.gates.run import usual

__all__ = ["outliers"]

_LEAST_SPREAD = 0.15
"""Nats a token; below it all sentences of a run are alike. An estimate: not measured with real weights yet."""
_FLOOR = -1.2
"""Nats a token above which nothing is unlikely, however much likelier the others are; an estimate as well."""


def outliers(values: Sequence[float | None] | None, *, beyond: float, count: int) -> list[bool]:
    """Which values lie far below the run's.

    Args:
        values: Mean log-probabilities; None where they are not known, of one or of all.
        beyond: How many spreads below the middle is far.
        count: How many sentences there are.
    """
    known = [value for value in values or () if value is not None]
    found = usual(known, least_spread=_LEAST_SPREAD)
    if values is None or found is None:
        return [False] * count
    return [value is not None and value < _FLOOR and found.distance(value) < -beyond for value in values]

"""What must hold of what is believed of all viewers, before looks and orders are taken from it."""

from __future__ import annotations

from assets.checks.expectations import between, number, unique
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

__all__ = ["PREFERENCE_PROMISES", "preferences_suite"]

_WHOLE = Promise("tastes_table_whole", "Every style of the library, and the film as it is, was judged once.", True)
_RATES = Promise("rates_within_their_bounds", "Each style's rate lies within its bounds, all from 0 to 1.", True)
_NEEDED = Promise("no_evidence_below_nothing", "No style has less than no evidence: sums and viewers agree.", True)
_COUNTED = Promise("all_deeds_counted", "No deed of a viewer waits to be counted.", True)

PREFERENCE_PROMISES = (_WHOLE, _RATES, _NEEDED, _COUNTED)


def preferences_suite(waiting: int) -> Suite:
    """The checks of a table with one row a style: `rate`, `low`, `high`, `liked`, `disliked`.

    Args:
        waiting: Deeds that are still to be counted.
    """
    return Suite(
        row="style",
        key="style",
        columns=(
            Column("style", Kind.TEXT),
            *(Column(name, Kind.NUMBER) for name in ("rate", "low", "high", "liked", "disliked")),
        ),
        whole=_WHOLE,
        derived=(
            Derived("above_low", ("rate", "low"), lambda t: t["rate"] - t["low"]),
            Derived("below_high", ("rate", "high"), lambda t: t["high"] - t["rate"]),
            Derived("waiting", ("style",), lambda t: [waiting] * len(t)),
        ),
        checks=(
            Check(
                _RATES,
                (
                    unique("style"),
                    between("rate", 0, 1),
                    between("low", 0, 1),
                    between("high", 0, 1),
                    between("above_low", 0, None, says=_outside),
                    between("below_high", 0, None, says=_outside),
                ),
            ),
            Check(_NEEDED, (between("liked", 0, None), between("disliked", 0, None))),
            Check(_COUNTED, (between("waiting", 0, 0, says=_left),)),
        ),
    )


def _outside(row: Row) -> str:
    return f"{row['name']} is liked {number(row['rate'])} of the time, outside {row['low']:.3f} to {row['high']:.3f}"


def _left(row: Row) -> str:
    return f"{number(row['waiting'])} deeds were not counted"

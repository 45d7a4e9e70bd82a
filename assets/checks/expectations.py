"""The vocabulary of checks: expectations of Great Expectations, each with the sentence its failure reads as.

Only names and arguments stand here; Great Expectations itself is loaded by `evaluate`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any

from assets.checks.model import Column, Expectation, Kind, Row
from assets.checks.runs import in_runs

__all__ = [
    "LARGEST",
    "above",
    "between",
    "covers",
    "equal",
    "extreme",
    "holds",
    "number",
    "one_of",
    "one_row_a_shot",
    "present",
    "rows",
    "total",
    "unique",
]

_KINDS = {
    Kind.WHOLE: [
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int",
        "Int64Dtype",
    ],
    Kind.TEXT: ["str"],
    Kind.FLAG: ["bool", "BooleanDtype"],
}
_KINDS[Kind.NUMBER] = [*_KINDS[Kind.WHOLE], "float16", "float32", "float64", "float", "Float64Dtype"]

_FOUND = {"float64": "fractions", "float32": "fractions", "bool": "yes or no", "int64": "whole numbers"}

LARGEST = sys.float_info.max
"""The largest finite double: a bound that only infinity passes."""


def number(value: Any) -> str:
    """A value as a sentence says it: whole numbers without a point, others to four digits."""
    if value is None:
        return "nothing"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"


def between(
    column: str,
    low: float | None,
    high: float | None,
    *,
    what: str = "",
    unit: str = "",
    says: Callable[[Row], str] | None = None,
) -> Expectation:
    """Every value of a column lies in a closed range; missing values are left to `present`."""
    span = _span(low, high, unit)

    def sentence(row: Row) -> str:
        return f"{row['name']} has {what or column} {number(row[column])}{unit}, which is not {span}"

    settings = {"column": column, "min_value": low, "max_value": high}
    return Expectation("expect_column_values_to_be_between", settings, says or sentence, (column,))


def _span(low: float | None, high: float | None, unit: str) -> str:
    if low is None or low == -LARGEST:
        return "finite" if high in (None, LARGEST) else f"at most {number(high)}{unit}"
    if high is None or high == LARGEST:
        return f"at least {number(low)}{unit}" if high is None else f"finite and at least {number(low)}{unit}"
    return f"within {number(low)} and {number(high)}{unit}"


def present(column: str, *, what: str = "", says: Callable[[Row], str] | None = None) -> Expectation:
    """Every row has a value in this column: neither None nor NaN."""

    def sentence(row: Row) -> str:
        return f"{row['name']} has no {what or column}"

    return Expectation("expect_column_values_to_not_be_null", {"column": column}, says or sentence, (column,))


def one_of(column: str, allowed: Collection[Any], *, what: str = "") -> Expectation:
    """Every value of a column is one of a closed set."""
    names = ", ".join(str(one) for one in allowed)

    def sentence(row: Row) -> str:
        return f"{row['name']} has {what or column} {number(row[column])}, which is none of {names}"

    settings = {"column": column, "value_set": list(allowed)}
    return Expectation("expect_column_values_to_be_in_set", settings, sentence, (column,))


def unique(column: str, *, what: str = "") -> Expectation:
    """No value of a column comes twice."""

    def sentence(row: Row) -> str:
        return f"{row['name']} shares its {what or column} {number(row[column])} with another"

    return Expectation("expect_column_values_to_be_unique", {"column": column}, sentence, (column,))


def covers(column: str, needed: Sequence[int], *, noun: str, lacks: str) -> Expectation:
    """Every one of these numbers occurs in a column.

    Args:
        column: The column.
        needed: What must occur.
        noun: What such a number names, for example "shot".
        lacks: What it lacks where it does not occur, for example "keyframe".
    """

    def sentence(row: Row) -> str:
        found = set(row["table"][column])
        missing = [value for value in needed if value not in found]
        if len(missing) == 1:
            return f"{noun} {missing[0]} has no {lacks}"
        return f"{len(missing)} {noun}s have no {lacks}: {in_runs(missing)}"

    settings = {"column": column, "value_set": list(needed)}
    return Expectation("expect_column_distinct_values_to_contain_set", settings, sentence, (column,))


def equal(left: str, right: str, says: Callable[[Row], str]) -> Expectation:
    """Two columns agree in every row where either has a value."""
    settings = {"column_A": left, "column_B": right}
    return Expectation("expect_column_pair_values_to_be_equal", settings, says, (left, right))


def above(larger: str, smaller: str, says: Callable[[Row], str], *, or_equal: bool = False) -> Expectation:
    """One column exceeds another in every row that has both."""
    settings = {
        "column_A": larger,
        "column_B": smaller,
        "or_equal": or_equal,
        "ignore_row_if": "either_value_is_missing",
    }
    kind = "expect_column_pair_values_a_to_be_greater_than_b"
    return Expectation(kind, settings, says, (larger, smaller))


def extreme(column: str, *, smallest: bool, is_: float, says: Callable[[Row], str]) -> Expectation:
    """The smallest (or largest) value of a column is exactly this one."""

    def sentence(row: Row) -> str:
        return f"there is no {column}" if row["observed"] is None else says(row)

    kind = f"expect_column_{'min' if smallest else 'max'}_to_be_between"
    settings = {"column": column, "min_value": is_, "max_value": is_}
    return Expectation(kind, settings, sentence, (column,))


def total(column: str, is_: float, says: Callable[[Row], str]) -> Expectation:
    """The values of a column add up to exactly this."""
    settings = {"column": column, "min_value": is_, "max_value": is_}
    return Expectation("expect_column_sum_to_be_between", settings, says, (column,))


def rows(fewest: int, most: int | None, says: Callable[[Row], str]) -> Expectation:
    """The table has this many rows."""
    settings = {"min_value": fewest, "max_value": most}
    return Expectation("expect_table_row_count_to_be_between", settings, says, ())


def one_row_a_shot(shots: int) -> tuple[Expectation, ...]:
    """The column `shot` has every shot of a film once.

    Args:
        shots: How many shots the film has.
    """

    def incomplete(row: Row) -> str:
        return f"there are {row['observed']} rows for the {shots} shots of the film"

    return rows(shots, shots, incomplete), unique("shot"), between("shot", 0, shots - 1)


def holds(column: Column) -> Expectation:
    """Every value of a column is of its kind."""

    def sentence(row: Row) -> str:
        if "observed" in row:
            found = _FOUND.get(str(row["observed"]), row["observed"])
            return f"column {column.name} holds {found}, not {column.kind}"
        value = row[column.name]
        return f"{row['name']} has {type(value).__name__} {value!r:.40} as its {column.name}, not {column.kind}"

    settings = {"column": column.name, "type_list": _KINDS[column.kind]}
    return Expectation("expect_column_values_to_be_in_type_list", settings, sentence, (column.name,))

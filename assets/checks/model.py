"""The values of a check: what is promised, how it is judged, what came of it. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Check", "CheckOutcome", "Column", "Derived", "Expectation", "Kind", "Promise", "Row", "Suite"]

Row = Mapping[str, Any]
"""One row of a table by column name, and under `name` what a person calls it, for example "shot 3"."""


class Kind(StrEnum):
    """What a column holds; the value is how a message says it."""

    WHOLE = "whole numbers"
    NUMBER = "numbers"
    TEXT = "text"
    FLAG = "yes or no"


@dataclass(frozen=True)
class Column:
    """A column that a table must have.

    Args:
        name: The column's name.
        kind: What each of its values is.
        optional_values: True where a row may leave the value out (NaN, None).
    """

    name: str
    kind: Kind
    optional_values: bool = False


@dataclass(frozen=True)
class Derived:
    """A column worked out from others, to compare a row with its neighbour or with another table.

    Args:
        name: The new column's name.
        needs: Columns it is worked out from; where one is missing or holds the wrong kind, it is left out,
            and every check that rests on it fails with that reason.
        make: From the table to the new column, one value a row.
    """

    name: str
    needs: tuple[str, ...]
    make: Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class Expectation:
    """One expectation of Great Expectations, and how a failure reads.

    Args:
        type: Its registered name, for example "expect_column_values_to_be_between".
        settings: Its arguments.
        says: A failing row in one sentence; for an expectation of a whole column or table it is given what was
            found as `observed`, and the `table`.
        judges: The columns it rests on.
    """

    type: str
    settings: Mapping[str, Any]
    says: Callable[[Row], str]
    judges: tuple[str, ...]


class Promise(NamedTuple):
    """What a check promises about an artifact, known before there is one.

    Args:
        name: Unique within its asset; letters, digits and underscores.
        description: One sentence for the reader of the UI.
        blocking: True where a bad value would poison what is made from the artifact.
    """

    name: str
    description: str
    blocking: bool


@dataclass(frozen=True)
class Check:
    """A promise and the expectations that must all hold for it to be kept."""

    promise: Promise
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Suite:
    """All checks of one table.

    Args:
        row: What one row is called, for example "shot".
        key: The column that tells rows apart; where the table lacks it, rows are numbered from 0.
        columns: What the table must hold.
        derived: Columns worked out before judging, in order; a later one may need an earlier one.
        whole: The promise that the table has these columns, kinds and rows.
        checks: The other checks.
        fewest_rows: How many rows the table must have at least.
    """

    row: str
    key: str
    columns: tuple[Column, ...]
    whole: Promise
    checks: tuple[Check, ...]
    derived: tuple[Derived, ...] = ()
    fewest_rows: int = 1


@dataclass(frozen=True)
class CheckOutcome:
    """What came of one check.

    Args:
        name: The promise's name.
        passed: True where every expectation held.
        why: Where it failed, what was found, the first failing rows by name; where it passed, the promise.
        blocking: True where a failure must stop the artifact.
        metadata: `rows_checked` and `expectations`; where it failed also `rows_failed` and `rows`, which
            names all of them ("3, 7–12").
    """

    name: str
    passed: bool
    why: str
    blocking: bool
    metadata: dict[str, object] = field(default_factory=dict)

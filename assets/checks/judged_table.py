"""A table made ready to be judged: tidy types, rows numbered, derived columns worked out, faults known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.checks.model import Column, Kind, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["JudgedTable", "prepare"]

_NUMERIC = (Kind.WHOLE, Kind.NUMBER)
_WORDS = {"str": "text", "object": "mixed values"}
_EMPTY_DTYPES = {Kind.WHOLE: "int64", Kind.NUMBER: "float64", Kind.TEXT: "object", Kind.FLAG: "bool"}


@dataclass(frozen=True)
class JudgedTable:
    """A table as Great Expectations sees it.

    Args:
        frame: The caller's columns and the derived ones; its index is the row's position, 0, 1, 2, …, by
            which Great Expectations names a failing row. A column that comes twice is left out.
        faults: Why a column cannot be worked with, by column; a derived column inherits from what it needs.
        labels: What each row is called, without the noun.
        noun: What one row is called, for example "shot".
    """

    frame: pd.DataFrame
    faults: Mapping[str, str]
    labels: list[Any]
    noun: str

    def row(self, position: int) -> Row:
        """A row's values by column as plain Python values, and its `name`."""
        values = (_plain(self.frame.iat[position, nth]) for nth in range(self.frame.shape[1]))
        return dict(zip(self.frame.columns, values, strict=True)) | {"name": f"{self.noun} {self.labels[position]}"}


def prepare(table: pd.DataFrame, suite: Suite) -> JudgedTable:
    """Make a copy of a table ready for its suite; what cannot be worked out is left out, and in `faults`."""
    twice = set(table.columns[table.columns.duplicated()])
    frame = table.drop(columns=list(twice)).reset_index(drop=True).infer_objects()
    faults = {column.name: why for column in suite.columns if (why := _fault(frame, column, twice))}
    for column in suite.columns:
        if column.name in frame and column.name not in faults:
            frame[column.name] = _tidy(frame[column.name], column)
    for derived in suite.derived:
        inherited = [faults[need] for need in derived.needs if need in faults]
        if inherited:
            faults[derived.name] = inherited[0]
        else:
            frame[derived.name] = derived.make(frame)
    keyed = suite.key in frame and suite.key not in faults and bool(frame[suite.key].notna().all())
    labels = frame[suite.key].tolist() if keyed else list(range(len(frame)))
    return JudgedTable(frame, faults, labels, suite.row)


def _fault(frame: pd.DataFrame, column: Column, twice: set[str]) -> str:
    """Why nothing can be worked out from a column: holes and odd values are no reason, those are judged."""
    from pandas.api.types import is_numeric_dtype

    if column.name in twice:
        return f"column {column.name} comes twice"
    if column.name not in frame:
        return f"column {column.name} is missing"
    values = frame[column.name]
    if column.kind in _NUMERIC and not frame.empty and not is_numeric_dtype(values):
        return f"column {column.name} holds {_WORDS.get(str(values.dtype), values.dtype)}, not {column.kind}"
    return ""


def _tidy(values: Any, column: Column) -> Any:
    if values.empty:  # a table without rows carries no types of its own
        return values.astype(_EMPTY_DTYPES[column.kind])
    # the text columns of pandas 3 are a type that Great Expectations 1.24 does not know
    return values.astype(object) if column.kind is Kind.TEXT else values


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value

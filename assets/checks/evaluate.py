"""Hands a table and its suite to Great Expectations.

Great Expectations is loaded on the first call (about 5 s), never at import. One ephemeral context serves the
process: nothing is written to disk, nothing is sent anywhere, no progress bar is drawn.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assets.checks.expectations import holds, present, rows
from assets.checks.judged_table import prepare
from assets.checks.model import Check, CheckOutcome, Row, Suite
from assets.checks.verdict import Verdict, outcome

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

__all__ = ["run_expectations"]

RESULT_FORMAT = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
"""Every failing row, named by the frame's own index. By a column (`unexpected_index_column_names`) it took
15 to 33 s for 200,000 failing rows, against 0.2 s so."""

_JUDGING = threading.Lock()  # a context is shared by the process and not made for threads


def run_expectations(table: pd.DataFrame, suite: Suite) -> list[CheckOutcome]:
    """Judge a table by a suite: one outcome a check, the one about the table's shape first.

    A table that cannot be judged (a column missing, text where numbers are promised, no rows) is a failed
    check with that reason, never an exception. About 10 ms of processor time an expectation once Great
    Expectations is loaded.

    Args:
        table: The table; not changed.
        suite: What it must hold.
    """
    judged = prepare(table, suite)
    checks = (_whole(suite, judged.frame), *suite.checks)
    with _JUDGING:
        verdicts = _judge(judged.frame, checks)
    return [outcome(check, verdicts[check.promise.name], judged) for check in checks]


def _whole(suite: Suite, frame: pd.DataFrame) -> Check:
    """The check that every table has: its columns, their kinds, no holes, enough rows."""
    # a column of plain integers or flags cannot have holes, and each expectation costs 10 ms
    solid = {name for name in frame if getattr(frame[name].dtype, "kind", "") in "iub"}
    filled = [one.name for one in suite.columns if not one.optional_values and one.name not in solid]

    def too_few(row: Row) -> str:
        return f"the table has {row['observed']} rows, fewer than {suite.fewest_rows}"

    expectations = (
        rows(suite.fewest_rows, None, too_few),
        *(present(column) for column in filled),
        *(holds(column) for column in suite.columns),
    )
    return Check(suite.whole, expectations)


@functools.cache
def _tables() -> BatchDefinition:
    """The process's one context, ready to take a data frame."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    config = DataContextConfig(
        # the default ephemeral context makes a temporary folder for a site that nobody reads
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("all rows")


def _judge(frame: pd.DataFrame, checks: Sequence[Check]) -> dict[str, list[Verdict]]:
    """Every expectation's verdict by check name, in the order declared (results come in another)."""
    tables = _tables()
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import (
        ExpectationConfiguration,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    declared = [(check.promise, one) for check in checks for one in check.expectations]
    configurations = [
        ExpectationConfiguration(
            type=expectation.type,
            kwargs=dict(expectation.settings),
            meta={"nth": nth},
            severity=FailureSeverity.CRITICAL if promise.blocking else FailureSeverity.WARNING,
        )
        for nth, (promise, expectation) in enumerate(declared)
    ]
    suite = gx.ExpectationSuite(name="table", expectations=[one.to_domain_obj() for one in configurations])
    batch = tables.get_batch(batch_parameters={"dataframe": frame})
    results = {_nth(result): result for result in batch.validate(suite, result_format=RESULT_FORMAT).results}
    verdicts: dict[str, list[Verdict]] = {check.promise.name: [] for check in checks}
    for nth, (promise, expectation) in enumerate(declared):
        result = results[nth]
        verdicts[promise.name].append(
            Verdict(expectation, bool(result.success), result.result or {}, _trouble(result.exception_info or {}))
        )
    return verdicts


def _nth(result: ExpectationValidationResult) -> int:
    configuration = result.expectation_config
    assert configuration is not None  # a result of a suite always carries the expectation it is of
    return configuration.meta["nth"]


def _trouble(exception_info: Mapping[str, Any]) -> str:
    """The first line of what Great Expectations ran into; it nests it by metric or not, as it happens."""
    for one in (exception_info, *exception_info.values()):
        if isinstance(one, Mapping) and one.get("exception_message"):
            return str(one["exception_message"]).strip().splitlines()[0]
    return "Great Expectations gives no reason"

"""Great Expectations as the house uses it: its verdicts, quick, quiet, and leaving nothing behind."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from assets.checks.evaluate import run_expectations
from assets.checks.expectations import between
from assets.checks.model import Check, Column, Kind, Promise, Suite

WHOLE = Promise("whole", "The table is whole.", True)
IN_RANGE = Promise("in_range", "Every value is within 0 and 1.", False)
SUITE = Suite(
    row="row",
    key="id",
    columns=(Column("id", Kind.WHOLE), Column("value", Kind.NUMBER)),
    whole=WHOLE,
    checks=(Check(IN_RANGE, (between("value", 0, 1),)),),
)


def table(values: list[float], **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"id": range(10, 10 + len(values)), "value": values, **columns})


def test_a_check_that_passes_repeats_its_promise_and_tells_what_judged_it() -> None:
    whole, in_range = run_expectations(table([0.0, 0.5, 1.0]), SUITE)

    assert (whole.name, whole.passed, whole.blocking) == ("whole", True, True)
    assert (in_range.passed, in_range.why) == (True, "Every value is within 0 and 1.")
    assert in_range.metadata == {"rows_checked": 3, "expectations": ["expect_column_values_to_be_between"]}


def test_a_check_that_fails_names_its_first_rows_and_keeps_them_all_beside() -> None:
    _, in_range = run_expectations(table([0.5, 2.0, 3.0, -1.0, 0.5, 9.0, float("inf")]), SUITE)

    assert not in_range.passed
    assert in_range.why == (
        "row 11 has value 2, which is not within 0 and 1; row 12 has value 3, which is not within 0 and 1; "
        "row 13 has value -1, which is not within 0 and 1; and 2 more"
    )
    assert in_range.metadata["rows_failed"] == 5
    assert in_range.metadata["rows"] == "11–13, 15–16"


def test_the_verdict_is_that_of_great_expectations_itself() -> None:
    import great_expectations as gx
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )

    values = [0.1, 1.2, 0.4, -0.2, 1.0, 0.0]
    batch = gx.get_context(mode="ephemeral").data_sources.pandas_default.read_dataframe(table(values))
    theirs = batch.validate(
        ExpectColumnValuesToBeBetween(column="value", min_value=0, max_value=1), result_format="COMPLETE"
    )

    _, ours = run_expectations(table(values), SUITE)

    assert ours.passed == theirs.success
    assert ours.metadata["rows_failed"] == theirs.result["unexpected_count"]


def test_a_table_is_not_changed_by_being_judged() -> None:
    given = table([0.5, 2.0], note=["a", "b"])
    before = given.copy(deep=True)

    run_expectations(given, SUITE)

    pd.testing.assert_frame_equal(given, before)


def test_rows_are_numbered_where_the_key_is_missing_whatever_the_index_says() -> None:
    given = table([0.5, 2.0]).drop(columns="id").set_axis([7, 7])

    _, in_range = run_expectations(given, SUITE)

    assert in_range.why == "row 1 has value 2, which is not within 0 and 1"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (pd.DataFrame(), "column value is missing"),
        (table([0.5]).drop(columns="value"), "column value is missing"),
        (table([0.5]).astype({"value": str}), "column value holds text, not numbers"),
        (pd.concat([table([0.5]), table([0.5])[["value"]]], axis=1), "column value comes twice"),
    ],
    ids=["nothing at all", "no column", "text", "twice"],
)
def test_a_table_that_cannot_be_judged_fails_with_the_reason(given: pd.DataFrame, fault: str) -> None:
    whole, in_range = run_expectations(given, SUITE)

    assert not whole.passed
    assert not in_range.passed
    assert fault in whole.why
    assert in_range.why == fault


def test_a_value_of_another_kind_is_named_by_its_row() -> None:
    whole, in_range = run_expectations(table([0.5]).assign(value=[[1, 2]]), SUITE)

    assert whole.why == "row 10 has list [1, 2] as its value, not numbers"
    assert in_range.why == "column value holds mixed values, not numbers"


def test_a_hole_is_named_by_its_row() -> None:
    whole, in_range = run_expectations(table([0.5, float("nan"), 0.2]), SUITE)

    assert whole.why == "row 11 has no value"
    assert in_range.passed


@pytest.mark.parametrize("empty", [table([0.5]).iloc[:0], pd.DataFrame({"id": [], "value": []})])
def test_a_table_without_rows_fails_only_where_it_must_have_some(empty: pd.DataFrame) -> None:
    must, _ = run_expectations(empty, SUITE)
    may, in_range = run_expectations(empty, Suite(**{**vars(SUITE), "fewest_rows": 0}))

    assert must.why == "the table has 0 rows, fewer than 1"
    assert may.passed
    assert in_range.passed


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint16", "Int64", "Float64", "object"])
def test_numbers_of_every_storage_type_are_numbers(dtype: str) -> None:
    outcomes = run_expectations(table([0.0, 1.0]).astype({"value": dtype}), SUITE)

    assert [outcome.why for outcome in outcomes if not outcome.passed] == []


def test_a_suite_of_a_feature_films_frames_is_judged_in_time_even_if_every_row_fails() -> None:
    run_expectations(table([0.5]), SUITE)
    frames = 173_000
    begun = time.process_time()

    _, in_range = run_expectations(table([2.0] * frames), SUITE)

    assert time.process_time() - begun < 4
    assert in_range.metadata["rows"] == f"10–{9 + frames}"


def test_importing_the_checks_loads_neither_great_expectations_nor_pandas() -> None:
    code = (
        "import sys, assets.checks.tables, assets.checks.promises\n"
        "print([heavy for heavy in ('great_expectations', 'pandas', 'numpy') if heavy in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_judging_prints_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    code = (
        "import pandas as pd\n"
        "from assets.checks.tables import run_checks\n"
        "print(sum(o.passed for o in run_checks('shots', pd.DataFrame({'index': [0]}), frames=3)))"
    )
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    root = Path(__file__).resolve().parents[3]

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=home,
        env={
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONPATH": str(root),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )

    assert done.stdout == "0\n"
    assert done.stderr == ""
    assert [*home.rglob("*"), *temporary.rglob("*")] == []

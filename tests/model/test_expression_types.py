"""A filter that compares unlike things is refused where it is written, not by the first row of the night that differs."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.model import expression
from pipelines.model.expression_types import mismatch

TYPES = {
    "status": "string", "amount": "decimal(18,4)", "count": "int", "share": "double", "created_at": "timestamp",
    "due_date": "date", "is_new": "boolean",
}  # fmt: skip

FITTING = [
    "status = 'won'",
    "status in ('won', 'lost') and not is_new",
    "amount * 2 + 1 > 0.8 * count",
    "coalesce(amount, 0) > least(share, 2)",
    "due_date between period_start and full_period_end",
    "created_at <= as_of",
    "due_date >= '2026-01-31'",
    "created_at > '2026-01-31 08:00:00'",
    "due_date + 5 <= as_of",
    "date_diff('day', created_at, due_date) <= 3",
    "is_new is true or is_new = false",
    "case when amount > 0 then is_new end",
    "not coalesce(is_new, false)",
    "status is null",
    "nullif(status, '') is not null",
    "(is_new)",
    "round(amount, 2) = 1",
]

UNLIKE = [
    ("status = 5", "status is text, 5 is a number; write '5'"),
    ("amount > 'many'", "amount is a number, 'many' is text"),
    ("status in ('won', 3)", "status is text, 3 is a number; write '3'"),
    ("amount between 'a' and 'b'", "amount is a number, 'a' is text"),
    ("due_date > 20260131", "due_date is a day, 20260131 is a number"),
    ("due_date > '31.01.2026'", "'31.01.2026' is no day; write it as '2026-03-31'"),
    ("due_date > '20260131'", "'20260131' is no day; write it as '2026-03-31'"),
    ("due_date > '2026-02-30'", "'2026-02-30' is no day; write it as '2026-03-31'"),
    ("due_date = status", "due_date is a day, status is text"),
    ("is_new = 1", "is_new is true or false, 1 is a number"),
    ("status and is_new", "status is text, and stands where a condition does"),
    ("not amount", "amount is a number, and stands where a condition does"),
    ("status + 1 > 0", "status is text, and there is arithmetic with it"),
    ("amount + round(status, 2) > 0", "status is text, and there is arithmetic with it"),
    ("nullif(status, 0) is null", "status is text, 0 is a number; write '0'"),
    ("coalesce(amount, 'none') is null", "amount is a number, 'none' is text"),
    ("amount", "is a number; a filter is true or false"),
    ("'won'", "is text; a filter is true or false"),
]


@pytest.mark.parametrize("said", FITTING)
def test_what_fits_is_a_condition_that_duckdb_takes(said: str) -> None:
    assert expression.problem(said, list(TYPES)) is None
    assert mismatch(said, TYPES, is_condition=True) is None
    columns = ", ".join(
        f'cast(null as {kind.replace("string", "varchar")}) as "{name}"' for name, kind in TYPES.items()
    )
    run = ", ".join(f"date '2026-03-31' as {name}" for name in expression.RUN_NAMES)
    assert duckdb.sql(f"select ({said}) from (select {columns}, {run})").types == ["BOOLEAN"]


@pytest.mark.parametrize(("said", "problem"), UNLIKE)
def test_what_does_not_fit_is_said_in_words(said: str, problem: str) -> None:
    assert expression.problem(said, list(TYPES)) is None
    assert problem in (mismatch(said, TYPES, is_condition=True) or "")


def test_what_is_added_up_need_not_be_a_condition() -> None:
    assert mismatch("amount * share", TYPES, is_condition=False) is None

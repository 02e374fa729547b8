"""Expressions of definitions as plain SQL: what is written otherwise than it was said."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from pipelines.model.entities import read_entities
from pipelines.model.export.reasons import Unsaid
from pipelines.model.export.sql import local_day, plain, row_value
from pipelines.model.kpi import Measure

DEALS = read_entities()["deals"]
ZONE = "Asia/Shanghai"
# 23:30 on 1 March in UTC is the morning of 2 March in Shanghai; two hours and a half later it is still 2 March.
ROW = "select timestamp '2026-03-01 23:30' as created_at, timestamp '2026-03-02 02:00' as closed_at, 7 as amount, 'won' as status"


def value(sql: str) -> Any:
    with duckdb.connect() as con:
        return con.execute(f"select {sql} from ({ROW})").fetchall()[0][0]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("amount / 2", 3.5),  # a whole number by a whole number: no engine may cut it off
        ("amount / 0", None),
        ("amount / 2 / 7", 0.5),
        ("(amount + 1) / (2 / amount)", 28),
        ("date_diff('day', created_at, closed_at)", 0),  # calendar days of the company, not of UTC
        ("date_diff('hour', created_at, closed_at)", 2.5),  # not how many clocks struck
        ("date_diff('minute', created_at, closed_at)", 150),
        ("case when status in ('won', 'lost') then amount else 0 end", 7),
        ("coalesce(nullif(amount, 7), -1)", -1),
        ("not status = 'open' and amount between 6 and 8", True),
    ],
)
def test_expression_means_what_the_definition_says(said: str, found: Any) -> None:
    assert value(plain(said, DEALS, ZONE)) == found


def test_an_instant_lies_on_the_day_of_the_company() -> None:
    assert str(value(local_day("created_at", "timestamp", ZONE))) == "2026-03-02"
    assert local_day("signed_date", "date", ZONE) == "signed_date"


@pytest.mark.parametrize("said", ["closed_at <= as_of", "date_diff('day', created_at, period_end) > 3"])
def test_what_names_the_business_date_or_the_period_is_not_said(said: str) -> None:
    with pytest.raises(Unsaid) as why:
        plain(said, DEALS, ZONE)
    assert why.value.reason == "names_period"


def test_a_row_that_the_filter_leaves_out_gives_nothing() -> None:
    counted = {"entity": "deals", "agg": "sum", "expr": "amount", "date": "closed_at"}
    assert value(row_value(Measure.model_validate(counted | {"filter": "status = 'won'"}), DEALS, ZONE)) == 7
    assert value(row_value(Measure.model_validate(counted | {"filter": "status = 'lost'"}), DEALS, ZONE)) is None


def test_a_row_of_an_entity_with_periods_counts_in_its_own_grain_only() -> None:
    periods = read_entities()["customer_periods"]
    measure = Measure.model_validate({"entity": "customer_periods", "agg": "count", "date": "period_end"})
    assert row_value(measure, periods, ZONE, "month") == "case when grain = 'month' then 1 end"

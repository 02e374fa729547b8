"""Bounds that move with the calendar and with what a table used to hold: what they are, and that GX agrees on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.extract.contract import SourceContract
from pipelines.gate import history, moving
from pipelines.gate.engine import GreatExpectations
from pipelines.gate.history import Count
from pipelines.gate.moving import Moment
from pipelines.model.company import Company
from tests.gate.gate_company import GOOD
from tests.gate.gate_company import Company as GateCompany
from tests.gate.test_rules import DAY, EVERY, LATER, fill, suite_of

ROWS, NEWEST = "expect_table_row_count_to_be_between", "expect_column_max_to_be_between"
CHINA = Company.model_validate(
    {"name": {"zh": "公司", "en": "Co"}, "currency": "CNY", "time_zone": "Asia/Shanghai", "holidays": "CN"}
)
TUESDAY = date(2026, 3, 31)


def bounds(asked: tuple[str, dict[str, Any]], moment: Moment) -> tuple[Any, Any]:
    (rule,) = moving.resolved(suite_of([asked]), moment).expectations
    return rule.kwargs.get("min_value"), rule.kwargs.get("max_value")


def counts(*rows: int, until: date = date(2026, 3, 30)) -> list[Count]:
    """Counts of the working days up to `until`, newest first."""
    return [Count(moving.working_day(CHINA, until, ago), number) for ago, number in enumerate(rows)]


@pytest.mark.parametrize(
    ("day", "ago", "expected"),
    [
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
        (date(2026, 3, 31), 2, date(2026, 3, 27)),  # over a weekend
        (date(2026, 3, 29), 0, date(2026, 3, 27)),  # a Sunday counts as the Friday before it
        (date(2026, 2, 25), 1, date(2026, 2, 24)),
        (date(2026, 2, 24), 1, date(2026, 2, 14)),  # Spring Festival; that Saturday was made up for
    ],
)
def test_working_days_are_those_of_the_companys_calendar(day: date, ago: int, expected: date) -> None:
    assert moving.working_day(CHINA, day, ago) == expected


def test_usual_is_the_median_of_the_last_ten_dates() -> None:
    asked = (ROWS, {"of_usual": {"min": 0.5, "max": 2}})
    assert bounds(asked, Moment(TUESDAY, None, counts(100, 100, 3, 102, 101))) == (50, 200)
    assert bounds(asked, Moment(TUESDAY, None, counts(*[200] * 10, *[100] * 10))) == (100, 400)
    assert bounds(asked, Moment(TUESDAY, None, counts(*[200] * 6, *[100] * 10)))[0] == 100  # six days of a new size


@pytest.mark.parametrize("rows", [(), (100, 100), (0, 0, 0, 0)])
def test_nothing_is_usual_where_too_little_is_known(rows: tuple[int, ...]) -> None:
    assert bounds((ROWS, {"of_usual": {"min": 0.5, "max": 2}}), Moment(TUESDAY, None, counts(*rows))) == (0, None)
    assert bounds((ROWS, {"added_of_usual": {"min": 0.5}}), Moment(TUESDAY, CHINA, counts(*rows))) == (0, None)


def test_added_rows_are_held_against_those_of_other_working_days() -> None:
    asked = (ROWS, {"added_of_usual": {"min": 0.2, "max": 5}})
    known = counts(1040, 1030, 1020, 1010, 1000)  # ten a working day
    assert bounds(asked, Moment(TUESDAY, CHINA, known)) == (1042, 1090)
    # Two runs were left out: three working days' rows are due.
    assert bounds(asked, Moment(date(2026, 4, 2), CHINA, known)) == (1046, 1190)
    # What was counted on a Sunday, and a Sunday itself, say nothing.
    with_sunday = [known[0], Count(date(2026, 3, 29), 1031), *known[1:]]
    assert bounds(asked, Moment(TUESDAY, CHINA, with_sunday)) == (1042, 1090)
    assert bounds(asked, Moment(date(2026, 4, 5), CHINA, known)) == (0, None)


def test_what_is_usual_of_snapshots_is_the_newest(con: duckdb.DuckDBPyConnection) -> None:
    """On a Monday three copies have come since Friday, each as large as ever."""
    users = {
        "from": {"glob": "users_*.csv", "day": "%Y%m%d"}, "delivery": "snapshot", "key": ["id"], "entities": [],
        "columns": [{"name": "id", "as": "employee_id"}],
    }  # fmt: skip
    said = {"system": "hr", "kind": "files", "owner": "x", "connection": {"path": "."}, "tables": {"users": users}}
    contract = SourceContract.model_validate(said | {"label": {"zh": "人", "en": "HR"}})
    con.execute("create schema raw_hr")
    con.execute(BASE_TABLES)
    con.execute(
        "create table raw_hr.users as select id, day::date as _snapshot_date"
        " from range(10) as t(id), unnest([date '2026-03-27', date '2026-03-28', date '2026-03-29']) as d(day)"
    )
    for day in (25, 26, 27):
        history.remember(con, "raw_hr.users", date(2026, 3, day), 10)
    moment = moving.of_raw_table(con, contract, "users", date(2026, 3, 30), None)
    assert moment.past == 20
    asked = suite_of([(ROWS, {"of_usual": {"min": 0.7, "max": 1.5}})])
    (rule,), (plain,) = asked.expectations, moving.resolved(asked, moment).expectations
    assert (plain.kwargs["min_value"], plain.kwargs["max_value"]) == (27, 35)
    told = moving.with_bounds(rule, plain, rows=4, past=20)
    assert told.why_in("en") == "-. There are 4 rows, usually 7 or more and at most 15"


def test_midnight_is_that_of_the_company_on_the_clock_of_the_source() -> None:
    asked = (NEWEST, {"column": DAY, "min_working_days_ago": 2, "max_days_ahead": 1})
    assert bounds(asked, Moment(TUESDAY, CHINA)) == (datetime(2026, 3, 27), datetime(2026, 4, 2))
    in_utc = Moment(TUESDAY, CHINA, zone="UTC", instants=frozenset([DAY]))
    assert bounds(asked, in_utc) == (datetime(2026, 3, 26, 16), datetime(2026, 4, 1, 16))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema raw_x")
        yield con


@pytest.mark.parametrize(
    "rows",
    [[], EVERY[:1], EVERY[2:3], EVERY, [("a", Decimal(1), 1.0, date(2026, 4, 1), date(2026, 4, 2))] * 9],
    ids=["no row", "old", "no value", "mixed", "ahead"],
)
def test_our_answer_is_that_of_great_expectations(con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    fill(con, rows)
    asked: list[tuple[str, dict[str, Any]]] = [
        (ROWS, {"of_usual": {"min": 0.5, "max": 2}}),
        (ROWS, {"of_usual": {"min": 0.3}}),
        (ROWS, {"added_of_usual": {"max": 1.5}}),
        *((NEWEST, {"column": c, "min_working_days_ago": n}) for c in (DAY, LATER) for n in (0, 60)),
        *((NEWEST, {"column": c, "max_days_ahead": n}) for c in (DAY, LATER) for n in (0, 1)),
    ]
    said = suite_of(asked)
    now = moving.resolved(said, Moment(TUESDAY, CHINA, counts(5, 4, 3, 2, 1)))
    with GreatExpectations(con) as gx:
        theirs = {name: outcome.status for name, outcome in gx.check(now, TUESDAY).items()}
    ours = moving.answers(con, now, said)
    assert ours is not None
    assert {name: "pass" if holds else "fail" for name, holds in ours.items()} == theirs


BAND = {"type": ROWS, "level": "table", "name": "rows_as_usual", "of_usual": {"min": 0.7}}


def test_half_a_delivery_is_found_and_told_with_its_figures(company: GateCompany) -> None:
    company.suite(BAND)
    for day in range(1, 4):
        company.load("deals", [*GOOD, *GOOD], batch=f"b{day}")
        assert company.check(f"run{day}", date(2026, 3, day))["raw_crm.deals"].verdict == "pass"
    company.load("deals", GOOD, batch="half")
    assert company.check("run4", date(2026, 3, 4))["raw_crm.deals"].verdict == "block"
    assert company.query(
        "select why_zh, why_en from gate.results where check_name = 'rows_as_usual' and run_id = 'run4'"
    ) == [("因为。现有 3 行，通常不少于 4", "because. There are 3 rows, usually 4 or more")]
    # A rerun of the day sees what the run saw, and one of an earlier day changes nothing of it.
    assert company.check("run5", date(2026, 3, 4))["raw_crm.deals"].verdict == "block"
    assert company.check("run6", date(2026, 3, 2))["raw_crm.deals"].verdict == "pass"
    assert company.query("select day, rows from gate.row_counts where table_name = 'raw_crm.deals' order by day") == [
        (date(2026, 3, 1), 6), (date(2026, 3, 2), 6), (date(2026, 3, 3), 6), (date(2026, 3, 4), 3),
    ]  # fmt: skip


def test_an_unchanged_table_is_looked_at_again_only_when_the_answer_changes(company: GateCompany) -> None:
    company.calendar()
    company.suite({"type": NEWEST, "level": "table", "column": "关闭", "min_working_days_ago": 20})
    company.load("deals", GOOD)  # the newest was closed on 2 February
    seen = [company.check(f"run{day}", date(2026, 3, day))["raw_crm.deals"] for day in (2, 3, 4, 16, 17)]
    assert [(v.reused, v.verdict) for v in seen] == [
        (False, "pass"), (True, "pass"), (True, "pass"), (False, "block"), (True, "block"),
    ]  # fmt: skip


def test_a_column_or_a_type_that_is_not_as_the_suite_says_is_found(company: GateCompany) -> None:
    columns = {"type": "expect_table_columns_to_match_set", "exact_match": False, "level": "table"}
    typed = {"type": "expect_column_values_to_be_of_type", "level": "table"}
    company.suite(
        {**columns, "column_set": ["商机编号", "金额"]},
        {**typed, "column": "金额", "type_": "DECIMAL"},
        {**typed, "column": "关闭", "type_": "DATE"},
    )
    company.load("deals", GOOD)
    assert company.check("run1")["raw_crm.deals"].verdict == "pass"
    company.query("alter table raw_crm.deals alter 金额 type varchar; select 1")
    company.query("alter table raw_crm.deals drop column 商机编号; delete from gate.fingerprints; select 1")
    assert company.check("run2")["raw_crm.deals"].verdict == "block"
    found = company.query("select check_name, status from gate.results where run_id = 'run2' and level = 'table'")
    assert dict(found) == {
        "table_columns_to_match_set": "fail",
        "be_of_type(金额)": "fail",
        "be_of_type(关闭)": "pass",
    }

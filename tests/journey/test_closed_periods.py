"""Closed periods never change silently: the published figure stays, the live one stands beside it, and why they differ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import duckdb

from pipelines.settings import REPOSITORY
from tests.conftest import kpi
from tests.journey.small_company import CONTRACTS, SmallCompany

LATE = {"合同编号": "C99", "客户": "K99", "负责人": "e1", "签订日期": "2026-03-03", "金额": "7.00"}
OWN_KPI: dict[str, Any] = {
    "id": "signed_contracts", "label": {"zh": "签约数", "en": "Signed"}, "description": {"zh": "签约数", "en": "Signed"},
    "business_goal": "raise_sales", "owner": "sales_ops", "steward": "data_crm", "unit": "count", "direction": "up",
    "levels": ["company"], "simple": {"measure": {"entity": "contracts", "agg": "count", "date": "signed_date"}},
    "versions": [{"from": "2026-01-01"}],
}  # fmt: skip


def march(company: SmallCompany, kpi_id: str = "won_amount") -> tuple[Any, ...]:
    """What is published of the company's March: value, live value, closed."""
    ((value, now, closed),) = company.query(
        "select value, value_now, is_closed from published.kpi_values where kpi_id = ? and level = 'company'"
        " and grain = 'month' and period_start = date '2026-03-01' and cut = 'none'",
        kpi_id,
    )
    return float(value), float(now), closed


def restated(company: SmallCompany) -> list[tuple[Any, ...]]:
    return company.query(
        "select kpi_id, level, published_value::double, value_now::double, cause from published.restatements"
        " where grain = 'month' and cut = 'none' order by all"
    )


def test_a_period_closes_by_itself_and_a_late_record_restates_it_in_the_open(company: SmallCompany) -> None:
    assert march(company) == (40000, 40000, False)
    assert company.run("--as-of", "2026-04-06").returncode == 0  # four working days after its end
    assert march(company) == (40000, 40000, False)
    assert company.run("--as-of", "2026-04-07").returncode == 0  # five
    assert march(company) == (40000, 40000, True)
    assert company.query("select distinct closed_by, closed_as_of::varchar from published.closes") == [
        ("calendar", "2026-04-07")
    ]

    company.deliver("contracts", [*CONTRACTS, LATE])
    assert company.run("--as-of", "2026-04-08").returncode == 0
    assert march(company) == (40000, 40007, True)
    late = [row for row in restated(company) if row[1] == "company"]
    assert late == [
        ("new_customers", "company", 40, 41, "late_data"),
        ("won_amount", "company", 40000, 40007, "late_data"),
    ]
    # What goals say of March rests on the closed figure too.
    assert company.query(
        "select actual::double from published.goal_attainment where period_start = date '2026-03-01'"
    ) == [(40000,)]
    # As of a day before the closing it is not closed: a rerun of April 6 gives April 6, with what is known now.
    assert company.run("--as-of", "2026-04-06").returncode == 0
    assert march(company) == (40007, 40007, False)


def test_a_changed_meaning_does_not_move_a_closed_period(company: SmallCompany) -> None:
    company.write("kpi_definitions/kpis/sales/signed_contracts.yml", OWN_KPI)
    assert company.run("--as-of", "2026-04-07").returncode == 0
    measure = OWN_KPI["simple"]["measure"] | {"filter": "amount > 1000"}
    company.write("kpi_definitions/kpis/sales/signed_contracts.yml", OWN_KPI | {"simple": {"measure": measure}})
    company.deliver("contracts", [*CONTRACTS, LATE | {"金额": "2000"}])
    assert company.run("--as-of", "2026-04-08").returncode == 0
    assert march(company, "signed_contracts") == (40, 1, True)
    assert ("signed_contracts", "company", 40, 1, "definition") in restated(company)


def test_a_period_is_closed_by_hand_with_name_and_reason(company: SmallCompany) -> None:
    def close(*arguments: str) -> subprocess.CompletedProcess[str]:
        return kpi("close", *arguments, "--config", company.folder, check=False, KPI_USER="sales_ops")

    for wrong, said in (
        (("month", "2026-02", "--reason", "x"), "no month with 2026-02-01 is published"),
        (("month", "2026-3", "--reason", "x"), "2026-3 is no period"),
        (("day", "2026-03-01", "--reason", "x"), "day is not closed"),
        (("quarter", "2026-03", "--reason", " "), "--reason is missing"),
    ):
        done = close(*wrong)
        assert done.returncode != 0
        assert said in done.stderr, done.stderr
    done = close("month", "2026-03", "--reason", "audited")
    assert done.returncode == 0, done.stderr
    assert "month from 2026-03-01" in done.stdout
    company.deliver("contracts", [*CONTRACTS, LATE])
    assert company.run().returncode == 0
    assert march(company) == (40000, 40007, True)
    assert company.query("select distinct closed_by from published.closes") == [("sales_ops",)]
    assert company.query("select who, what, subject, why from published.acts where what <> 'goal'") == [
        ("sales_ops", "close", "month 2026-03-01", "audited")
    ]
    assert "nothing left to close" in close("month", "2026-03", "--reason", "again").stderr
    assert company.run("--as-of", "2026-04-07").returncode == 0
    assert "is not over yet" in close("month", "2026-04", "--reason", "x").stderr


def test_what_a_check_blocked_stays_open(company: SmallCompany) -> None:
    company.deliver("contracts", CONTRACTS[:5])  # too few: a critical rule of the table
    assert company.run("--as-of", "2026-04-07").returncode != 0
    assert march(company, "won_amount")[2] is False
    assert march(company, "win_rate")[2] is True


# Ends the process without a word, at the n-th call of one function of the closing.
KILLED = """
import os, sys
from pipelines.keep import closes
from pipelines.publish import serving
where = sys.argv.pop(1)
module = serving if where == "swap" else closes
whole = getattr(module, where)
def dies(*arguments, **named):
    {before}
    done = whole(*arguments, **named)
    os._exit(137)
setattr(module, where, dies)
from pipelines.cli import main
main()
"""


def test_a_run_that_is_killed_while_it_closes_has_closed_what_it_published_and_nothing_else(
    company: SmallCompany,
) -> None:
    for where, before, is_published in (
        ("prepare", "pass", False),
        ("swap", "os._exit(137)", False),
        ("swap", "pass", True),
        ("begin", "pass", True),
    ):
        done = subprocess.run(
            [sys.executable, "-c", KILLED.format(before=before), where, "run", "--config", str(company.folder),
             "--as-of", "2026-04-07"],
            cwd=REPOSITORY, env=dict(os.environ), capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode in (137, -signal.SIGKILL), done.stderr
        assert march(company)[2] is is_published, where
    company.deliver("contracts", [*CONTRACTS, LATE])
    assert company.run("--as-of", "2026-04-07").returncode == 0
    assert march(company) == (40000, 40007, True)
    kept = [file for file in (company.data / "closes").rglob("*") if file.is_file()]
    assert sorted(file.suffix for file in kept) == ["", ".parquet", ".parquet"]  # since when; figures, goals
    ((twice,),) = duckdb.sql(
        f"select count(*) - count(distinct (kpi_id, grain, period_start, level, unit_id, cut, cut_value))"
        f" from read_parquet('{company.data}/closes/*.parquet')"
    ).fetchall()
    assert twice == 0

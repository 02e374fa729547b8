"""The owner of a problem reads one plain sentence in their language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.watch.notices import notices, write

PEOPLE = {
    "sales_ops": Person.model_validate(
        {"id": "sales_ops", "name": {"zh": "销售运营", "en": "Sales operations"}, "language": "zh"}
    ),
    "service_desk": Person.model_validate({"id": "service_desk", "name": "Service desk", "language": "en"}),
}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(
            """
            create schema gate;
            create schema definitions;
            create table definitions.kpis as
            select 'won_amount' as kpi_id, 1 as definition_version, '签单金额' as label_zh,
                   'Contract value signed' as label_en;
            create table gate.verdicts (run_id varchar, table_name varchar, verdict varchar);
            create table gate.results (
                run_id varchar, system varchar, table_name varchar, check_name varchar, level varchar,
                severity varchar, status varchar, failed_rows bigint, checked_rows bigint, owner varchar,
                why_zh varchar, why_en varchar,
                kpis_affected varchar
            );
            """
        )
        yield made


def result(con: duckdb.DuckDBPyConnection, **said: object) -> None:
    row = {
        "run_id": "run_2", "system": "crm", "table_name": "raw_crm.deals", "check_name": "deal_has_owner",
        "level": "row",
        "severity": "critical", "status": "fail", "failed_rows": 33, "checked_rows": 8800, "owner": "sales_ops",
        "why_zh": "没有负责人的商机无法计入团队", "why_en": "A deal without an owner counts for no team", "kpis_affected": "won_amount",
    } | said  # fmt: skip
    con.execute(f"insert into gate.results values ({', '.join('?' * len(row))})", list(row.values()))


def texts(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [notice.text for notice in notices(con, PEOPLE, "run_2")]


def test_notice_says_how_many_rows_break_what_and_what_to_do_in_chinese(con: duckdb.DuckDBPyConnection) -> None:
    result(con)
    assert texts(con) == [
        "raw_crm.deals 有 33 行（共 8,800 行）不符合规则 deal_has_owner。没有负责人的商机无法计入团队。"
        "这些行已隔离，不计入指标。受影响的指标：签单金额。下一步：请在源系统更正；明细见 quarantine_crm.deals。"
    ]


def test_notice_of_a_blocked_table_says_so_in_english(con: duckdb.DuckDBPyConnection) -> None:
    result(con, table_name="raw_desk.tickets", check_name="tickets_came", level="table", owner="service_desk",
           why_en="No day was ever without", kpis_affected="won_amount, unknown_kpi")  # fmt: skip
    con.execute("insert into gate.verdicts values ('run_2', 'raw_desk.tickets', 'block')")
    (notice,) = notices(con, PEOPLE, "run_2")
    assert notice.blocks
    assert notice.text == (
        "raw_desk.tickets as a whole breaks the rule tickets_came. No day was ever without. The table is held back, "
        "and its KPIs keep their last good values. KPIs touched: Contract value signed, unknown_kpi. Next: correct the "
        "source and deliver it again."
    )


def test_notice_of_a_warning_says_the_rows_still_count(con: duckdb.DuckDBPyConnection) -> None:
    result(con, severity="warning", failed_rows=1, owner="service_desk", why_en="", kpis_affected="")
    (text,) = texts(con)
    assert text.startswith("1 of 8,800 rows of raw_crm.deals breaks the rule deal_has_owner. They are counted")
    assert "No KPI is touched." in text


def test_notice_of_a_check_that_could_not_run_is_not_silent(con: duckdb.DuckDBPyConnection) -> None:
    result(con, status="error", failed_rows=None, checked_rows=None, owner="service_desk")
    assert "could not be run" in texts(con)[0]


def test_notices_leave_out_what_passed_information_and_other_runs(con: duckdb.DuckDBPyConnection) -> None:
    result(con, status="pass")
    result(con, severity="info")
    result(con, run_id="run_1")
    assert texts(con) == []


def test_notices_come_by_owner_and_worst_first(con: duckdb.DuckDBPyConnection) -> None:
    result(con, check_name="small", failed_rows=2)
    result(con, check_name="doubtful", severity="warning", failed_rows=900)
    result(con, check_name="large", failed_rows=40)
    result(con, check_name="nobody", owner="somebody_who_left")
    found = notices(con, PEOPLE, "run_2")
    assert [notice.check for notice in found] == ["large", "small", "doubtful", "nobody"]
    assert found[-1].language == "en"


def test_notices_refuse_a_run_without_results(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(KpiError, match="run_2"):
        notices(con, PEOPLE, "run_2")


def test_write_gives_each_owner_a_heading_and_each_notice_a_line(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    result(con, why_zh="first line\nsecond line")
    result(con, owner="service_desk")
    lines = write(notices(con, PEOPLE, "run_2"), PEOPLE, tmp_path, "run_2").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("## ")] == ["## 销售运营", "## Service desk"]
    assert len([line for line in lines if line.startswith("- ")]) == 2


def test_write_says_when_all_is_well(tmp_path: Path) -> None:
    assert "Every check passed" in write([], PEOPLE, tmp_path, "run_2").read_text(encoding="utf-8")


def test_two_systems_that_do_not_agree_are_told_in_customer_months(con: duckdb.DuckDBPyConnection) -> None:
    result(
        con,
        table_name="entities.contracts",
        check_name="contracts_ordered",
        level="customer_month",
        severity="warning",
        failed_rows=12,
        checked_rows=340,
    )
    result(
        con,
        table_name="entities.orders",
        check_name="orders_invoiced",
        level="customer_month",
        severity="warning",
        failed_rows=1,
        checked_rows=9,
        owner="service_desk",
    )
    zh, en = texts(con)
    assert zh == (
        "entities.contracts 与其后续单据有 12 个客户月（共 340 个）金额不一致（contracts_ordered）。没有负责人的商机无法计入团队。"
        "受影响的指标：签单金额。下一步：请按清单核对两个系统，更正有误的一方。"
    )
    assert en == (
        "entities.orders and what follows from it do not agree in 1 of 9 customer-months (orders_invoiced). A deal without"
        " an owner counts for no team. KPIs touched: Contract value signed. Next: compare both systems by the list, and"
        " correct the one that is wrong."
    )

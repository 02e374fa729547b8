"""Fault 16: personal values in rows that fail reach nothing that quality makes: results, pages, alerts, lists, sheets.

Telephone, mail address, ID number and name stand in columns that are marked personal, and once more, typed into the
wrong column, in rows that break a rule or cannot be read. Raw, landing and quarantine may hold the latter: nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.gate.rules import quoted
from tests.conftest import kpi
from tests.faults.canaries import ID_NUMBER, MAIL, NAME, PERSONAL, PHONE, hits, search
from tests.faults.test_canaries_run import HAS_FORM, MARKED, PERSONS
from tests.journey.small_company import CONTRACTS, HAS_OWNER, SmallCompany
from tests.watch.alerts.receivers import Web

SET_ASIDE = re.compile("^(raw|quarantine)_")
CHAT = {"id": "sales_ops", "name": "Ops", "channels": ["chat"], "roles": ["engineer"]}
RULES = [
    HAS_OWNER,
    HAS_FORM,
    {"type": "expect_column_values_to_be_in_set", "column": "等级", "value_set": ["A"]},
    {"type": "expect_column_values_to_match_regex", "column": "等级", "regex": "^[AB]$"},
    {"type": "expect_column_values_to_be_unique", "column": "备注"},
    {"type": "expect_compound_columns_to_be_unique", "column_list": ["等级", "备注"]},
    {
        "type": "unexpected_rows_expectation", "name": "remark_is_no_address",
        "unexpected_rows_query": "select _batch_id, _row_number from {batch} where 备注 like '%@%'",
    },
]  # fmt: skip
# Each in rows that fail, in a column where nobody expects it.
MISPLACED = [
    {"等级": PHONE},
    {"等级": ID_NUMBER, "备注": MAIL},
    {"备注": MAIL},
    {"金额": ID_NUMBER},
    {"签订日期": NAME},
]
PLACES = {  # what must have been made, or nothing was proved
    "a fix list": "reports/fix_lists/raw_crm.contracts*.csv", "a list of stale customers": "reports/**/*customers_stale*",
    "a page of Data Docs": "reports/data_docs/**/*.html", "a sheet of an audit": "reports/audits/*.xlsx",
    "a log of Dagster's": "dagster/storage/**/*.err", "an event of Dagster's": "dagster/history/runs/*.db",
    "notices": "reports/notices.md", "the record of alerts": "alerts.sqlite", "what is served": "serving/kpi.duckdb",
}  # fmt: skip


def lay_down(company: SmallCompany, web: Web) -> None:
    company.lay_down()
    path = company.folder / "sources" / "crm.yml"
    crm = yaml.safe_load(path.read_text(encoding="utf-8"))
    crm["tables"]["contracts"]["columns"] += [*MARKED, {"name": "等级"}, {"name": "备注"}]
    crm["tables"]["contracts"] |= {"key": ["合同编号"], "block_above": "50%"}
    crm["tables"]["customers"] = {
        "from": {"glob": "customers.csv"}, "delivery": "full", "entities": ["customers"],
        "constants": {"status": "active"},
        "columns": [
            {"name": "编号", "as": "customer_id"}, {"name": "联系人", "as": "name", "personal": "hash", "form": "name"},
            {"name": "更新", "type": "timestamp", "as": "updated_at"},
        ],
    }  # fmt: skip
    company.write("sources/crm.yml", crm)
    rules = [{"level": "row"} | rule | {"severity": "critical"} for rule in RULES]
    company.suite("raw_crm/contracts", *rules)
    others = [{"id": person, "name": person} for person in ("vp_sales", "data_crm", "data_erp")]
    company.write("kpi_definitions/people.yml", {"people": [CHAT, *others]})
    chat = {"address": "jsons://kpi.example.com/hook", "server": web.address}
    company.write("kpi_definitions/channels.yml", {"allowed_hosts": ["127.0.0.1"], "channels": {"chat": chat}})
    company.deliver("customers", [{"编号": f"K{n}", "联系人": NAME, "更新": "2023-01-05 08:00"} for n in range(1, 4)])
    good = [row | PERSONS | {"等级": "A", "备注": f"remark {n}"} for n, row in enumerate(CONTRACTS)]
    wrong = [good[n] | misplaced for n, misplaced in enumerate(MISPLACED)]
    company.deliver("contracts", [*wrong, good[5] | {"手机": f"{PHONE}00000"}, good[6] | {"负责人": ""}, *good[7:]])


def held_elsewhere(company: SmallCompany) -> tuple[list[str], int]:
    """(hits in tables of the working file, tables looked at), but for raw and quarantine."""
    with duckdb.connect(str(company.data / "warehouse" / "warehouse.duckdb"), read_only=True) as con:
        tables = con.execute(
            "select table_schema, table_name from information_schema.tables where table_type in ('BASE TABLE', 'VIEW')"
        ).fetchall()
        looked = [(schema, name) for schema, name in tables if not SET_ASIDE.match(schema)]
        found = [
            f"{schema}.{name}: {word}"
            for schema, name in looked
            for word in hits(
                PERSONAL, repr(con.execute(f"select * from {quoted(schema)}.{quoted(name)}").fetchall()).encode()
            )
        ]
        return found, len(looked)


@pytest.mark.faults
def test_no_personal_value_of_a_failing_row_is_in_anything_that_quality_makes(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path / "company")
    with Web().running() as web:
        lay_down(company, web)
        said = [
            kpi(*verb, "--config", company.folder, check=False, KPI_PSEUDONYM_KEY="the-key-of-this-run", KPI_LOG_LEVEL="debug")
            for verb in (
                ("run",), ("quality", "docs"), ("quarantine", "list"), ("alert", "list"),
                ("audit", "draw", "--table", "crm.contracts", "--n", "20"), ("run",),
            )
        ]  # fmt: skip
    assert [one.returncode for one in said] == [0] * len(said), [one.stderr for one in said]
    lacking = [what for what, place in PLACES.items() if not list(company.data.glob(place))]
    assert lacking == [], sorted(str(path) for path in company.data.glob("reports/**/*"))
    ((rows,),) = company.working("select count(distinct (stage, _batch_id, _row_number)) from quarantine_crm.contracts")
    assert rows == len(MISPLACED) + 2
    assert company.query("select count(*) > 0 from published.quarantine_effect") == [(True,)]
    assert len(web.got) >= 1

    spoken = [text for one in said for text in (one.stdout, one.stderr)] + [one.text for one in web.got]
    found, places, size = search(PERSONAL, company.data, *spoken, allowed=r"^(landing/|warehouse/)")
    assert found == []
    inside, tables = held_elsewhere(company)
    assert inside == []
    assert tables > 50
    raw = repr(company.working("select * from raw_crm.contracts")).encode()
    assert set(hits(PERSONAL, raw)) >= {PHONE, MAIL, ID_NUMBER}, "they were there to be found"
    print(f"0 of {len(PERSONAL)} words in {places} places, {size:,} bytes, and {tables} tables")

"""Great Expectations' own pages, built from fused results: every rule is on them, no value of the data is."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

from pipelines.gate import data_docs
from pipelines.gate.engine import GreatExpectations
from pipelines.gate.suite import read_suites
from pipelines.resources import open_warehouse
from tests.conftest import kpi
from tests.gate.gate_company import AS_OF, GOOD, PHONE, Company

CANARIES = ["canary-product", "987654.32", "2031-07-09", "canary-key"]
BAD = ("canary-key", "canary-product", "-987654.32", "2031-07-10", "2031-07-09", PHONE)


def broken(company: Company) -> None:
    """A suite with a rule of every shape, each broken by values that must stay in the database."""
    column = "expect_column_values_to_"
    company.suite(
        {"type": "expect_table_row_count_to_be_between", "min_value": 9, "level": "table"},
        {"type": column + "be_in_set", "column": "产品", "value_set": ["P1", "P2", "a $b and <b>"]},
        {"type": column + "match_regex", "column": "产品", "regex": "^P[0-9]$"},
        {"type": column + "be_between", "column": "金额", "min_value": 0},
        {"type": column + "be_unique", "column": "商机编号"},
        {"type": column + "not_be_null", "column": "关闭"},
        {"type": "expect_column_max_to_be_between", "column": "关闭", "max_value": date(2030, 1, 1), "level": "table"},
        {"type": "expect_column_max_to_be_between", "column": "金额", "max_value": 1, "level": "table"},
        {"type": "expect_table_columns_to_match_set", "column_set": ["产品", "客户群"], "exact_match": False,
         "level": "table"},
        {"type": "expect_column_values_to_be_of_type", "column": "金额", "type_": "BIGINT", "level": "table"},
        {"type": "expect_compound_columns_to_be_unique", "column_list": ["商机编号", "产品"]},
        {"type": "expect_column_pair_values_a_to_be_greater_than_b", "column_A": "关闭", "column_B": "创建"},
        {
            "type": "unexpected_rows_expectation", "name": "amounts_are_small",
            "unexpected_rows_query": "select _batch_id, _row_number from {batch} where 金额 < 0",
        },
        {
            "type": "unexpected_rows_expectation", "name": "cannot_be_run",
            "unexpected_rows_query": "select _batch_id, _row_number from {batch} where cast(产品 as integer) > 1",
        },
    )  # fmt: skip
    company.load("deals", [*GOOD, BAD, BAD])


def test_site_names_each_rule_and_holds_no_failing_value(company: Company, tmp_path: Path) -> None:
    broken(company)
    (suite,) = read_suites(company.settings).values()
    with open_warehouse(company.settings) as con, GreatExpectations(con) as gx:
        result = gx.validate(suite, AS_OF)
    index = data_docs.build([result], tmp_path / "site")
    pages = {path: path.read_text("utf-8") for path in index.parent.rglob("*.html")}
    (page,) = [text for path, text in pages.items() if path != index]
    told = html.unescape(page)
    assert "raw_crm.deals" in pages[index]
    for name in suite.checks:
        assert f"{name.removesuffix(' #2')}: because" in told, name
    assert "a $b and <b>" in told
    assert "<b>" not in page
    assert "it raised " in told  # the rule that cannot be run, without what DuckDB quotes
    for value in (*CANARIES, PHONE):
        assert not [path for path, text in pages.items() if value in text], value
    assert result.success is False
    assert not [one for one in result.results if one.expectation_config.description]  # the result is left as it was


def test_site_asks_no_other_host_and_replaces_the_one_before(company: Company, tmp_path: Path) -> None:
    broken(company)
    (suite,) = read_suites(company.settings).values()
    with open_warehouse(company.settings) as con, GreatExpectations(con) as gx:
        result = gx.validate(suite, AS_OF)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "of_yesterday.html").touch()
    index = data_docs.build([result], tmp_path / "site")
    for path in index.parent.rglob("*.html"):
        assert re.findall(r"<(?:script|iframe)|(?:src=|url\()[\"']?https?:", path.read_text("utf-8")) == [], path
    assert {path.name for path in tmp_path.iterdir()} >= {"site"}
    assert not (tmp_path / "site" / "of_yesterday.html").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".site")]


def test_quality_docs_checks_an_idle_warehouse_and_changes_nothing_in_it(company: Company) -> None:
    broken(company)
    about = {"name": {"zh": "公司", "en": "Company"}, "currency": "CNY", "time_zone": "Asia/Shanghai"}
    company.write("kpi_definitions/company.yml", about)
    before = company.settings.warehouse.read_bytes()
    done = kpi("quality", "docs", "--config", company.folder, "--as-of", "2026-03-31")
    index = company.settings.reports / "data_docs" / "index.html"
    assert "14 rules of 1 tables as of 2026-03-31, 14 do not hold" in " ".join(done.stdout.split())
    assert index.is_file()
    assert company.settings.warehouse.read_bytes() == before

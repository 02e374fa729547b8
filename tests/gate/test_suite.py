"""A wrong suite is refused with file and line, before anything runs and without Great Expectations."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from pipelines.errors import KpiErrors
from pipelines.gate.suite import read_suites, validate
from pipelines.settings import REPOSITORY
from tests.gate.gate_company import Company

NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "产品"}
QUERY = {"type": "unexpected_rows_expectation"}
ROWS = {"type": "expect_table_row_count_to_be_between", "level": "table"}
NEWEST = {"type": "expect_column_max_to_be_between", "level": "table"}


def problems(company: Company) -> list[str]:
    """`line: problem` of everything wrong with the company's suites."""
    found = validate(read_suites(company.settings), company.contracts, {"sales_ops"})
    return [f"{error.line}: {error.problem}" for error in found]


def test_validate_accepts_a_right_suite(company: Company) -> None:
    company.suite(NOT_NULL, owner="sales_ops")
    company.suite(NOT_NULL, table="published/kpi_values")
    assert problems(company) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (
            {"type": "expect_column_values_to_not_be_nul", "column": "产品"},
            "7: unknown expectation expect_column_values_to_not_be_nul"
            " (did you mean expect_column_values_to_not_be_null?)",
        ),
        ({**NOT_NULL, "column": "商机编"}, "8: unknown column 商机编 (did you mean 商机编号?)"),
        ({**NOT_NULL, "colum": "产品"}, "9: unknown argument colum (did you mean column?)"),
        ({"type": NOT_NULL["type"]}, "7: expect_column_values_to_not_be_null needs column"),
        ({**NOT_NULL, "owner": "sales_op"}, "9: unknown owner sales_op (did you mean sales_ops?)"),
        ({**NOT_NULL, "mostly": 95}, "9: mostly must lie between 0 and 1"),
        (
            {"type": "expect_column_values_to_be_in_set", "column": "产品", "value_set": []},
            "9: value_set must list one value or more, none of them empty (an empty field never fails this rule)",
        ),
        (
            {"type": "expect_column_values_to_be_between", "column": "金额"},
            "7: expect_column_values_to_be_between needs min_value or max_value",
        ),
        (
            {"type": "expect_column_values_to_be_between", "column": "产品", "min_value": 1},
            "8: expect_column_values_to_be_between needs a number or a date; 产品 is text",
        ),
        (
            {"type": "expect_column_values_to_match_regex", "column": "金额", "regex": "a"},
            "8: expect_column_values_to_match_regex needs a text column; 金额 is decimal(18,2)",
        ),
        (
            {"type": "expect_table_row_count_to_be_between", "min_value": 1},
            "2: expect_table_row_count_to_be_between is about the whole table: level must be table",
        ),
        (
            {**QUERY, "unexpected_rows_query": "select _batch_id, _row_number from {bach}"},
            "8: unexpected_rows_query has an unknown placeholder {bach}; write {batch} and {as_of}, and {{ for a brace",
        ),
        (
            {**QUERY, "unexpected_rows_query": "select * from {batch}"},
            "8: the query of a row rule must select _batch_id, _row_number",
        ),
        (
            {**ROWS, "of_usual": {"least": 0.5}},
            "8: of_usual must say min, max or both as shares of what is usual, such as {min: 0.5, max: 2}",
        ),
        ({**ROWS, "added_of_usual": {"min": 2, "max": 1}}, "8: added_of_usual must have min below max"),
        (
            {**ROWS, "min_value": 1, "of_usual": {"min": 0.5}},
            "7: expect_table_row_count_to_be_between takes one lower bound; write a second rule for the other",
        ),
        (
            {**NEWEST, "column": "金额", "min_working_days_ago": 1},
            "9: min_working_days_ago needs a date; 金额 is decimal(18,2)",
        ),
        (
            {**NEWEST, "column": "产品", "min_working_days_ago": 1},
            "8: expect_column_max_to_be_between needs a number or a date; 产品 is text",
        ),
        (
            {**NEWEST, "column": "创建", "min_working_days_ago": -1},
            "9: min_working_days_ago must be a whole number of days, 0 or more",
        ),
        (
            {"type": "expect_column_values_to_be_of_type", "column": "金额", "type_": "DATE", "level": "table"},
            "9: 金额 is DECIMAL by its contract, not DATE",
        ),
        (
            {"type": "expect_column_values_to_be_of_type", "column": "金额", "type_": "MONEY", "level": "table"},
            "9: type_ must be one of VARCHAR, BIGINT, BOOLEAN, DOUBLE, DATE, TIMESTAMP, DECIMAL",
        ),
        (
            {
                "type": "expect_table_columns_to_match_set",
                "column_set": ["产品", "商机编"],
                "exact_match": False,
                "level": "table",
            },
            "8: unknown column 商机编 (did you mean 商机编号?)",
        ),
    ],
)
def test_validate_names_line_and_nearest_word(company: Company, rule: dict[str, Any], problem: str) -> None:
    company.suite(rule)
    assert problems(company) == [problem]


def test_validate_refuses_an_unknown_suite_owner_and_a_suite_for_no_table(company: Company) -> None:
    company.suite(NOT_NULL, owner="nobody")
    company.suite(NOT_NULL, table="raw_crm/deal")
    assert sorted(problems(company)) == [
        "1: a suite for no table: raw_crm.deal (did you mean raw_crm.deals?)",
        "1: unknown owner nobody",
    ]


def test_read_suites_refuses_a_severity_that_does_not_exist(company: Company) -> None:
    path = company.suite({**NOT_NULL, "severity": "fatal"})
    with pytest.raises(KpiErrors) as raised:
        read_suites(company.settings)
    (error,) = raised.value.errors
    assert (error.file, error.line) == (path, 3)
    assert "severity" in error.problem


def test_read_suites_leaves_out_switched_off_sources(company: Company) -> None:
    company.suite(NOT_NULL)
    company.write("sources/other.yml", {"system": "other", "enabled": False})
    company.suite(NOT_NULL, table="raw_other/things")
    assert list(read_suites(company.settings)) == ["raw_crm.deals"]


def test_checks_of_one_suite_have_different_names(company: Company) -> None:
    company.suite(NOT_NULL, {**NOT_NULL, "mostly": 0.9}, {**NOT_NULL, "name": "has_product"})
    (suite,) = read_suites(company.settings).values()
    assert list(suite.checks) == ["not_be_null(产品)", "not_be_null(产品) #2", "has_product"]


def test_validate_does_not_import_great_expectations() -> None:
    code = "import sys, pipelines.gate.suite, pipelines.gate.run; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout.strip() == "False"

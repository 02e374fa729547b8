"""Great Expectations as we import and drive it."""

from __future__ import annotations

import subprocess
import sys

from pipelines.gate.engine import GreatExpectations
from pipelines.gate.suite import read_suites
from pipelines.resources import open_warehouse
from pipelines.settings import REPOSITORY
from tests.gate.gate_company import AS_OF, GOOD, Company


def test_load_leaves_the_real_modules_importable_and_exits_silently() -> None:
    code = """
import sys
from pipelines.gate import shims
shims.load()
assert not {"scipy.stats", "altair"} & set(sys.modules)
import scipy.stats
print(round(scipy.stats.norm.cdf(0), 1))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY)
    assert (done.stdout.strip(), done.stderr) == ("0.5", "")


def test_validate_gives_great_expectations_own_result_with_meta_and_without_values(company: Company) -> None:
    company.suite(
        {"type": "expect_column_values_to_be_in_set", "column": "产品", "value_set": ["P1"], "severity": "warning"},
        {"type": "expect_column_values_to_be_in_set", "column": "产品", "value_set": ["P1", "P2"]},
        owner="sales_ops",
    )
    company.load("deals", GOOD)
    (suite,) = read_suites(company.settings).values()
    with open_warehouse(company.settings) as con, GreatExpectations(con) as gx:
        result = gx.validate(suite, AS_OF).to_json_dict()
    failed, passed = sorted(result["results"], key=lambda r: r["success"])
    assert result["statistics"]["evaluated_expectations"] == 2  # GX would by itself keep the last rule of a column
    assert passed["success"]
    config = failed["expectation_config"]
    assert (config["severity"], config["meta"]["owner"], config["meta"]["why"]) == ("warning", "sales_ops", "because")
    assert failed["result"]["unexpected_count"] == 1
    assert not [key for key in failed["result"] if key.endswith("_list") or key.endswith("_counts")]
    assert "P2" not in str(failed)


def test_a_cursor_for_great_expectations_sees_committed_rows_and_frees_the_file(company: Company) -> None:
    company.suite({"type": "expect_table_row_count_to_be_between", "min_value": 4, "level": "table"})
    company.load("deals", GOOD)
    (suite,) = read_suites(company.settings).values()
    with open_warehouse(company.settings) as con:
        with GreatExpectations(con) as gx:
            (before,) = gx.check(suite, AS_OF).values()
        con.execute("insert into raw_crm.deals select * from raw_crm.deals")
        with GreatExpectations(con) as gx:
            (after,) = gx.check(suite, AS_OF).values()
    assert (before.status, before.checked_rows, after.status, after.checked_rows) == ("fail", 3, "pass", 6)
    code = f"import duckdb; duckdb.connect({str(company.settings.warehouse)!r}).close()"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

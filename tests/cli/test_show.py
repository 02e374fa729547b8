"""`kpi show` prints what is published, and says what there is where it is asked for something else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.conftest import kpi
from tests.journey.small_company import SmallCompany


def test_show_prints_the_published_values_of_a_kpi(demo_run: Path) -> None:
    said = kpi("show", "won_amount", "--grain", "quarter", "--last", "2", "--data-dir", demo_run).stdout
    assert "won_amount · Contract value signed · 签单金额" in said
    with duckdb.connect(str(demo_run / "serving" / "kpi.duckdb"), read_only=True) as con:
        rows = con.execute(
            "select period_start, value, is_partial from published.kpi_values where kpi_id = 'won_amount'"
            " and level = 'company' and grain = 'quarter' and cut = 'none' order by 1 desc limit 2"
        ).fetchall()
    for period, value, is_partial in rows:
        (line,) = [line for line in said.splitlines() if str(period) in line]
        assert f" {value / 1_000_000:.2f}M " in line
        assert ("…" in line) == is_partial


def test_show_carries_both_halves_of_a_ratio_and_goes_down_to_a_level(demo_run: Path) -> None:
    said = kpi("show", "win_rate", "--level", "region", "--last", "1", "--data-dir", demo_run).stdout
    assert {"region_east", "region_south"} <= set(said.split())
    (east,) = [line for line in said.splitlines() if "region_east" in line]
    numbers = [
        float(word.rstrip("%").replace(",", "")) for word in east.split() if word[0].isdigit() and "-" not in word
    ]
    value, numerator, denominator = numbers[:3]
    assert value == pytest.approx(100 * numerator / denominator, abs=0.06)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["won_amonut"], "unknown KPI won_amonut (did you mean won_amount?). Next: one of "),
        (["won_amount", "--level", "galaxy"], "not published for galaxy by month. Next: there is company by month, "),
        (["won_amount", "--grain", "hour"], "not published for company by hour. Next: there is company by month, "),
    ],
)
def test_show_says_what_there_is(demo_run: Path, arguments: list[str], said: str) -> None:
    done = kpi("show", *arguments, "--data-dir", demo_run, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_show_before_the_first_run_says_what_to_do(new_company: SmallCompany) -> None:
    done = kpi("show", "won_amount", "--config", new_company.folder, check=False)
    assert done.returncode == 1
    assert "nothing has been published yet. Next: kpi run" in done.stderr


def test_show_live_computes_a_kpi_from_its_file_without_a_run(company: SmallCompany) -> None:
    """A changed definition is asked at once: what is published stays as it was."""
    ask = ("show", "signed_contracts", "--live", "--last", "1", "--config", company.folder)
    assert "unknown KPI signed_contracts" in kpi(*ask, check=False).stderr
    company.write(
        "kpi_definitions/kpis/sales/signed_contracts.yml",
        {
            "id": "signed_contracts", "label": {"zh": "签约数", "en": "Signed"}, "description": {"zh": "签", "en": "s"},
            "business_goal": "raise_sales", "owner": "sales_ops", "steward": "data_crm", "unit": "count",
            "direction": "up", "levels": ["company"], "versions": [{"from": "2026-01-01"}],
            "simple": {"measure": {"entity": "contracts", "agg": "count", "date": "signed_date"}},
        },
    )  # fmt: skip
    said = kpi(*ask).stdout
    assert "as its file says now" in said
    (line,) = [line for line in said.splitlines() if "2026-03-01" in line]
    assert line.split()[-1] == "40"
    assert "has no level rep" in kpi(*ask, "--level", "rep", check=False).stderr
    assert company.query("select count(*) from published.kpi_catalog where kpi_id = 'signed_contracts'") == [(0,)]


def test_show_live_asks_one_kpi_whatever_another_file_says(company: SmallCompany) -> None:
    company.write("kpi_definitions/kpis/sales/half_written.yml", {"id": "half_written"})
    assert "as its file says now" in kpi("show", "win_rate", "--live", "--config", company.folder).stdout
    done = kpi("show", "half_written", "--live", "--config", company.folder, check=False)
    assert "half_written.yml" in done.stderr


def test_show_live_knows_what_a_kpi_is_made_of_and_says_what_only_a_run_computes(demo_run: Path) -> None:
    assert "as its file says now" in kpi("show", "rep_output", "--live", "--data-dir", demo_run).stdout
    done = kpi("show", "pipeline_coverage", "--live", "--data-dir", demo_run, check=False)
    assert "pipeline_coverage stands on targets, which a run computes. Next: kpi run, then kpi show" in done.stderr

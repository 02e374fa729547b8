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
            " and level = 'company' and grain = 'quarter' order by 1 desc limit 2"
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

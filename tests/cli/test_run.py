"""`kpi run`: the same input gives the same tables, time is an argument, and the end of a run says where to look."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from pipelines.model import check
from pipelines.model.compiler import folder
from pipelines.publish.content_hash import content_hashes
from pipelines.settings import load
from tests.conftest import kpi
from tests.journey.small_company import SmallCompany

GENEROUS_SECONDS = 75  # an idle machine of two cores needs less than 30; this one may be shared


class Rerun(NamedTuple):
    first: Path
    data: Path
    done: subprocess.CompletedProcess[str]
    seconds: float


@pytest.fixture(scope="module")
def rerun(demo_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Rerun:
    """A second run of the demo on what the first one left, nothing changed in between."""
    data = tmp_path_factory.mktemp("rerun") / "data"
    shutil.copytree(demo_run, data)
    started = time.monotonic()
    done = kpi("run", "--data-dir", data)
    return Rerun(demo_run, data, done, time.monotonic() - started)


def hashes(data: Path) -> dict[str, str]:
    with duckdb.connect(str(data / "serving" / "kpi.duckdb"), read_only=True) as con:
        return content_hashes(con, "published")


def test_second_run_on_unchanged_input_publishes_the_same_content(rerun: Rerun) -> None:
    first, second = hashes(rerun.first), hashes(rerun.data)
    assert len(first) >= 8
    assert second == first


def test_second_run_starts_neither_load_nor_great_expectations(rerun: Rerun) -> None:
    assert "Great Expectations" not in rerun.done.stdout
    assert "records loaded" not in rerun.done.stdout
    assert rerun.done.stdout.count("nothing new") == 19
    assert "compiled" not in rerun.done.stdout
    assert "parsed" not in rerun.done.stdout


def test_second_run_is_quick(rerun: Rerun) -> None:
    assert rerun.seconds < GENEROUS_SECONDS


def test_run_ends_with_the_table_and_the_paths(rerun: Rerun) -> None:
    end = rerun.done.stdout[rerun.done.stdout.index("The company as of 2026-05-20") :]
    for heading in ("KPI", "period", "actual", "target", "attainment", "status"):
        assert heading in end
    (signed,) = [line for line in end.splitlines() if "Contract value signed" in line]
    assert re.search(r" 签单金额 +quarter 2026-04 +[\d.]+M +[\d.]+M +\d+\.\d% +(green|amber|red) ", signed)
    for path in ("serving/kpi.duckdb", "serving/index.html", "reports/notices.md"):
        assert str(rerun.data / path) in end
        assert (rerun.data / path).is_file()


def test_progress_counts_no_further_than_its_total(rerun: Rerun) -> None:
    counted = [tuple(map(int, found)) for found in re.findall(r"^    (\d+)/(\d+) ", rerun.done.stdout, re.MULTILINE)]
    assert counted
    assert [pair for pair in counted if pair[0] > pair[1]] == []


def test_run_leaves_the_compiled_models_as_compiled(rerun: Rerun) -> None:
    settings = load()
    assert folder.differences(check.read_definitions(settings).compiled, settings.compiled) == []


def test_as_of_gives_the_figures_of_that_day(company: SmallCompany) -> None:
    done = company.run("--as-of", "2026-03-02")
    assert (done.returncode, done.stderr) == (0, "")
    assert "as of 2026-03-02" in done.stdout
    assert company.query("select as_of_date::varchar from published.publication") == [("2026-03-02",)]
    assert company.figures() == {
        "won_amount": (40000.0, "ok", "ok"),  # signed on the second
        "new_customers": (40.0, "ok", "ok"),
        "win_rate": (None, "no_data", "ok"),  # closed on the tenth
        "avg_order_value": (None, "no_data", "ok"),  # ordered on the third
    }
    assert company.query("select count(*) from published.kpi_values where period_start > date '2026-03-02'") == [(0,)]

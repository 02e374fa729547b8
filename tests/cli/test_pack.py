"""`kpi run --pack`: the KPIs of a trade on the sample company, published like any other configuration."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.pack import read_packs
from tests.conftest import kpi

PACK = read_packs(SHIPPED)["finance"].pack


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration that one run of the finance pack made, and published from."""
    data = tmp_path_factory.mktemp("packs")
    said = kpi("run", "--pack", "finance", "--data-dir", data).stdout
    assert "generating the sample company" in said
    return data / "packs" / "finance"


def test_pack_publishes_its_kpis_and_guardrails_with_figures_in_many_months(folder: Path) -> None:
    with duckdb.connect(str(folder / "data" / "serving" / "kpi.duckdb"), read_only=True) as con:
        found = con.execute(
            "select kpi_id, count(value) from published.kpi_values where level = 'company' and grain = 'month'"
            " and cut = 'none' group by kpi_id"
        ).fetchall()
    months = dict(found)
    assert set(months) == {*PACK.kpis, *PACK.guardrails.values()}
    assert months["aum"] == months["product_penetration"] == 26
    assert min(count for kpi_id, count in found if kpi_id != "record_error_rate") >= 9


def test_pack_is_a_configuration_that_any_verb_takes(folder: Path) -> None:
    assert "9 KPIs" in kpi("validate", "--config", folder).stdout
    assert "Assets under management" in kpi("show", "aum", "--config", folder).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pack", "finanse"], "there is no pack finanse (did you mean finance?). Next: take one of b2b, "),
        (
            ["--pack", "finance", "--config", "CONFIG"],
            "not on that of --config. Next: leave out --config (KPI_CONFIG), or",
        ),
    ],
)
def test_a_pack_that_cannot_run_is_refused_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    for name in ("sources", "kpi_definitions"):
        (tmp_path / "config" / name).mkdir(parents=True)
    arguments = [str(tmp_path / "config") if word == "CONFIG" else word for word in arguments]
    done = kpi("run", *arguments, "--data-dir", tmp_path / "data", check=False)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "packs").exists()

"""The bundle for Superset is whole: every id it names is in it, every chart asks for columns its dataset has."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.errors import KpiError
from pipelines.publish.superset.boards import BOARDS, DATASETS
from pipelines.publish.superset.bundle import TARGETS, write
from pipelines.settings import Settings


def read(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as bundle:
        return {name.removeprefix("kpi/"): yaml.safe_load(bundle.read(name)) for name in bundle.namelist()}


def of(files: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [content for name, content in files.items() if name.startswith(f"{kind}/")]


def test_every_board_is_there_and_everything_it_names(bundle: Path) -> None:
    files = read(bundle)
    assert [one["dashboard_title"].split(" ")[0] for one in of(files, "dashboards")] == [
        "Activity", "Data", "Pipeline", "Revenue", "Scorecard", "Service",
    ]  # fmt: skip
    (database,) = of(files, "databases")
    datasets, charts = of(files, "datasets"), of(files, "charts")
    assert {one["database_uuid"] for one in datasets} == {database["uuid"]}
    assert {one["dataset_uuid"] for one in charts} == {one["uuid"] for one in datasets}
    cells = [cell for one in of(files, "dashboards") for cell in one["position"].values() if isinstance(cell, dict)]
    shown = [cell["meta"]["uuid"] for cell in cells if cell["type"] == "CHART"]
    assert sorted(shown) == sorted(one["uuid"] for one in charts)
    everything = [one["uuid"] for kind in ("databases", "datasets", "charts", "dashboards") for one in of(files, kind)]
    assert len(everything) == len(set(everything))


def test_every_chart_answers_on_the_tables_that_are_promised(serving: Settings) -> None:
    datasets = {one.name: one for one in DATASETS}
    with duckdb.connect(str(serving.serving / "kpi.duckdb"), read_only=True) as con:
        for board in BOARDS:
            for chart in board.charts:
                dataset = datasets[chart.dataset]
                chosen = [*chart.by, *([dataset.metrics[chart.metric]] if chart.metric else [])]
                where = " and ".join(chart.where) or "true"
                grouped = f" group by {', '.join(chart.by)}" if chart.metric else ""
                con.execute(
                    f"select {', '.join(chosen)} from ({dataset.sql.format(schema='published')}) where {where}{grouped}"
                )


def test_the_file_of_the_pipeline_is_opened_read_only_and_without_the_files_beside_it(
    bundle: Path, serving: Settings
) -> None:
    (database,) = of(read(bundle), "databases")
    said = database["extra"]["engine_params"]["connect_args"]
    with duckdb.connect(str(serving.serving / "kpi.duckdb"), read_only=said["read_only"], config=said["config"]) as con:
        with pytest.raises(duckdb.Error, match="disabled"):
            con.execute("select * from read_text('/proc/self/environ')")
        with pytest.raises(duckdb.Error, match="locked"):
            con.execute("set enable_external_access = true")
    assert not any(database[right] for right in ("allow_dml", "allow_ctas", "allow_cvas", "expose_in_sqllab"))


def test_it_is_the_same_bundle_each_time_and_another_for_each_place(serving: Settings, tmp_path: Path) -> None:
    twice = [write(serving, "duckdb", tmp_path / name).read_bytes() for name in ("a.zip", "b.zip")]
    assert twice[0] == twice[1]
    uuids = {}
    for target in TARGETS.values():
        uuids[target] = {one["uuid"] for one in of(read(write(serving, target, tmp_path / "c.zip")), "charts")}
    assert not uuids["duckdb"] & uuids["postgres"]


def test_no_log_in_stands_in_the_bundle(serving: Settings, tmp_path: Path) -> None:
    secret = serving.model_copy(
        update={"postgres_url": Settings(postgres_url="postgresql://kpi:s3cr3t@h/d").postgres_url}
    )
    write(secret, "postgres", tmp_path / "p.zip")
    with zipfile.ZipFile(tmp_path / "p.zip") as bundle:
        assert all(b"s3cr3t" not in bundle.read(name) for name in bundle.namelist())
        assert b"from kpi.kpi_values" in bundle.read("kpi/datasets/kpi_postgres/kpi_figures.yaml")


def test_roles_are_the_audiences_and_their_rows_what_they_see(bundle: Path, serving: Settings) -> None:
    said = read(bundle)["readers.yaml"]
    roles = {role["name"]: role for role in said["roles"]}
    assert set(roles) == {"KPI lanhai", "KPI region_east", "KPI region_south"}
    assert "rows" not in roles["KPI lanhai"]  # the company's see all
    assert "sales_east" in roles["KPI region_east"]["people"]
    assert set(said["hidden"]) == {one.called("duckdb") for one in DATASETS if one.whose}
    with duckdb.connect(str(serving.serving / "kpi.duckdb"), read_only=True) as con:
        for dataset in DATASETS:
            if dataset.whose:
                seen = con.execute(
                    f"select distinct {dataset.whose} from ({dataset.sql.format(schema='published')})"
                    f" where {roles['KPI region_east']['rows'][dataset.called('duckdb')]}"
                ).fetchall()
                assert {unit for (unit,) in seen} <= {"region_east", "e001"}
                assert seen or dataset.name == "score_figures"


def test_before_the_first_run_there_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(KpiError, match="nothing has been published yet"):
        write(Settings(data_dir=tmp_path), "duckdb", tmp_path / "kpi.zip")

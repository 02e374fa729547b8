"""`kpi export`: what it writes, what it says it lacks, and where it refuses to write."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import kpi
from tests.journey.small_company import LABEL, SmallCompany


def test_export_metricflow_writes_a_project_and_says_what_it_lacks(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path / "company").lay_down()
    said = kpi("export", "metricflow", "--config", company.folder).stdout
    folder = company.data / "reports" / "metricflow"
    assert f"{folder}: 4 KPIs as " in said
    assert "not exported" not in said
    assert (folder / "models" / "metrics" / "won_amount.yml").is_file()
    assert (folder / "not_said.yml").is_file()
    # Again, with a KPI less: what an earlier export left goes, what others left stays.
    (folder / "mine.txt").write_text("kept")
    (folder / "models" / "metrics" / "gone.yml").write_text("version: 2")
    kpi("export", "metricflow", "--config", company.folder)
    assert (folder / "mine.txt").read_text() == "kept"
    assert not (folder / "models" / "metrics" / "gone.yml").exists()


def test_export_metricflow_names_a_kpi_that_it_cannot_say(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path / "company").lay_down()
    company.write(
        "kpi_definitions/kpis/service/answers.yml",
        {
            "id": "answers", "label": LABEL, "description": LABEL, "business_goal": "raise_loyalty",
            "owner": "sales_ops", "steward": "data_crm", "unit": "count", "direction": "up",
            "simple": {"measure": {"entity": "surveys", "agg": "count", "date": "answered_at"}},
            "versions": [{"from": "2026-01-01"}],
        },
    )  # fmt: skip
    said = kpi("export", "metricflow", "--config", company.folder, "--out", tmp_path / "out").stdout
    assert "not exported:" in said
    assert "answers  no source feeds surveys, so there is no table to read" in said


def test_export_refuses_a_folder_of_somebody_else(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path / "company").lay_down()
    done = kpi("export", "metricflow", "--config", company.folder, "--out", company.folder, check=False)
    assert done.returncode == 1
    assert "something else lies here. Next: name a new or empty folder with --out" in done.stderr
    assert company.written_by_people() == SmallCompany(tmp_path / "as_it_was").lay_down().written_by_people()


def test_export_ossie_writes_a_document_of_the_version_asked_for(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path / "company").lay_down()
    said = kpi("export", "ossie", "--config", company.folder).stdout
    assert "4 KPIs as metrics, Open Semantic Interchange 0.1.1" in said
    document = json.loads((company.data / "reports" / "ossie.json").read_text(encoding="utf-8"))
    assert document["version"] == "0.1.1"
    assert {metric["name"] for metric in document["semantic_model"][0]["metrics"]} >= {"won_amount", "win_rate"}
    kpi("export", "ossie", "--config", company.folder, "--spec", "0.2.0.dev0", "--out", tmp_path / "new" / "o.json")
    assert json.loads((tmp_path / "new" / "o.json").read_text(encoding="utf-8"))["name"] == "kpi_warehouse"


def test_export_ossie_refuses_a_version_it_does_not_know_and_a_folder(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path / "company").lay_down()
    done = kpi("export", "ossie", "--config", company.folder, "--spec", "0.1.2", check=False)
    assert done.returncode == 1
    assert "unknown spec 0.1.2 (did you mean 0.1.1?). Next: one of 0.1.1, 0.2.0.dev0" in done.stderr
    done = kpi("export", "ossie", "--config", company.folder, "--out", tmp_path, check=False)
    assert done.returncode == 1
    assert "this is a folder" in done.stderr

"""dbt's documentation as one file: it shows the exposures, loads nothing, and names no folder of the machine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.model.export.dbt_docs import POLICY, write_dbt_docs
from pipelines.settings import REPOSITORY, Settings


@pytest.fixture(scope="module")
def written(demo_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn once, from a copy: the run of the demo is there for others to read."""
    folder = tmp_path_factory.mktemp("dbt_docs")
    settings = Settings(data_dir=folder)
    settings.warehouse.parent.mkdir()
    shutil.copyfile(Settings(data_dir=demo_run).warehouse, settings.warehouse)
    write_dbt_docs(settings, folder / "docs" / "dbt.html")
    return folder / "docs" / "dbt.html"


@pytest.mark.slow
def test_it_holds_the_models_with_their_columns_and_the_exposures(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    for name in ("exposure.kpi_warehouse.scorecard_page", "exposure.kpi_warehouse.published_win_rate"):
        assert json.dumps(name) in text
    assert re.search(r'"model\.kpi_warehouse\.kpi_values": \{"metadata": \{"type": "BASE TABLE"', text), "the catalog"


@pytest.mark.slow
def test_it_names_no_folder_of_the_machine_and_lets_nothing_be_loaded(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    assert str(REPOSITORY) not in text
    assert str(written.parent.parent) not in text
    assert text.index(POLICY) < text.index("<script")
    assert "connect-src 'none'" in POLICY
    assert '"send_anonymous_usage_stats": false' in text


@pytest.mark.slow
def test_a_browser_shows_an_exposure_with_what_it_depends_on(written: Path, chromium: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         f"--user-data-dir={tmp_path}", "--virtual-time-budget=15000", "--dump-dom",
         f"{written.as_uri()}#!/exposure/exposure.kpi_warehouse.scorecard_page"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    page = told.stdout[told.stdout.index("<body") :]
    page = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert re.search(r"href=\"#!/model/model\.kpi_warehouse\.goal_attainment\"[^>]*>\s*goal_attainment", page)


def test_without_a_run_or_with_a_folder_for_a_file_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KpiError, match="no working file"):
        write_dbt_docs(Settings(data_dir=tmp_path), tmp_path / "docs.html")
    with pytest.raises(KpiError, match="is a folder"):
        write_dbt_docs(Settings(data_dir=tmp_path), tmp_path)


@pytest.mark.slow
def test_while_a_run_holds_the_working_file_nothing_is_written(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.warehouse.parent.mkdir()
    out = tmp_path / "docs.html"
    with duckdb.connect(str(settings.warehouse)), pytest.raises(KpiError, match=r"(?i)lock"):
        write_dbt_docs(settings, out)
    assert not out.exists()

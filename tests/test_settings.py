"""Where a configuration's files lie, and what may be read from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import settings
from pipelines.errors import KpiError
from pipelines.settings import REPOSITORY, Settings


def test_settings_default_is_the_repository(monkeypatch):
    for name in ("KPI_CONFIG", "KPI_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    here = Settings()
    assert here.is_default
    assert here.sources == REPOSITORY / "pipelines" / "sources"
    assert here.warehouse == REPOSITORY / "data" / "warehouse" / "warehouse.duckdb"
    assert here.compiled == REPOSITORY / "dbt_project" / "compiled"


def test_settings_of_another_configuration_keep_to_its_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("KPI_DATA_DIR", raising=False)
    other = Settings(config=tmp_path)
    assert not other.is_default
    for path in (other.sources, other.landing, other.warehouse, other.serving, other.compiled, other.expectations):
        assert path.is_relative_to(tmp_path)


def test_settings_take_the_environment_and_make_paths_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KPI_DATA_DIR", "made")
    monkeypatch.setenv("KPI_THREADS", "3")
    assert Settings().data == tmp_path / "made"
    assert Settings().threads == 3


def test_expand_knows_its_own_folders_and_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_HOST", "crm.example")
    here = Settings(config=tmp_path, data_dir=tmp_path / "d")
    assert here.expand("${KPI_DATA_DIR}/demo/${CRM_HOST}") == f"{tmp_path}/d/demo/crm.example"


def test_expand_names_a_variable_that_is_not_set(monkeypatch):
    monkeypatch.delenv("CRM_URL", raising=False)
    with pytest.raises(KpiError, match="CRM_URL is not set"):
        Settings().expand("${CRM_URL}")


def test_load_refuses_a_folder_that_is_no_configuration(tmp_path):
    with pytest.raises(KpiError, match="no folder sources/"):
        settings.load(config=tmp_path)


def test_load_takes_what_the_command_line_said(tmp_path):
    for folder in ("sources", "kpi_definitions"):
        (tmp_path / folder).mkdir()
    assert settings.load(config=tmp_path, data_dir=Path("/elsewhere")).data == Path("/elsewhere")

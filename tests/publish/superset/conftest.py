"""A serving file with the tables that the dbt contracts promise, and a few rows of two regions."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines import yaml_file
from pipelines.settings import DBT_PROJECT, Settings

ROWS = """
insert into published.publication values (3, 'run_3', date '2026-06-17', timestamp '2026-06-18 01:30', 'h', null);
insert into published.units (unit_id, valid_from, level, parent_id, label_zh, label_en) values
    ('lanhai', date '2024-01-01', 'company', null, '蓝海仪器', 'Lanhai'),
    ('region_east', date '2024-01-01', 'region', 'lanhai', '华东大区', 'East'),
    ('region_south', date '2024-01-01', 'region', 'lanhai', '华南大区', 'South'),
    ('e001', date '2024-01-01', 'rep', 'region_east', '陈静', 'Chen Jing');
insert into published.kpi_catalog (kpi_id, definition_version, area, unit, label_zh, label_en)
    values ('won_amount', 1, 'sales', 'money', '签单金额', 'Contract value signed');
insert into published.kpi_values (kpi_id, grain, period_start, level, unit_id, cut, cut_value, value, state, quality,
    definition_version, label_zh, label_en)
select 'won_amount', 'month', date '2026-05-01', level, unit_id, 'none', 'all', 100, 'ok', 'ok', 1, '签单金额', 'Signed'
from published.units;
insert into published.goal_attainment (goal_id, kpi_id, grain, period_start, level, unit_id, cut, cut_value, target, actual,
    attainment, status, label_zh, label_en)
select 'g', 'won_amount', 'quarter', date '2026-04-01', level, unit_id, 'none', 'all', 90, 100, 1.1, 'green', '目标', 'Goal'
from published.units;
insert into published.deals_stalled (deal_id, owner_id) values ('d1', 'e001'), ('d2', 'e009');
"""


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a data folder with such a file; read it only."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("superset"))
    settings.serving.mkdir()
    with duckdb.connect(str(settings.serving / "kpi.duckdb")) as con:
        con.execute("create schema published")
        for path in sorted((DBT_PROJECT / "models" / "5_published").glob("*.yml")):
            for model in yaml_file.read(path).data.get("models", []):
                shape = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
                con.execute(f"create table published.{model['name']} ({shape})")
        con.execute(
            "create table published.publication (generation bigint, run_id varchar, as_of_date date,"
            " published_at timestamp, definitions_hash varchar, provisional_years varchar)"
        )
        con.execute(ROWS)
    return settings


@pytest.fixture(scope="session")
def bundle(serving: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipelines.publish.superset.bundle import write

    return write(serving, "duckdb", tmp_path_factory.mktemp("bundle") / "kpi.zip")

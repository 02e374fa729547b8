"""Whoever writes SQL on the served file reads the served file: no other file, no way to change that or the data."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlalchemy
import sqlalchemy.exc

from pipelines.publish import read_only
from pipelines.publish.serving import publish
from pipelines.settings import Settings
from tests.conftest import kpi

from .conftest import AS_OF, NOW, RUN

ATTACKS = [
    "select * from read_text('{secret}')",
    "select * from read_blob('{secret}')",
    "select * from read_csv('{secret}')",
    "select * from sniff_csv('{secret}')",
    "select * from read_parquet('{secret}')",
    "select * from read_json('{secret}')",
    "from '{secret}'",
    "select * from glob('{folder}/*')",
    "select * from read_text('/proc/self/environ')",
    "select getenv('HOME')",
    "attach '{folder}/other.duckdb' as other",
    "attach '{folder}/other.duckdb' as other (read_only)",
    "copy published.units to '{folder}/out.csv'",
    "copy published.units from '{secret}'",
    "export database '{folder}/out'",
    "import database '{folder}'",
    "install httpfs",
    "load '{folder}/evil.duckdb_extension'",
    "create secret s (type s3, key_id 'a', secret 'b')",
    "set enable_external_access = true",
    "reset enable_external_access",
    "pragma enable_external_access = true",
    "set lock_configuration = false",
    "set global allowed_paths = ['{secret}']",
    "set home_directory = '{folder}'",
    "set temp_directory = '{folder}'",
    "set log_query_path = '{folder}/log'",
    "update published.kpi_values set value = 0",
    "delete from published.units",
    "drop table published.units",
    "create table published.mine as select 1 as x",
    "create view published.mine as select 1 as x",
    "alter table published.units add column x int",
    "attach '{served}' as again (read_write); delete from again.published.units",
]


@pytest.fixture(scope="module")
def served(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(data_dir=tmp_path_factory.mktemp("served"))
    settings.warehouse.parent.mkdir()
    settings.warehouse.write_bytes(sample.read_bytes())
    return publish(settings, RUN, AS_OF, NOW, "abc").path


@pytest.fixture(scope="module")
def secret(served: Path) -> Path:
    path = served.parent / "secret.csv"
    path.write_text("a,b\nCANARY,1\n")
    with duckdb.connect(str(served.parent / "other.duckdb")) as con:
        con.execute("create table t as select 'CANARY' as x")
    return path


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("door", ["python", "sqlalchemy", "init_sql"])
def test_sql_reaches_nothing_but_the_file(served: Path, secret: Path, attack: str, door: str) -> None:
    before, there = served.read_bytes(), sorted(served.parent.iterdir())
    sql = attack.format(secret=secret, folder=secret.parent, served=served)
    found: object = None
    with pytest.raises((duckdb.Error, sqlalchemy.exc.SQLAlchemyError)):
        found = run(door, served, sql)
    assert "CANARY" not in str(found)
    assert served.read_bytes() == before
    assert sorted(served.parent.iterdir()) == there


def run(door: str, served: Path, sql: str) -> object:
    if door == "sqlalchemy":
        engine = sqlalchemy.create_engine(read_only.sqlalchemy_url(served))
        try:
            with engine.connect() as con:
                return con.exec_driver_sql(sql).fetchall()
        finally:
            engine.dispose()
    if door == "init_sql":  # a tool with a switch for read-only, and SQL that it runs first
        with duckdb.connect(str(served), read_only=True) as opened:
            opened.execute(read_only.init_sql())
            return opened.execute(sql).fetchall()
    with read_only.connect(served) as opened:
        return opened.execute(sql).fetchall()


def test_what_a_bi_tool_does_still_works(served: Path) -> None:
    with read_only.connect(served) as con:
        assert con.execute("select count(*) from published.units").fetchone() == (10,)
        con.execute("create temp table mine as select * from published.units")
        con.execute("select * from information_schema.columns").fetchall()
        assert con.execute("describe published.kpi_values").fetchall()


def test_jdbc_and_odbc_carry_the_same_settings(served: Path) -> None:
    for text in (read_only.jdbc_url(served), read_only.odbc_string(served)):
        for name, value in read_only.SETTINGS.items():
            assert f";{name}={value}" in text


def test_the_command_says_how_to_connect_each_tool(served: Path) -> None:
    data = ("--data-dir", served.parent.parent)
    said = kpi("connect", *data).stdout
    assert all(tool in said for tool in ("Superset", "Metabase", "Tableau", "Power BI", "Excel", "Python"))
    url = next(line.split()[-1] for line in said.splitlines() if "duckdb:///" in line)
    assert run("sqlalchemy", served, "select 1") == [(1,)]
    with sqlalchemy.create_engine(url).connect() as con:
        assert con.exec_driver_sql("select count(*) from published.units").fetchall() == [(10,)]
    refused = kpi("connect", "--audience", "region_west", *data, check=False)
    assert refused.returncode == 1
    assert "no audience region_west" in refused.stderr

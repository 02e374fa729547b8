"""The working file opens the same way everywhere, and says who holds it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pipelines.errors import KpiError
from pipelines.resources import open_warehouse
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(config=tmp_path, data_dir=tmp_path / "data", memory_limit="300MB", threads=1)


def test_warehouse_opens_in_utc_with_its_limits_and_base_tables(settings):
    for _ in range(2):
        with open_warehouse(settings) as con:
            said = con.execute(
                "select current_setting('TimeZone'), current_setting('threads'), current_setting('temp_directory')"
            ).fetchone()
            tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() order by 1").fetchall()
    assert said == ("UTC", 1, str(settings.data / "tmp"))
    assert [name for (name,) in tables] == [
        "gate.blocked_entities", "gate.fingerprints", "gate.kpi_quality", "gate.quality_counts", "gate.quarantine_effect", "gate.results", "gate.row_counts", "gate.verdicts", "loads.base_version",
        "loads.findings", "loads.ledger", "loads.objects",
    ]  # fmt: skip


def test_warehouse_is_closed_after_the_block_even_when_it_fails(settings):
    with pytest.raises(RuntimeError), open_warehouse(settings):
        raise RuntimeError
    os.rename(settings.warehouse, settings.warehouse.with_suffix(".moved"))  # noqa: PTH104
    with open_warehouse(settings) as con:
        assert con.execute("select count(*) from loads.ledger").fetchone() == (0,)


def test_warehouse_held_by_another_process_names_it(settings):
    settings.warehouse.parent.mkdir(parents=True)
    code = f"import duckdb; c = duckdb.connect({str(settings.warehouse)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(KpiError) as error, open_warehouse(settings):
            pass
        other.communicate(b"\n")
    assert f"process {other.pid}" in str(error.value)
    assert "Next: wait until it ends" in str(error.value)


def test_warehouse_that_is_no_database_or_not_there_says_what_to_do(settings):
    with pytest.raises(KpiError, match=r"no warehouse yet.* Next: kpi run"), open_warehouse(settings, read_only=True):
        pass
    settings.warehouse.parent.mkdir(parents=True)
    settings.warehouse.write_bytes(b"not a database" * 1000)
    with pytest.raises(KpiError, match="not a DuckDB file, or damaged"), open_warehouse(settings):
        pass


def test_warehouse_of_another_version_is_refused_with_the_way_out(settings):
    with open_warehouse(settings) as con:
        con.execute("update loads.base_version set version = 0")
    with pytest.raises(KpiError, match=r"another version.*Next: move it away and run again"), open_warehouse(settings):
        pass

"""The serving file is swapped in whole and verified, or yesterday's stays as it is."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.publish.content_hash import content_hashes
from pipelines.publish.serving import Publication, publish
from pipelines.publish.tables import KEYS
from pipelines.settings import Settings

from .conftest import AS_OF, NOW, RUN

Change = Callable[..., None]


def published(settings: Settings) -> Publication:
    return publish(settings, RUN, AS_OF, NOW, "abc")


def print_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_publish_serves_every_table_and_says_which_run_it_is(settings: Settings) -> None:
    publication = published(settings)
    assert publication.path == settings.serving / "kpi.duckdb"
    assert publication.tables["kpi_values"] == 8 * 10 * (30 + 10)
    assert read(publication.path, "from published.publication") == [(1, RUN, AS_OF, NOW, "abc", None)]
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        assert publication.hashes == content_hashes(warehouse, "published")
    with duckdb.connect(str(publication.path), read_only=True) as serving:
        assert publication.hashes == content_hashes(serving, "published")


def test_publish_makes_every_key_column_not_null(settings: Settings) -> None:
    path = published(settings).path
    for table in published(settings).tables:
        found = read(path, f"select column_name from duckdb_columns() where table_name = '{table}' and not is_nullable")
        assert {name for (name,) in found} == set(KEYS[table])


def test_publish_counts_generations_up_and_leaves_nothing_aside(settings: Settings) -> None:
    first, second = published(settings), published(settings)
    assert (first.generation, second.generation) == (1, 2)
    assert first.hashes == second.hashes
    assert sorted(path.name for path in settings.serving.iterdir()) == [".lock", "generations", "kpi.duckdb"]


def test_publish_writes_the_storage_version_that_old_drivers_read(settings: Settings) -> None:
    assert published(settings).path.read_bytes()[12:20] == (64).to_bytes(8, "little")


def test_publish_under_an_open_reader_leaves_it_the_old_data(settings: Settings, change: Change) -> None:
    path = published(settings).path
    ask = f"""
import sys, duckdb
con = duckdb.connect({str(path)!r}, read_only=True)
for line in sys.stdin:
    print(con.execute("select max(generation), (select count(*) from published.kpi_values) from published.publication")
          .fetchall()[0], flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", ask], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as reader:
        assert reader.stdin
        assert reader.stdout
        reader.stdin.write("\n")
        assert reader.stdout.readline().strip() == "(1, 3200)"
        change("delete from published.kpi_values where kpi_id = 'csat_pct'")
        assert published(settings).generation == 2
        reader.stdin.write("\n")
        assert reader.stdout.readline().strip() == "(1, 3200)"
        reader.stdin.close()
    assert read(path, "select count(*) from published.kpi_values") == [(2800,)]


def test_publish_goes_on_while_somebody_holds_the_served_file_for_writing(settings: Settings) -> None:
    path = published(settings).path
    hold = f"import sys, duckdb; con = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "held\n"
        assert published(settings).generation == 2
        writer.communicate()


REFUSALS = {
    "no verdict of this run": (["delete from gate.verdicts"], "no verdict"),
    "verdicts of another run only": (["update gate.verdicts set run_id = 'run_1'"], "no verdict"),
    "no table of verdicts": (["drop table gate.verdicts"], r"gate\.verdicts"),
    "models of another run": (["update definitions.run set run_id = 'run_1'"], "built by run run_1"),
    "models of another date": (["update definitions.run set as_of_date = date '2026-06-16'"], "2026-06-16"),
    "a record lost in loading": (
        ["update loads.ledger set loaded = loaded - 1 where system = 'crm'"],
        r"raw_crm\.deals",
    ),
    "an unknown number of records": (["update loads.ledger set quarantined = null where system = 'erp'"], "raw_erp"),
    "a table that is not there": (["drop table published.goal_attainment"], "goal_attainment is missing"),
    "a table nobody gave a key": (["create table published.extra as select 1 as x"], "extra has no key"),
    "a key that is there twice": (
        ["insert into published.kpi_values from published.kpi_values where kpi_id = 'win_rate' limit 1"],
        "2 rows for kpi_id win_rate",
    ),
    "a null in a key": (["update published.units set unit_id = null where unit_id = 'e001'"], "a null in the key"),
    "a blocked KPI that looks sound": (["update published.kpi_values set quality = 'ok'"], "not marked blocked"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_publish_refuses_and_leaves_yesterdays_file(settings: Settings, change: Change, case: str) -> None:
    path = published(settings).path
    before = print_of(path)
    statements, said = REFUSALS[case]
    change(*statements)
    with pytest.raises(KpiError, match=said):
        published(settings)
    assert print_of(path) == before
    assert sorted(file.name for file in settings.serving.iterdir()) == [".lock", "generations", "kpi.duckdb"]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("delete from next_file.published.units where unit_id = 'e001'", "10 rows but its copy 9"),
        ("update next_file.published.kpi_values set value = value + 0.000001 where kpi_id = 'csat_pct'", "differs"),
    ],
)
def test_publish_refuses_a_copy_that_is_not_the_warehouse(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, harm: str, said: str
) -> None:
    from pipelines.publish import serving

    path = published(settings).path
    before = print_of(path)
    write = serving._write_publication

    def write_and_harm(con: duckdb.DuckDBPyConnection, *rest) -> None:  # type: ignore[no-untyped-def]
        write(con, *rest)
        con.execute(harm)

    monkeypatch.setattr(serving, "_write_publication", write_and_harm)
    with pytest.raises(KpiError, match=said):
        published(settings)
    assert print_of(path) == before


def test_publish_refuses_where_the_served_file_cannot_be_read(settings: Settings) -> None:
    settings.serving.mkdir()
    (settings.serving / "kpi.duckdb").write_text("no database")
    with pytest.raises(KpiError, match="generation is unknown"):
        published(settings)
    assert (settings.serving / "kpi.duckdb").read_text() == "no database"


def test_publish_names_a_warehouse_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KpiError, match="no warehouse"):
        published(Settings(data_dir=tmp_path))


def test_publish_clears_what_a_killed_publisher_left(settings: Settings) -> None:
    settings.serving.mkdir()
    (settings.serving / ".kpi.duckdb.next").write_text("half a file")
    (settings.serving / ".kpi.duckdb.next.wal").write_text("half a log")
    assert published(settings).generation == 1


def test_publish_lets_only_one_publisher_in(settings: Settings) -> None:
    import fcntl

    settings.serving.mkdir()
    with (settings.serving / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(KpiError, match="another run is publishing"):
            published(settings)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.0.0", "1.1.3", "1.2.2", "1.4.1"])
def test_serving_file_opens_with_an_older_driver(settings: Settings, tmp_path: Path, version: str) -> None:
    publication = published(settings)
    path = publication.path
    folder = tmp_path / "driver"
    got = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--only-binary",
            ":all:",
            "--no-deps",
            "--target",
            folder,
            f"duckdb=={version}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode:
        pytest.skip(f"pip could not fetch a wheel of duckdb {version} for this Python")
    ask = (
        "import duckdb\n"
        f"con = duckdb.connect({str(path)!r}, read_only=True)\n"
        "rows = con.execute('select count(*), sum(value) > 0 from published.kpi_values').fetchall()\n"
        "print(duckdb.__version__, rows[0])\n"
        f"for name in {sorted(KEYS.keys() & publication.tables.keys())}:\n"
        "    con.execute(f'from published.{name}').fetchall()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", ask], env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    shutil.rmtree(folder)
    assert said.stdout.strip() == f"{version} (3200, True)", said.stderr

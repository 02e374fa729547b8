"""Setting PostgreSQL up: twice is the same as once, without a superuser too, and what is missing is said."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.publish.postgres import setup
from pipelines.publish.postgres.connection import OLDEST, Session, _check_version
from pipelines.settings import Settings
from tests.conftest import kpi, lacking

from .conftest import PREFIX, SERVER, Warehouse, door, login

OTHER = f"{PREFIX}x"  # a second warehouse on the same server


@pytest.fixture
def bare(database: str) -> Iterator[str]:
    """A database of somebody who is no superuser but may make roles, in which nothing is set up."""
    name, owner = f"{PREFIX}_bare", f"{PREFIX}_dba"
    with door("postgres", "postgres", autocommit=True) as admin:
        admin.run(f"create role {owner} login createrole", f"create database {name} owner {owner}")
    yield name
    with door("postgres", "postgres", autocommit=True) as admin:
        admin.run(f"drop database {name} with (force)", f"drop role {owner}")
        for role in admin.names(f"select rolname::text from pg_roles where rolname like '{OTHER}%'"):
            admin.run(f"drop role {role}")


def settings(database: str, who: str, prefix: str) -> Settings:
    return Settings(postgres_url=SERVER.format(who, database), postgres_prefix=prefix)  # type: ignore[arg-type]


def test_somebody_who_may_make_roles_sets_it_up_and_again(bare: str, warehouse: Warehouse) -> None:
    one = settings(bare, f"{PREFIX}_dba", OTHER)
    with pytest.raises(KpiError, match="kpi postgres init"):
        setup.state(one)
    for _ in range(2):
        assert setup.init(one) == bare
    found = setup.state(one)
    assert (found.database, found.versions, found.above_policies) == (bare, [], [])
    moved = warehouse.settings.model_copy(update={"postgres_url": one.postgres_url, "postgres_prefix": OTHER})
    assert Warehouse(moved, bare).publish().schema == f"{OTHER}_g1"
    assert [(v.schema, v.is_served) for v in setup.state(one).versions] == [(f"{OTHER}_g1", True)]


def test_the_printed_sql_is_what_an_administrator_needs(bare: str) -> None:
    if shutil.which("psql") is None:
        lacking("postgresql", "psql is not installed")
    script = kpi("postgres", "init", "--print", "--database", bare, KPI_POSTGRES_PREFIX=OTHER).stdout
    for _ in range(2):
        done = subprocess.run(
            ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", SERVER.format(f"{PREFIX}_dba", bare)],
            input=script, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert setup.state(settings(bare, f"{PREFIX}_dba", OTHER)).versions == []


def test_a_log_in_that_is_no_loader_is_told_so(database: str) -> None:
    with pytest.raises(KpiError, match=f"not in the role {PREFIX}_loader"):
        setup.state(settings(database, login("manager"), PREFIX))
    with pytest.raises(KpiError, match="permission denied"):
        setup.init(settings(database, login("manager"), f"{OTHER}y"))


def test_a_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(session, "value", lambda _: str(OLDEST - 1))
    with pytest.raises(KpiError, match="PostgreSQL 14 cannot keep a reader to their own rows"):
        _check_version(session)


def test_status_and_doctor_say_who_reads_and_whom_no_policy_holds(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.cli import doctor, postgres

    postgres.publish(warehouse.settings, go_back=False)
    postgres.status(warehouse.settings)
    said = capsys.readouterr().out
    assert "PostgreSQL serves generation 1, " in said
    assert f"generation 1 of 2026-06-18 01:30 UTC in {PREFIX}_g1, served" in said
    assert f"nobody in people.yml, and so without a unit: {login('anonymous')}, " in said
    examinations = dict(doctor._examinations(warehouse.settings))
    assert "generation 1 served, 5 log-ins that read" in examinations["PostgreSQL"]()
    assert "PostgreSQL" not in dict(doctor._examinations(Settings()))
    with door("postgres", warehouse.database, autocommit=True) as admin:
        admin.run(f"alter role {login('rep')} bypassrls")
        try:
            with pytest.raises(KpiError, match=f"{login('rep')} see every row, whatever people.yml says"):
                examinations["PostgreSQL"]()
        finally:
            admin.run(f"alter role {login('rep')} nobypassrls")


def test_without_an_address_the_verbs_say_what_to_set(tmp_path: Path) -> None:
    done = kpi("postgres", "status", "--data-dir", tmp_path, check=False)
    assert done.returncode == 1
    assert "set KPI_POSTGRES_URL=postgresql://user@host/database" in done.stderr

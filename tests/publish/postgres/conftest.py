"""A database of its own on the machine's PostgreSQL, log-ins for five kinds of people, and serving files to load."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.publish.postgres import setup
from pipelines.publish.postgres.serve import Served, publish
from pipelines.publish.serving import publish as publish_file
from pipelines.settings import Settings
from tests.conftest import lacking

from ..conftest import AS_OF, NOW, RUN
from .people import ROLES, people
from .people import login as people_login

SERVER = "postgresql://{}@127.0.0.1:5432/{}"
PREFIX = f"kpi_t{os.getpid()}"  # roles belong to the whole server: two sessions of tests must not share any

# Tables that the small working file has none of, with rows of several people.
MORE = """
create table published.deals_stalled as select * from (values
    ('d1', 'e001', 'c1'), ('d2', 'e003', 'c2'), ('d3', null, 'c3')) as said (deal_id, owner_id, customer_id);
create table published.acts as select 1::bigint as act_no, 'somebody' as who, 'close' as what;
create table published.closes as
select kpi_id, grain, period_start, level, unit_id, cut, cut_value, value as published_value, run_id
from published.kpi_values where is_closed and grain = 'quarter';
"""


PEOPLE = people(PREFIX)


def login(role: str) -> str:
    """The log-in of one of ROLES."""
    return people_login(PREFIX, role)


class Door:
    """A log-in's connection; `rows` and `run` say what the server says, `ends` ends the transaction."""

    def __init__(self, con: Any, database: str) -> None:
        self.con, self.database = con, database

    def run(self, *statements: str) -> None:
        with self.con.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.con.cursor() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

    def names(self, query: str) -> set[Any]:
        return {row[0] for row in self.rows(query)}

    def refuses(self, statement: str) -> str:
        """The SQLSTATE with which the server refuses a statement; the transaction begins anew."""
        try:
            with self.con.cursor() as cursor:
                cursor.execute(statement)
                if cursor.description:
                    cursor.fetchall()  # a query runs as it is read
        except Exception as error:
            return str(error.sqlstate)  # type: ignore[attr-defined]
        finally:
            self.con.rollback()
        raise AssertionError(f"the server did it: {statement}")


@contextmanager
def door(who: str, database: str, autocommit: bool = False) -> Iterator[Door]:
    from adbc_driver_postgresql import dbapi

    con = dbapi.connect(SERVER.format(who, database), autocommit=autocommit)
    try:
        yield Door(con, database)
    finally:
        con.close()


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """A throw-away database that is set up, with one log-in a role; database and roles go at the end."""
    name = PREFIX
    try:
        with door("postgres", "postgres", autocommit=True) as admin:
            admin.run(f"create database {name}")
    except Exception as error:
        lacking("postgresql", f"no postgresql answers on 127.0.0.1 ({type(error).__name__})")
    try:
        setup.init(Settings(postgres_url=SERVER.format("postgres", name), postgres_prefix=PREFIX))
        with door("postgres", name, autocommit=True) as admin:
            admin.run(f"create role {login('nightly')} login in role {PREFIX}_loader")
            for role in ROLES:
                group = "manager" if "manager" in role else "reader"
                admin.run(f"create role {login(role)} login in role {PREFIX}_{group}")
            admin.run(f"create role {login('outsider')} login")
        yield name
    finally:
        with door("postgres", "postgres", autocommit=True) as admin:
            admin.run(f"drop database {name} with (force)")
            for role in sorted(admin.names(f"select rolname::text from pg_roles where rolname like '{PREFIX}%'")):
                admin.run(f"drop role {role}")


@pytest.fixture(scope="session")
def first_file(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A serving file of the small company, generation 1."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("first"))
    settings.warehouse.parent.mkdir()
    shutil.copyfile(sample, settings.warehouse)
    path = publish_file(settings, RUN, AS_OF, NOW, "abc").path
    with duckdb.connect(str(path)) as con:
        con.execute(MORE)
    return path


class Warehouse:
    """A data folder whose serving file moves on, and the database that serves it."""

    def __init__(self, settings: Settings, database: str) -> None:
        self.settings, self.database, self.told = settings, database, list[str]()

    @property
    def file(self) -> Path:
        return self.settings.serving / "kpi.duckdb"

    def next(self, generation: int, *statements: str) -> None:
        """The serving file of another run, which all its figures name; `statements` change it further."""
        with duckdb.connect(str(self.file)) as con:
            run, minutes = f"run_{generation}", timedelta(minutes=generation)
            con.execute("update published.publication set generation = ?, run_id = ?", [generation, run])
            con.execute("update published.publication set published_at = ?", [NOW + minutes])
            con.execute("update published.kpi_values set run_id = ?", [run])
            con.execute("update published.goal_attainment set run_id = ?", [run])
            for statement in statements:
                con.execute(statement)

    def publish(self, **more: Any) -> Served:
        return publish(self.settings, PEOPLE, self.told.append, **more)

    def served(self) -> int:
        """The generation that a reader sees."""
        with door(login("anonymous"), self.database) as reader:
            return int(reader.rows(f"select generation from {PREFIX}.publication")[0][0])

    def schemas(self) -> list[str]:
        with door("postgres", self.database) as admin:
            found = admin.names(f"select nspname::text from pg_namespace where nspname ~ '^{PREFIX}_g'")
        return sorted(name.removeprefix(f"{PREFIX}_") for name in found)

    def clean(self) -> None:
        """As `kpi postgres init` leaves it."""
        with door("postgres", self.database, autocommit=True) as admin:
            views = admin.names(
                "select format('%I.%I', schemaname, viewname) from pg_views"
                f" where schemaname in ('{PREFIX}', '{PREFIX}_views')"
            )
            admin.run(
                *(f"drop view if exists {view} cascade" for view in views),
                *(f"drop schema {PREFIX}_{schema} cascade" for schema in self.schemas()),
            )


@pytest.fixture
def warehouse(database: str, first_file: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A database as `kpi postgres init` leaves it, in which nothing is published yet."""
    url = SERVER.format(login("nightly"), database)
    settings = Settings(data_dir=tmp_path, postgres_url=url, postgres_prefix=PREFIX, postgres_patience=20)
    settings.serving.mkdir()
    shutil.copyfile(first_file, settings.serving / "kpi.duckdb")
    made = Warehouse(settings, database)
    yield made
    made.clean()

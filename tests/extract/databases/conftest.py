"""The machine's own PostgreSQL and MariaDB, and SQLite: a database each, dropped at the end."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipelines.extract import databases, load
from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.conftest import lacking
from tests.extract.conftest import NOW

SERVERS = {
    "postgresql": "postgresql://postgres@127.0.0.1:5432/",
    "mariadb": "mariadb://root@127.0.0.1:3306/",
}


class Server:
    """A database to write to as its application would, and the address a contract names."""

    def __init__(self, kind: str, url: str, place: Path) -> None:
        self.kind, self.url, self.place = kind, url, place
        self.settings = Settings(config=place, data_dir=place / "data")
        self.time_zone = "UTC"

    def execute(self, *statements: str) -> None:
        if self.kind == "postgresql":
            from adbc_driver_postgresql import dbapi

            with dbapi.connect(self.url) as con, con.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                con.commit()
            return
        engine = sa.create_engine(self.url.replace("mariadb:", "mysql+pymysql:"))
        with engine.begin() as con:
            for statement in statements:
                con.exec_driver_sql(statement)
        engine.dispose()

    def contract(self, columns: dict[str, Any], **table: Any) -> SourceContract:
        said = [{"name": n, **({"type": t} if isinstance(t, str) else t)} for n, t in columns.items()]
        return SourceContract.model_validate(
            {
                "system": "erp",
                "kind": "database",
                "label": {"zh": "库", "en": "DB"},
                "owner": "sales_ops",
                "time_zone": self.time_zone,
                "connection": {"url": self.url},
                "tables": {
                    "t": {"from": {"database": {"table": "t"}}, "delivery": "full", "key": ["id"], "columns": said}
                    | table
                },
            }
        )

    def load(self, columns: dict[str, Any], run_id: str = "r1", **table: Any) -> load.TableLoad:
        contract = self.contract(columns, **table)
        with databases.connect(contract, self.settings) as pulled, open_warehouse(self.settings) as con:
            return load.load_table(con, contract, "t", self.settings, run_id, NOW, pulled)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings, read_only=True) as con:
            return con.execute(sql).fetchall()


@pytest.fixture(params=["postgresql", "mariadb", "sqlite"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    yield from serve(request.param, tmp_path)


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Server]:
    yield from serve("postgresql", tmp_path)


@pytest.fixture
def mariadb(tmp_path: Path) -> Iterator[Server]:
    yield from serve("mariadb", tmp_path)


def serve(kind: str, place: Path) -> Iterator[Server]:
    if kind == "sqlite":
        yield Server(kind, f"sqlite:///{place / 'erp.sqlite'}", place)
        return
    name = f"kpi_test_{os.getpid()}"
    try:
        administer(kind, f"create database {name}")
    except Exception as error:
        lacking(kind, f"no {kind} answers on 127.0.0.1 ({type(error).__name__})")
    try:
        yield Server(kind, SERVERS[kind] + name, place)
    finally:
        # What pymysql leaves of a connection that was cut complains as it is collected; inside another test's ast.parse
        # CPython 3.11 then fails with "AST constructor recursion depth mismatch".
        gc.collect()
        administer(kind, f"drop database {name}")


def administer(kind: str, statement: str) -> None:
    if kind == "postgresql":
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(SERVERS[kind] + "postgres", autocommit=True) as con, con.cursor() as cursor:
            cursor.execute(statement)
        return
    engine = sa.create_engine(SERVERS[kind].replace("mariadb:", "mysql+pymysql:"))
    with engine.connect() as con:
        con.exec_driver_sql(statement)
    engine.dispose()

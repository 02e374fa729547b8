"""Dagster's event log, as dagster.yaml names it (dagster_home.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import QueuePool

FILES_KEPT_OPEN = 4
BUSY_SECONDS = 60  # how long to wait for another process that writes the same SQLite file


class EventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log that keeps its connections open.

    A run writes 490 events in 1,800 connections. With a new engine and connection for each, as in the base class, that
    cost 2.4 of the 13.4 CPU s of a run on a tiny company (Dagster 1.13.27): every statement was compiled anew.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Engine] = {}  # by file, the one used last at the end
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> EventLog:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None) or create_engine(
            self.conn_string_for_shard(shard),
            poolclass=QueuePool,  # the base class's lock lets one thread at a time use it
            pool_size=1,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        self._engines[shard] = engine
        while len(self._engines) > FILES_KEPT_OPEN:  # the webserver looks at many runs, each in a file of its own
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def dispose(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()

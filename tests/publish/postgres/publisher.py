"""A publisher in a process of its own, which tests kill.

Each is forked from one process that has imported everything: to start one costs milliseconds instead of two seconds.
"""

from __future__ import annotations

import multiprocessing
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import TYPE_CHECKING

from pipelines.settings import Settings

if TYPE_CHECKING:
    from .conftest import Warehouse

HEAVY = ["adbc_driver_postgresql.dbapi", "duckdb", "pyarrow", "tenacity", "pipelines.publish.postgres.serve"]


@cache
def _forked() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*HEAVY, "tests.publish.postgres.publisher"])
    return context


def start(warehouse: Warehouse) -> ForkServerProcess:
    """Begins to publish what the serving file holds."""
    said = warehouse.settings
    assert said.postgres_url
    address = said.postgres_url.get_secret_value()
    process = _forked().Process(target=_publish, args=(str(said.data_dir), address, said.postgres_prefix))
    process.start()
    return process


def _publish(data_dir: str, address: str, prefix: str) -> None:
    from pathlib import Path

    from pipelines.publish.postgres.serve import publish
    from tests.publish.postgres.people import people

    settings = Settings(data_dir=Path(data_dir), postgres_url=address, postgres_prefix=prefix)  # type: ignore[arg-type]
    publish(settings, people(prefix), lambda _: None)

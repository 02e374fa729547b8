"""A publisher in a process of its own, which tests kill: `python -m tests.publish.postgres.publisher FOLDER`."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.settings import REPOSITORY, Settings

if TYPE_CHECKING:
    from .conftest import Warehouse


def start(warehouse: Warehouse) -> subprocess.Popen[str]:
    """Begins to publish what the serving file holds; what takes a second (imports) is over when this returns."""
    url = warehouse.settings.postgres_url
    assert url
    environment = os.environ | {
        "KPI_POSTGRES_URL": url.get_secret_value(),
        "KPI_POSTGRES_PREFIX": warehouse.settings.postgres_prefix,
        "KPI_DATA_DIR": str(warehouse.settings.data_dir),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.publish.postgres.publisher"],
        cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def main() -> None:
    for heavy in ("adbc_driver_postgresql.dbapi", "duckdb", "pyarrow", "tenacity"):
        import_module(heavy)  # before it says that it has begun
    from pipelines.publish.postgres.serve import publish
    from tests.publish.postgres.people import people

    prefix = os.environ["KPI_POSTGRES_PREFIX"]
    print("begun", flush=True)
    publish(Settings(data_dir=Path(os.environ["KPI_DATA_DIR"])), people(prefix), lambda _: None)


if __name__ == "__main__":
    main()

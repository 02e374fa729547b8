"""How a served file is opened so that SQL on it reads the file and nothing else of the machine.

Belongs here: the settings and how each tool is given them. Does not: who may read which file (audience.py).

SQL in DuckDB can read any file of the machine (`/proc/self/environ` too). Without external access it cannot, and with
the configuration locked nobody can turn that back on: https://duckdb.org/docs/2.0/operations_manual/securing_duckdb/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pipelines.errors import KpiError

if TYPE_CHECKING:
    import duckdb

SETTINGS = {"access_mode": "READ_ONLY", "enable_external_access": "false", "lock_configuration": "true"}


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """The file, locked up. Raises duckdb.Error where it is not there, or is none."""
    import duckdb

    return duckdb.connect(str(path), config=dict(SETTINGS))


@contextmanager
def opened(path: Path, *, is_locked: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A served file for the block; `is_locked` is off where rows of it are copied out.

    A run that swaps the next file in does not change it for who has it open. Raises KpiError where nothing was
    published yet, or the file cannot be opened.
    """
    import duckdb

    if not path.is_file():
        raise KpiError("nothing has been published yet", file=path, next_step="kpi run")
    try:
        con = connect(path) if is_locked else duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise KpiError(
            f"cannot be opened: {str(error).splitlines()[0]}",
            file=path,
            next_step="close what has it open for writing; if it is damaged, `kpi rollback` or `kpi run`",
        ) from error
    try:
        yield con
    finally:
        con.close()


def sqlalchemy_url(path: Path) -> str:
    """For Superset and whatever else speaks SQLAlchemy, with the package duckdb-engine."""
    return f"duckdb:///{quote(str(path))}?{urlencode(SETTINGS)}"


def jdbc_url(path: Path) -> str:
    """For Tableau, DBeaver and others with DuckDB's JDBC driver, which takes settings after semicolons."""
    return f"jdbc:duckdb:{path};{';'.join(f'{name}={value}' for name, value in SETTINGS.items())}"


def odbc_string(path: Path) -> str:
    """For Power BI and Excel with DuckDB's ODBC driver."""
    return f"Driver=DuckDB Driver;Database={path};{';'.join(f'{name}={value}' for name, value in SETTINGS.items())}"


def init_sql() -> str:
    """For tools that open the file themselves and run SQL first (Metabase: Init SQL); read-only is a switch there."""
    return "\n".join(f"SET {name} = {value};" for name, value in SETTINGS.items() if name != "access_mode")

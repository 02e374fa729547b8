"""One load of one file in a process of its own, for bench.ingest; prints seconds of wall and of CPU."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

import duckdb

from bench.ingest import COLUMNS, settings
from pipelines.extract.contract import SourceContract
from pipelines.extract.load import load_table
from pipelines.resources import open_warehouse

TYPES = {"bigint": "integer", "varchar": "text"}


def contract(file: Path) -> SourceContract:
    """The file as a table that is appended to, every column with its type."""
    columns = [{"name": name, "type": TYPES.get(kind, kind)} for name, kind in COLUMNS.items()]
    return SourceContract.model_validate(
        {
            "system": "erp", "kind": "files", "label": {"zh": "库", "en": "ERP"}, "owner": "sales_ops",
            "connection": {"path": str(file.parent)},
            "tables": {"orders": {"from": {"glob": file.name}, "delivery": "append", "columns": columns}},
        }
    )  # fmt: skip


def ingest(file: Path, data: Path) -> None:
    import pyarrow.parquet  # noqa: F401  (every process of ours has it before the first file)

    said, where = contract(file), settings(file, data)
    with open_warehouse(where) as con:
        timed(lambda: load_table(con, said, "orders", where, "r1", dt.datetime(2026, 11, 1)))


def bare(kind: str, file: Path, data: Path) -> None:
    data.mkdir()
    types = ", ".join(f"'{name}': '{sql}'" for name, sql in COLUMNS.items())
    read = f"read_csv('{file}', header = true, columns = {{{types}}})" if kind == "csv" else f"read_parquet('{file}')"
    with duckdb.connect(str(data / "bare.duckdb"), config={"threads": 2, "memory_limit": "2GB"}) as con:
        timed(lambda: con.execute(f"create table orders as select * from {read}"))


def timed(work: object) -> None:
    assert callable(work)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    print(time.perf_counter() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    who, kind, file, data = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    bare(kind, file, data) if who == "duckdb" else ingest(file, data)

"""Rows a second from a file into raw, beside what DuckDB itself needs for the same file; `python -m bench.ingest`.

Ours is the whole way: hash, count, read, land, cast, load, ledger. DuckDB's is one `create table as` with the same
columns and types. Both run in turn, in processes of their own, each into a new file; the median of the ratios is told.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import duckdb
import typer
from rich.console import Console

from bench.measure import Cost, cost_of
from pipelines.settings import Settings

SHARE, MEMORY = 0.25, 600  # of DuckDB's own rate; MB for a CSV of 2 GB
COLUMNS = {
    "id": "bigint",
    "number": "varchar",
    "customer": "varchar",
    "product": "varchar",
    "quantity": "bigint",
    "price": "decimal(18,4)",
    "amount": "decimal(18,2)",
    "ordered": "date",
    "changed": "timestamp",
    "is_paid": "boolean",
    "note": "varchar",
    "channel": "varchar",
}
# A quarter of the notes is quoted and holds a comma, one in a hundred a line end: the count cannot go by lines alone.
MADE = """
select n as id, printf('SO-%09d', n) as number, '客户' || (hash(n) % 40000) as customer,
    'P' || (hash(n + 1) % 900) as product, 1 + hash(n + 2) % 40 as quantity,
    (hash(n + 3) % 9000000 / 1000.0)::decimal(18,4) as price,
    (hash(n + 4) % 900000000 / 100.0)::decimal(18,2) as amount,
    date '2023-01-01' + (n % 1100)::integer as ordered,
    timestamp '2023-01-01 00:00:00' + to_seconds(n * 41 % 95000000) as changed, n % 3 = 0 as is_paid,
    case
        when n % 100 = 0 then E'第一行\n第二行 ' || n
        when n % 4 = 0 then '备注, 第 ' || n || ' 号'
        when n % 7 <> 0 then 'note ' || (hash(n + 5) % 100000)
    end as note,
    ['微信', '门店', 'web', 'phone'][1 + n % 4] as channel
from range({rows}) as made(n)
"""
KINDS = {"csv": "(format csv, header)", "parquet": "(format parquet)"}
console = Console(soft_wrap=True, highlight=False)


def main(
    rows: int = typer.Option(2_000_000, help="rows of each file"),
    pairs: int = typer.Option(3, help="how many times each; the median ratio is told"),
    large: bool = typer.Option(False, help="the memory of a CSV of 2 GB instead"),
    folder: Path = typer.Option(Path(tempfile.gettempdir()), help="where to work; --large needs 8 GB"),  # noqa: B008
) -> None:
    """Prints rates, ratio and peak memory per kind of file, and whether the targets are met."""
    place = Path(tempfile.mkdtemp(prefix="kpi-bench-ingest-", dir=folder))
    try:
        if large:
            _large(place)
        else:
            for kind in KINDS:
                _compare(place, kind, rows, pairs)
    finally:
        shutil.rmtree(place)


def _compare(place: Path, kind: str, rows: int, pairs: int) -> None:
    file = make(place, kind, rows)
    ratios, ours, theirs = [], [], []
    for number in range(pairs):
        theirs.append(_cost(place, number, "duckdb", kind, file))
        ours.append(_cost(place, number, "ingest", kind, file))
        ratios.append(theirs[-1].wall / ours[-1].wall)
    share, seconds = statistics.median(ratios), statistics.median(cost.wall for cost in ours)
    met = "met" if share >= SHARE else "MISSED"
    console.print(
        f"{kind}, {rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB: {rows / seconds:,.0f} rows/s,"
        f" {share:.0%} of DuckDB's {rows / statistics.median(cost.wall for cost in theirs):,.0f}"
        f" (target {SHARE:.0%}: {met}); CPU {statistics.median(cost.cpu for cost in ours):.1f} s against"
        f" {statistics.median(cost.cpu for cost in theirs):.1f} s;"
        f" peak {max(cost.memory for cost in ours) / 1e6:,.0f} MB"
    )


def _large(place: Path) -> None:
    rows = 17_000_000
    file = make(place, "csv", rows)
    cost = _cost(place, 0, "ingest", "csv", file)
    met = "met" if cost.memory <= MEMORY * 1e6 else "MISSED"
    console.print(
        f"csv, {rows:,} rows, {file.stat().st_size / 1e9:.2f} GB: {rows / cost.wall:,.0f} rows/s,"
        f" peak {cost.memory / 1e6:,.0f} MB (target {MEMORY} MB: {met})"
    )


def make(place: Path, kind: str, rows: int) -> Path:
    """A file of orders below `place`/source."""
    file = place / "source" / f"orders.{kind}"
    file.parent.mkdir(exist_ok=True)
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute(f"copy ({MADE.format(rows=rows)}) to '{file}' {KINDS[kind]}")
    return file


def _cost(place: Path, number: int, who: str, kind: str, file: Path) -> Cost:
    """What one load cost, less the start of the interpreter and the imports, which are measured apart."""
    data = place / f"{who}-{number}"
    command = [sys.executable, "-m", "bench.ingest_once", who, kind, str(file), str(data)]
    cost = cost_of(command, {}, place / "log")
    wall, cpu = map(float, (place / "log").read_text().split()[-2:])
    shutil.rmtree(data)
    return Cost(wall, cpu, cost.memory)


def settings(file: Path, data: Path) -> Settings:
    return Settings(config=file.parent, data_dir=data)


if __name__ == "__main__":
    typer.run(main)

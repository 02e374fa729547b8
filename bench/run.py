"""`make bench`: wall, CPU and peak memory of `kpi run`, first and second, on tiny, demo and large input.

The demo generator makes the input: scale 0.01 is the smallest company it makes, 1 the shipped demo, 32 more than five
million raw rows. Each figure is the median of several runs, each in a folder of its own.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
import typer
from rich.console import Console

from bench.measure import Cost, cost_of, median
from pipelines.extract.demo import generate

SCALES = {"tiny": 0.01, "demo": 1.0, "large": 32.0}
HEADER = "| input | raw rows | run | wall s | CPU s | peak MB |\n|---|--:|---|--:|--:|--:|"
console = Console(soft_wrap=True, highlight=False)


def main(
    runs: int = typer.Option(3, help="how many times each; the median is printed"),
    only: list[str] = typer.Option(list(SCALES), help="tiny, demo, large"),  # noqa: B008
    folder: Path = typer.Option(Path(tempfile.gettempdir()), help="where to work; large needs 10 GB"),  # noqa: B008
) -> None:
    """Prints a table in Markdown, ready for docs/performance.md."""
    console.print(
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}; median of {runs}\n\n{HEADER}"
    )
    for name in only:
        firsts, seconds, rows = [], [], 0
        for _ in range(runs):
            data = Path(tempfile.mkdtemp(prefix=f"kpi-bench-{name}-", dir=folder))
            try:
                generate(data / "demo", scale=SCALES[name])
                firsts.append(_run(data))
                seconds.append(_run(data))
                rows = _raw_rows(data)
            finally:
                shutil.rmtree(data)
        console.print(_row(name, rows, "first", median(firsts)))
        console.print(_row(name, rows, "second, unchanged", median(seconds)))


def _run(data: Path) -> Cost:
    command = [sys.executable, "-m", "pipelines.cli", "run", "--data-dir", str(data)]
    return cost_of(command, {}, data / "run.log")


def _raw_rows(data: Path) -> int:
    with duckdb.connect(str(data / "warehouse" / "warehouse.duckdb"), read_only=True) as con:
        ((rows,),) = con.execute("select sum(source_rows) from loads.ledger").fetchall()
    return int(rows)


def _row(name: str, rows: int, which: str, cost: Cost) -> str:
    return f"| {name} | {rows:,} | {which} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.memory / 1e6:,.0f} |"


if __name__ == "__main__":
    typer.run(main)

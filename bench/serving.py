"""`python -m bench.serving`: how long ten queries of a dashboard take on the served file, alone and during a run.

A company of more than five million raw rows is run once; then each query is asked over and over: on a connection that
is open, and on a new one each time, locked up as `kpi connect` says. The same while `kpi run` publishes anew.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console

from bench.measure import cost_of
from pipelines.extract.demo import generate
from pipelines.publish import read_only
from pipelines.settings import REPOSITORY

SCALE = 32.0
LIMITS = {"alone": (10, 100), "during a run": (50, 500)}  # ms at the 95th percentile: warm, with a new connection
QUESTIONS = Path(__file__).parent / "dashboard.sql"


class Times(NamedTuple):
    """Milliseconds of every query, on an open connection and with a new one."""

    warm: list[float]
    new: list[float]


def main(
    data: Annotated[Path | None, typer.Option(help="the data folder of a finished run; default: one is made")] = None,
    rounds: Annotated[int, typer.Option(help="how often each query is asked")] = 30,
    folder: Annotated[Path | None, typer.Option(help="where to work; needs 10 GB without --data")] = None,
) -> None:
    """Prints a table in Markdown, ready for docs/performance.md, and the verdicts."""
    console = Console(soft_wrap=True, highlight=False)
    with tempfile.TemporaryDirectory(prefix="kpi-bench-serving-", dir=folder) as place:
        run = data or Path(place)
        if data is None:
            generate(run / "demo", scale=SCALE)
            cost_of([sys.executable, "-m", "pipelines.cli", "run", "--data-dir", str(run)], {}, run / "run.log")
        served = run / "serving" / "kpi.duckdb"
        console.print(f"{served.stat().st_size / 1e6:,.0f} MB served; load {os.getloadavg()[0]:.1f}\n")
        console.print(
            "| when | asked | warm p50 ms | warm p95 ms | new p50 ms | new p95 ms |\n|---|--:|--:|--:|--:|--:|"
        )
        _tell(console, "alone", ask(served, rounds))
        _tell(console, "during a run", ask_during_a_run(run, served))


def queries() -> list[str]:
    """The questions of the dashboard."""
    return [query for query in QUESTIONS.read_text(encoding="utf-8").split(";") if query.strip()]


def ask(served: Path, rounds: int) -> Times:
    """Every query `rounds` times, each way."""
    times = Times([], [])
    with read_only.connect(served) as con:
        for _ in range(rounds):
            for query in queries():
                began = time.perf_counter()
                con.execute(query).fetchall()
                times.warm.append((time.perf_counter() - began) * 1000)
    for _ in range(rounds):
        for query in queries():
            began = time.perf_counter()
            with read_only.connect(served) as con:
                con.execute(query).fetchall()
            times.new.append((time.perf_counter() - began) * 1000)
    return times


def ask_during_a_run(run: Path, served: Path) -> Times:
    """Rounds for as long as `kpi run` takes; a query that fails ends the bench."""
    times = Times([], [])
    with (
        (run / "second.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", "run", "--data-dir", str(run)],
            cwd=REPOSITORY,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        while running.poll() is None:
            warm, new = ask(served, 1)
            times.warm.extend(warm)
            times.new.extend(new)
            time.sleep(0.2)  # people look, they do not hammer
    if running.returncode:
        raise SystemExit((run / "second.log").read_text(encoding="utf-8")[-2000:])
    return times


def _tell(console: Console, when: str, times: Times) -> None:
    at = [f"{p:.1f}" for several in times for p in (statistics.median(several), _p95(several))]
    console.print(f"| {when} | {len(times.warm) + len(times.new):,} | {' | '.join(at)} |")
    for name, several, limit in zip(("warm", "new connection"), times, LIMITS[when], strict=True):
        verdict = "kept" if _p95(several) <= limit else "MISSED"
        console.print(f"  {when}, {name}: p95 {_p95(several):.1f} ms, limit {limit}: {verdict}", style="dim")


def _p95(several: list[float]) -> float:
    return statistics.quantiles(several, n=20)[-1]


if __name__ == "__main__":
    typer.run(main)

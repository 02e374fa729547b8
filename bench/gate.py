"""`python -m bench.gate`: a gate of 210 checks on 14 tables of 5 million rows, beside the same checks written by hand.

Sides run in turn, each in a process of its own, and say what the checks cost without starting up or importing anything;
the medians of the ratios are told. Every side must count the same failed rows.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import typer
from rich.console import Console

from bench.gate_tables import RULES, TABLES, make
from pipelines.settings import REPOSITORY

TARGET, SCANS = 2.0, 4.0  # times the cost of the queries by hand; times that every row is read
console = Console(soft_wrap=True, highlight=False)


def main(
    rows: int = typer.Option(5_000_000, help="rows of all tables together"),
    pairs: int = typer.Option(3, help="how many times each; the median ratio is told"),
    folder: Path = typer.Option(Path(tempfile.gettempdir()), help="where to work; 5 million rows need 0.3 GB"),  # noqa: B008
) -> None:
    """Prints seconds and ratios of the gate, fused and plain, and how often it reads a row."""
    with tempfile.TemporaryDirectory(prefix="kpi-bench-gate-", dir=folder) as place:
        file = Path(place) / "gate.duckdb"
        with duckdb.connect(str(file), config={"threads": 2}) as con:
            make(con, rows)
        found: dict[str, list[dict[str, Any]]] = {"hand": [], "fused": [], "plain": []}
        for _ in range(pairs):
            for side, costs in found.items():
                costs.append(_once(side, file))
        read = {side: _once(side, file, "count") for side in ("hand", "fused")}
    failed = [cost["failed"] for costs in found.values() for cost in costs]
    assert all(one == failed[0] for one in failed), "the sides do not count the same failed rows"
    console.print(f"{len(TABLES) * len(RULES)} checks, {len(TABLES)} tables, {rows:,} rows; median of {pairs}")
    for side, costs in found.items():
        wall, cpu = (statistics.median(cost[key] for cost in costs) for key in ("wall", "cpu"))
        against = "" if side == "hand" else _against(costs, found["hand"], judged=side == "fused")
        console.print(f"{side}: {wall:.2f} s, {cpu:.2f} CPU s{against}")
    for side, cost in read.items():
        times, values = cost["rows"] / rows, cost["values"] / 1e6
        aim = f" (aim {SCANS:.0f})" if side == "fused" else ""
        console.print(f"{side}: a row is read {times:.1f} times{aim}, {values:,.0f} M values altogether")


def _against(costs: list[dict[str, Any]], by_hand: list[dict[str, Any]], judged: bool) -> str:
    wall, cpu = (
        statistics.median(ours[key] / theirs[key] for ours, theirs in zip(costs, by_hand, strict=True))
        for key in ("wall", "cpu")
    )
    met = "met" if max(wall, cpu) <= TARGET else "MISSED"
    goal = f" (target {TARGET:.0f}: {met})" if judged else ""
    return f", {wall:.2f} times the wall and {cpu:.2f} times the CPU by hand{goal}"


def _once(side: str, file: Path, *count: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.gate_once", side, str(file), *count]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


if __name__ == "__main__":
    typer.run(main)

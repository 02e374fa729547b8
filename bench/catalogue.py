"""`python -m bench.catalogue`: the compiled SQL of the whole catalogue beside the same figures by hand-written SQL.

What a compiler of KPIs costs is what its SQL costs more than one would write oneself. Both sides read the same entity
tables of a run over 5 million raw rows and give every KPI at all its grains and levels; they must agree row by row
before anything is timed. Told too: what ten more KPIs on one entity cost, and what a distinct count and a median cost
beside a sum.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bench import catalogue_sides as sides
from bench.measure import cost_of
from pipelines import settings
from pipelines.extract.demo import generate
from pipelines.settings import REPOSITORY

SCALE = 32.0
TIMES, SHARE = 1.3, 0.05  # times the cost by hand; of the build, for ten more KPIs
Costs = dict[str, tuple[float, float]]
console = Console(soft_wrap=True, highlight=False)


def main(
    data: Annotated[Path | None, typer.Option(help="the data folder of a finished run; default: one is made")] = None,
    pairs: Annotated[int, typer.Option(help="how many times each; the median ratio is told")] = 3,
    folder: Annotated[Path | None, typer.Option(help="where to work; needs 10 GB without --data")] = None,
) -> None:
    """Prints a table in Markdown, ready for docs/performance.md, and the verdicts."""
    with (
        tempfile.TemporaryDirectory(prefix="kpi-bench-catalogue-", dir=folder) as place,
        _run(data, Path(place)) as run,
    ):
        given = Path(place) / "given.duckdb"
        catalogue = sides.read(settings.load(data_dir=run))
        sides.give(catalogue, given)
        compared = _once("compare", run, given)
        if compared["differing"]:
            console.print("\n".join(compared["shown"]))
            raise SystemExit(f"the sides differ in {compared['differing']:,} of {compared['rows']:,} rows")
        left_out = [kpi_id for kpi_id in catalogue.computed if kpi_id not in catalogue.covered]
        console.print(
            f"{len(catalogue.covered)} of {len(catalogue.computed)} KPIs, {compared['rows']:,} figures, no difference; "
            f"median of {pairs}; load {os.getloadavg()[0]:.1f}; left out: {', '.join(left_out) or 'none'}"
        )
        found: dict[str, list[Costs]] = {"hand": [], "compiled": []}
        prices: dict[str, list[Costs]] = {name: [] for name in sides.PRICED}
        for _ in range(pairs):
            for side, costs in (found | prices).items():
                costs.append(_once(side, run, given))
        more = _once("more", run, given)
        console.print(f"load after: {os.getloadavg()[0]:.1f}\n")
    _tell(found["hand"], found["compiled"])
    _tell_more(found["compiled"], more["without"], more["with"])
    _tell_prices(prices)


@contextlib.contextmanager
def _run(data: Path | None, place: Path) -> Iterator[Path]:
    if data is None:
        data = place / "data"
        generate(data / "demo", scale=SCALE)
        cost_of([sys.executable, "-m", "pipelines.cli", "run", "--data-dir", str(data)], {}, place / "run.log")
    yield data


def _once(side: str, data: Path, given: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.catalogue_once", side, str(data), str(given)]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _tell(by_hand: list[Costs], compiled: list[Costs]) -> None:
    """A row an entity, the dearest first; then all of it against the target."""
    console.print("| part | by hand, CPU s | compiled, CPU s | times the wall | times the CPU |\n|---|--:|--:|--:|--:|")
    dear = sorted({part for costs in compiled for part in costs}, key=lambda part: -_median(compiled, 1, part))
    for part in [*dear, ""]:
        name = part or "**all**"
        hand, ours = _median(by_hand, 1, part), _median(compiled, 1, part)
        wall, cpu = (_ratio(compiled, by_hand, clock, part) for clock in (0, 1))
        console.print(f"| {name} | {hand:.2f} | {ours:.2f} | {wall:.1f} | {cpu:.1f} |")
    wall, cpu = (_ratio(compiled, by_hand, clock) for clock in (0, 1))
    seconds = " and ".join(
        f"{name} {_median(costs, 0):.1f} s, {_median(costs, 1):.1f} CPU s"
        for name, costs in (("by hand", by_hand), ("compiled", compiled))
    )
    met = "met" if max(wall, cpu) <= TIMES else "MISSED"
    console.print(f"\n{seconds}: {wall:.2f} times the wall and {cpu:.2f} times the CPU (target {TIMES}: {met})")


def _tell_more(build: list[Costs], without: list[Costs], beside: list[Costs]) -> None:
    """What the changed models cost more, as a share of the whole build."""
    wall, cpu = (
        statistics.median(
            _seconds(one, clock) - _seconds(other, clock) for one, other in zip(beside, without, strict=True)
        )
        / _median(build, clock)
        for clock in (0, 1)
    )
    met = "met" if max(wall, cpu) < SHARE else "MISSED"
    console.print(
        f"{len(sides.MORE)} more KPIs on {sides.ENTITY}: {wall:+.1%} wall and {cpu:+.1%} CPU of the build "
        f"(target below {SHARE:.0%}: {met})"
    )
    for model in without[0]:
        console.print(f"  {model}: {_median(without, 1, model):.2f} → {_median(beside, 1, model):.2f} CPU s")


def _tell_prices(prices: dict[str, list[Costs]]) -> None:
    for name, costs in prices.items():
        wall, cpu = (_ratio(costs, prices["sum"], clock) for clock in (0, 1))
        told = "" if name == "sum" else f": {wall:.1f} times the wall and {cpu:.1f} times the CPU of the sum"
        console.print(f"one {name} over {sides.ENTITY}: {_median(costs, 0):.2f} s, {_median(costs, 1):.2f} CPU s{told}")


def _seconds(costs: Costs, clock: int, part: str = "") -> float:
    """Of one part, or of all; what is shared by the files by hand stands with what is across entities."""
    if part:
        own = (part, sides.SHARED) if part == sides.ACROSS else (part,)
        return sum(costs[name][clock] for name in own if name in costs)
    return sum(cost[clock] for cost in costs.values())


def _median(costs: list[Costs], clock: int, part: str = "") -> float:
    return statistics.median(_seconds(cost, clock, part) for cost in costs)


def _ratio(ours: list[Costs], theirs: list[Costs], clock: int, part: str = "") -> float:
    return statistics.median(
        _seconds(one, clock, part) / _seconds(other, clock, part) for one, other in zip(ours, theirs, strict=True)
    )


if __name__ == "__main__":
    typer.run(main)

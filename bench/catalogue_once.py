"""One side of `bench.catalogue` once, in a process of its own; prints what each part cost, in seconds, as JSON.

`compiled` and `hand` are the two sides; `more` builds the compiled one and then, in turn, the models that become others
with ten KPIs beside; `sum`, `distinct` and `median` are one measure alone; `compare` prints how both sides differ.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from bench import catalogue_sides as sides
from pipelines import settings
from pipelines.model.compiler import numbers
from pipelines.model.compiler.measures import model_name

SHOWN = 20
OFF = 0.000001
ROUNDS = 5

Costs = dict[str, tuple[float, float]]  # wall and CPU seconds of each part


def compiled(con: duckdb.DuckDBPyConnection, models: dict[str, str]) -> Costs:
    found = {}
    for model, sql in models.items():
        if sides.is_measured(model):
            part = sides.ACROSS if model == numbers.MODEL else model.removeprefix(model_name(""))
            found[part] = _timed(con, f'create temp table "{model}" as {sql}')
    return found


def more(con: duckdb.DuckDBPyConnection, catalogue: sides.Catalogue) -> dict[str, list[Costs]]:
    """The models that ten KPIs change, without and with them; those whose text stays the same cost the same."""
    without, richer = catalogue.compiled(con), catalogue.compiled(con, more=True)
    compiled(con, without)
    changed = [name for name in without if without[name] != richer[name]]
    found: dict[str, list[Costs]] = {"without": [], "with": []}
    for _ in range(ROUNDS):
        for side, models in (("without", without), ("with", richer)):
            costs = {name: _timed(con, f'create or replace temp table "{name}" as {models[name]}') for name in changed}
            found[side].append(costs)
    return found


def by_hand(con: duckdb.DuckDBPyConnection) -> Costs:
    return {name: _timed(con, text) for name, text in sides.by_hand().items()}


def _timed(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    con.execute(sql)
    return time.perf_counter() - wall, time.process_time() - cpu


def compare(con: duckdb.DuckDBPyConnection, catalogue: sides.Catalogue) -> dict[str, Any]:
    """Rows that one side lacks, and numbers that differ; a KPI that is not covered counts on neither side."""
    compiled(con, catalogue.compiled(con))
    by_hand(con)
    same = " and ".join(
        f"coalesce(abs(ours.{number} - hand.{number}) <= {OFF}, ours.{number} is null and hand.{number} is null)"
        for number in sides.NUMBERS
    )
    con.execute(
        f"""
        create temp table differing as
        select {", ".join(sides.ROW)},
            case when ours.is_there and hand.is_there then 'off' else 'on one side' end,
            cast(ours.value as varchar), cast(hand.value as varchar)
        from (select *, true as is_there from {numbers.MODEL}) as ours
        full join (select *, true as is_there from by_hand) as hand using ({", ".join(sides.ROW)})
        where ours.is_there is null or hand.is_there is null or not ({same})
        """
    )
    differing, rows, hand = (
        con.execute(f"select count(*) from {table}").fetchall()[0][0]
        for table in ("differing", numbers.MODEL, "by_hand")
    )
    assert differing or rows == hand, f"{rows} rows compiled, {hand} by hand: some row is there twice"
    shown = con.execute(f"select * from differing order by all limit {SHOWN}").fetchall()
    return {"rows": rows, "differing": differing, "shown": [" ".join(map(str, row)) for row in shown]}


def main(side: str, data: Path, given: Path) -> None:
    catalogue = sides.read(settings.load(data_dir=data))
    with sides.connect(catalogue.settings, given) as con:
        if side == "compare":
            print(json.dumps(compare(con, catalogue)))
        elif side == "hand":
            print(json.dumps(by_hand(con)))
        elif side in sides.PRICED:
            print(json.dumps({side: _timed(con, f"create temp table priced as {catalogue.priced(con, side)}")}))
        elif side == "more":
            print(json.dumps(more(con, catalogue)))
        else:
            print(json.dumps(compiled(con, catalogue.compiled(con))))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

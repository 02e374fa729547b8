"""Rows a second from the machine's PostgreSQL and MariaDB into a landing file; `python -m bench.databases`.

A table of a million rows (key, decimal, text, instant), made once per run in a database of its own and dropped again.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import typer
from rich.console import Console

from pipelines.extract import databases, landing
from tests.extract.databases.conftest import Server, serve

TYPES = {"postgresql": "timestamptz", "mariadb": "datetime"}
TARGETS = {"postgresql": 150_000}
console = Console(soft_wrap=True, highlight=False)


def main(rows: int = typer.Option(1_000_000, help="rows of the table")) -> None:
    """Prints rows and seconds per server."""
    for kind in TYPES:
        with tempfile.TemporaryDirectory() as folder:
            serving = serve(kind, Path(folder))
            server = next(serving)
            try:
                rate = rows / _seconds(server, rows)
                target = TARGETS.get(kind)
                said = f" (target {target:,}: {'met' if rate >= target else 'MISSED'})" if target else ""
                console.print(f"{kind}: {rate:,.0f} rows/s of {rows:,}{said}")
            finally:
                serving.close()


def _seconds(server: Server, rows: int) -> float:
    made = {
        "postgresql": f"select n, n * 1.01, '备注 ' || n, now() from generate_series(1, {rows}) as n",
        "mariadb": f"select seq, seq * 1.01, concat('备注 ', seq), now() from seq_1_to_{rows}",
    }
    server.execute(
        f"create table t (id integer, amount decimal(18,2), note varchar(40), seen {TYPES[server.kind]})",
        f"insert into t {made[server.kind]}",
    )
    contract = server.contract({"id": "integer", "amount": "decimal(18,2)", "note": "text", "seen": "timestamp"})
    with databases.connect(contract, server.settings) as pulled:
        started = time.perf_counter()
        landed = landing.write(pulled.pull("t", None).records.reader, server.place / "landing")
        assert landed.rows == rows
        return time.perf_counter() - started


if __name__ == "__main__":
    typer.run(main)

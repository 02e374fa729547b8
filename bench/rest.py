"""Records a second from an API on this machine into a landing file; `python -m bench.rest`.

The API is a process of its own that answers pages of 1,000 records of 12 fields, made once before the clock starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from pipelines.extract import landing, rest
from pipelines.extract.contract import SourceContract
from pipelines.settings import Settings

SIZE = 1_000
TARGET = 20_000
FIELDS = 12
console = Console(soft_wrap=True, highlight=False)


def main(rows: int = typer.Option(200_000, help="records of the API")) -> None:
    """Prints records and records a second."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.rest", "serve", str(rows)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            seconds = _seconds(f"http://127.0.0.1:{port}", rows, Path(folder))
        met = "met" if rows / seconds >= TARGET else "MISSED"
        console.print(f"rest: {rows / seconds:,.0f} records/s of {rows:,} (target {TARGET:,}: {met})")
    finally:
        server.terminate()
        server.wait()


def _seconds(url: str, rows: int, place: Path) -> float:
    columns = [{"name": "id", "type": "integer"}, {"name": "owner.id"}]
    columns += [{"name": f"field_{n}"} for n in range(FIELDS - 2)]
    said = {
        "path": "/t", "records": "data", "total": "info.total",
        "paging": {"page": {"param": "page", "size_param": "size", "size": SIZE}}, "more": "info.more",
    }  # fmt: skip
    table = {"from": {"rest": said}, "key": ["id"], "delivery": "full", "columns": columns}
    contract = SourceContract.model_validate(
        {
            "system": "api", "kind": "rest", "label": {"zh": "接口", "en": "API"}, "owner": "o",
            "connection": {"base_url": url}, "tables": {"t": table},
        }
    )  # fmt: skip
    with rest.connect(contract, Settings(config=place, data_dir=place)) as pulled:
        started = time.perf_counter()
        pull = pulled.pull("t", None)
        landed = landing.write(pull.records.reader, place / "landing")
        assert landed.rows == pull.count() == rows
        return time.perf_counter() - started


def serve(rows: int) -> None:
    """Answers /t?page=… until it is stopped; says its port on the first line."""
    from tests.extract.rest.server import Reply, serving

    pages = []
    for start in range(0, rows, SIZE):
        records = [_record(n) for n in range(start, min(start + SIZE, rows))]
        body = {"data": records, "info": {"more": start + SIZE < rows, "total": rows}}
        pages.append(json.dumps(body, ensure_ascii=False).encode())
    with serving(lambda asked: Reply(pages[int(asked.params["page"]) - 1])) as api:
        print(api.server.server_port, flush=True)
        time.sleep(600)


def _record(number: int) -> dict[str, Any]:
    fields = {f"field_{i}": f"备注 {number} {i}" if i % 2 else number * 1.25 for i in range(FIELDS - 2)}
    return {"id": number, "owner": {"id": f"e{number % 50}"}} | fields


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        typer.run(main)

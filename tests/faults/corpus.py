"""A hostile file, loaded for real: what came of it, and what it cost."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.extract.conftest import Source

TEXTS = {"id": "text", "amount": "text", "changed": "text"}


class Outcome(NamedTuple):
    """Either the records in order, as raw holds them, or why the file was refused."""

    rows: list[tuple[Any, ...]] | None
    reason: str
    aside: int = 0


def deliver(place: Path, name: str, content: bytes, columns: dict[str, Any] | None = None, **from_: Any) -> Outcome:
    """Loads one file into an empty table without key; every refusal is of the whole file."""
    source = Source(place)
    source.write(name, content)
    return loaded(source, name, columns, **from_)


def loaded(
    source: Source, name: str, columns: dict[str, Any] | None = None, shown: int = 100_000, **from_: Any
) -> Outcome:
    source.columns(**(columns or TEXTS)).say(
        key=[], cursor=None, delivery="append", empty="allow", from_={"glob": name, **from_}
    )
    load = source.try_load()
    names = ", ".join(f'"{column}"' for column in columns or TEXTS)
    rows = source.rows(f"select {names} from raw_crm.deals order by _row_number limit {shown}")
    if load.refused:
        ((refused),) = load.refused
        said = str(refused.error)
        assert rows == [], "a refused file leaves nothing"
        assert source.rows("from loads.ledger") == []
        assert "\n" not in said
        assert name in said, "it names the file"
        return Outcome(None, said.replace(str(source.place), ""))
    assert load.source_rows == load.loaded + load.quarantined + load.duplicates
    assert not any("\ufffd" in str(value) for row in rows for value in row), "0 U+FFFD in raw"
    return Outcome(rows, "", load.quarantined)


class Cost(NamedTuple):
    outcome: Outcome  # of records the first ten
    seconds: float  # of CPU


def measured(*deliveries: tuple[Path, str, dict[str, Any]]) -> tuple[list[Cost], int]:
    """Loads (place, file in its folder delivered, what `from` says) one after the other in one process of its own.

    Gives what each cost, and the peak memory of that process over all of them, in bytes.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(theirs, deliveries))
    child.start()
    theirs.close()
    try:
        costs, peak = ours.recv()
    except EOFError:
        child.join()
        raise AssertionError(f"the process that loaded them died: {child.exitcode}") from None
    child.join()
    return costs, peak


def _measure(out: Any, deliveries: Sequence[tuple[Path, str, dict[str, Any]]]) -> None:
    import duckdb
    import pyarrow.parquet  # noqa: F401  (what every run imports once is no cost of a file)
    import python_calamine  # noqa: F401

    duckdb.connect().execute("select 1")
    costs = []
    for place, name, from_ in deliveries:
        source = Source(place, exist_ok=True)
        began = time.process_time()  # what other work on the machine takes is no cost of a file
        costs.append(Cost(loaded(source, name, shown=10, **from_), time.process_time() - began))
    out.send((costs, peak_memory()))


def peak_memory() -> int:
    """Bytes; getrusage would count what the parent had when it made this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

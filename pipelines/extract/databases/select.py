"""The query that reads a table, from its cursor on.

Belongs here: quoting, the condition of an increment, what the contract calls the table. Does not: running it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.extract.contract import TableContract
from pipelines.extract.contract.database import FromDatabase
from pipelines.extract.source import Finding
from pipelines.settings import Settings

Quote = Callable[[str], str]


class Place(NamedTuple):
    """Where a table's records come from, as SQL, and what people call it."""

    sql: str
    name: str
    is_table: bool


def place(table: TableContract, table_name: str, settings: Settings, quote: Quote) -> Place:
    """`from.database.table` quoted part by part, or the query in brackets; ${…} taken from the environment."""
    said = table.from_.database
    assert isinstance(said, FromDatabase)
    if said.table:
        name = settings.expand(said.table)
        return Place(".".join(quote(part) for part in name.split(".")), name, True)
    return Place(f"({settings.expand(said.query or '')}) as asked", f"the query of {table_name}", False)


def in_utc(since: str, zone: str) -> str:
    """Local time of the contract as UTC; of an hour that the clock shows twice, the earlier: nothing may be skipped."""
    local = dt.datetime.fromisoformat(since).replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")


def condition(cursor: str, since: str) -> str:
    """Rows at the edge are read again, and rows without a cursor every time: nothing slips between two reads."""
    return f"{cursor} >= {since} or {cursor} is null"


def sorts(is_text: bool, table: TableContract) -> bool:
    """Whether the server orders the column as the cursor that the contract says it is: as text, '9' is after '10'."""
    return not is_text or table.column(table.cursor or "").type == "text"


def unsorted(name: str, table: TableContract) -> Finding:
    """What is told of a table that is read whole since its cursor is text there."""
    kind = table.column(table.cursor or "").type
    return Finding(
        "unsorted",
        name,
        "take",
        f"游标列 {name} 在来源中是文本，不能按 {kind} 排序，因此每次读取整张表",
        f"the cursor {name} is text at the source and does not sort as {kind}; the whole table is read every time",
    )

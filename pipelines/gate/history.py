"""How many rows each table had on each business date on which it was checked: gate.row_counts.

Belongs here: keeping those counts and reading them back. Does not: what a count is held against (moving.py).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

KEPT = 60  # dates that are looked back at: ten working days of one that is checked on a tenth of all days as well


class Count(NamedTuple):
    """`rows` of a table as last checked on the business date `day`; of snapshots those of the newest."""

    day: date
    rows: int


def before(con: duckdb.DuckDBPyConnection, address: str, as_of: date) -> list[Count]:
    """The counts of earlier business dates, newest first; never that of `as_of`: a rerun sees what the run saw."""
    found = con.execute(
        "select day, rows from gate.row_counts where table_name = ? and day < ? order by day desc limit ?",
        [address, as_of, KEPT],
    ).fetchall()
    return [Count(day, rows) for day, rows in found]


def remember(con: duckdb.DuckDBPyConnection, address: str, as_of: date, rows: int) -> None:
    """Puts down the count of a business date; the last check of a date stands.

    Once a later date is known, an earlier one stays as it was: raw keeps no past, so a rerun of March in May counts
    the rows of May.
    """
    con.execute(
        "insert into gate.row_counts select $1, $2, $3"
        " where not exists (select 1 from gate.row_counts where table_name = $1 and day > $2)"
        " on conflict do update set rows = excluded.rows",
        [address, as_of, rows],
    )

"""Pages of an API on disk, as they came: read again record by record, and counted by other code than reads them.

Belongs here: keeping and counting. Does not: asking for pages (pages.py), what a record is made of (records.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import duckdb

AT_ONCE = 32_000_000  # bytes of pages counted in one go


class Kept(NamedTuple):
    """Where a page lies in the file, and the value of the other table's record that it was asked for."""

    start: int
    length: int
    outer: Any


class Spool:
    """The pages of one read, in order."""

    def __init__(self, path: Path) -> None:
        self.path, self.pages = path, list[Kept]()
        self.end = 0
        self.file = path.open("wb")

    def add(self, raw: bytes, outer: Any = None) -> None:
        self.file.write(raw)
        self.pages.append(Kept(self.end, len(raw), outer))
        self.end += len(raw)

    def close(self) -> None:
        self.file.close()

    def __iter__(self) -> Iterator[tuple[bytes, Any]]:
        """Each page and its outer value."""
        with self.path.open("rb") as file:
            for page in self.pages:
                file.seek(page.start)
                yield file.read(page.length), page.outer

    def count(self, records: str | None, items: str | None = None) -> int:
        """Records in all pages, or items inside them, by DuckDB's reader of JSON; Python's is what reads them."""
        import duckdb

        total, held, size = 0, list[str](), 0
        with duckdb.connect(config={"threads": 1, "memory_limit": "512MB"}) as con:
            for raw, _ in self:
                held.append(raw.decode("utf-8-sig"))
                size += len(raw)
                if size > AT_ONCE:
                    total += _counted(con, held, records, items)
                    held, size = [], 0
            return total + _counted(con, held, records, items)


def _counted(con: duckdb.DuckDBPyConnection, pages: list[str], records: str | None, items: str | None) -> int:
    import pyarrow as pa

    if not pages:
        return 0
    con.register("pages", pa.table({"body": pa.array(pages, pa.large_string())}))
    if items is None:
        number = f"json_array_length(body, '{_path(records)}')"
    else:
        found = f"json_extract(body, '{_path(records)}[*]{_path(items)[1:]}')"
        number = f"list_sum(list_transform({found}, lambda item: json_array_length(item)))"
    ((total,),) = con.execute(f"select coalesce(sum({number}), 0) from pages").fetchall()
    return int(total)


def _path(dotted: str | None) -> str:
    """A dotted path as DuckDB writes it: info.rows → $."info"."rows"."""
    parts = [part.replace('"', '\\"').replace("'", "''") for part in dotted.split(".")] if dotted else []
    return "$" + "".join(f'."{part}"' for part in parts)

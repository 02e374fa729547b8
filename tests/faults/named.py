"""Records under any column names, delivered in each form of source and loaded for real."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.extract.load import TableLoad
from tests.extract.conftest import Source, judge
from tests.extract.databases.conftest import Server, serve

FILES = ("csv", "xlsx", "json", "jsonl", "parquet")
DATABASES = ("sqlite", "postgresql")
FORMS = (*FILES, *DATABASES)
TYPED = ("parquet", "postgresql")  # whose columns have a type of their own
TABLE = "销售订单𠮷🙂"  # what the database calls it; files say it in their name, workbooks in the sheet's
TYPES = {"parquet": {"text": "string"}, "postgresql": {"int64": "bigint", "int32": "integer"}}

Row = Sequence[Any]


class Delivering:
    """One table `t` of one system, delivered again and again, each time as the test says."""

    def __init__(self, form: str, place: Path, server: Server | None) -> None:
        self.form, self.place, self.server = form, place, server
        self.source = Source(place) if server is None else None

    def deliver(self, number: int, names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str] = ()) -> None:
        """`kinds`: text, int64 or int32 by column, where the form has types; default: text. None is no value."""
        said = list(kinds) or ["text"] * len(names)
        if self.server is not None:
            self._tabulate(names, rows, said)
            return
        assert self.source is not None
        self.source.write(f"{TABLE}_{number}.{self.form}", WRITERS[self.form](names, rows, said))

    def load(self, columns: Sequence[dict[str, Any]], run_id: str = "r1", **table: Any) -> TableLoad:
        """Raises KpiError where a database that never delivered is refused."""
        said = {"key": ["id"], "delivery": "upsert", "hold_below": 0, "block_above": 1} | table
        if self.server is not None:
            place = {"from": {"database": {"table": TABLE}}}
            return self.server.load({column["name"]: column for column in columns}, run_id, **place | said)
        assert self.source is not None
        place = {"glob": f"{TABLE}_*.{self.form}"} | ({"sheet": TABLE} if self.form == "xlsx" else {})
        self.source.said = {"from": place | said.pop("from_", {}), "columns": list(columns)} | said
        return self.source.try_load(run_id)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Of the warehouse; {raw} and {quarantine} are the table's."""
        holder = self.server or self.source
        assert holder is not None
        schema, table = ("erp", "t") if self.server is not None else ("crm", "deals")
        return holder.rows(
            sql.replace("{raw}", f"raw_{schema}.{table}").replace("{quarantine}", f"quarantine_{schema}.{table}")
        )

    def judge(self, run_id: str) -> None:
        holder = self.server or self.source
        assert holder is not None
        judge(holder.settings, run_id, "raw_erp.t" if self.server is not None else "raw_crm.deals")

    def findings(self, run_id: str) -> set[tuple[str, str, str]]:
        """(kind, column, outcome) of what a run wrote down."""
        sql = f"select kind, column_name, outcome from loads.findings where run_id = '{run_id}'"
        return set(self.rows(sql))

    def _tabulate(self, names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str]) -> None:
        assert self.server is not None
        types = TYPES.get(self.form, {})
        columns = ", ".join(f"{_quoted(n)} {types.get(k, 'text')}" for n, k in zip(names, kinds, strict=True))
        statements = [f"drop table if exists {_quoted(TABLE)}", f"create table {_quoted(TABLE)} ({columns})"]
        if rows:
            values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
            statements.append(f"insert into {_quoted(TABLE)} values {values}")
        # The driver of SQLite takes :name and % for its own where they stand in text; these records hold neither.
        self.server.execute(*statements)


@contextmanager
def delivering(form: str, place: Path) -> Iterator[Callable[[str], Delivering]]:
    """Opens a form of source; a call gives the table in a new warehouse, the database (if it is one) staying.

    Skips where the form needs a server that does not answer.
    """
    if form in FILES:
        yield lambda name: Delivering(form, place / name, None)
        return
    place.mkdir(parents=True, exist_ok=True)
    serving = serve(form, place)
    try:
        url = next(serving).url
        yield lambda name: Delivering(form, place / name, Server(form, url, place / name))
    finally:
        serving.close()


def as_csv(names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([names, *([v or "" for v in row] for row in rows)])
    return text.getvalue().encode()


def as_objects(names: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Objects as text, so that a key may stand in one twice."""
    said = [json.dumps(name, ensure_ascii=False) for name in names]
    return [
        "{" + ", ".join(f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in zip(said, row, strict=True)) + "}"
        for row in rows
    ]


def as_json(names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str]) -> bytes:
    return ("[" + ",\n".join(as_objects(names, rows)) + "]").encode()


def as_lines(names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str]) -> bytes:
    return ("\n".join(as_objects(names, rows)) + "\n").encode()


def as_workbook(names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.create_sheet(TABLE)
    for row in (names, *rows):
        book[TABLE].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(names: Sequence[str], rows: Sequence[Row], kinds: Sequence[str]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = []
    for place, kind in enumerate(kinds):
        values = [row[place] for row in rows]
        whole = kind != "text"
        of_kind = pa.type_for_alias(TYPES["parquet"].get(kind, kind))
        arrays.append(pa.array([None if v is None else int(v) if whole else v for v in values], of_kind))
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=list(names)), out)
    return out.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_workbook, "json": as_json, "jsonl": as_lines, "parquet": as_parquet}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: Any) -> str:
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"

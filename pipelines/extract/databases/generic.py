"""Any database that SQLAlchemy speaks to: MariaDB and MySQL (pymysql) and SQLite are tested, others not.

Belongs here: one snapshot, and every value as the text that says it exactly. Does not: the query's form (select.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.databases import select
from pipelines.extract.databases.failures import readable
from pipelines.extract.drift import settle
from pipelines.extract.source import Pull, Records
from pipelines.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa

BATCH = 20_000
MYSQL = ("mysql", "mariadb")
# Numbers in the servers' protocol, as pymysql.constants.FIELD_TYPE has them.
TIMESTAMP, TEXTS = 7, {249, 250, 251, 252, 253, 254}


@contextmanager
def connect(contract: SourceContract, settings: Settings, url: str) -> Iterator[Database]:
    """One read-only transaction in which every read sees the same state, where the database knows such."""
    import sqlalchemy as sa

    kind = url.split(":", 1)[0]
    if kind in MYSQL:
        url = url.replace(kind, "mysql+pymysql", 1)
    try:
        engine = sa.create_engine(url)
    except Exception:  # its message holds the address
        raise KpiError(
            f"system {contract.system}: connection.url is no address of a database that can be read here",
            next_step="write it as postgresql://user:${PASSWORD}@host/db, mysql://… or sqlite:///file",
        ) from None
    try:
        try:
            con = engine.connect()
            if engine.dialect.name in MYSQL:
                # A TIMESTAMP arrives naive in the session's zone, so the session's zone is said.
                con.exec_driver_sql("set time_zone = '+00:00'")
                con.exec_driver_sql("set session transaction isolation level repeatable read")
                con.commit()
                con.exec_driver_sql("start transaction with consistent snapshot, read only")
            elif engine.dialect.name == "sqlite":
                con.exec_driver_sql("begin")  # its driver begins none for a select
        except Exception as error:
            raise readable(error, contract.system) from None
        with con:
            yield Database(con, contract, settings)
    finally:
        engine.dispose()


class Database:
    """An open connection; see source.Pulled."""

    def __init__(self, con: sa.Connection, contract: SourceContract, settings: Settings) -> None:
        self.con, self.contract, self.settings = con, contract, settings
        self.quote = con.dialect.identifier_preparer.quote_identifier

    def pull(self, table_name: str, since: str | None) -> Pull:
        import pyarrow as pa

        table = self.contract.tables[table_name]
        where = select.place(table, table_name, self.settings, self.quote)
        names, utc, texts = self._columns(where)
        settled = settle(names, table, where.name)
        findings = list(settled.findings)
        chosen = ["null" if place is None else self.quote(names[place]) for place in settled.places]
        is_utc = [place is not None and names[place] in utc for place in settled.places]
        query, counting = f"select {', '.join(chosen)} from {where.sql}", f"select count(*) from {where.sql}"
        at = next((i for i, column in enumerate(table.columns) if column.name == table.cursor), 0)
        cursor = names[settled.places[at] or 0]
        is_whole = table.cursor is not None and not select.sorts(cursor in texts, table)
        if is_whole:
            findings.append(select.unsorted(cursor, table))
        elif since is not None:
            said = self._literal(select.in_utc(since, self.contract.time_zone) if is_utc[at] else since)
            condition = select.condition(self._comparable(chosen[at], table), self._comparable(said, table))
            query, counting = f"{query} where {condition}", f"{counting} where {condition}"
        schema = pa.schema([(column.name, pa.string()) for column in table.columns])

        def batches() -> Iterator[pa.RecordBatch]:
            try:
                streaming = self.con.execution_options(stream_results=True, max_row_buffer=BATCH)
                for rows in streaming.exec_driver_sql(self._doubled(query)).partitions(BATCH):
                    columns = [
                        pa.array([_text(value, zoned) for value in column], pa.string())
                        for column, zoned in zip(zip(*rows, strict=True), is_utc, strict=True)
                    ]
                    yield pa.RecordBatch.from_arrays(columns, schema=schema)
            except Exception as error:
                raise readable(error, self.contract.system, where.name) from None

        records = Records(pa.RecordBatchReader.from_batches(schema, batches()), findings)
        return Pull(where.name, records, lambda: self._number(counting, where.name), is_whole)

    def records_now(self, table_name: str) -> int | None:
        where = select.place(self.contract.tables[table_name], table_name, self.settings, self.quote)
        return self._number(f"select count(*) from {where.sql}", where.name) if where.is_table else None

    def _columns(self, where: select.Place) -> tuple[list[str], set[str], set[str]]:
        """Names, those that hold instants and those that hold text, which only MariaDB and MySQL say.

        Their TIMESTAMP is an instant; a DATETIME is what somebody wrote.
        """
        try:
            result = self.con.exec_driver_sql(self._doubled(f"select * from {where.sql} where 1 = 0"))
            described = result.cursor.description if result.cursor else ()
            names = list(result.keys())
            result.close()
        except Exception as error:
            raise readable(error, self.contract.system, where.name) from None
        if self.con.dialect.name not in MYSQL:
            return names, set(), set()
        of_kind = {column[0]: column[1] for column in described}
        return names, {n for n in names if of_kind[n] == TIMESTAMP}, {n for n in names if of_kind[n] in TEXTS}

    def _doubled(self, query: str) -> str:
        """SQLAlchemy hands these drivers an empty list of values, and then they take every % for a placeholder."""
        return query.replace("%", "%%") if self.con.dialect.paramstyle in ("format", "pyformat") else query

    def _literal(self, text: str) -> str:
        if self.con.dialect.name in MYSQL:
            text = text.replace("\\", "\\\\")
        return "'" + text.replace("'", "''") + "'"

    def _comparable(self, value: str, table: TableContract) -> str:
        """SQLite keeps any value in any column, so both sides are said to be of the cursor's type.

        Of a time, 2026-01-03 is less than 2026-01-03 00:00:00 as text; both are compared to the second.
        """
        kind = table.column(table.cursor or "").type
        if self.con.dialect.name != "sqlite" or kind == "text":
            return value
        if kind in ("timestamp", "date"):
            return f"{'datetime' if kind == 'timestamp' else 'date'}({value})"
        return f"cast({value} as numeric)"

    def _number(self, query: str, what: str) -> int:
        try:
            return int(self.con.exec_driver_sql(self._doubled(query)).scalar_one())
        except Exception as error:
            raise readable(error, self.contract.system, what) from None


def _text(value: Any, is_utc: bool) -> str | None:
    """The value as text that casts back to it; a zero date stays the text it is, bytes become hex digits."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ") + ("+00:00" if is_utc and value.tzinfo is None else "")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value, "f")  # str() writes 0.0000000 as 0E-7
    if isinstance(value, dt.timedelta):  # a TIME of MariaDB, which may be negative or longer than a day
        seconds, rest = divmod(abs(value), dt.timedelta(seconds=1))
        part = f".{rest.microseconds:06}" if rest else ""
        sign = "-" if value < dt.timedelta(0) else ""
        return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{part}"
    return str(value)

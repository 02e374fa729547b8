"""One landed delivery into raw and quarantine, as SQL inside the caller's transaction.

Belongs here: casting, setting aside what cannot be typed, and which of several rows of a key stays.
Does not: transactions, the ledger, or which deliveries are loaded (load.py).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pipelines.extract import cast
from pipelines.extract.cast import identifier, literal
from pipelines.extract.contract import SNAPSHOT_DAY, Column, TableContract
from pipelines.extract.landing import Landed
from pipelines.extract.ledger import Counts
from pipelines.extract.raw_tables import QUARANTINE_COLUMNS, Target

if TYPE_CHECKING:
    import duckdb


# The mark of a lost character. 张� and 张� may be two persons: in a key they would become one.
LOST = "chr(65533)"


def transfer(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    landed: Landed,
    source_file: str,
    run_id: str,
    now: dt.datetime,
    day: dt.date | None = None,
) -> Counts:
    """Moves a landing file into raw; returns what became of its records (source_rows = records landed).

    Rows whose key raw holds already are settled by `_merge`; a snapshot replaces what was loaded under its name. Blank
    keys, untypable values and texts that lost characters go to quarantine.
    """
    loaded_at = f"timestamp {literal(now.isoformat(sep=' '))}"
    stamp = f"{literal(landed.batch_id)}, _row_number, {loaded_at}, {literal(source_file)}"
    if day:
        stamp = f"date {literal(day.isoformat())}, {stamp}"
        for table in (target.raw, target.quarantine):
            con.execute(f"delete from {table} where _source_file = ?", [source_file])
    rows = typed_rows(con, target, landed)
    columns = target.table.loaded_columns
    values = ", ".join(f"t{i}" for i in range(len(columns)))
    bad = _bad(target.table)
    # random() keeps DuckDB from moving the condition below the casts, where it would compute each of them twice: 2.5
    # against 1.5 CPU s for twelve columns of two million rows.
    typable_rows = f"select {values}, {stamp} from (select *, {bad} or random() < 0 as bad from ({rows})) where not bad"
    duplicates = 0
    if target.table.key:
        typable, duplicates = _merge(con, target, typable_rows)
    else:
        typable = _number(con, f"insert into {target.raw} {typable_rows}")
    quarantined = 0
    if typable < landed.rows:
        quarantined = _set_aside(con, target, landed, rows, bad, source_file, run_id, loaded_at)
    # Each number is counted for itself and none by subtraction, so that their sum can prove something.
    loaded, watermark = _loaded(con, target, landed)
    _release(con, target, landed)
    return Counts(landed.rows, loaded, quarantined, duplicates, watermark)


def typed_rows(con: duckdb.DuckDBPyConnection, target: Target, landed: Landed) -> str:
    """A query: _row_number, then d0… (as delivered) and t0… (typed) per loaded column."""
    file = f"read_parquet({literal(str(landed.path))})"
    described = con.execute(f"describe select * from {file}").fetchall()
    types = {name: kind for name, kind, *_ in described}
    excel = target.table.from_.file_format == "xlsx"
    columns = target.table.loaded_columns
    given = ", ".join(f"{cast.delivered(c, types[c.name])} as d{i}" for i, c in enumerate(columns))
    typed = ", ".join(
        f"{cast.typed(c, f'd{i}', types[c.name], target.time_zone, excel)} as t{i}" for i, c in enumerate(columns)
    )
    return f"select *, {typed} from (select _row_number, {given} from {file})"


def _bad(table: TableContract) -> str:
    """Condition: the record cannot be loaded."""
    columns = table.loaded_columns
    faults = [f"(d{i} is not null and t{i} is null)" for i, c in enumerate(columns) if cast.can_fail(c)]
    faults += [f"t{i} is null" for i, c in enumerate(columns) if c.name in table.key]
    faults += [f"coalesce(contains(t{i}, {LOST}), false)" for i, c in enumerate(columns) if _may_have_lost(c)]
    return " or ".join(faults) or "false"


def _may_have_lost(column: Column) -> bool:
    """Whether the column can hold the mark that a decoder puts where it lost a character; of a hash nobody can say."""
    return column.duckdb_type == "varchar" and column.personal != "hash"


def _merge(con: duckdb.DuckDBPyConnection, target: Target, typable_rows: str) -> tuple[int, int]:
    """Loads rows with a key; returns (typable rows, declared duplicates among them).

    Of the rows of one key the newest stays: the highest cursor (a row without one is oldest), then the file whose name
    sorts last, then the later row. So the order in which files arrive, or a rebuild, never changes what raw holds;
    a file delivered again under its own name replaces itself.
    """
    table = target.table
    names = ", ".join(identifier(name) for name in target.columns)
    keys = [*table.key, SNAPSHOT_DAY] if table.delivery == "snapshot" else table.key
    key = ", ".join(identifier(name) for name in keys)
    newest = f"{identifier(table.cursor)} desc nulls last, _row_number desc" if table.cursor else "_row_number desc"
    # One statement makes and fills the table: DuckDB 2.0 keeps wrong statistics for good where a table is created
    # from an empty query and filled in the same transaction (2,000,000 rows inserted, `where id >= 0` found none).
    typable = _number(
        con,
        "create or replace temp table delivery as"
        f" select *, row_number() over (partition by {key} order by {newest}) as _version"
        f" from ({typable_rows}) as typable({names})",
    )
    same = " and ".join(f"old.{identifier(name)} = new.{identifier(name)}" for name in keys)
    con.execute(
        f"delete from {target.raw} as old using delivery as new"
        f" where new._version = 1 and {same} and {_not_newer(table)}"
    )
    newer_is_held = f"exists (select 1 from {target.raw} as old where {same})"
    older = _number(con, f"select count(*) from delivery as new where _version > 1 or {newer_is_held}")
    con.execute(
        f"insert into {target.raw} select {names} from delivery as new where _version = 1 and not {newer_is_held}"
    )
    con.execute("drop table delivery")
    return typable, older


def _release(con: duckdb.DuckDBPyConnection, target: Target, landed: Landed) -> None:
    """Takes out of quarantine what an earlier delivery could not read and this one has brought again, by its key.

    Brought mended, it is in raw; brought as it was, it is set aside anew, and once is enough. A record that lacks its
    key is the same where all of it is; one whose key is hidden cannot be known again and stays. So does one of a
    snapshot: the next day is another record.
    """
    keys = [target.table.column(name) for name in target.table.key]
    if not keys or any(column.personal for column in keys) or target.table.delivery == "snapshot":
        return
    earlier = f"held.stage = 'load' and held._batch_id <> {literal(landed.batch_id)}"
    paths = {column.name: literal(_path(column.name)) for column in keys}
    mended = " and ".join(
        f"json_extract_string(held.record, {path}) = cast(raw.{identifier(name)} as varchar)"
        for name, path in paths.items()
    )
    again = " and ".join(
        f"json_extract_string(held.record, {path}) = json_extract_string(again.record, {path})"
        for path in paths.values()
    )
    con.execute(
        f"delete from {target.quarantine} as held using {target.raw} as raw"
        f" where {earlier} and raw._batch_id = {literal(landed.batch_id)} and {mended}"
    )
    con.execute(
        f"delete from {target.quarantine} as held using {target.quarantine} as again"
        f" where {earlier} and again.stage = 'load' and again._batch_id = {literal(landed.batch_id)}"
        f" and (held.record = again.record or ({again}))"
    )


def _path(name: str) -> str:
    """The JSON path of a key whatever stands in it."""
    return '$."' + name.replace('"', '\\"') + '"'


def _not_newer(table: TableContract) -> str:
    later_name = "new._source_file >= old._source_file"
    if table.cursor is None:
        return later_name
    old, new = f"old.{identifier(table.cursor)}", f"new.{identifier(table.cursor)}"
    return (
        f"case when {new} is not distinct from {old} then {later_name}"
        f" when {old} is null then true when {new} is null then false else {new} > {old} end"
    )


def _set_aside(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    landed: Landed,
    rows: str,
    bad: str,
    source_file: str,
    run_id: str,
    loaded_at: str,
) -> int:
    """Writes the records that cannot be loaded to quarantine, one row per fault; returns the number of records."""
    columns = target.table.loaded_columns
    faults = ", ".join(
        fault
        for i, column in enumerate(columns)
        for fault in (
            [_fault(i, column, is_key=False)] * cast.can_fail(column)
            + [_fault(i, column, is_key=True)] * (column.name in target.table.key)
            + [_fault_of_lost_characters(i, column)] * _may_have_lost(column)
        )
    )
    shown = ", ".join(f"{literal(c.name)}, d{i}" for i, c in enumerate(columns) if c.personal is None)
    con.execute(
        f"insert into {target.quarantine} ({', '.join(QUARANTINE_COLUMNS)})"
        f" select {literal(landed.batch_id)}, _row_number, {literal(source_file)}, 'load',"
        f" fault.rule, fault.column_name, fault.zh, fault.en, record, {literal(run_id)}, {loaded_at}"
        f" from (select _row_number, cast(json_object({shown}) as varchar) as record,"
        f" unnest(list_filter([{faults}], lambda fault: fault is not null)) as fault from ({rows}) where {bad})"
    )
    return _number(
        con,
        f"select count(distinct _row_number) from {target.quarantine}"
        f" where _batch_id = {literal(landed.batch_id)} and stage = 'load'",
    )


def _fault(place: int, column: Column, is_key: bool) -> str:
    """A struct {rule, column_name, zh, en} where the column has the fault, else null; never a value of the record."""
    if is_key:
        rule, condition = "key", f"d{place} is null"
        zh, en = f"主键列 {column.name} 为空", f"the key column {column.name} is empty"
    else:
        form = f" ({column.format})" if column.format else ""
        rule, condition = "type", f"d{place} is not null and t{place} is null"
        zh, en = f"列 {column.name} 的值不是 {column.type}{form}", f"column {column.name} is not {column.type}{form}"
    return _struct(condition, rule, column, zh, en)


def _fault_of_lost_characters(place: int, column: Column) -> str:
    zh = f"列 {column.name} 含有替换字符 U+FFFD：来源在转换编码时丢失了字符"
    en = f"column {column.name} holds U+FFFD: characters were lost before the delivery, by a wrong encoding"
    return _struct(f"contains(t{place}, {LOST})", "characters", column, zh, en)


def _struct(condition: str, rule: str, column: Column, zh: str, en: str) -> str:
    parts = {"rule": rule, "column_name": column.name, "zh": zh, "en": en}
    fields = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in parts.items())
    return f"case when {condition} then {{{fields}}} end"


def _loaded(con: duckdb.DuckDBPyConnection, target: Target, landed: Landed) -> tuple[int, str | None]:
    """Rows of the delivery that raw now holds, and the highest cursor among them as text."""
    cursor = target.table.cursor
    highest = f"cast(max({identifier(cursor)}) as varchar)" if cursor else "null"
    found = con.execute(
        f"select count(*), {highest} from {target.raw} where _batch_id = ?", [landed.batch_id]
    ).fetchone()
    assert found is not None
    return int(found[0]), found[1]


def _number(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """The one number a statement gives: a count, or how many rows it wrote."""
    found = con.execute(statement).fetchone()
    assert found is not None
    return int(found[0])

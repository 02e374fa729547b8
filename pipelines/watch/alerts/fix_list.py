"""The rows somebody has to mend, as a file they open: data/reports/fix_lists/<table>.<check>.csv.

Belongs here: which rows, by their keys and where they were delivered, and why; never their values, no personal column.
Does not: who is told of the list (found.py).
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.extract.contract import SourceContract, TableContract
from pipelines.gate import quarantine, rules
from pipelines.gate.suite import Suite
from pipelines.gate.verdicts import CUSTOMER_MONTH, READING
from pipelines.watch.notices import Notice

if TYPE_CHECKING:
    import duckdb

FOLDER = "fix_lists"
MOST = 50_000  # rows of one list; quarantine has them all
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def write(
    con: duckdb.DuckDBPyConnection,
    found: Iterable[Notice],
    contracts: Sequence[SourceContract],
    suites: Mapping[str, Suite],
    reports: Path,
    as_of: date | None,
) -> dict[tuple[str, str], str]:
    """Writes a list for each broken row rule of a raw table, and for each reconciliation with breaks.

    Returns their paths below `reports` by table and check.

    Warnings need `as_of`, which their rules may ask for.
    """
    tables = {f"{c.raw_schema}.{name}": table for c in contracts for name, table in c.tables.items()}
    folder = reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[tuple[str, str], str] = {}
    for notice in found:
        if notice.status != "fail":
            continue
        query: tuple[str, list[Any]] | None = None
        if notice.level == CUSTOMER_MONTH:
            query = _disagreements(notice)
        elif notice.level == "row" and notice.table in tables:
            query = _query(con, notice, tables[notice.table], suites, as_of)
        if query is None:
            continue
        name = file_name(notice.table, notice.check)
        cursor = con.execute(*query)
        _write_csv(folder / name, [column[0] for column in cursor.description or []], cursor.fetchmany(MOST))
        written[(notice.table, notice.check)] = f"{FOLDER}/{name}"
    return written


def write_rows(reports: Path, table: str, of: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Writes a list that is not made by a rule, such as the stalled deals `of` a person; returns its path."""
    name = file_name(table, of)
    (reports / FOLDER).mkdir(parents=True, exist_ok=True)
    _write_csv(reports / FOLDER / name, header, rows)
    return f"{FOLDER}/{name}"


def tidy(reports: Path, kept: Iterable[str], without: tuple[str, ...] = ()) -> None:
    """Takes away the lists of what is mended: all but those at the paths `kept`, and of tables `without` a verdict."""
    names = {Path(path).name for path in kept}
    for old in (reports / FOLDER).glob("*.csv"):
        if old.name not in names and not old.name.startswith(without):
            old.unlink()


def file_name(table: str, check: str) -> str:
    """A name of letters, digits, dots and underscores; the end tells apart what the rest no longer does."""
    said = f"{table}.{check}"
    plain = re.sub(r"[^\w.]+", "_", said).strip("_.")[:80]
    return f"{plain}.{hashlib.sha256(said.encode()).hexdigest()[:8]}.csv"


def cell(value: Any) -> str:
    """The value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(FORMULA) else text


def _query(
    con: duckdb.DuckDBPyConnection,
    notice: Notice,
    table: TableContract,
    suites: Mapping[str, Suite],
    as_of: date | None,
) -> tuple[str, list[Any]] | None:
    """The rows of one list, with parameters: where they were delivered, their keys, what is wrong."""
    keys = [c.name for c in table.loaded_columns if c.name in table.key and c.personal is None]
    address = rules.qualified(quarantine.address_of(notice.table))
    if notice.check == READING or notice.severity == "critical":
        shown = ", ".join(
            f"json_extract_string(record, {rules.literal(_path(key))}) as {rules.quoted(key)}" for key in keys
        )
        where = "stage = 'load'" if notice.check == READING else "stage = 'rule' and rule = ?"
        parameters = [] if notice.check == READING else [notice.check]
        schema, name = quarantine.address_of(notice.table).split(".", 1)
        if not con.execute(
            "select 1 from duckdb_tables() where schema_name = ? and table_name = ?", [schema, name]
        ).fetchall():
            return None
        return (
            f"select _source_file as source_file, _row_number as row_number, {shown}{', ' if shown else ''}"
            f"column_name, reason_zh, reason_en from {address} where {where} order by 1, 2",
            parameters,
        )
    rule = suites[notice.table].checks.get(notice.check) if notice.table in suites else None
    if rule is None or as_of is None:
        return None
    shown = ", ".join(f"raw.{rules.quoted(key)}" for key in keys)
    return (
        f"select raw._source_file as source_file, raw._row_number as row_number, {shown}{', ' if shown else ''}"
        f"? as column_name, ? as reason_zh, ? as reason_en from {rules.qualified(notice.table)} as raw"
        f" semi join ({rules.failing_rows(rule.type, rule.kwargs, notice.table, as_of)}) as broken"
        " using (_batch_id, _row_number) order by 1, 2",
        [", ".join(rule.columns), *quarantine.reasons(rule)],
    )


def _disagreements(notice: Notice) -> tuple[str, list[Any]]:
    """The months of customers in which two systems do not agree, the largest difference first."""
    return (
        "select customer_id, month, left_amount, right_amount, difference, age_days, label_zh, label_en"
        " from published.reconciliations where \"check\" = ? and state = 'break'"
        " order by abs(difference) desc, customer_id, month",
        [notice.check],
    )


def _path(column: str) -> str:
    escaped = column.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    aside = path.with_suffix(".next")
    with aside.open(
        "w", encoding="utf-8-sig", newline=""
    ) as file:  # with a mark, or Excel takes it for another code page
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([cell(name) for name in header])
        writer.writerows([cell(value) for value in row] for row in rows)
    aside.replace(path)

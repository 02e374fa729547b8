"""From delivered text to a typed column: exactly, or not at all.

Belongs here: one SQL expression per column that gives the typed value, or null where the text is not of the type.
Does not: what happens to a record that cannot be typed (quarantine.py).
"""

from __future__ import annotations

import re
import string

from pipelines.extract.contract import Column

TRUE = ("true", "t", "yes", "y", "1", "是", "on")
FALSE = ("false", "f", "no", "n", "0", "否", "off")
NOTHING = '"NULL"'  # DuckDB's type of a landed column that has no type of its own: it was not delivered, or all null

# DuckDB's own casts are too kind: '17850.6' becomes 17851, '1_000' a thousand, '1.005' 1.01. The pattern comes first.
INTEGER = r"[+-]?[0-9]+"
GROUPED = r"[+-]?(([0-9]{{1,3}}({sep}[0-9]{{3}})+|[0-9]+)({mark}[0-9]*)?|{mark}[0-9]+)"
DECIMAL = r"[+-]?([0-9]+(\.[0-9]{{0,{scale}}}0*)?|\.[0-9]{{1,{scale}}}0*)"
WHOLE = r"[+-]?[0-9]+(\.0*)?"
DOUBLE = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T]00:00(:00(\.0+)?)?)?"
TIMESTAMP = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?"
ZONED = TIMESTAMP + r" ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
TIME = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"


def delivered(column: Column, landed_type: str) -> str:
    """The column as delivered, null where the contract's `nulls` or a blank says so; text itself is not touched."""
    name = identifier(column.name)
    if landed_type != "VARCHAR":
        return name
    if column.personal == "hash":
        return name
    empty = [f"trim({name}) in ({', '.join(literal(text.strip()) for text in column.nulls)})"] if column.nulls else []
    if column.type != "text":
        # Only blanks and what is less than them come before "!", and that is quicker to see than to trim.
        empty.append(f"({name} < '!' and trim({name}) = '')")
    return f"case when {' or '.join(empty)} then null else {name} end" if empty else name


def typed(column: Column, value: str, landed_type: str, time_zone: str, excel: bool = False) -> str:
    """An expression of Column.duckdb_type over `value`; null where it is not exactly of that type.

    A time with an offset becomes local time of the contract's zone, which is what naive times of the source mean.
    """
    if landed_type == NOTHING:
        return f"cast(null as {column.duckdb_type})"
    if column.duckdb_type == "varchar":
        return value if landed_type == "VARCHAR" else f"cast({value} as varchar)"
    if landed_type == "VARCHAR":
        return _from_text(column, value, time_zone, excel)
    return _from_typed(column, value, landed_type, time_zone)


def can_fail(column: Column) -> bool:
    return column.duckdb_type != "varchar"


def _from_text(column: Column, value: str, time_zone: str, excel: bool) -> str:
    text = f"trim({value})"
    kind = column.type
    if kind == "boolean":
        return f"case when lower({text}) in {_list(TRUE)} then true when lower({text}) in {_list(FALSE)} then false end"
    if kind in ("date", "timestamp", "time"):
        iso = _iso(kind, text, time_zone)
        if not column.format:
            return iso if kind == "time" else _as_written(kind, value, iso)
        said = f"try_strptime({text}, {literal(column.format)})"
        if re.search(r"(?<!%)%[zZ]", column.format):
            said = _local(said, time_zone)
        said = f"cast({said} as {kind})"
        return f"coalesce({said}, {iso})" if excel else said  # a real date cell has no format of its own
    if column.thousands:
        return _number(kind, _ungrouped(text, column.thousands))
    return _as_written(kind, value, _number(kind, text))


def _as_written(kind: str, value: str, otherwise: str) -> str:
    """The value as it is cast, where it is written just as DuckDB would write it; else what patterns make of it.

    Most texts are, and casting there and back takes a third of the time of a pattern: of two million rows a
    timestamp 0.24 against 0.98 CPU s, a decimal 0.19 against 0.54.
    """
    made = f"try_cast({value} as {'bigint' if kind == 'integer' else kind})"
    # Days of years beyond 9999, nan and inf are written back too, and no pattern lets them pass.
    bounds = {"date": f"strlen({value}) = 10", "timestamp": f"strlen({value}) = 19", "double": f"isfinite({made})"}
    more = f"{bounds[kind]} and " if kind in bounds else ""
    return f"case when {more}cast({made} as varchar) = {value} then {made} else {otherwise} end"


def _number(kind: str, text: str) -> str:
    if kind == "integer":
        return _matched(text, INTEGER, "bigint")
    if kind == "double":
        number = _matched(text, DOUBLE, "double")
        return f"case when isfinite({number}) then {number} end"
    scale = _scale(kind)
    return _matched(text, DECIMAL.format(scale=scale) if scale else WHOLE, kind)


def _ungrouped(text: str, separator: str) -> str:
    """A number without its thousands separator, null where groups are not of three; 1.234,50 where that is a point."""
    mark = "," if separator == "." else "."
    pattern = GROUPED.format(sep=_escaped(separator), mark=_escaped(mark))
    bare = f"replace(replace({text}, {literal(separator)}, ''), {literal(mark)}, '.')"
    return f"case when regexp_full_match({text}, {literal(pattern)}) then {bare} end"


def _escaped(mark: str) -> str:
    return f"\\{mark}" if mark in string.punctuation else mark


def _iso(kind: str, text: str, time_zone: str) -> str:
    if kind == "date":
        return f"cast({_matched(text, DATE, 'timestamp')} as date)"
    if kind == "time":
        return _matched(text, TIME, "time")
    naive = _matched(text, TIMESTAMP, "timestamp")
    return f"coalesce({naive}, {_local(_matched(text, ZONED, 'timestamptz'), time_zone)})"


def _local(instant: str, time_zone: str) -> str:
    """Local time of an instant; null where the clock of that zone shows this time twice and we could not go back."""
    zone = literal(time_zone)
    return f"case when timezone({zone}, timezone({zone}, {instant})) = {instant} then timezone({zone}, {instant}) end"


def _from_typed(column: Column, value: str, landed_type: str, time_zone: str) -> str:
    kind = column.duckdb_type
    if kind == "double" and landed_type in ("DOUBLE", "FLOAT"):
        return f"case when isfinite({value}) then cast({value} as double) end"
    if landed_type.startswith(("DATE", "TIMESTAMP")):
        # PostgreSQL's infinity reaches Arrow as a day some 290,000 years ago; years of other lengths no text can say.
        value = f"case when year({value}) between 1 and 9999 then {value} end"
    if landed_type == kind.upper():
        return value
    if landed_type == "TIMESTAMP WITH TIME ZONE" and kind in ("timestamp", "date"):
        value, landed_type = _local(value, time_zone), "TIMESTAMP"
    cast = f"try_cast({value} as {kind})"
    # There and back: a cast that rounds, cuts a time off or overflows is not the delivered value any more.
    return f"case when try_cast({cast} as {landed_type}) = {value} then {cast} end"


def _matched(text: str, pattern: str, kind: str) -> str:
    return f"case when regexp_full_match({text}, {literal(pattern)}) then try_cast({text} as {kind}) end"


def _scale(kind: str) -> int:
    return int(kind.rstrip(")").split(",")[1])


def _list(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(word) for word in words) + ")"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""Sets aside the rows that break a critical row rule: copies them, with the reason, to quarantine_<system>.<table>.

Belongs here: the rows with stage 'rule'. Does not: rows with stage 'load', which could not be typed (extract/load), and
leaving set-aside rows out (staging does, by _batch_id and _row_number).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.contract import TableContract
from pipelines.gate import rules
from pipelines.gate.releases import Released
from pipelines.gate.suite import Expectation

if TYPE_CHECKING:
    import duckdb

COLUMNS = """
    _batch_id varchar, _row_number bigint, _source_file varchar, stage varchar, rule varchar, column_name varchar,
    reason_zh varchar, reason_en varchar, record varchar, run_id varchar, set_aside_at timestamp
"""

MARK = "_breaks_"  # before the number of a rule: whether a row breaks it


@dataclass(frozen=True)
class Held:
    """Rows of one table in quarantine, each counted once however many rules it breaks."""

    load: int
    rule: int

    @property
    def rows(self) -> int:
        return self.load + self.rule


class Broken(NamedTuple):
    """Rows that break a rule, and how many of them somebody let out all the same."""

    rows: int
    released: int


def address_of(raw_address: str) -> str:
    """`raw_crm.deals` → `quarantine_crm.deals`"""
    return "quarantine_" + raw_address.removeprefix("raw_")


def set_aside(
    con: duckdb.DuckDBPyConnection,
    address: str,
    table: TableContract,
    broken: Mapping[str, Expectation],
    *,
    run_id: str,
    as_of: date,
    set_aside_at: datetime,
    released: Collection[Released] = (),
) -> dict[str, Broken]:
    """Replaces the rule rows of `address` (raw_crm.deals) by those that break `broken` (check name → rule) now.

    One transaction: a mended row is released by the same step that holds the others back, and a row that was there
    before keeps the time of its coming. Rows in `released` stay out for the rule they were let out from. Returns rows
    per check.
    """
    target = rules.qualified(address_of(address))
    schema = rules.quoted(address_of(address).split(".", 1)[0])
    con.execute("begin")
    try:
        con.execute(f"create schema if not exists {schema}")
        con.execute(f"create table if not exists {target} ({COLUMNS})")
        con.execute(
            "create or replace temp table held_before as"
            f" select _batch_id, _row_number, rule, set_aside_at as since from {target} where stage = 'rule'"
        )
        con.execute(f"delete from {target} where stage = 'rule'")
        if broken:
            con.execute(
                f"""
                insert into {target} by name
                with {_rules(broken)}, {_failing(broken, address, table, as_of)}
                select failing._batch_id, failing._row_number, failing._source_file, 'rule' as stage, rules.rule,
                    rules.column_name, rules.reason_zh, rules.reason_en, failing.record, ? as run_id,
                    coalesce(held_before.since, ?) as set_aside_at
                from failing
                join rules using (number)
                left join held_before
                    on held_before._batch_id = failing._batch_id and held_before._row_number = failing._row_number
                    and held_before.rule = rules.rule
                """,
                [run_id, set_aside_at],
            )
        rows = dict(con.execute(f"select rule, count(*) from {target} where stage = 'rule' group by 1").fetchall())
        let_out = _let_out(con, target, [row for row in released if row.rule in broken])
        counts = {name: Broken(rows.get(name, 0), let_out[name]) for name in broken}
        con.execute("drop table held_before")
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return counts


def _rules(broken: Mapping[str, Expectation]) -> str:
    """A CTE of what quarantine says of each rule, by its number among `broken`."""
    values = ", ".join(
        f"({number}, {', '.join(rules.literal(text) for text in (name, ', '.join(rule.columns), *reasons(rule)))})"
        for number, (name, rule) in enumerate(broken.items())
    )
    return f"rules (number, rule, column_name, reason_zh, reason_en) as (values {values})"


def _failing(broken: Mapping[str, Expectation], address: str, table: TableContract, as_of: date) -> str:
    """CTEs that end in `failing`: one row per row and rule it breaks (as a number), in one scan for all rules.

    Every row asks of each rule whether it breaks it: by the rule's condition, or by being among the query's rows.
    """
    raw = rules.qualified(address)
    asked, queries = [], []
    for number, rule in enumerate(broken.values()):
        condition = rules.RULES[rule.type].failing
        if rule.type == rules.QUERY or condition is None:
            rows = rules.failing_rows(rule.type, rule.kwargs, address, as_of)
            queries.append(f"broken_{number} as ({rows})")
            asked.append(f"(_batch_id, _row_number) in (select (_batch_id, _row_number) from broken_{number})")
        else:
            asked.append(condition(rule.kwargs, raw))
    answers = [f"{MARK}{number}" for number in range(len(asked))]
    marks = ", ".join(f"({condition}) as {answer}" for condition, answer in zip(asked, answers, strict=True))
    numbers = ", ".join(f"case when {answer} then {number} end" for number, answer in enumerate(answers))
    columns = f"raw._batch_id, raw._row_number, raw._source_file, {_record(table)} as record"
    return ", ".join(
        [
            *queries,
            f"marked as (select *, {marks} from {raw})",
            f"each as (select {columns}, unnest([{numbers}]) as number from marked as raw"
            f" where {' or '.join(answers)})",
            "failing as (select * from each where number is not null)",
        ]
    )


def _let_out(con: duckdb.DuckDBPyConnection, target: str, released: Collection[Released]) -> Counter[str]:
    """Takes released rows out again; returns how many there were of each rule."""
    if not released:
        return Counter()
    batches, numbers, names = zip(*released, strict=True)
    found = con.execute(
        f"""
        delete from {target} as held
        using (select unnest(?) as batch_id, unnest(?) as row_number, unnest(?) as rule) as released
        where held.stage = 'rule' and held._batch_id = released.batch_id
            and held._row_number = released.row_number and held.rule = released.rule
        returning held.rule
        """,
        [list(batches), list(numbers), list(names)],
    ).fetchall()
    return Counter(rule for (rule,) in found)


def held(con: duckdb.DuckDBPyConnection, address: str) -> Held:
    """How many rows of a table are set aside now; nothing where it has no quarantine yet."""
    schema, table = address_of(address).split(".", 1)
    exists = con.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?", [schema, table]
    ).fetchone()
    if not exists:
        return Held(0, 0)
    counts = dict(
        con.execute(
            "select stage, count(distinct (_batch_id, _row_number))"
            f" from {rules.qualified(address_of(address))} group by 1"
        ).fetchall()
    )
    return Held(counts.get("load", 0), counts.get("rule", 0))


def rows_of(address: str) -> str:
    """The query of which rows of a table are set aside, and at which stage; the table has a quarantine."""
    return f"select stage, _batch_id, _row_number, rule from {rules.qualified(address_of(address))}"


def reasons(rule: Expectation) -> tuple[str, str]:
    """Why a row was set aside, in Chinese and English: what is wrong with it, then why that matters."""
    wording_zh, wording_en = rules.RULES[rule.type].wording
    zh = wording_zh.format(columns="、".join(rule.columns))
    en = wording_en.format(columns=", ".join(rule.columns))
    return f"{zh}：{rule.why_in('zh')}", f"{en}: {rule.why_in('en')}"


def _record(table: TableContract) -> str:
    """The record as JSON text, personal columns left out: quarantine is read by people who mend data."""
    shown = [column.name for column in table.loaded_columns if column.personal is None]
    pairs = ", ".join(f"{rules.literal(name)}, raw.{rules.quoted(name)}" for name in shown)
    return f"cast(json_object({pairs}) as varchar)"

"""What the gate counts of each table, day and employee: filled, valid, repeated, late. Scores are made of it.

Belongs here: one pass over a raw table, kept by day in gate.quality_counts. Does not: verdicts (verdicts.py), scores
(5_published/quality_scores.sql).

Counted is what raw holds at the run, not what the day delivered: a score says how good the records are that KPIs read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.contract import SourceContract, TableContract
from pipelines.gate import rules
from pipelines.gate.suite import Expectation, Suite
from pipelines.model.entities import read_entities

if TYPE_CHECKING:
    import duckdb

UNASSIGNED = "unassigned"  # nobody's records, and those that cannot be read
IN_TIME = "interval 24 hours"  # an activity entered so long after it was done is late (kpis.md, entry_on_time)
NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")


class Counted(NamedTuple):
    """The columns of gate.quality_counts behind day, table and owner, as SQL."""

    rows: str
    required: str
    filled: str
    checked: str
    valid: str
    entered_on_time: str
    activities: str


def write(
    con: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    name: str,
    suite: Suite | None,
    data_owner: str,
    as_of: date,
    unread: int,
    broken: Collection[str],
    content: str | None,
) -> None:
    """Replaces the counts of a table on `as_of`; of a table that last had the same `content` they are copied.

    `broken` names the checks that rows break: only then is a rule that is a query asked which they are.

    `unread` records of the source could not be typed: each counts as filled and not valid, as nobody's. A run as of a
    day before one that is counted already leaves all as it is, since what raw held then it does not know.
    """
    address = f"{contract.raw_schema}.{name}"
    known = con.execute(
        "select day, content from gate.quality_counts where table_name = ? order by day desc limit 1", [address]
    ).fetchone()
    latest, counted_content = known or (None, None)
    is_same = content is not None and content == counted_content
    if latest is not None and (latest > as_of or (latest == as_of and is_same)):
        return
    con.execute("delete from gate.quality_counts where table_name = ? and day = ?", [address, as_of])
    if is_same:
        con.execute(
            "insert into gate.quality_counts select * replace (? as day)"
            " from gate.quality_counts where table_name = ? and day = ?",
            [as_of, address, latest],
        )
        return
    table = contract.tables[name]
    needed = _needed(table, suite)
    queries = [rule for rule in _row_rules(suite) if rule.type == rules.QUERY]
    names = {id(rule): check for check, rule in suite.checks.items()} if suite else {}
    failing = [rule for rule in queries if names[id(rule)] in broken]
    counted = _counted(address, table, suite, needed, len(queries))
    owner = _owner(table)
    con.execute(
        f"""
        insert into gate.quality_counts by name
        with counted as (
            select {owner} as owner_id, {", ".join(f"{sql} as {column}" for column, sql in counted._asdict().items())}
            from {rules.qualified(address)}
            group by 1
            union all by name
            select '{UNASSIGNED}' as owner_id, ?1 as rows, ?1 * {len(needed)} as required, ?1 * {len(needed)} as filled,
                ?1 * {len(needed)} as checked
            where ?1 > 0
        ),
        repeated as ({_repeated(address, table, suite, owner)}),
        wrong as ({_wrong(address, failing, owner, as_of)})
        select ?2 as day, ?3 as table_name, ?4 as system, ?5 as data_owner, owner_id, ?6 as content, sum(rows) as rows,
            sum(required) as required, sum(filled) as filled, sum(checked) as checked,
            sum(coalesce(valid, 0)) - coalesce(any_value(wrong.records), 0) as valid,
            coalesce(any_value(repeated.copies), 0) as duplicate,
            sum(coalesce(entered_on_time, 0)) as entered_on_time, sum(coalesce(activities, 0)) as activities
        from counted
        left join repeated using (owner_id)
        left join wrong using (owner_id)
        group by owner_id
        """,
        [unread, as_of, address, contract.system, data_owner, content],
    )


def _needed(table: TableContract, suite: Suite | None) -> list[str]:
    """The columns that must be filled: the contract's keys and required ones, and those a rule wants not null."""
    wanted = {column.name for column in table.loaded_columns if column.required} | set(table.key)
    wanted |= {rule.columns[0] for rule in _row_rules(suite) if rule.type == NOT_NULL}
    return [column.name for column in table.loaded_columns if column.name in wanted]


def _row_rules(suite: Suite | None) -> Sequence[Expectation]:
    return [rule for rule in suite.expectations if rule.level == "row"] if suite else []


def _counted(address: str, table: TableContract, suite: Suite | None, needed: Sequence[str], queries: int) -> Counted:
    checked, failing = [], []
    for rule in _row_rules(suite):
        condition = rules.RULES[rule.type].failing if rule.type in rules.RULES else None
        if condition is None or rule.type in (NOT_NULL, rules.QUERY, *UNIQUE):
            continue
        there = " and ".join(f"{rules.quoted(column)} is not null" for column in rule.columns)
        checked.append(f"count(*) filter (where {there})")
        failing.append(f"count(*) filter (where {condition(rule.kwargs, rules.qualified(address))})")
    if queries:  # each looks at every record; those that break one are taken off by `wrong`
        checked.append(f"count(*) * {queries}")
    times = {column.as_: rules.quoted(column.name) for column in table.loaded_columns if column.as_}
    done, entered = times.get("done_at"), times.get("entered_at")
    is_dated = bool(done and entered) and any(mapping.entity == "activities" for mapping in table.entities)
    return Counted(
        rows="count(*)",
        required=f"count(*) * {len(needed)}",
        filled=" + ".join(f"count({rules.quoted(name)})" for name in needed) or "0",
        checked=" + ".join(checked) or "0",
        valid=f"({' + '.join(checked)}) - ({' + '.join(failing) or '0'})" if checked else "0",
        entered_on_time=f"count(*) filter (where {entered} <= {done} + {IN_TIME})" if is_dated else "0",
        activities=f"count(*) filter (where {entered} is not null and {done} is not null)" if is_dated else "0",
    )


def _wrong(address: str, failing: Sequence[Expectation], owner: str, as_of: date) -> str:
    """SQL of (owner_id, records): records that break a rule that is a query, once for each such rule."""
    parts = [
        f"select {owner} as owner_id from {rules.qualified(address)}"
        f" semi join ({rules.failing_rows(rule.type, rule.kwargs, address, as_of)}) using (_batch_id, _row_number)"
        for rule in failing
    ]
    if not parts:
        return "select null::varchar as owner_id, 0 as records where false"
    return f"select owner_id, count(*) as records from ({' union all '.join(parts)}) group by 1"


def _repeated(address: str, table: TableContract, suite: Suite | None, owner: str) -> str:
    """SQL of (owner_id, copies): records that repeat an earlier one, by the rules of uniqueness.

    A rule about the contract's key is left out where the load keeps one record a key.
    """
    parts = []
    for rule in _row_rules(suite):
        if rule.type not in UNIQUE or (set(rule.columns) == set(table.key) and table.key):
            continue
        columns = ", ".join(rules.quoted(name) for name in rule.columns)
        there = " and ".join(f"{rules.quoted(name)} is not null" for name in rule.columns)
        parts.append(
            f"select {owner} as owner_id from {rules.qualified(address)} where {there}"
            f" qualify row_number() over (partition by {columns} order by _batch_id, _row_number) > 1"
        )
    if not parts:
        return "select null::varchar as owner_id, 0 as copies where false"
    return f"select owner_id, count(*) as copies from ({' union all '.join(parts)}) group by 1"


def _owner(table: TableContract) -> str:
    """SQL of the employee a record belongs to."""
    entities = read_entities()
    persons = {entities[mapping.entity].person for mapping in table.entities if mapping.entity in entities}
    column = next((c.name for c in table.loaded_columns if c.as_ and c.as_ in persons), None)
    return f"coalesce(cast({rules.quoted(column)} as varchar), '{UNASSIGNED}')" if column else f"'{UNASSIGNED}'"

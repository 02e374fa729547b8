"""Contracts → `1_staging`: one view a raw table, in business words and UTC, without the rows set aside.

Belongs here: how a column of a contract becomes a business field, and what snapshots become: the newest day is the
present, stock and other daily figures keep every day, and employees and units get the days they held from the days they
were seen. Does not: joining systems (inputs.py).
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.extract.contract import SNAPSHOT_DAY, Column, SourceContract, TableContract
from pipelines.model.compiler import text
from pipelines.model.compiler.text import HEADER

DATED = ("employees", "org_units")  # entities whose rows say from when to when they hold
DAILY = ("app_usage", "balances", "exchange_rates", "stock_levels")  # entities with a row a day
# What the first snapshot says is taken to have held before it, too: else every fact older than the first delivery
# would belong to the unit `unassigned`. 1900 and not 0001: every engine and every BI tool has that day.
BEGINNING = "1900-01-01"


def is_dated(table: TableContract) -> bool:
    """Whether staging makes `valid_from` and `valid_to` of snapshots: the table feeds a dated entity without them."""
    return _makes(table, DATED, "valid_from")


def is_daily(table: TableContract) -> bool:
    """Whether staging keeps every snapshot under its `day`: the table feeds a daily entity without one."""
    return _makes(table, DAILY, "day") and not is_dated(table)


def _makes(table: TableContract, entities: tuple[str, ...], field: str) -> bool:
    said = {column.as_ for column in table.columns} | set(table.constants)
    return table.delivery == "snapshot" and any(
        mapping.entity in entities and field not in said | set(mapping.fields) | set(mapping.constants)
        for mapping in table.entities
    )


def model_name(system: str, table: str) -> str:
    return f"stg_{system}__{table}"


def fields(table: TableContract, source_zone: str, company_zone: str) -> dict[str, str]:
    """The business fields a table yields, each with its SQL over the renamed columns, in the contract's order."""
    found: dict[str, str] = {}
    for column, alias in _aliases(table):
        if column.as_:
            found[alias] = _typed(column, alias, source_zone, company_zone)
        found |= _mapped(column, alias)
    found |= {field: text.value(constant) for field, constant in table.constants.items()}
    if next_one := table.following:
        of, per = found[next_one.of], found[next_one.per]
        found[next_one.as_] = f"lead({of}) over (partition by {per} order by {of})"
    if is_dated(table):
        return found | {"valid_from": "valid_from", "valid_to": "valid_to"}
    return found | ({"day": SNAPSHOT_DAY} if is_daily(table) else {})


def own_types(table: TableContract) -> dict[str, str]:
    """The types of the company's own fields (x_…), as the contract says them; what a value map fills is text."""
    found = {}
    for column in table.columns:
        name = column.as_ or ""
        if name.startswith("x_") and column.personal != "hash" and not column.values:
            known = {"text": "string", "integer": "bigint", "time": "string"}.get(column.type, column.type)
            dated = {("_at", "date"): "timestamp", ("_date", "timestamp"): "date"}  # as _typed makes them
            ending = next((e for e in ("_at", "_date") if name.endswith(e)), "")
            found[name] = dated.get((ending, column.type), known)
    return found


def compile_table(contract: SourceContract, table_name: str, company_zone: str) -> str:
    """The text of one staging model."""
    table = contract.tables[table_name]
    renamed = [f"{text.name(column.name)} as {alias}" for column, alias in _aliases(table)]
    selected = [
        field if field == expression else f"{expression} as {field}"
        for field, expression in fields(table, contract.time_zone, company_zone).items()
    ]
    keys = ["_batch_id", "_row_number"]
    raw = f"{{{{ source('{contract.raw_schema}', '{table_name}') }}}}"
    ctes = [
        f"""set_aside as (
    select
        {text.block(keys, 8)}
    from {{{{ source('{contract.quarantine_schema}', '{table_name}') }}}}
)"""
    ]
    where, made = "", []
    if is_dated(table):
        ctes.append(_SNAPSHOTS.format(raw=raw, day=SNAPSHOT_DAY))
        made = [*_unnamed_keys(table), SNAPSHOT_DAY]
    elif is_daily(table):
        made = [SNAPSHOT_DAY]
    elif table.delivery == "snapshot":
        where = f"\n    and delivered.{SNAPSHOT_DAY} = (select max({SNAPSHOT_DAY}) from {raw})"
    if gone := _deleted(contract, table_name):
        ctes.append(gone.cte)
        where += f"\n    and not exists (select 1 from deleted where {gone.test})"
    ctes.append(f"""records as (
    select
        {text.block([*renamed, *made, *keys], 8)}
    from {raw} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    ){where}
)""")
    rows = "records"
    if is_dated(table):
        ctes += _dated(table)
        rows = "dated"
    ctes.append(f"""final as (
    select
        {text.block([*selected, f"{text.value(contract.system)} as source_system", *keys], 8)}
    from {rows}
)""")
    return f"""-- One row per usable record of {contract.raw_schema}.{table_name}, in business names and UTC.
-- {HEADER.format(origin=f"sources/{contract.system}.yml")}
with {("," + chr(10) + chr(10)).join(ctes)}

select * from final
"""


_SNAPSHOTS = """-- The days a snapshot was delivered for; a day nobody delivered is no news.
snapshots as (
    select
        {day} as day,
        row_number() over (order by {day}) as day_number,
        lead({day}) over (order by {day}) as next_day
    from {raw}
    group by {day}
)"""


class _Deleted(NamedTuple):
    cte: str
    test: str  # of a row of `deleted` against one of `delivered`


def _deleted(contract: SourceContract, table_name: str) -> _Deleted | None:
    """What the source lists as deleted: of the table itself, or of the one whose records it was asked by."""
    table = contract.tables[table_name]
    each = table.from_.rest.each if table.from_.rest else None
    owner_name, keys = (each.table, [f"^{each.field}"]) if each else (table_name, table.key)
    owner = contract.tables[owner_name]
    if owner.deleted_in is None or (each and owner.key != [each.field]):
        return None
    listed = contract.tables[owner.deleted_in]
    same = [
        f"listed.{text.name(theirs)} = owner.{text.name(ours)}"
        for theirs, ours in zip(listed.key, owner.key, strict=True)
    ]
    if listed.cursor and owner.cursor:
        same.append(f"listed.{text.name(listed.cursor)} >= owner.{text.name(owner.cursor)}")
    columns = [f"owner.{text.name(name)}" for name in owner.key]
    cte = f"""-- What the source says is deleted; a record that changed after that was restored.
deleted as (
    select
        {text.block(columns, 8)}
    from {{{{ source('{contract.raw_schema}', '{owner_name}') }}}} as owner
    inner join {{{{ source('{contract.raw_schema}', '{owner.deleted_in}') }}}} as listed
        on {" and ".join(same)}
)"""
    tests = [
        f"deleted.{text.name(theirs)} = delivered.{text.name(ours)}"
        for theirs, ours in zip(owner.key, keys, strict=True)
    ]
    return _Deleted(cte, " and ".join(tests))


def _unnamed_keys(table: TableContract) -> list[str]:
    """The key's columns that become no field, by the name each carries inside."""
    named = {column.name for column, _ in _aliases(table)}
    return [f"{text.name(name)} as key_{number}" for number, name in enumerate(table.key, start=1) if name not in named]


def _dated(table: TableContract) -> list[str]:
    """Gaps and islands: consecutive snapshots that say the same of a key are one row, from first to last day."""
    named = {column.name: alias for column, alias in _aliases(table)}
    keys = [named.get(name, f"key_{number}") for number, name in enumerate(table.key, start=1)]
    key = ", ".join(f"records.{alias}" for alias in keys)
    attributes = [alias for name, alias in named.items() if name not in table.key]
    by_key = f"partition by {key} order by snapshots.day_number"
    same = [f"lag(snapshots.day_number) over ({by_key}) = snapshots.day_number - 1"]
    same += [f"records.{alias} is not distinct from lag(records.{alias}) over ({by_key})" for alias in attributes]
    bare_key = ", ".join(keys)
    return [
        f"""marked as (
    select
        records.*,
        snapshots.day,
        snapshots.day_number,
        snapshots.next_day,
        case
            when {text.block(same, 16, " and").replace(" and" + chr(10) + " " * 16, chr(10) + " " * 16 + "and ")}
                then 0
            else 1
        end as is_new
    from records
    inner join snapshots on records.{SNAPSHOT_DAY} = snapshots.day
)""",
        f"""numbered as (
    select
        *,
        sum(is_new) over (partition by {bare_key} order by day_number) as island
    from marked
)""",
        f"""spanned as (
    select
        *,
        max(coalesce(next_day, cast('9999-12-31' as date))) over (partition by {bare_key}, island) as ends_before
    from numbered
)""",
        f"""dated as (
    select
        *,
        case when day_number = 1 then cast('{BEGINNING}' as date) else day end as valid_from,
        case when ends_before < cast('9999-12-31' as date) then {{{{ add_days('ends_before', -1) }}}} end as valid_to
    from spanned
    where is_new = 1
)""",
    ]


def compile_sources(contracts: list[SourceContract]) -> str:
    """The dbt sources file: every raw and quarantine table. The name is the address, so nothing is mapped."""
    lines = ["# " + HEADER.format(origin="sources/*.yml"), "version: 2", "sources:"]
    for contract in contracts:
        for schema in (contract.raw_schema, contract.quarantine_schema):
            lines += [f"  - name: {schema}", f"    schema: {schema}", "    tables:"]
            lines += [f"      - name: {table}" for table in contract.tables]
    return "\n".join(lines) + "\n"


def _aliases(table: TableContract) -> list[tuple[Column, str]]:
    """The columns that go on, by the name each carries from here on; one that only feeds a value map is numbered."""
    return [
        (column, column.as_ or f"column_{position}")
        for position, column in enumerate(table.columns, start=1)
        if column.personal != "drop" and (column.as_ or column.values)
    ]


def _typed(column: Column, alias: str, source_zone: str, company_zone: str) -> str:
    """The column as its business field wants it: `_at` is an instant in UTC, `_date` a local day of the company."""
    if alias.endswith("_at") and column.type == "timestamp":
        return _to_utc(alias, source_zone)
    if alias.endswith("_at") and column.type == "date":  # a source that gives only a date means its midnight
        return _to_utc(f"cast({alias} as timestamp)", company_zone)
    if alias.endswith("_date") and column.type == "timestamp":
        if source_zone == company_zone:
            return f"cast({alias} as date)"
        instant = alias if source_zone == "UTC" else f"to_utc('{alias}', \"{text.value(source_zone)}\")"
        quoted = f"'{alias}'" if instant == alias else instant
        return f'{{{{ local_date({quoted}, "{text.value(company_zone)}") }}}}'
    return alias


def _to_utc(local: str, zone: str) -> str:
    return local if zone == "UTC" else f"{{{{ to_utc('{local}', \"{text.value(zone)}\") }}}}"


def _mapped(column: Column, alias: str) -> dict[str, str]:
    """The fields a value map fills: {赢单: {status: won}, "*": {status: open}} → a case over the column."""
    whens: dict[str, list[str]] = {}
    for said, becomes in (column.values or {}).items():
        for field, constant in (becomes if isinstance(becomes, dict) else {alias: becomes}).items():
            # 赢单 with a blank behind it is won all the same; `nulls` are compared trimmed too.
            word = f"trim({alias})" if column.type == "text" else alias
            test = f"{alias} is not null" if said == "*" else f"{word} = {text.value(said.strip())}"
            whens.setdefault(field, []).append(f"when {test} then {text.value(constant)}")
    return {
        field: f"case {' '.join(sorted(some, key=lambda when: ' is not null ' in when))} end"
        for field, some in whens.items()
    }

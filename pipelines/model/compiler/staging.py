"""Contracts → `1_staging`: one view a raw table, in business words and UTC, without the rows set aside.

Belongs here: how a column of a contract becomes a business field. Does not: joining systems (inputs.py).
"""

from __future__ import annotations

from pipelines.extract.contract import SNAPSHOT_DAY, Column, SourceContract, TableContract
from pipelines.model.compiler import text

HEADER = "Compiled by `kpi compile` from {origin}; change that, not this."


def model_name(system: str, table: str) -> str:
    return f"stg_{system}__{table}"


def fields(table: TableContract, source_zone: str, company_zone: str) -> dict[str, str]:
    """The business fields a table yields, each with its SQL over the renamed columns, in the contract's order."""
    found: dict[str, str] = {}
    for column, alias in _aliases(table):
        if column.as_:
            found[alias] = _typed(column, alias, source_zone, company_zone)
        found |= _mapped(column, alias)
    return found | {field: text.value(constant) for field, constant in table.constants.items()}


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
    newest, of_newest = "", ""
    if table.delivery == "snapshot":
        newest = f"newest as (\n    select max({SNAPSHOT_DAY}) as day from {raw}\n),\n\n"
        of_newest = f"\n    inner join newest on delivered.{SNAPSHOT_DAY} = newest.day"
    return f"""-- One row per usable record of {contract.raw_schema}.{table_name}, in business names and UTC.
-- {HEADER.format(origin=f"sources/{contract.system}.yml")}
with set_aside as (
    select
        {text.block(keys, 8)}
    from {{{{ source('{contract.quarantine_schema}', '{table_name}') }}}}
),

{newest}records as (
    select
        {text.block([*renamed, *keys], 8)}
    from {raw} as delivered{of_newest}
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        {text.block([*selected, f"{text.value(contract.system)} as source_system", *keys], 8)}
    from records
)

select * from final
"""


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

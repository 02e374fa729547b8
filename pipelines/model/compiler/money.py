"""Money of other currencies → money of the company, at the rate of each fact's business day.

Belongs here: the SQL that prices, and the list of what has no rate. Does not: how long a rate holds (rate_spans.sql).
Compiled only where a system feeds exchange_rates; without rates a dbt test refuses to publish a foreign currency.
"""

from __future__ import annotations

from pipelines.model.compiler import inputs, text
from pipelines.model.compiler.inputs import Feed
from pipelines.model.compiler.text import HEADER
from pipelines.model.entities import Entity

LISTING = "amounts_without_rate"


def received(entity: Entity) -> str:
    """The ephemeral model with the amounts as they came."""
    return f"received_{entity.name}"


def is_priced(entity: Entity, fed: dict[str, list[Feed]]) -> bool:
    return bool(entity.money and fed.get("exchange_rates") and fed.get(entity.name))


def compile_priced(entity: Entity, several: list[Feed], company_zone: str) -> str:
    """The text of the entity, or `delivered_<entity>`, with its amounts in the company's currency.

    A row with an amount but no rate is left out, and stands in amounts_without_rate: it is never added as it is, and
    kept without its amount it would count as a sale of nothing.
    """
    assert entity.money
    columns = ["source_system", *(column.name for column in entity.delivered), *inputs.own_fields(several)]
    lines = []
    for name in columns:
        if name in entity.money.amounts:
            kind = entity.type_of(name)
            lines.append(f"cast(delivered.{name} * coalesce(rates.rate, 1) as {kind}) as {name}")
        else:
            lines.append("company.currency" if name == "currency" else f"delivered.{name}")
    config = "{{ config(materialized='ephemeral') }}\n" if entity.is_handwritten else ""
    return f"""-- {inputs.grain(entity)}; amounts in the company's currency.
-- {HEADER.format(origin="sources/*.yml")}
{config}with {_ctes(entity, company_zone)}

select
    {text.block(lines, 4)}
{_FROM}
where not {_lacks_rate(entity)}
"""


def compile_listing(entities: list[Entity], company_zone: str) -> str:
    """The text of `amounts_without_rate`: what was left out, for somebody to bring the rate."""
    parts = []
    for entity in entities:
        keys = [column.name for column in entity.delivered if column.name in entity.key]
        words = " || '/' || ".join(f"cast(delivered.{key} as string)" for key in keys)
        body = f"""select
    cast('{entity.name}' as string) as entity,
    delivered.source_system,
    {words} as record_key,
    delivered.currency,
    delivered.rate_date
{_FROM}
where {_lacks_rate(entity)}"""
        parts.append((entity, body))
    ctes = ",\n\n".join(_received(entity, f"{entity.name}_received", company_zone) for entity, _ in parts)
    selects = "\n\nunion all\n\n".join(
        body.replace("from delivered", f"from {entity.name}_received as delivered") for entity, body in parts
    )
    return f"""-- One row per record left out, because no rate of its currency holds on its business day.
-- {HEADER.format(origin="sources/*.yml")}
with {_AROUND},

{ctes}

{selects}
"""


def _ctes(entity: Entity, company_zone: str) -> str:
    return f"{_AROUND},\n\n{_received(entity, 'delivered', company_zone)}"


def _received(entity: Entity, name: str, company_zone: str) -> str:
    """The rows as they came with `rate_date`; what lies ahead is priced as of the business date."""
    assert entity.money
    days = [_local_day(entity, column, company_zone) for column in entity.money.day]
    day = f"least(coalesce({', '.join([*days, 'run.as_of_date'])}), run.as_of_date)" if days else "run.as_of_date"
    return f"""{name} as (
    select
        rows_received.*,
        {day} as rate_date
    from {{{{ ref('{received(entity)}') }}}} as rows_received
    cross join run
)"""


def _local_day(entity: Entity, column: str, company_zone: str) -> str:
    if entity.type_of(column) == "timestamp":
        return f'{{{{ local_date("rows_received.{column}", "{text.value(company_zone)}") }}}}'
    return f"rows_received.{column}"


def _lacks_rate(entity: Entity) -> str:
    assert entity.money
    filled = " or ".join(f"delivered.{amount} is not null" for amount in entity.money.amounts)
    return f"({_IS_FOREIGN} and rates.rate is null and ({filled}))"


_AROUND = """company as (
    select currency from {{ source('definitions', 'company') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

rates as (
    select * from {{ ref('rate_spans') }}
)"""

# Without a currency an amount is the company's, as it always was.
_IS_FOREIGN = "coalesce(delivered.currency, company.currency) <> company.currency"

_FROM = f"""from delivered
cross join company
left join rates
    on delivered.currency = rates.currency
    and {_IS_FOREIGN}
    and delivered.rate_date between rates.valid_from and rates.valid_to"""

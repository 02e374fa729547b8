"""Rules of matching → `customer_links`, and the customers that remain when those of several systems are one.

Belongs here: the SQL of the rules. Does not: their shape (model/matching.py), translating facts (inputs.py).
The work is linear in the customers: those of the master system are grouped by each rule's key before they are joined,
so that ten thousand nameless ones on either side make one row, not a hundred million.
"""

from __future__ import annotations

from pipelines.model.compiler import inputs, text
from pipelines.model.compiler.inputs import Feed
from pipelines.model.compiler.text import HEADER
from pipelines.model.entities import Entity
from pipelines.model.matching import Matching, Rule

ALL_CUSTOMERS = "customers_of_systems"


def systems(fed: dict[str, list[Feed]]) -> list[str]:
    """The systems that deliver customers, sorted."""
    return sorted({feed.contract.system for feed in fed.get("customers", [])})


def is_needed(matching: Matching | None, fed: dict[str, list[Feed]]) -> bool:
    """Whether there is anything to link: rules or links, the master's customers, and another system's."""
    there = systems(fed)
    return bool(matching and (matching.rules or matching.links) and matching.master in there and len(there) > 1)


def key_systems(matching: Matching, fed: dict[str, list[Feed]]) -> dict[str, str]:
    """Per system whose facts are translated, the system whose customer keys they carry; the master's need none."""
    own = {system: system for system in systems(fed)}
    return {system: of for system, of in (matching.keys_of | own).items() if of != matching.master}


def compile_unneeded(entity: Entity) -> str:
    """The text of `customer_links` where every key stands for itself: ephemeral, so it costs a run nothing."""
    return f"""-- {inputs.grain(entity)}.
-- {HEADER.format(origin="kpi_definitions/matching.yml")}
{{{{ config(materialized='ephemeral') }}}}
select
    source_system,
    customer_id as source_key,
    customer_id,
    cast('same_key' as string) as rule,
    cast(1 as decimal(5, 4)) as confidence,
    cast(null as timestamp) as matched_at,
    cast(1 as int) as candidates
from {{{{ ref('customers') }}}}
"""


def compile_needed(
    matching: Matching, customers: Entity, customer_links: Entity, several: list[Feed]
) -> dict[str, str]:
    """The texts of `customers_of_systems`, `customer_links` and `delivered_customers`, by path."""
    origin = HEADER.format(origin="kpi_definitions/matching.yml")
    # No guard: a blocked table of customers keeps `customers` as it was, and its facts must still be translated.
    every = f"""-- One row per customer and system that delivers it, under its own key.
-- {origin}
{{{{ config(materialized='ephemeral') }}}}
{inputs.union(customers, several, inputs.NO_LINKS, "")}
"""
    return {
        f"2_entities/{ALL_CUSTOMERS}.sql": every,
        "2_entities/customer_links.sql": _links(matching, customer_links, origin),
        "2_entities/delivered_customers.sql": _customers(matching, customers, list(inputs.own_fields(several)), origin),
    }


def _links(matching: Matching, entity: Entity, origin: str) -> str:
    master = text.value(matching.master)
    known = _delivered_fields(matching)
    ctes = [
        f"all_customers as (\n    select\n        {text.block(known, 8)}\n    from {{{{ ref('{ALL_CUSTOMERS}') }}}}\n)",
        f"canonical as (\n    select * from all_customers where source_system = {master}\n)",
        f"others as (\n    select * from all_customers where source_system <> {master}\n)",
    ]
    found = []
    if matching.links:
        said = "\n    union all\n".join(
            f"    select {text.value(link.system)} as source_system, {text.value(link.key)} as source_key,"
            f" {text.value(link.customer_id)} as customer_id"
            for link in matching.links
        )
        ctes.append(f"said as (\n{said}\n)")
        found.append(_FOUND_BY_HAND)
    for number, rule in enumerate(matching.rules, start=1):
        ctes.append(_canonical_keys(rule, number))
        found.append(_found_by_rule(rule, number))
    ctes.append("found as (\n" + "\n    union all\n".join(found) + "\n)")
    return f"""-- {inputs.grain(entity)}.
-- {origin}
with {("," + chr(10) + chr(10)).join(ctes)},

{_LINKS_END.format(master=master)}"""


def _delivered_fields(matching: Matching) -> list[str]:
    matched = {field for rule in matching.rules for field in rule.match}
    return ["source_system", "customer_id", *sorted(matched - {"source_system", "customer_id"})]


def _keys(rule: Rule, alias: str) -> list[str]:
    steps = [str(step) for step in rule.normalise]
    return [f"{{{{ comparable('{alias}.{field}', {steps}) }}}}" for field in rule.match]


def _canonical_keys(rule: Rule, number: int) -> str:
    keys = _keys(rule, "canonical")
    named = [f"{key} as key_{i}" for i, key in enumerate(keys, start=1)]
    return f"""keys_{number} as (
    select
        {text.block(named, 8)},
        min(canonical.customer_id) as customer_id,
        count(*) as candidates
    from canonical
    group by {", ".join(keys)}
)"""


def _found_by_rule(rule: Rule, number: int) -> str:
    tests = [f"{key} = keys_{number}.key_{i}" for i, key in enumerate(_keys(rule, "others"), start=1)]
    return f"""    select
        others.source_system,
        others.customer_id as source_key,
        {number} as rule_number,
        {text.value(rule.id)} as rule,
        cast({rule.confidence} as decimal(5, 4)) as confidence,
        keys_{number}.customer_id,
        keys_{number}.candidates
    from others
    inner join keys_{number}
        on {(chr(10) + "        and ").join(tests)}"""


_FOUND_BY_HAND = """    select
        said.source_system,
        said.source_key,
        0 as rule_number,
        'link' as rule,
        cast(1 as decimal(5, 4)) as confidence,
        said.customer_id,
        count(*) as candidates
    from said
    inner join canonical on said.customer_id = canonical.customer_id
    group by said.source_system, said.source_key, said.customer_id"""

_LINKS_END = """company as (
    select {{{{ to_utc('cast(run.as_of_date as timestamp)', 'company.time_zone') }}}} as matched_at
    from {{{{ source('definitions', 'run') }}}} as run
    cross join {{{{ source('definitions', 'company') }}}} as company
),

-- The first rule that found exactly one; where each found several, the first of these, as ambiguous.
ranked as (
    select
        *,
        row_number() over (
            partition by source_system, source_key order by case when candidates = 1 then 0 else 1 end, rule_number
        ) as place
    from found
),

linked as (
    select
        others.source_system,
        others.customer_id as source_key,
        case when ranked.candidates = 1 then ranked.customer_id end as customer_id,
        case when ranked.candidates = 1 then ranked.rule end as rule,
        case when ranked.candidates = 1 then ranked.confidence end as confidence,
        coalesce(ranked.candidates, 0) as candidates
    from others
    left join ranked
        on others.source_system = ranked.source_system
        and others.customer_id = ranked.source_key
        and ranked.place = 1
),

-- A key that stays a customer of its own keeps its name, unless another customer goes by it already.
names as (
    select customer_id, count(*) as customers
    from (
        select customer_id from canonical
        union all
        select source_key as customer_id from linked where rule is null
    ) as taken
    group by customer_id
),

final as (
    select
        canonical.source_system,
        canonical.customer_id as source_key,
        canonical.customer_id,
        cast('master' as string) as rule,
        cast(1 as decimal(5, 4)) as confidence,
        company.matched_at,
        cast(1 as int) as candidates
    from canonical
    cross join company
    union all
    select
        linked.source_system,
        linked.source_key,
        case
            when linked.rule is not null then linked.customer_id
            when names.customers = 1 then linked.source_key
            else linked.source_system || ':' || linked.source_key
        end as customer_id,
        cast(linked.rule as string) as rule,
        linked.confidence,
        case when linked.rule is not null then company.matched_at end as matched_at,
        cast(linked.candidates as int) as candidates
    from linked
    cross join company
    left join names on linked.source_key = names.customer_id
)

select * from final
"""


def _customers(matching: Matching, customers: Entity, own: list[str], origin: str) -> str:
    columns = ["source_system", *(column.name for column in customers.delivered), *own]
    lines = ["links.customer_id" if name == "customer_id" else f"delivered.{name}" for name in columns]
    return f"""-- {inputs.grain(customers)}; those of all systems, each once.
-- {origin}
{{{{ config(materialized='ephemeral') }}}}
with {inputs.guard(customers.name)},

links as (
    select source_system, source_key, customer_id
    from {{{{ ref('customer_links') }}}}
    where source_system = {text.value(matching.master)} or rule is null
)

select
    {text.block(lines, 4)}
from {{{{ ref('{ALL_CUSTOMERS}') }}}} as delivered
inner join links on delivered.source_system = links.source_system and delivered.customer_id = links.source_key
where not exists (select 1 from blocked)
"""

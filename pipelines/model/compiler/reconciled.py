"""Reconciliations → `reconciled`: both sides of each check by customer and month.

Belongs here: the SQL of the sums. Does not: the shape of a check (model/reconciliation.py), what counts as a break
(3_kpis/reconciliation_breaks.sql).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pipelines.model.compiler import text
from pipelines.model.compiler.measures import NUMBER, UNASSIGNED
from pipelines.model.compiler.text import HEADER
from pipelines.model.entities import Entity
from pipelines.model.reconciliation import Reconciliation, Side

MODEL = "reconciled"
FIRST = "-- One row per reconciliation, customer and month: what either side says."


def possible(checks: Sequence[Reconciliation], fed: Collection[str]) -> list[Reconciliation]:
    """The checks both of whose entities are fed by a source (`fed`): without one, all of the other would be a break."""
    return [check for check in checks if set(check.entities) <= set(fed)]


def compile_all(checks: Sequence[Reconciliation], entities: Mapping[str, Entity], company_zone: str) -> str:
    """The text of `reconciled`: check_id, customer_id, month, left_amount, right_amount; ephemeral without checks."""
    header = f"{FIRST}\n-- {HEADER.format(origin='kpi_definitions/reconciliations.yml')}\n"
    if not checks:
        return header + _NOTHING
    ctes = [
        "calendar_days as (\n    select\n        day,\n        month_start\n    from {{ ref('calendar_days') }}\n)",
        "run as (\n    select as_of_date as as_of from {{ source('definitions', 'run') }}\n)",
    ]
    for check in checks:
        ctes += [
            _facts(check, "left", check.left, entities, company_zone),
            _facts(check, "right", check.right, entities, company_zone),
            _dated(check, "left"),
            _dated(check, "right"),
        ]
        if check.link:
            ctes.append(_months_of_links(check))
    ctes += [_both(checks), _FINAL]
    return header + f"with {(',' + chr(10) * 2).join(ctes)}\n\nselect * from final\n"


def _facts(check: Reconciliation, name: str, side: Side, entities: Mapping[str, Entity], zone: str) -> str:
    day = side.date
    if entities[side.entity].type_of(day) == "timestamp":
        day = f"{{{{ local_date('{day}', \"{text.value(zone)}\") }}}}"
    lines = [
        f"{day} as day",
        f"coalesce(customer_id, {text.value(UNASSIGNED)}) as customer_id",
        f"{check.link or 'cast(null as string)'} as link_id",
        f"cast({side.amount} as {NUMBER}) as amount",
    ]
    where = f"{side.date} is not null" + (f"\n        and ({side.filter})" if side.filter else "")
    return f"""{check.id}_{name}_facts as (
    select
        {text.block(lines, 8)}
    from {{{{ ref('{side.entity}') }}}}
    cross join run
    where {where}
)"""


def _dated(check: Reconciliation, name: str) -> str:
    facts = f"{check.id}_{name}_facts"
    return f"""{check.id}_{name} as (
    select
        {facts}.customer_id,
        {facts}.link_id,
        calendar_days.month_start as month,
        {facts}.amount
    from {facts}
    inner join calendar_days
        on {facts}.day = calendar_days.day
    cross join run
    where {facts}.day <= run.as_of
)"""


def _months_of_links(check: Reconciliation) -> str:
    return f"""{check.id}_months as (
    select
        link_id,
        min(month) as month
    from {check.id}_left
    where link_id is not null
    group by link_id
)"""


def _both(checks: Sequence[Reconciliation]) -> str:
    selects = []
    for check in checks:
        zero = f"cast(0 as {NUMBER})"
        left = [
            f"{text.value(check.id)} as check_id", "customer_id", "month", "amount as left_amount",
            f"{zero} as right_amount",
        ]  # fmt: skip
        selects.append(f"    select\n        {text.block(left, 8)}\n    from {check.id}_left")
        right, months = f"{check.id}_right", f"{check.id}_months"
        month = f"coalesce({months}.month, {right}.month) as month" if check.link else f"{right}.month"
        lines = [
            f"{text.value(check.id)} as check_id", f"{right}.customer_id", month, f"{zero} as left_amount",
            f"{right}.amount as right_amount",
        ]  # fmt: skip
        joined = f"\n    left join {months}\n        on {right}.link_id = {months}.link_id" if check.link else ""
        selects.append(f"    select\n        {text.block(lines, 8)}\n    from {right}{joined}")
    unioned = "\n    union all\n".join(selects)
    return f"amounts as (\n{unioned}\n)"


_FINAL = f"""final as (
    select
        check_id,
        customer_id,
        month,
        cast(sum(left_amount) as {NUMBER}) as left_amount,
        cast(sum(right_amount) as {NUMBER}) as right_amount
    from amounts
    group by check_id, customer_id, month
)"""

_NOTHING = f"""{{{{ config(materialized='ephemeral') }}}}
select
    cast(null as string) as check_id,
    cast(null as string) as customer_id,
    cast(null as date) as month,
    cast(null as {NUMBER}) as left_amount,
    cast(null as {NUMBER}) as right_amount
where false
"""

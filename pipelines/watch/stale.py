"""What has grown stale, whose it is: deals that stand still and customer records nobody keeps up, once a week.

Belongs here: published.deals_stalled and customers_stale → a finding and a list per person. Does not: what counts as
stale (those models), when a person hears of it (alerts/due.py).

An employee of the sources is rarely a person of people.yml: what they own goes to whoever says to be that employee
(employee_id), else to the manager of the nearest unit above them, else to the owner of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.watch.alerts import fix_list
from pipelines.watch.alerts.due import WEEKLY
from pipelines.watch.alerts.history import Finding

if TYPE_CHECKING:
    import duckdb

    from pipelines.extract.contract import SourceContract
    from pipelines.model.company import Person


UNITS = ("team_id", "department_id", "region_id", "company_id")  # nearest first


class Kind(NamedTuple):
    """One thing that grows stale: its published table, the columns of the list, and the sentence in both languages.

    `say` takes how many there are and the most days of any.
    """

    table: str
    check: str
    columns: tuple[str, ...]
    days: str
    say: Callable[[int, int], dict[str, str]]


def _stalled(count: int, most: int) -> dict[str, str]:
    deals = (
        "1 open deal stays longer in its stage" if count == 1 else f"{count:,} open deals stay longer in their stage"
    )
    return {
        "zh": f"{count:,} 个商机在当前阶段停留过久（同阶段九成商机更早离开），最长已 {most:,} 天。"
        "下一步：请联系客户推进，或将其关闭。",
        "en": f"{deals} than nine in ten deals did, the longest for {most:,} days. Next: move them on, or close them.",
    }


def _not_kept_up(count: int, most: int) -> dict[str, str]:
    records = "1 customer record has" if count == 1 else f"{count:,} customer records have"
    return {
        "zh": f"{count:,} 条客户资料久未更新，最久已 {most:,} 天。下一步：请核对并更新资料，或将客户停用。",
        "en": f"{records} not been updated for long, the oldest for {most:,} days. Next: check with the customer and"
        " update them, or set the customer inactive.",
    }


DEALS = ("deal_id", "owner_id", "customer_id", "stage", "entered_date", "days_in_stage", "usual_days")
CUSTOMERS = ("customer_id", "owner_id", "updated_date", "days_since")
KINDS = (
    Kind("published.deals_stalled", "stage_not_left", DEALS, "days_in_stage", _stalled),
    Kind("published.customers_stale", "record_kept_up", CUSTOMERS, "days_since", _not_kept_up),
)


def findings(
    con: duckdb.DuckDBPyConnection,
    people: Mapping[str, Person],
    contracts: Sequence[SourceContract],
    reports: Path,
) -> list[Finding]:
    """One finding per person and kind, with a list of keys below `reports`; no name, telephone or amount is in it."""
    told_for = _recipients(con, people, contracts)
    made = []
    for kind in KINDS:
        rows = con.execute(
            f"select source_system, {', '.join(kind.columns)} from {kind.table} order by {kind.days} desc, 2"
        ).fetchall()
        by_person: dict[str, list[Sequence[Any]]] = {}
        for system, *values in rows:
            owner = values[kind.columns.index("owner_id")]
            by_person.setdefault(told_for(system, owner), []).append(values)
        for person, own in sorted(by_person.items()):
            most = own[0][kind.columns.index(kind.days)]
            path = fix_list.write_rows(reports, kind.table, person, kind.columns, own)
            made.append(Finding(person, kind.table, kind.check, WEEKLY, len(own), kind.say(len(own), most), path))
    return made


def _recipients(
    con: duckdb.DuckDBPyConnection, people: Mapping[str, Person], contracts: Sequence[SourceContract]
) -> Callable[[str, str | None], str]:
    """Who hears of what an employee owns in a system."""
    themselves = {person.employee_id: person.id for person in people.values() if person.employee_id}
    managers: dict[str, str] = {}
    for person in people.values():
        if person.unit and "manager" in person.roles:
            managers.setdefault(person.unit, person.id)
    rows = con.execute(
        f"select employee_id, {', '.join(UNITS)} from entities.employee_units"
        " qualify row_number() over (partition by employee_id order by valid_from desc) = 1"
    ).fetchall()
    above = {employee: [unit for unit in units if unit and unit != "company"] for employee, *units in rows}
    owners = {contract.system: contract.owner for contract in contracts}

    def told_for(system: str, employee: str | None) -> str:
        if employee in themselves:
            return themselves[employee]
        nearest = next((managers[unit] for unit in above.get(employee or "", ()) if unit in managers), None)
        return nearest or owners.get(system, "")

    return told_for

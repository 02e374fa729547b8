"""Who reads which rows of what is published: one place for every door (files, pages, PostgreSQL, reports).

Belongs here: to whom the rows of each published table belong, and the units each audience may see. Does not: the
doors themselves. Whoever may see a unit sees all that lies below it as the organisation stands now: who moved away
takes the past along, since the figures of a person are shown beside the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipelines.model.company import Person

EVERYONE = "everyone"  # definitions, and what the checks said of whole tables: no row of it is about a unit
COMPANY = "company"  # what is counted for the whole company only, or names people beyond a unit

# The column that names whose rows these are: a unit (`region_east`, `region_east/unallocated`, an employee), or one
# of the two words above.
WHOSE: dict[str, str] = {
    "publication": EVERYONE,
    "kpi_catalog": EVERYONE,
    "units": "unit_id",
    "kpi_values": "unit_id",
    "goal_targets": "unit_id",
    "goal_attainment": "unit_id",
    "goal_closes": "unit_id",
    "goal_drivers": "unit_id",
    "goal_history": COMPANY,  # its content holds the targets of all units
    "scorecards": "unit_id",
    "scorecard_items": "unit_id",
    "funnel": "unit_id",
    "deals_stalled": "owner_id",
    "customers_stale": "owner_id",
    "quality_scores": EVERYONE,
    "quality_results": EVERYONE,
    "verdicts": EVERYONE,
    "load_status": EVERYONE,
    "quarantine_effect": COMPANY,
    "reconciliations": COMPANY,
    "audits": COMPANY,
    "alerts": COMPANY,
    "acts": COMPANY,
    "feedback": "unit_id",
    "kpi_reviews": COMPANY,
    "closes": "unit_id",
    "restatements": "unit_id",
}


class Unit(NamedTuple):
    """A node of the organisation as it is now."""

    id: str
    level: str  # company, region, department, team, rep, unassigned
    parent: str | None


class Audience(NamedTuple):
    """Some people who see the same rows: those of `id` and of all units below it."""

    id: str  # of the unit at the top: the company, a region, a team, an employee
    units: frozenset[str]
    people: tuple[str, ...]  # ids of people.yml
    is_company: bool


def audiences(units: Iterable[Unit], people: Mapping[str, Person]) -> list[Audience]:
    """The audiences of people.yml, the company first; one without people is not made, but for the company's.

    Somebody who is nothing but a `rep` sees what they own (`employee_id`); everybody else sees their unit, and what
    they own beside it. A unit that is not published gives none.
    """
    known = {unit.id: unit for unit in units}
    below = _below(known)
    company = next((unit.id for unit in known.values() if unit.level == "company"), None)
    readers: dict[str, set[str]] = {company: set()} if company else {}
    for person in people.values():
        for unit in scope(person, company):
            if unit in known:
                readers.setdefault(unit, set()).add(person.id)
    return [
        Audience(unit, below[unit], tuple(sorted(who)), unit == company)
        for unit, who in sorted(readers.items(), key=lambda item: (item[0] != company, item[0]))
    ]


def scope(person: Person, company: str | None) -> list[str]:
    """The units at the top of what somebody may see; people.yml calls the top of the chart `company`."""
    unit = company if person.unit == "company" else person.unit
    is_rep_only = set(person.roles) == {"rep"}
    return [one for one in (None if is_rep_only else unit, person.employee_id) if one]


def _below(units: Mapping[str, Unit]) -> dict[str, frozenset[str]]:
    """Each unit with all below it, itself included."""
    found: dict[str, set[str]] = {unit: set() for unit in units}
    for unit in units:
        above: str | None = unit
        seen: set[str] = set()
        while above is not None and above in units and above not in seen:
            seen.add(above)
            found[above].add(unit)
            above = units[above].parent
    return {unit: frozenset(those) for unit, those in found.items()}

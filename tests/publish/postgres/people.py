"""The five kinds of people of the role matrix, and who of the small company they see."""

from __future__ import annotations

from pipelines.model.company import Person

EAST = {"region_east", "team_e1", "team_e2", "e001", "e002"}
SOUTH = {"region_south", "team_s1", "e003"}
ALL = {"lanhai", "unassigned", *EAST, *SOUTH}
# The units each sees. Anonymous is a log-in that may read and is nobody in people.yml.
ROLES: dict[str, set[str]] = {
    "rep": {"e001"},
    "manager": EAST,
    "other_manager": SOUTH,
    "engineer": ALL,
    "anonymous": set(),
}


def login(prefix: str, role: str) -> str:
    """The log-in of a role, which is the id in people.yml."""
    return f"{prefix}_is_{role}"  # {prefix}_manager is a role of the warehouse


def people(prefix: str) -> dict[str, Person]:
    found = (
        Person(id=login(prefix, "rep"), name="r", unit="team_e1", employee_id="e001", roles=["rep"]),
        Person(id=login(prefix, "manager"), name="m", unit="region_east", roles=["manager"]),
        Person(id=login(prefix, "other_manager"), name="o", unit="region_south", roles=["manager"]),
        Person(id=login(prefix, "engineer"), name="e", unit="company", roles=["engineer"]),
    )
    return {person.id: person for person in found}

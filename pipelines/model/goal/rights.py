"""Who may change a goal, who may approve it, and who may read it where it says so, by people.yml.

Belongs here: these rules, on people and goals alone. Does not: what follows from an act (take_up.py).

- The goal's owner, and whoever is above them, may propose it, if `editors` names them or one of their roles
  (default: managers). Another region's manager is not above, and an engineer is no manager.
- Somebody above the owner approves, and nobody approves a goal of their own; where nobody is above, the owner does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipelines.model.company import ROLES, Person
from pipelines.model.goal.definition import Goal


def above(person: str, people: Mapping[str, Person]) -> list[str]:
    """Everybody above somebody, the nearest first; a circle of managers is walked once."""
    found: list[str] = []
    there = people.get(person)
    while there and there.manager and there.manager not in (person, *found):
        found.append(there.manager)
        there = people.get(there.manager)
    return found


def editors(goal: Goal, people: Mapping[str, Person]) -> list[str]:
    """Who may propose a goal or a change of it."""
    line = [goal.owner, *above(goal.owner, people)]
    return [
        one
        for one, person in people.items()
        if one in goal.editors or (one in line and set(goal.editors) & set(person.roles))
    ]


def approvers(goal: Goal, people: Mapping[str, Person]) -> list[str]:
    """Who may approve a goal, or a change of one that is approved."""
    return above(goal.owner, people) or [goal.owner]


def viewers(goal: Goal) -> dict[str, list[str]] | None:
    """Who may read a goal that says so: `roles`, and `people` with whoever is above them; None: all of the unit."""
    if goal.viewers is None:
        return None
    roles = [one for one in goal.viewers if one in ROLES]
    return {"roles": roles, "people": [*(one for one in goal.viewers if one not in ROLES), goal.owner, *goal.agreed_by]}


def readers(may: Mapping[str, Collection[str]], people: Mapping[str, Person]) -> set[str]:
    """Everybody whom `viewers` of a goal lets read it."""
    named = {one for one in people if one in may["people"]}
    bosses = {boss for one in named for boss in above(one, people)}
    return named | bosses | {one for one, person in people.items() if set(may["roles"]) & set(person.roles)}

"""Who may change a goal, and who may approve it, by people.yml.

Belongs here: these rules, on people and goals alone. Does not: what follows from an act (take_up.py).

- The goal's owner, and whoever is above them, may propose it, if `editors` names them or one of their roles
  (default: managers). Another region's manager is not above, and an engineer is no manager.
- Somebody above the owner approves, and nobody approves a goal of their own; where nobody is above, the owner does.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.model.company import Person
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

"""All goals of a configuration: reading them.

Belongs here: finding the files and what is wrong with each alone. Does not: rules between goals and KPIs
(check_goal.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.model.goal import spelled
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.spelled import StepRow, TargetRow
from pipelines.yaml_file import YamlFile


class GoalFile(NamedTuple):
    goal: Goal
    file: YamlFile
    rows: list[TargetRow]
    steps: list[StepRow]  # what the files of its cascade say


def read_goals(folder: Path) -> dict[str, GoalFile]:
    """Every goal below `goals/` by id, with its targets spelled out.

    Raises KpiErrors: wrong fields, an id that is not its file's name or stands twice, bad rows.
    """
    found: dict[str, GoalFile] = {}

    def take(path: Path) -> None:
        one = read_goal(path)
        if one.goal.id in found:
            raise one.file.error(f"{one.goal.id} is also defined in {found[one.goal.id].file.path}", ("id",))
        found[one.goal.id] = one

    yaml_file.read_each(sorted((folder / "goals").rglob("*.yml")), take)
    return found


def read_goal(path: Path) -> GoalFile:
    """One goal with its targets spelled out. Raises as read_goals does."""
    goal, file = yaml_file.read_as(path, Goal)
    yaml_file.refuse_other_name(file, goal.id)
    beside = path.parent
    return GoalFile(goal, file, list(spelled.targets(goal, beside)), list(spelled.steps(goal, beside)))


def by_kpi(goals: Mapping[str, GoalFile]) -> dict[str, list[str]]:
    """The ids of the goals of each KPI that has any, in order."""
    found: dict[str, list[str]] = {}
    for goal_id, file in sorted(goals.items()):
        found.setdefault(file.goal.kpi, []).append(goal_id)
    return found

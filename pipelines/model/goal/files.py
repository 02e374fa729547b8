"""All goals of a configuration: reading them.

Belongs here: finding the files and what is wrong with each alone. Does not: rules between goals and KPIs
(check_goal.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors
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
    errors: list[KpiError] = []
    for path in sorted((folder / "goals").rglob("*.yml")):
        try:
            one = read_goal(path)
            goal_id = one.goal.id
            if goal_id in found:
                raise one.file.error(f"{goal_id} is also defined in {found[goal_id].file.path}", ("id",))
            found[goal_id] = one
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
    if errors:
        raise KpiErrors(errors)
    return found


def read_goal(path: Path) -> GoalFile:
    """One goal with its targets spelled out. Raises as read_goals does."""
    goal, file = yaml_file.read_as(path, Goal)
    if goal.id != path.stem:
        raise file.error(f"id {goal.id} must stand in {goal.id}.yml", ("id",))
    beside = path.parent
    return GoalFile(goal, file, list(spelled.targets(goal, beside)), list(spelled.steps(goal, beside)))


def by_kpi(goals: Mapping[str, GoalFile]) -> dict[str, list[str]]:
    """The ids of the goals of each KPI that has any, in order."""
    found: dict[str, list[str]] = {}
    for goal_id, file in sorted(goals.items()):
        found.setdefault(file.goal.kpi, []).append(goal_id)
    return found

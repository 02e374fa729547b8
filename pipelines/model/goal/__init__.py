"""Goals: what a goal file says, and the targets it spells out. How far they are reached is 4_goals' business."""

from pipelines.model.goal.cascade import Step
from pipelines.model.goal.definition import MONTHS, Goal, Period, Scope
from pipelines.model.goal.files import GoalFile, by_kpi, read_goals
from pipelines.model.goal.spelled import StepRow, TargetRow
from pipelines.model.goal.target import Change, Target, Term, parse_change, parse_formula

__all__ = [
    "MONTHS",
    "Change",
    "Goal",
    "GoalFile",
    "Period",
    "Scope",
    "Step",
    "StepRow",
    "Target",
    "TargetRow",
    "Term",
    "by_kpi",
    "parse_change",
    "parse_formula",
    "read_goals",
]

"""What goals say, as tables that dbt can read: those of the schema `definitions` whose names begin with `goal`.

Belongs here: their columns and rows. Does not: writing them (model/tables.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from pipelines.model.check_goal import adds_up, of_formula, splits
from pipelines.model.company import Company
from pipelines.model.compiler.alone import with_what_they_read
from pipelines.model.fiscal import month_start
from pipelines.model.goal.cascade import Step
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.driver import FITTED, with_depth
from pipelines.model.goal.files import GoalFile
from pipelines.model.goal.record import Record
from pipelines.model.goal.spelled import TargetRow
from pipelines.model.goal.target import parse_change, parse_formula
from pipelines.model.kpi import Kpi

NUMBER = "decimal(38,6)"
SHARE = "decimal(18,6)"
A_DAY = timedelta(days=1)
ALWAYS = 10_000  # months: longer than anybody works for a company
BASES = {"same_period_last_year": "year_ago", "previous_period": "previous"}

COLUMNS: dict[str, dict[str, str]] = {
    "goals": {
        "goal_id": "varchar",
        "revision": "integer",
        **dict.fromkeys(["kpi_id", "level", "unit_id", "cut", "cut_value", "grain"], "varchar"),
        "period_start": "date",
        "period_end": "date",
        "named_start": "date",  # the calendar day people call the period by; in a 445 calendar it begins days apart
        "kind": "varchar",  # value, range, change, formula, source or bottom_up
        "value": NUMBER,
        "base": "varchar",  # of a change: year_ago or previous
        "change": SHARE,
        "change_points": SHARE,
        **dict.fromkeys(["range_low", "range_high", "floor", "stretch"], NUMBER),
        **dict.fromkeys(["floor_change", "stretch_change"], SHARE),
        **dict.fromkeys(["phasing", "accumulate", "basis"], "varchar"),
        "green": "decimal(9,4)",
        "amber": "decimal(9,4)",
        **dict.fromkeys(["goal_state", "owner"], "varchar"),
        "recorded_at": "timestamp",
        **dict.fromkeys(["recorded_by", "label_zh", "label_en"], "varchar"),
        "target_source": "varchar",  # the system that holds the values, one a unit; else null
        "is_split": "boolean",  # its target is split among units below: it is rounded to the cent first
        "is_in_force": "boolean",  # approved, and the last revision for the period
    },
    "goal_terms": {"goal_id": "varchar", "revision": "integer", "term_goal_id": "varchar", "factor": "decimal(38,12)"},
    "goal_steps": {
        "goal_id": "varchar",
        "step": "integer",
        **dict.fromkeys(["grain", "from_level", "to_level", "split_by"], "varchar"),
        "scale": "varchar",  # by what units are weighed; null where a file says each part
        "over_assign": SHARE,
        "is_split": "boolean",  # else each unit has the same target
    },
    # What steps have in common is weighed once: fifty goals by headcount need one count of heads.
    "goal_scales": {
        **dict.fromkeys(["scale", "split_by", "grain", "from_level", "to_level"], "varchar"),
        **dict.fromkeys(["kpi_id", "cut", "base"], "varchar"),  # of share_of_base; base: year_ago or previous
        "has_roles": "boolean",
    },
    "goal_roles": {"scale": "varchar", "role": "varchar"},
    "goal_ramps": {"scale": "varchar", **dict.fromkeys(["from_month", "to_month"], "integer"), "share": SHARE},
    "goal_step_figures": {
        "goal_id": "varchar",
        "step": "integer",
        **dict.fromkeys(["unit_id", "cut_value"], "varchar"),
        "period_start": "date",
        **dict.fromkeys(["target", "floor", "stretch"], NUMBER),
    },
    "goal_records": {
        "act_no": "bigint",
        **dict.fromkeys(["goal_id", "state"], "varchar"),
        "known_from": "date",
        "recorded_at": "timestamp",
        **dict.fromkeys(["recorded_by", "reason", "said", "content", "digest"], "varchar"),
    },
    "goal_kpis": {"goal_id": "varchar", "kpi_id": "varchar", "cut": "varchar"},  # its KPI, and those that one stands on
    "goal_months": {"goal_id": "varchar", "fiscal_month": "integer", "share": SHARE},
    "goal_drivers": {
        **dict.fromkeys(["goal_id", "level", "grain", "kpi_id", "parent_kpi_id"], "varchar"),
        "depth": "integer",  # 1 leads to the goal itself
        "ratio": "decimal(38,12)",  # null where it is fitted
    },
}


def rows(
    goals: Mapping[str, GoalFile],
    kpis: Mapping[str, Kpi],
    company: Company,
    now: datetime,
    held: Mapping[str, Record] = MappingProxyType({}),
) -> dict[str, list[Sequence[Any]]]:
    """The rows of each table of COLUMNS but goal_records; what `held` has no record of counts as recorded `now`."""
    files = goals.values()
    scales = {
        (scale := _scale(file.goal, step, above))[0]: (scale, step)
        for file in files
        for above, step in _steps(file.goal)
        if step.file is None and step.by != "bottom_up"
    }
    return {
        "goals": [
            row for file in files for row in _goal_rows(file, kpis[file.goal.kpi], company, now, held.get(file.goal.id))
        ],
        "goal_terms": [row for file in files for row in _term_rows(file.goal, goals)],
        "goal_steps": [row for file in files for row in _step_rows(file.goal, kpis[file.goal.kpi])],
        "goal_scales": [scale for scale, _ in scales.values()],
        "goal_roles": [(name, role) for name, (_, step) in scales.items() for role in step.roles],
        "goal_ramps": [(name, *row) for name, (_, step) in scales.items() for row in _ramp_rows(step)],
        "goal_step_figures": [
            (
                file.goal.id,
                row.step,
                row.unit_id,
                row.cut_value,
                month_start(company, row.period_start),
                row.value,
                row.floor,
                row.stretch,
            )
            for file in files
            for row in file.steps
        ],
        "goal_kpis": [row for file in files for row in _kpi_rows(file.goal, kpis)],
        "goal_months": [
            (file.goal.id, month, share)
            for file in files
            if isinstance(file.goal.phasing, list)
            for month, share in enumerate(file.goal.phasing, 1)
        ],
        "goal_drivers": [
            (file.goal.id, one.level, one.grain, one.kpi, one.per, depth, None if one.ratio == FITTED else one.ratio)
            for file in files
            for one, depth in with_depth(file.goal.drivers)
        ],
    }


def _goal_rows(
    file: GoalFile, kpi: Kpi, company: Company, now: datetime, held: Record | None
) -> Iterator[Sequence[Any]]:
    goal = file.goal
    accumulate = adds_up(goal, kpi)
    is_split = bool(goal.cascade) and splits(goal, kpi)
    for row in file.rows:
        yield (
            goal.id, row.revision, goal.kpi, goal.scope.level, row.unit_id, goal.scope.cut_name, row.cut_value,
            goal.period.grain,
            month_start(company, row.period_start), month_start(company, row.period_end + A_DAY) - A_DAY,
            row.period_start, *_target(row),
            "months" if isinstance(goal.phasing, list) else goal.phasing, accumulate,
            goal.thresholds.basis, goal.thresholds.green, goal.thresholds.amber, goal.state, goal.owner,
            held.recorded_at if held else now, (held and held.recorded_by) or _recorded_by(goal, row.revision),
            goal.label.zh, goal.label.en,
            row.target.source if row.target else None,
            is_split, goal.state in ("approved", "closed") and row.revision == _in_force(goal, row.period_start),
        )  # fmt: skip


def _target(row: TargetRow) -> Sequence[Any]:
    """kind, value, base, change, change_points, range_low, range_high, floor, stretch, floor_change, stretch_change"""
    target = row.target
    if target is None:
        return ("bottom_up", *(None,) * 10)
    change = parse_change(target.change) if target.change else None
    kind = "value" if target.kind == "file" else target.kind
    # Relative or in points as the change itself is: target_of reads which from change_points.
    floor, stretch = (
        parse_change(one).size if change and one is not None else None for one in (target.floor, target.stretch)
    )
    return (
        kind, row.value, BASES.get(target.base or ""),
        change.relative if change else None, change.points if change else None,
        *(target.range or (None, None)), row.floor, row.stretch, floor, stretch,
    )  # fmt: skip


def _recorded_by(goal: Goal, revision: int) -> str:
    """Who answers for it by the file's own word, where nobody recorded it apart."""
    return goal.owner if revision == 1 else goal.revisions[revision - 2].approved_by


def _in_force(goal: Goal, start: date) -> int:
    """The number of the last revision for the period that begins on `start`."""
    return max(number for number, first, _ in goal.revised if first <= start)


def _term_rows(goal: Goal, goals: Mapping[str, GoalFile]) -> Iterator[Sequence[Any]]:
    for number, _, target in goal.revised:
        for term in parse_formula(target.formula) if target and target.formula else ():
            of = of_formula(goal, term.kpi, goals)[0].id if term.kpi else None
            yield goal.id, number, of, term.factor


def _kpi_rows(goal: Goal, kpis: Mapping[str, Kpi]) -> Iterator[Sequence[Any]]:
    """With the figure that is not cut, which a part may stand on beside each value of the cut."""
    for kpi_id in with_what_they_read([goal.kpi], kpis):
        for cut in sorted({goal.scope.cut_name, "none"}):
            yield goal.id, kpi_id, cut


def _steps(goal: Goal) -> Iterator[tuple[str, Step]]:
    """Each step with the level above it."""
    above: str = goal.scope.level
    for step in goal.cascade:
        yield above, step
        above = step.to


def _step_rows(goal: Goal, kpi: Kpi) -> Iterator[Sequence[Any]]:
    for number, (above, step) in enumerate(_steps(goal), 1):
        scale = None if step.by in ("file", "bottom_up") else _scale(goal, step, above)[0]
        yield (
            goal.id, number, goal.period.grain, above, step.to, step.by, scale, f"{step.over_assign:.6f}",
            splits(goal, kpi),
        )  # fmt: skip


def _scale(goal: Goal, step: Step, above: str) -> tuple[Any, ...]:
    """The row of goal_scales; its name says all that the weights depend on."""
    base = BASES.get((goal.target and goal.target.base) or "", "year_ago")
    of = (goal.kpi, goal.scope.cut_name, base) if step.by == "share_of_base" else (None, None, None)
    ramp = {str(month): str(share) for month, share in sorted(step.ramp.items())}
    said = [step.by, goal.period.grain, above, step.to, *of, sorted(step.roles), ramp]
    return json.dumps(said, ensure_ascii=False), *said[:4], *of, bool(step.roles)


def _ramp_rows(step: Step) -> Iterator[Sequence[Any]]:
    """What each month since hiring carries: before the first one named as that, after the last as that."""
    months = sorted(step.ramp) or [0]
    for i, month in enumerate(months):
        first = 0 if i == 0 else month
        last = months[i + 1] - 1 if i + 1 < len(months) else ALWAYS
        yield first, last, step.ramp.get(month, 1)

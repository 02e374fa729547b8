"""What a goal file (`kpi_definitions/goals/<year>/<id>.yml`) may say, and the targets it spells out.

Belongs here: the shape of a goal and its expansion to one row per unit and period.
Does not: the arithmetic that needs actual figures (dbt_project/models/4_goals).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors
from pipelines.model.kpi import KpiId, Level, Thresholds
from pipelines.shape import Label, Strict
from pipelines.yaml_file import YamlFile

GoalGrain = Literal["month", "quarter", "year"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
NOT_BUILT = ("cascade", "drivers", "revisions", "serves", "editors", "viewers", "agreed_by", "review", "alerts")


class Change(NamedTuple):
    """`3%` is relative, `2pp` is in points; one of the two is set."""

    relative: Decimal | None
    points: Decimal | None


def parse_change(text: Any) -> Change:
    """`3%` → 0.03 relative; `2pp` → 0.02 in points. Raises ValueError for anything else."""
    match = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*(%|pp)\s*", str(text))
    if not match:
        raise ValueError(f"{text!r} is not a change such as 3% (relative) or 2pp (points)")
    share = Decimal(match.group(1)) / 100
    return Change(share, None) if match.group(2) == "%" else Change(None, share)


class Scope(Strict):
    level: Level
    unit: str | None = Field(None, description="one unit; without it, every unit of the level")


class Period(Strict):
    grain: GoalGrain
    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.to < self.from_:
            raise ValueError(f"to {self.to} lies before from {self.from_}")
        if self.from_.day != 1:
            raise ValueError(f"from {self.from_} is not the first day of a {self.grain}")
        return self

    def periods(self) -> Iterator[tuple[date, date]]:
        """First and last day of each period, in order."""
        start = self.from_
        while start <= self.to:
            following = _add_months(start, MONTHS[self.grain])
            yield start, following - timedelta(days=1)
            start = following


class Target(Strict):
    """An amount, a change against last year, a range, a CSV or a source system with one target per unit and period."""

    value: Decimal | None = None
    range: tuple[Decimal, Decimal] | None = None
    base: Literal["same_period_last_year"] | None = None
    change: str | None = None
    file: str | None = None
    source: str | None = Field(None, description="system whose monthly targets are taken, see entity goal_figures")
    floor: str | Decimal | None = None
    stretch: str | Decimal | None = None

    @field_validator("value", "range", mode="after")
    @classmethod
    def _finite(cls, value: Any) -> Any:
        numbers = value if isinstance(value, tuple) else (value,)
        if any(n is not None and (not n.is_finite() or abs(n) >= Decimal(10) ** 18) for n in numbers):
            raise ValueError("must be a number below 10^18")
        return value

    @field_validator("file")
    @classmethod
    def _beside(cls, value: str | None) -> str | None:
        if value is not None and Path(value).name != value:
            raise ValueError(f"{value} must lie beside the goal: give its name alone")
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Target:
        kinds = [k for k in ("value", "range", "change", "file", "source") if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise ValueError("give exactly one of value, range, change (with base), file or source")
        if self.source is not None and (self.floor is not None or self.stretch is not None):
            raise ValueError("a source holds no floor and no stretch; leave them out")
        if (self.change is None) != (self.base is None):
            raise ValueError("base and change go together")
        if self.change is not None:
            parse_change(self.change)
        if self.range and self.range[0] > self.range[1]:
            raise ValueError("the range runs from the lower to the upper bound")
        for said in (self.floor, self.stretch):
            if said is None:
                continue
            if self.change is None:
                _number(str(said))
            elif (parse_change(said).points is None) != (parse_change(self.change).points is None):
                raise ValueError(f"floor and stretch are said as the change is, in % or in pp: {said}, {self.change}")
        return self


class Goal(Strict):
    """One target for one KPI: for whom, for when, how much."""

    id: KpiId
    label: Label
    kpi: str
    horizon: Literal["long", "short"] = "short"
    scope: Scope
    period: Period
    target: Target
    phasing: Literal["even", "working_days"] = "working_days"
    accumulate: Literal["sum", "average", "last"] | None = Field(None, description="default: as the KPI adds up")
    thresholds: Thresholds = Thresholds()
    owner: str
    state: Literal["draft", "proposed", "approved", "closed"] = "approved"

    @model_validator(mode="before")
    @classmethod
    def _built(cls, said: Any) -> Any:
        if isinstance(said, dict) and (later := [name for name in NOT_BUILT if name in said]):
            raise ValueError(f"{later[0]} is not built yet; leave it out")
        return said

    @model_validator(mode="after")
    def _source_holds_months(self) -> Goal:
        if self.target.source and self.period.grain != "month":
            raise ValueError(f"targets of a source are monthly; period.grain is {self.period.grain}")
        return self


class TargetRow(NamedTuple):
    """One row of definitions.goals (see tables.py for the columns)."""

    goal: Goal
    unit_id: str | None
    period_start: date
    period_end: date
    value: Decimal | None
    floor: Decimal | None
    stretch: Decimal | None


class GoalFile(NamedTuple):
    goal: Goal
    file: YamlFile
    rows: list[TargetRow]


def read_goals(folder: Path) -> dict[str, GoalFile]:
    """Every goal below `goals/` by id, with its targets spelled out.

    Raises KpiErrors: wrong fields, an id that is not its file's name or stands twice, a CSV row that is no target.
    """
    found: dict[str, GoalFile] = {}
    errors: list[KpiError] = []
    for path in sorted((folder / "goals").rglob("*.yml")):
        try:
            goal, file = yaml_file.read_as(path, Goal)
            if goal.id != path.stem:
                raise file.error(f"id {goal.id} must stand in {goal.id}.yml", ("id",))
            if goal.id in found:
                raise file.error(f"{goal.id} is also defined in {found[goal.id].file.path}", ("id",))
            found[goal.id] = GoalFile(goal, file, list(_spell_out(goal, path)))
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
    if errors:
        raise KpiErrors(errors)
    return found


def by_kpi(goals: Mapping[str, GoalFile]) -> dict[str, list[str]]:
    """The ids of the goals of each KPI that has any, in order."""
    found: dict[str, list[str]] = {}
    for goal_id, file in sorted(goals.items()):
        found.setdefault(file.goal.kpi, []).append(goal_id)
    return found


def _spell_out(goal: Goal, path: Path) -> Iterator[TargetRow]:
    target = goal.target
    if target.file:
        yield from _read_targets(goal, path.parent / target.file)
        return
    plain = target.change is None
    for start, end in goal.period.periods():
        floor = Decimal(target.floor) if plain and target.floor is not None else None
        stretch = Decimal(target.stretch) if plain and target.stretch is not None else None
        yield TargetRow(goal, goal.scope.unit, start, end, target.value, floor, stretch)


def _read_targets(goal: Goal, path: Path) -> Iterator[TargetRow]:
    """The CSV beside a goal: unit_id, period_start, target, and floor and stretch where wanted."""
    if not path.is_file():
        raise KpiError("no such file", file=path, next_step=f"create it, or correct target.file of {goal.id}")
    ends = dict(goal.period.periods())
    errors: list[KpiError] = []
    seen: set[tuple[str, date]] = set()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if missing := {"unit_id", "period_start", "target"} - set(reader.fieldnames or []):
            raise KpiError(f"column {sorted(missing)[0]} is missing", file=path, line=1)
        for row in reader:
            line = reader.line_num
            try:
                start = date.fromisoformat((row["period_start"] or "").strip())
                value, floor, stretch = (_number(row.get(name)) for name in ("target", "floor", "stretch"))
            except ValueError as error:
                errors.append(KpiError(str(error), file=path, line=line))
                continue
            key = (row["unit_id"].strip(), start)
            if value is None or not key[0]:
                errors.append(KpiError("unit_id and target must be filled", file=path, line=line))
            elif start not in ends:
                errors.append(KpiError(f"{start} starts no {goal.period.grain} of {goal.id}", file=path, line=line))
            elif key in seen:
                errors.append(KpiError(f"{key[0]} has two targets for {start}", file=path, line=line))
            else:
                seen.add(key)
                yield TargetRow(goal, key[0], start, ends[start], value, floor, stretch)
    if errors:
        raise KpiErrors(errors)


def _number(text: str | None) -> Decimal | None:
    if text is None or not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a number") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 18:
        raise ValueError(f"{text!r} is not a number below 10^18")
    return number


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, day.day)

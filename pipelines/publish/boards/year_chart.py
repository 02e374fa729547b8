"""The chart of a KPI over the running year: cumulated against its target where months add up, else month by month.

Belongs here: cumulating, and which kind is true of a KPI. Does not: geometry (publish/charts/).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.publish import format as fmt
from pipelines.publish.boards.figures import drawn
from pipelines.publish.boards.periods import tick_name, titled
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Goal, Key, Value
from pipelines.publish.boards.words import BOARD_WORDS
from pipelines.publish.charts import Column, Label, Line, Mark, columns, lines
from pipelines.publish.words import Words

if TYPE_CHECKING:
    pass

ROUNDED = 0.0001  # twelve months, each rounded half up at the sixth decimal, lie at most so far from their year
Points = list[tuple[float, float]]


def year_chart(
    file: Published, kpi: str, values: dict[str, dict[Key, Value]], goals: dict[str, dict[Key, Goal]]
) -> dict[str, Any]:
    """The picture and the classes of its lines, for the legend.

    Customers signed are counted once a year, however many months they sign in: such months do not add up to their
    year, and a line of their sums would end at a number that nobody publishes.
    """
    year = values["year"].get(Key(kpi, file.root.id, file.newest("year") or file.as_of))
    if year and (known := _months(file, kpi, values["month"], year.start)) and _adds_up(year, known):
        return _cumulated(file, year, known, values, goals)
    return _by_month(file, kpi, values["month"], goals["month"])


def _months(file: Published, kpi: str, rows: dict[Key, Value], since: date) -> list[Value]:
    """The months of the root from a day on, oldest first, those with a number."""
    found = [rows.get(Key(kpi, file.root.id, start)) for start in file.starts["month"] if start >= since]
    return [row for row in found if row is not None and drawn(row) is not None]


def _adds_up(year: Value, months: list[Value]) -> bool:
    total = drawn(year)
    return total is not None and abs(sum(drawn(row) or 0.0 for row in months) - total) <= ROUNDED


def _cumulated(
    file: Published,
    year: Value,
    months: list[Value],
    values: dict[str, dict[Key, Value]],
    goals: dict[str, dict[Key, Goal]],
) -> dict[str, Any]:
    kpi = file.kpis[year.kpi]
    length = (year.end - year.start).days + 1

    def at(day: date) -> float:
        """The share of the year gone by the end of a day."""
        return min(max(((day - year.start).days + 1) / length, 0.0), 1.0)

    actual, titles, total = [(0.0, 0.0)], [Words("0", "0")], 0.0
    for row in months:
        total += drawn(row) or 0.0
        actual.append((at(min(row.end, file.as_of)), total))
        titles.append(titled(fmt.period("month", row.start), fmt.number(total, kpi.unit)))
    target, band = _target(file, year, goals, at, actual)
    before = _year_before(file, year, values["month"], at)
    said = Words(*(f"{label} · {word}" for label, word in zip(kpi.label, BOARD_WORDS["cumulative"], strict=True)))
    drawn_lines = [Line("b-before", before), Line("b-goal", target), Line("b-line", actual, titles)]
    labels = [Label("b-at", actual[-1], fmt.number(year.value, kpi.unit))]
    if target:
        labels.append(Label("b-at-goal", target[-1], fmt.number(target[-1][1], kpi.unit)))
    picture = lines(drawn_lines, kpi.unit, said, _ticks(file, year, at), labels, band)
    kinds = [("b-line", "actual"), ("b-goal", "target"), ("b-before", "year_before"), ("b-band", "landing")]
    is_there = {"b-line": bool(actual), "b-goal": len(target) > 1, "b-before": bool(before), "b-band": bool(band)}
    return {"picture": picture, "title": "cumulative", "legend": [one for one in kinds if is_there[one[0]]]}


def _target(
    file: Published, year: Value, goals: dict[str, dict[Key, Goal]], at: Any, actual: Points
) -> tuple[Points, list[tuple[float, float, float]]]:
    """The targets of the year one on another, by the shortest grain that has them, and the band of the running one."""
    for grain in ("month", "quarter", "year"):
        found = [
            goal
            for key, goal in goals[grain].items()
            if (key.kpi, key.unit) == (year.kpi, file.root.id) and year.start <= goal.start <= year.end and goal.target
        ]
        if found:
            break
    else:
        return [], []
    points, band, total = [(0.0, 0.0)], [], 0.0
    for goal in sorted(found, key=lambda goal: goal.start):
        if at(goal.start - timedelta(days=1)) > points[-1][0] + 0.001:  # no target for what lies before
            return [], []
        if goal.start <= file.as_of < goal.end:
            points.append((at(file.as_of), total + float(goal.target_to_date or 0)))
            if goal.landing_low is not None and goal.landing_high is not None:
                before = max(
                    (value for share, value in actual if share <= at(goal.start - timedelta(days=1))), default=0.0
                )
                low, high = before + float(goal.landing_low), before + float(goal.landing_high)
                band = [(*actual[-1], actual[-1][1]), (at(goal.end), low, high)]
        total += float(goal.target or 0)
        points.append((at(goal.end), total))
    return points, band


def _year_before(file: Published, year: Value, rows: dict[Key, Value], at: Any) -> Points:
    """Last year's line, by the same days of its own year; none where a month of it is not known."""
    starts = [start for start in file.starts["month"] if start < year.start][-12:]
    found = [rows.get(Key(year.kpi, file.root.id, start)) for start in starts]
    if len(found) < 12 or any(drawn(row) is None for row in found):
        return []
    points, total = [(0.0, 0.0)], 0.0
    shift = year.start - starts[0]
    for row in found:
        total += drawn(row) or 0.0
        points.append((at(row.end + shift) if row else 1.0, total))
    return points


def _ticks(file: Published, year: Value, at: Any) -> list[tuple[float, Words]]:
    """The months of the year, each beneath its middle."""
    starts = [year.start]
    while len(starts) < 12:
        starts.append((starts[-1] + timedelta(days=33)).replace(day=year.start.day))
    return [(at(start + timedelta(days=14)), tick_name(start)) for start in starts]


def _by_month(file: Published, kpi: str, rows: dict[Key, Value], goals: dict[Key, Goal]) -> dict[str, Any]:
    """The last 13 months as columns, with a mark at the target of each that has one."""
    about, found = file.kpis[kpi], []
    for start in file.last("month", 13):
        row, goal = rows.get(Key(kpi, file.root.id, start)), goals.get(Key(kpi, file.root.id, start))
        number = fmt.number(row.value if row else None, about.unit)
        mark = Mark("b-bar", drawn(row), titled(fmt.period("month", start), number))
        due = float(goal.target) if goal and goal.target is not None else None
        found.append(Column(tick_name(start), [mark], bool(row and row.is_partial), None, due))
    said = Words(*(f"{label} · {word}" for label, word in zip(about.label, BOARD_WORDS["months_13"], strict=True)))
    legend = [("b-bar", "actual"), *([("b-due", "target")] if any(one.due is not None for one in found) else [])]
    return {"picture": columns(found, about.unit, said), "title": "months_13", "legend": legend}

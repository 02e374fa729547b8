"""The goals in force and their drivers, of every unit of a serving file, for the goal pages.

Belongs here: which rows go along, as columns for the payload. Does not: how they look (templates/page_goals.js).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.publish import format as fmt
from pipelines.publish.page.data import PageData, Row, rows
from pipelines.publish.words import plain

if TYPE_CHECKING:
    import duckdb

GRAINS = ("month", "quarter", "year")
# What a goal page reads of a row of goal_attainment, and of goal_drivers; an older file may lack some.
FIGURES = (
    "target", "target_to_date", "actual", "attainment", "pace", "gap", "needed_per_day", "landing", "landing_low",
    "landing_high", "hit_probability",
)  # fmt: skip
DRIVEN = ("ratio", "fit", "required", "required_to_date", "actual")


def read(con: duckdb.DuckDBPyConnection, data: PageData) -> dict[str, Any]:
    """`goals` and `drivers` by column, of the running period of each grain; `names` of goals and of their KPIs."""
    places = {unit: at for at, unit in enumerate(data.units)}
    running = rows(con, _RUNNING, {"as_of": data.publication["as_of_date"], "grains": list(GRAINS)})
    running = [row for row in running if row["unit_id"] in places]
    periods = _periods(running)
    known = {(row["goal_id"], row["grain"], row["unit_id"]): at for at, row in enumerate(running)}
    drivers = [
        row | {"of": known[key]}
        for row in rows(con, "select * from goal_drivers order by goal_id, unit_id, kpi_id")
        if (key := (row["goal_id"], row["grain"], row["unit_id"])) in known
        and row["period_start"] == running[known[key]]["period_start"]
    ]
    goals = sorted({row["goal_id"] for row in running})
    return {
        "names": _names(running),
        "of_kpis": _kpis(con, {row["kpi_id"] for row in [*running, *drivers]}),
        "spans": [_span(row) for row in periods.values()],
        "goals": _columns(running, FIGURES) | {
            "goal": [goals.index(row["goal_id"]) for row in running],
            "kpi": [row["kpi_id"] for row in running],
            "unit": [places[row["unit_id"]] for row in running],
            "span": [list(periods).index((row["grain"], row["period_start"])) for row in running],
            "status": [row["status"] for row in running],
            "method": [row.get("landing_method") for row in running],
            "guardrail": [_guard(data, row) for row in running],
            "quality": [row["quality"] for row in running],
        },
        "drivers": _columns(drivers, DRIVEN) | {
            "of": [row["of"] for row in drivers],
            "kpi": [row["kpi_id"] for row in drivers],
            "parent": [row["parent_kpi_id"] for row in drivers],
            "broken": [row["broken_by"] if row["is_link_broken"] else None for row in drivers],
        },
    }  # fmt: skip


_RUNNING = """
with running as (
    select grain, max(period_start) as period_start from goal_attainment
    where period_start <= $as_of and list_contains($grains, grain) group by grain
)

select goals.* from goal_attainment as goals
inner join running on goals.grain = running.grain and goals.period_start = running.period_start
where goals.cut = 'none'
order by goals.grain, goals.kpi_id, goals.goal_id, goals.unit_id
"""


def _columns(found: list[Row], names: tuple[str, ...]) -> dict[str, list[float | None]]:
    return {name: [None if row.get(name) is None else float(row[name]) for row in found] for name in names}


def _periods(running: list[Row]) -> dict[tuple[str, date], Row]:
    """The running period of each grain, the shortest first."""
    found = {(row["grain"], row["period_start"]): row for row in running}
    return dict(sorted(found.items(), key=lambda item: GRAINS.index(item[0][0])))


def _span(row: Row) -> dict[str, str]:
    return {"grain": row["grain"], **fmt.period(row["grain"], row["period_start"])._asdict()}


def _names(running: list[Row]) -> list[dict[str, str]]:
    labels = {row["goal_id"]: row for row in running}
    return [
        {"id": goal, "zh": row["label_zh"], "en": row["label_en"]}
        if row.get("label_en")
        else {"id": goal, **plain(goal)._asdict()}
        for goal, row in sorted(labels.items())
    ]


def _guard(data: PageData, row: Row) -> dict[str, str] | None:
    """The KPI beside a green goal that falls."""
    guard = row.get("guardrail")
    return data.labels.get(guard, plain(guard))._asdict() if guard else None


def _kpis(con: duckdb.DuckDBPyConnection, ids: set[str]) -> dict[str, dict[str, Any]]:
    """Label, unit and direction of the KPIs that goals and drivers are about, also of those nobody watches."""
    found = rows(con, "select * from kpi_catalog order by definition_version")
    return {
        row["kpi_id"]: {"zh": row["label_zh"], "en": row["label_en"], "unit": row["unit"], "way": row["direction"]}
        for row in found
        if row["kpi_id"] in ids
    }

"""`kpi goals review`: which goals are due for their review, and what was decided on one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipelines.cli.console import console
from pipelines.cli.served import open_served
from pipelines.errors import KpiError, did_you_mean
from pipelines.keep import goal_reviews
from pipelines.model import check
from pipelines.model.goal import Goal, record
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


def decide(settings: Settings, goal: str, decision: str, text: str) -> None:
    """Writes down what was decided on a goal and why, with the business date of what is published.

    Raises KpiError: no such goal or decision, no reason, nothing published.
    """
    goals = check.read_definitions(settings).goals
    if goal not in goals:
        raise KpiError(f"there is no goal {goal}{did_you_mean(goal, list(goals))}", next_step="kpi goals review --due")
    if decision not in goal_reviews.DECISIONS:
        raise KpiError(
            f"{decision or 'nothing'} is no decision", next_step=f"--decision {' | '.join(goal_reviews.DECISIONS)}"
        )
    if not text.strip():
        raise KpiError("--text is missing: the reason is kept with your name", next_step='add --text "…"')
    with open_served(settings) as con:
        as_of, _ = _dates(con)
    goal_reviews.decide(settings, goal, decision, text.strip(), as_of, datetime.now(UTC))
    done = {
        "keep": "it stays as it is",
        "change": f"now change its file, then kpi goals approve {goal}",
        "retire": f"now kpi goals withdraw {goal}",
    }
    console().print(f"{goal}: {decision}, as of {as_of}; {done[decision]}", markup=False)


def due(settings: Settings) -> None:
    """Prints the goals whose review is due on the business date, each with what its numbers propose."""
    from rich import box
    from rich.table import Table

    with open_served(settings) as con:
        as_of, quarter_start = _dates(con)
        proposed = {
            row[0]: row[1:]
            for row in con.execute(
                "select goal_id, kpi_id, proposal, reason_en from published.kpi_reviews where goal_id <> 'all'"
            ).fetchall()
        }
    records = record.read(settings)
    asked = {
        goal_id: file.goal.period.from_
        for goal_id, file in check.read_definitions(settings).goals.items()
        if file.goal.review and _state(file.goal, records.get(goal_id, ()), as_of) == "approved"
    }
    found = goal_reviews.due(asked, goal_reviews.last(settings, as_of), quarter_start)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("goal", "KPI", "last review", "proposal", "because"):
        table.add_column(heading, overflow="fold")
    for goal_id, day in found.items():
        table.add_row(goal_id, *_shown(day, proposed.get(goal_id)))
    if found:
        console().print(table)
    console().print(f"{len(found)} of {len(asked)} goals with a review are due on {as_of}", markup=False)


def _state(goal: Goal, records: Sequence[record.Record], as_of: date) -> str:
    """The state that is recorded; before the first run that of the file."""
    held = record.holds(records, as_of)
    return held.state if held else goal.state


def _shown(day: date | None, proposed: tuple[str, str, str] | None) -> tuple[str, ...]:
    kpi_id, proposal, reason = proposed or ("–", "–", "not computed yet")
    return kpi_id, str(day or "never"), proposal, reason


def _dates(con: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """The business date, and the first day of the company's quarter in which it lies."""
    as_of, quarter_start = con.execute(
        """
        select any_value(publication.as_of_date), max(kpi_values.period_start)
        from published.publication as publication cross join published.kpi_values as kpi_values
        where kpi_values.grain = 'quarter'
        """
    ).fetchall()[0]
    if as_of is None or quarter_start is None:
        raise KpiError("no quarter is published", next_step="kpi run")
    return as_of, quarter_start

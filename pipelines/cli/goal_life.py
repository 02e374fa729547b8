"""`kpi goals list, history, propose, agree, approve, close, withdraw`: what becomes of a goal, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from pipelines.cli.console import console
from pipelines.errors import KpiError, did_you_mean
from pipelines.keep import acts
from pipelines.model import check
from pipelines.model.company import said_date, today
from pipelines.model.goal import life, record
from pipelines.model.goal.rights import approvers
from pipelines.model.goal.take_up import unagreed
from pipelines.settings import Settings

STEPS: dict[str, tuple[Callable[[Settings, str, str, datetime], None], str]] = {
    "propose": (life.propose, "is proposed"),
    "agree": (life.agree, "is agreed to"),
    "approve": (life.approve, "is approved; the next `kpi run` computes it"),
    "close": (life.close, "is closed: it stays in force and no longer changes"),
    "withdraw": (life.withdraw, "is a draft again; the next `kpi run` leaves it out"),
}


def step(settings: Settings, name: str, goal_id: str, reason: str) -> None:
    """Takes one step of a goal's life as KPI_USER. Raises KpiError as life.py says."""
    take, done = STEPS[name]
    take(settings, goal_id, reason, datetime.now(UTC))
    console().print(f"{goal_id} {done}; recorded for {acts.who(settings)}", markup=False)


def list_goals(settings: Settings) -> None:
    """Prints every goal: its state, since when and by whom, whether its file says more, and who may approve that."""
    from rich import box
    from rich.table import Table

    definitions, records = check.read_definitions(settings), record.read(settings)
    agreed = record.agreed(settings)
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("goal", no_wrap=True)
    for heading in ("for", "until", "state", "since", "recorded by", "its file"):
        table.add_column(heading, overflow="fold")
    for goal_id in sorted({*definitions.goals, *records}):
        last = records[goal_id][-1] if goal_id in records else None
        file = definitions.goals.get(goal_id)
        if file is None and (last is None or not last.is_in_force):
            continue
        goal = (file or record.file_of(settings, records[goal_id][-1])).goal
        if file is None:
            says = "is gone: kpi goals withdraw, or put it back"
        elif last is None:
            says = "nothing is recorded yet"
        elif last.content == record.content(file) and last.state == goal.state:
            says = "says the same"
        elif goal.state in record.IN_FORCE:
            owned = record.file_of(settings, last).goal if last.is_in_force else goal
            waits = unagreed(file, agreed) or approvers(owned, definitions.people)
            says = f"says otherwise: waits for {', '.join(waits)}"
        else:
            says = f"says {goal.state}"
        table.add_row(
            goal_id, goal.scope.unit or goal.scope.level, str(goal.period.to),
            last.state if last else goal.state, str(last.known_from) if last else "",
            (last.recorded_by or "the first run") if last else "", says,
        )  # fmt: skip
    console().print(table)


def history(settings: Settings, goal_id: str, as_of: str = "") -> None:
    """Prints the records of a goal, oldest first; with `as_of` the one that held on that business date.

    Raises KpiError: nothing recorded of it, no such date, a record that was changed from outside.
    """
    from rich import box
    from rich.table import Table

    records = record.read(settings)
    if goal_id not in records:
        raise KpiError(
            f"nothing is recorded of {goal_id}{did_you_mean(goal_id, list(records))}", next_step="kpi goals list"
        )
    company = check.read_definitions(settings).company
    day: date = said_date(as_of, company.calendar_from) if as_of else today(company, datetime.now(UTC))
    held = record.holds(records[goal_id], day)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("", "known from", "recorded (UTC)", "by", "state", "says", "reason"):
        table.add_column(heading, overflow="fold")
    for one in records[goal_id]:
        if as_of and one != held:
            continue
        table.add_row(
            "→" if one == held else "", str(one.known_from), f"{one.recorded_at:%Y-%m-%d %H:%M}",
            one.recorded_by or "the first run", one.state, one.said, one.reason,
        )  # fmt: skip
    console().print(table)
    console().print(f"→ holds as of {day}", markup=False)

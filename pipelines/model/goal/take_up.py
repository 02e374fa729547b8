"""What a run, an approval or an import takes up of the goal files: new records, and which goals hold as of a day.

Belongs here: comparing files with the records of their goals. Does not: who may (rights.py), what a record is
(record.py).

The first run takes what the files say. From then on a goal that is in force changes only by a record: of somebody who
may approve it, with the agreement of those in `agreed_by`, and never in a closed period. What a file says beyond that
is told and not in force; drafts and proposals are in force for nobody and need no record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple

from pipelines.errors import KpiError, KpiErrors
from pipelines.keep import acts, closes
from pipelines.model import check_goal
from pipelines.model.check import Definitions
from pipelines.model.company import Company
from pipelines.model.fiscal import month_start
from pipelines.model.goal import record
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.files import GoalFile
from pipelines.model.goal.record import Record
from pipelines.model.goal.rights import approvers
from pipelines.settings import Settings

STATES = ("draft", "proposed", "approved", "closed")  # in the order of a goal's life
Closed = Collection[tuple[str, str, date]]  # KPI, grain and first day, as closes.periods has them


class Taken(NamedTuple):
    """The goals that hold as of a day; all records, oldest first; and what is not taken up, with the reason."""

    goals: dict[str, GoalFile]
    records: dict[str, list[Record]]
    refused: list[KpiError]


class Known(NamedTuple):
    """What a change is held against."""

    who: str
    definitions: Definitions
    agreed: set[tuple[str, str, str]]
    closed: Closed


def take_up(
    settings: Settings,
    definitions: Definitions,
    as_of: date,
    now: datetime,
    reason: str = "",
    only: Collection[str] = (),
) -> Taken:
    """Records what files say anew, of all goals or of `only` some, and tells which hold as of a day; `now` is UTC.

    Raises KpiError where the record of acts cannot be used.
    """
    records = record.read(settings)
    known = known_now(settings, definitions)
    done: list[acts.Done] = []
    attachments: dict[str, bytes] = {}
    refused: list[KpiError] = []
    for goal_id, file in definitions.goals.items():
        if only and goal_id not in only:
            continue
        last = records[goal_id][-1] if goal_id in records else None
        if records and (_is_as_recorded(file, last) or (last and as_of < last.known_from)):
            continue
        if records and (problem := _problem(settings, file, last, known)):
            refused.append(problem)
            continue
        act, bodies = record.act_of(file, file.goal.state, as_of, reason, is_first=not records)
        done.append(act)
        attachments |= bodies
    if done:
        acts.record_all(settings, done, now, attachments)
        records = record.read(settings)
    goals, gone = _holding(settings, definitions.goals, records, as_of)
    goals, wrong = _without_mistakes(goals, definitions)
    return Taken(goals, records, [*refused, *gone, *wrong])


def known_now(settings: Settings, definitions: Definitions) -> Known:
    return Known(acts.who(settings), definitions, record.agreed(settings), closes.periods(settings))


def _is_as_recorded(file: GoalFile, last: Record | None) -> bool:
    if file.goal.state not in record.IN_FORCE and (last is None or not last.is_in_force):
        return True  # in force for nobody, before and now
    return last is not None and last.state == file.goal.state and last.content == record.content(file)


def _problem(settings: Settings, file: GoalFile, last: Record | None, known: Known) -> KpiError | None:
    """Why a change of a goal is not taken up; None where it is."""
    goal = file.goal
    before = record.file_of(settings, last) if last else None
    is_changed = last is None or last.content != record.content(file)
    if last and STATES.index(goal.state) < STATES.index(last.state):
        return file.file.error(
            f"the file of {goal.id} says {goal.state}, but it was {last.state} on {last.known_from}, and that holds",
            ("state",),
            next_step=f"say {last.state} again, or `kpi goals withdraw {goal.id}`",
        )
    if last and is_changed and last.state == "closed":
        return file.file.error(f"{goal.id} was closed on {last.known_from} and no longer changes", ())
    if touched := _closed_and_changed(before, file, known.closed, known.definitions.company):
        days = ", ".join(str(day) for day in touched[:3])
        return file.file.error(
            f"{goal.id} changes its targets for {goal.period.grain} {days}, which "
            f"{'has' if len(touched) == 1 else 'have'} closed; what was in force stays so",
            ("target",),
            next_step="write the change as a revision from a later day, a new goal with a later first period",
        )
    owned = before.goal if before and last and last.is_in_force else goal
    if problem := not_theirs(file, owned, known):
        return problem
    return None if last and last.is_in_force and not is_changed else _not_agreed(file, known)


def not_theirs(file: GoalFile, owned: Goal, known: Known, step: str = "approve") -> KpiError | None:
    """Why a goal is not somebody's to approve, or to withdraw; None where it is.

    `owned` is the goal as it was in force: who makes themselves its owner does not come to approve it by that.
    """
    goal, people = file.goal, known.definitions.people
    may = approvers(owned, people)
    if known.who in may:
        return None
    who = f"{known.who} may not {step} it" if known.who in people else "nobody has approved that"
    told = f"{goal.id} as its file says it is not in force" if step == "approve" else f"{goal.id} stays in force"
    return file.file.error(
        f"{told}: {who}", ("owner",), next_step=f"KPI_USER={may[0]} kpi goals {step} {goal.id} --reason …"
    )


def unagreed(file: GoalFile, agreed: Collection[tuple[str, str, str]]) -> list[str]:
    """Those of `agreed_by` who have not agreed to the goal as its file says it now; `agreed` as in record.agreed."""
    digest = record.content(file)
    return [one for one in file.goal.agreed_by if (file.goal.id, digest, one) not in agreed]


def _not_agreed(file: GoalFile, known: Known) -> KpiError | None:
    goal = file.goal
    missing = [one for one in unagreed(file, known.agreed) if one != known.who]
    if not missing:
        return None
    has = "has" if len(missing) == 1 else "have"
    return file.file.error(
        f"{goal.id} is not in force: {', '.join(missing)} {has} not agreed to it",
        ("agreed_by",),
        next_step=f"KPI_USER={missing[0]} kpi goals agree {goal.id}",
    )


def _closed_and_changed(before: GoalFile | None, after: GoalFile, closed: Closed, company: Company) -> list[date]:
    """The first days of closed periods for which a goal says something else than before."""
    days = [start for file in (before, after) if file for start, _ in file.goal.period.periods()]
    return [
        day
        for day in sorted(set(days))
        if any(
            (file.goal.kpi, file.goal.period.grain, month_start(company, day)) in closed
            for file in (before, after)
            if file
        )
        and _of_period(before, day) != _of_period(after, day)
    ]


def _of_period(file: GoalFile | None, day: date) -> object:
    """All that the targets of one period stand on; None where the goal has none for it."""
    if file is None or not file.goal.period.from_ <= day <= file.goal.period.to:
        return None
    goal = file.goal
    number, _, target = [one for one in goal.revised if one[1] <= day][-1]
    said = target.model_dump(exclude={"file"}) if target else None
    rows = sorted(
        (row.unit_id or "", row.cut_value, row.value, row.floor, row.stretch)
        for row in file.rows
        if row.period_start == day and row.revision == number
    )
    parts = sorted(
        (row.step, row.unit_id, row.cut_value, row.value, row.floor, row.stretch)
        for row in file.steps
        if row.period_start == day
    )
    cascade = [step.model_dump(exclude={"file"}) for step in goal.cascade]
    return goal.kpi, goal.scope.model_dump(), goal.period.grain, goal.accumulate, said, cascade, rows, parts


def _holding(
    settings: Settings, files: Mapping[str, GoalFile], records: Mapping[str, list[Record]], as_of: date
) -> tuple[dict[str, GoalFile], list[KpiError]]:
    """Each goal as the record says that holds as of a day; what was never in force, as its file says."""
    goals: dict[str, GoalFile] = {}
    told: list[KpiError] = []
    for goal_id in sorted({*files, *records}):
        held = record.holds(records.get(goal_id, ()), as_of)
        file = files.get(goal_id)
        if held is None or (file and not held.is_in_force):
            if file:
                # Approved by nobody yet: it waits.
                waits = file.goal.state in record.IN_FORCE
                goals[goal_id] = record.in_state(file, "proposed") if waits else file
            continue
        if not held.is_in_force:
            continue
        if file and record.content(file) == held.content:
            goals[goal_id] = record.in_state(file, held.state)
            continue
        if file is None:
            told.append(
                KpiError(
                    f"the file of {goal_id} is gone, and the goal is in force as it was recorded on {held.known_from}",
                    next_step=f"put the file back, or `kpi goals withdraw {goal_id}`",
                )
            )
        try:
            goals[goal_id] = record.file_of(settings, held)
        except KpiErrors as several:
            told.extend(several.errors)
        except KpiError as error:
            told.append(error)
    return goals, told


def _without_mistakes(
    goals: dict[str, GoalFile], definitions: Definitions
) -> tuple[dict[str, GoalFile], list[KpiError]]:
    """Without the goals that do not go with today's KPIs or with each other; files alone were checked before."""
    told: list[KpiError] = []
    while True:
        found = list(
            check_goal.errors(goals, definitions.kpis, definitions.people, definitions.contracts, definitions.company)
        )
        wrong = {str(error.file) for error in found}
        left = {goal_id: file for goal_id, file in goals.items() if str(file.file.path) not in wrong}
        if len(left) == len(goals):
            return goals, told
        told.extend(found)
        goals = left

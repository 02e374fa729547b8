"""The steps of a goal's life that somebody takes by hand: propose, agree, approve, close, withdraw.

Belongs here: who may take which step, the act that records it, the line `state:` of the file. Does not: what a run
takes up by itself (take_up.py), printing (cli/goal_life.py).

A step writes the file first and records it then: killed in between, the file says more than the record, which is told
and not in force, and the same step taken again completes it.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from pipelines import whole_file
from pipelines.errors import KpiError, did_you_mean
from pipelines.keep import acts
from pipelines.model import check
from pipelines.model.check import Definitions
from pipelines.model.company import today
from pipelines.model.goal import record
from pipelines.model.goal.files import GoalFile, read_goal
from pipelines.model.goal.record import Record
from pipelines.model.goal.rights import editors
from pipelines.model.goal.take_up import known_now, not_theirs, take_up
from pipelines.settings import Settings


def propose(settings: Settings, goal_id: str, reason: str, now: datetime) -> None:
    """A draft is put forward. Raises KpiError: no such goal, no reason, not theirs to propose, in force already."""
    definitions = check.read_definitions(settings)
    file, last = _file(settings, definitions, goal_id, reason)
    if last and last.is_in_force:
        raise file.file.error(
            f"{goal_id} has been {last.state} since {last.known_from}",
            ("state",),
            next_step=f"a change of it is approved as it stands in the file: kpi goals approve {goal_id}",
        )
    may = editors(file.goal, definitions.people)
    if acts.who(settings) not in may:
        raise file.file.error(
            f"{acts.who(settings)} may not propose {goal_id}",
            ("owner",),
            next_step=f"KPI_USER={may[0]} kpi goals propose {goal_id} …" if may else "name somebody in editors",
        )
    _write_state(file, "proposed")
    _record(settings, read_goal(file.file.path), "proposed", reason, definitions, last, now)


def agree(settings: Settings, goal_id: str, reason: str, now: datetime) -> None:
    """One of `agreed_by` agrees to the goal as its file says it now. Raises KpiError: no such goal, not asked."""
    file, _ = _file(settings, check.read_definitions(settings), goal_id, reason or "agreed")
    if acts.who(settings) not in file.goal.agreed_by:
        asked = ", ".join(file.goal.agreed_by) or "nobody"
        raise file.file.error(
            f"{goal_id} asks {asked} to agree, not {acts.who(settings)}", ("agreed_by",), next_step="set KPI_USER"
        )
    acts.record(settings, record.AGREED, goal_id, reason, {"content": record.content(file)}, now)


def approve(settings: Settings, goal_id: str, reason: str, now: datetime) -> None:
    """The goal as its file says it is in force from now on; of one that is, the change. Raises KpiError as take_up."""
    _put_in_force(settings, goal_id, "approved", reason, now)


def close(settings: Settings, goal_id: str, reason: str, now: datetime) -> None:
    """The goal stays in force and no longer changes. Raises KpiError as approve."""
    _put_in_force(settings, goal_id, "closed", reason, now)


def withdraw(settings: Settings, goal_id: str, reason: str, now: datetime) -> None:
    """The goal is a draft again, in force for nobody; what closed stays published.

    Raises KpiError: never recorded, not in force, closed, not theirs.
    """
    definitions = check.read_definitions(settings)
    file, last = _file(settings, definitions, goal_id, reason)
    if last is None or not last.is_in_force:
        raise KpiError(f"{goal_id} is not in force", next_step="kpi goals list")
    if last.state == "closed":
        raise KpiError(f"{goal_id} was closed on {last.known_from}, and a closed goal no longer changes")
    held = record.file_of(settings, last)
    if problem := not_theirs(held, held.goal, known_now(settings, definitions), "withdraw"):
        raise problem
    if goal_id in definitions.goals:
        _write_state(file, "draft")
    _record(settings, held, "draft", reason, definitions, last, now)


def _put_in_force(settings: Settings, goal_id: str, state: str, reason: str, now: datetime) -> None:
    definitions = check.read_definitions(settings)
    file, last = _file(settings, definitions, goal_id, reason)
    if last and (last.state, last.content) == (state, record.content(file)) and file.goal.state == state:
        raise KpiError(f"{goal_id} is {state} as its file says it, since {last.known_from}")
    path = file.file.path
    before = path.read_bytes()
    try:
        _write_state(file, state)
        definitions = check.read_definitions(settings)
        as_of = _known_from(definitions, last, now)
        if refused := take_up(settings, definitions, as_of, now, reason, [goal_id]).refused:
            raise next((one for one in refused if one.file == path), refused[0])
        if record.read(settings)[goal_id][-1].state != state:
            raise file.file.error(f"{goal_id} was not recorded", next_step="kpi goals list")
    except BaseException:
        if path.read_bytes() != before:
            whole_file.write(path, before)
        raise


def _file(settings: Settings, definitions: Definitions, goal_id: str, reason: str) -> tuple[GoalFile, Record | None]:
    """The goal's file, or where it is gone what was recorded of it, and the last record."""
    if not reason.strip():
        raise KpiError("--reason is missing: it is kept with your name", next_step='add --reason "weaker market"')
    records = record.read(settings)
    last = records[goal_id][-1] if goal_id in records else None
    if goal_id in definitions.goals and not records:
        raise KpiError("no goal is recorded yet: the first run takes each as its file says", next_step="kpi run")
    if goal_id in definitions.goals:
        return definitions.goals[goal_id], last
    if last:
        return record.file_of(settings, last), last
    raise KpiError(
        f"there is no goal {goal_id}{did_you_mean(goal_id, list(definitions.goals))}", next_step="kpi goals list"
    )


def _known_from(definitions: Definitions, last: Record | None, now: datetime) -> date:
    """From which business date: today's, and never before what was known last."""
    day = today(definitions.company, now)
    return max(day, last.known_from) if last else day


def _record(
    settings: Settings,
    file: GoalFile,
    state: str,
    reason: str,
    definitions: Definitions,
    last: Record | None,
    now: datetime,
) -> None:
    act, attachments = record.act_of(file, state, _known_from(definitions, last, now), reason)
    acts.record_all(settings, [act], now, attachments)


def _write_state(file: GoalFile, state: str) -> None:
    """Changes the line `state:` of a goal's file, or adds it, and nothing else."""
    path = file.file.path
    if file.goal.state == state:
        return
    text = path.read_bytes().decode()
    line = re.compile(r"^state:[ \t]*\w+", re.MULTILINE)
    new = line.sub(f"state: {state}", text, count=1) if line.search(text) else f"{text.rstrip()}\nstate: {state}\n"
    whole_file.write(path, new.encode())
    try:
        done = read_goal(path).goal.state == state
    except KpiError:
        done = False
    if not done:
        whole_file.write(path, text.encode())
        raise file.file.error(f"state: {state} could not be written into the file", next_step="write it by hand, again")

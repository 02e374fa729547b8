"""What became of each goal: who recorded which content and state when, kept as acts (keep/acts.py).

Belongs here: the content of a goal as one digest, its records, which of them holds on a date, the files of a past one.
Does not: who may record (rights.py), what a run takes up (take_up.py).

Two times belong to a record: `recorded_at`, the moment, and `known_from`, the business date from which runs know of it.
A run as of a day takes the last record known by then; a correction is a new record, and none is ever changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from pipelines import whole_file
from pipelines.keep import acts
from pipelines.model.goal.files import GoalFile, read_goal
from pipelines.model.goal.rights import viewers
from pipelines.settings import Settings

ACT = "goal"  # subject: the goal's id; detail: known_from, state, content, files, said, and is_first of a first run's
AGREED = "agree_goal"  # subject: the goal's id; detail: the content that was agreed to
IN_FORCE = ("approved", "closed")


class Record(NamedTuple):
    """One record of a goal; `content` is its digest, `files` the digest of each of its files by name."""

    act_no: int
    goal_id: str
    known_from: date
    state: str
    content: str
    files: dict[str, str]
    said: str  # its target and revisions, and who reads it where it says so, as JSON
    recorded_at: datetime
    recorded_by: str | None  # None: the first run took what the files said, whoever had written them
    reason: str
    digest: str

    @property
    def is_in_force(self) -> bool:
        return self.state in IN_FORCE


Records = Mapping[str, Sequence[Record]]


def content(file: GoalFile) -> str:
    """Tells what a goal says from anything else it could say: 64 hex digits.

    Without its state, which people move apart from it, and without what is only written otherwise: comments, the order
    of rows, 1.50 for 1.5.
    """
    said = file.goal.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"state"})
    rows = sorted(
        [row.revision, row.unit_id or "", row.cut_value, str(row.period_start), *_numbers(row)] for row in file.rows
    )
    steps = sorted([row.step, row.unit_id, row.cut_value, str(row.period_start), *_numbers(row)] for row in file.steps)
    return acts.digest_of(json.dumps([said, rows, steps], ensure_ascii=False, sort_keys=True).encode())


def _numbers(row: Any) -> list[str]:
    return ["" if number is None else f"{Decimal(number):.6f}" for number in (row.value, row.floor, row.stretch)]


def read(settings: Settings) -> dict[str, list[Record]]:
    """Every record by goal, in the order in which they were made. Raises KpiError as acts.read does."""
    found: dict[str, list[Record]] = {}
    for act in acts.read(settings, ACT):
        said = act.detail
        found.setdefault(act.subject, []).append(
            Record(
                act.act_no, act.subject, date.fromisoformat(said["known_from"]), said["state"], said["content"],
                said["files"], said["said"], act.at, None if said.get("is_first") else act.who, act.why, act.digest,
            )
        )  # fmt: skip
    return found


def agreed(settings: Settings) -> set[tuple[str, str, str]]:
    """Who agreed to what: goal, content, person."""
    return {(act.subject, act.detail["content"], act.who) for act in acts.read(settings, AGREED)}


def holds(records: Sequence[Record], as_of: date) -> Record | None:
    """The record that holds as of a day: the last that was known by then; before any was known, the first."""
    known = [record for record in records if record.known_from <= as_of]
    return known[-1] if known else next(iter(records), None)


def rows(records: Records) -> list[tuple[Any, ...]]:
    """The rows of definitions.goal_records."""
    return [
        (one.act_no, one.goal_id, one.state, one.known_from, one.recorded_at, one.recorded_by, one.reason, one.said,
         one.content, one.digest)
        for several in records.values()
        for one in several
    ]  # fmt: skip


def act_of(
    file: GoalFile, state: str, known_from: date, reason: str, *, is_first: bool = False
) -> tuple[acts.Done, dict[str, bytes]]:
    """The act that records a goal, and its files as attachments."""
    bodies = {path.name: path.read_bytes() for path in paths(file)}
    detail = {
        "known_from": known_from.isoformat(),
        "state": state,
        "content": content(file),
        "files": {name: acts.digest_of(body) for name, body in bodies.items()},
        "said": _said(file),
    }
    done = acts.Done(ACT, file.goal.id, reason, detail | ({"is_first": True} if is_first else {}))
    return done, {acts.digest_of(body): body for body in bodies.values()}


def _said(file: GoalFile) -> str:
    whole = file.goal.model_dump(mode="json", by_alias=True, exclude_none=True, include={"target", "revisions"})
    may = viewers(file.goal)
    readers = {} if may is None else {"viewers": may}
    return json.dumps({name: one for name, one in whole.items() if one} | readers, ensure_ascii=False)


def paths(file: GoalFile) -> Iterator[Path]:
    """The goal's own file and those beside it that it names."""
    yield file.file.path
    names = [target.file for target, _ in file.goal.targets] + [step.file for step in file.goal.cascade]
    yield from (file.file.path.parent / name for name in dict.fromkeys(filter(None, names)))


def file_of(settings: Settings, record: Record) -> GoalFile:
    """A recorded goal as its files said it then, laid out below `data/goals/`.

    Raises KpiError where what was kept is gone, or today's rules no longer allow what it says.
    """
    folder = settings.data / "goals" / record.content
    for name, digest in record.files.items():
        path = folder / name
        body = acts.attachment(settings, digest)
        if not path.is_file() or path.read_bytes() != body:
            whole_file.write(path, body)
    return in_state(read_goal(folder / f"{record.goal_id}.yml"), record.state)


def in_state(file: GoalFile, state: str) -> GoalFile:
    """The goal with the state that is recorded, whatever its file says."""
    if file.goal.state == state:
        return file
    return file._replace(goal=file.goal.model_copy(update={"state": state}))

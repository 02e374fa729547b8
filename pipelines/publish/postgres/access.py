"""Who sees which rows in PostgreSQL: publish/audience.py as policies, which the server holds against every reader.

Belongs here: the policies, and the table of readers behind them. Does not: to whom rows belong (audience.py).

A login sees the rows of units that reader_units gives to its name, which is an id of people.yml. `current_user` is
asked, not `session_user`: a BI server that logs in once and says `set role sales_east` sees what sales_east sees.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.model.goal.rights import readers
from pipelines.publish.audience import COMPANY, EVERYONE, GOALS, WHOSE, Unit, audiences
from pipelines.publish.postgres.names import Names, quoted, text

if TYPE_CHECKING:
    from pipelines.publish.postgres.connection import Session

LEFT_OVER = "/unallocated"  # what a split of a target leaves over is the unit's above: see audience.WHOSE


def row_filter(names: Names, table: str) -> str:
    """Which rows of a table a reader sees, as a condition: the one place where a door of PostgreSQL is narrowed.

    Raises KpiError for a table of which audience.WHOSE says nothing: what nobody thought of is shown to nobody.
    """
    whose = WHOSE.get(table)
    if whose is None:
        raise KpiError(f"nobody said whose the rows of {table} are", next_step="add it to WHOSE in publish/audience.py")
    if whose == EVERYONE:
        return "true"
    # Two queries that do not depend on the row: the server answers each once, not once a row.
    mine = f"from {names.readers} as mine where mine.login = current_user"
    sees_all = f"(select coalesce(bool_or(mine.sees_all), false) {mine})"
    if whose == COMPANY:
        return sees_all
    of_units = f"{quoted(whose)} in (select mine.unit_id {mine})"
    if table in GOALS:
        hidden = f"(select hidden.goal_id from {names.hidden} as hidden where hidden.login = current_user)"
        of_units += f" and (goal_id is null or goal_id not in {hidden})"
    return f"{sees_all} or {of_units}"


def protect(names: Names, address: str, table: str) -> list[str]:
    """Statements that narrow a table and only then let readers in; its owner is held to them too (`force`).

    The loader itself reads nothing back but units and records of goals, to say who sees which (`tell_readers`).
    """
    reader, loader = quoted(names.reader), quoted(names.loader)
    statements = [
        f"alter table {address} enable row level security",
        f"alter table {address} force row level security",
        f"create policy seen_by_readers on {address} for select to {reader} using ({row_filter(names, table)})",
    ]
    if table in ("units", "publication", "goal_history"):
        statements.append(f"create policy seen_by_loader on {address} for select to {loader} using (true)")
    return [*statements, f"grant select on {address} to {reader}"]


def readers_table(names: Names) -> list[str]:
    """Statements that make the tables of who sees what, of which a login sees its own rows; twice is as once."""
    return [
        f"create table if not exists {names.readers} (login text not null, unit_id text not null,"
        " sees_all boolean not null, primary key (login, unit_id))",
        f"comment on table {names.readers} is 'Which login sees the rows of which unit; written by each publication,"
        " from people.yml and the organisation'",
        *_own_rows(names, names.readers),
        f"create table if not exists {names.hidden} (login text not null, goal_id text not null,"
        " primary key (login, goal_id))",
        f"comment on table {names.hidden} is 'Which login does not see which goal, since the goal names its viewers'",
        *_own_rows(names, names.hidden),
    ]


def _own_rows(names: Names, table: str) -> list[str]:
    reader, loader = quoted(names.reader), quoted(names.loader)
    return [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"drop policy if exists own_rows on {table}",
        f"create policy own_rows on {table} for select to {reader} using (login = current_user)",
        f"drop policy if exists written_by_loader on {table}",
        f"create policy written_by_loader on {table} to {loader} using (true) with check (true)",
        f"grant select on {table} to {reader}",
    ]


def reader_units(units: Iterable[Unit], people: Mapping[str, Person]) -> list[tuple[str, str, bool]]:
    """(login, unit, whether it is the company) for each unit somebody sees; of the company one row stands for all."""
    rows = set()
    for audience in audiences(units, people):
        for login in audience.people:
            if audience.is_company:
                rows.add((login, audience.id, True))
            else:
                rows |= {(login, unit + end, False) for unit in audience.units for end in ("", LEFT_OVER)}
    # Who sees the company needs no other row, and has it without their own unit's.
    everything = {login for login, _, is_company in rows if is_company}
    return sorted(row for row in rows if row[2] or row[0] not in everything)


def hidden_goals(session: Session, version: str, people: Mapping[str, Person]) -> list[tuple[str, str]]:
    """(login, goal) for each goal that names its viewers, by the last record of it, and each who is none of them."""
    if session.value("select to_regclass($1) is null", (f"{quoted(version)}.goal_history",)):
        return []
    said = session.rows(
        f"select distinct on (goal_id) goal_id, said from {quoted(version)}.goal_history order by goal_id, act_no desc"
    )
    viewers = {goal_id: may for goal_id, text_ in said if (may := json.loads(text_ or "{}").get("viewers"))}
    return [(one, goal_id) for goal_id, may in viewers.items() for one in sorted(set(people) - readers(may, people))]


def tell_readers(session: Session, version: str, people: Mapping[str, Person]) -> None:
    """Writes who sees which units and goals of a version, in the transaction that makes it seen."""
    units = [
        Unit(*row)
        for row in session.rows(
            # As audience_files.units has it: as of the day of the publication; who is yet to come, as they begin.
            "select distinct on (unit_id) unit_id, level, parent_id"
            f" from {quoted(version)}.units"
            f" cross join (select max(as_of_date) as today from {quoted(version)}.publication) as published"
            " order by unit_id, valid_from <= today desc, case when valid_from <= today then valid_from end desc,"
            " valid_from"
        )
    ]
    told = [f"({text(login)}, {text(unit)}, {sees_all})" for login, unit, sees_all in reader_units(units, people)]
    _replace(session, session.names.readers, told)
    hidden = hidden_goals(session, version, people)
    _replace(session, session.names.hidden, [f"({text(login)}, {text(goal)})" for login, goal in hidden])


def _replace(session: Session, table: str, rows: list[str]) -> None:
    session.run(f"delete from {table}")
    for start in range(0, len(rows), 1000):
        session.run(f"insert into {table} values {', '.join(rows[start : start + 1000])}")

"""What the stable views become when a version is served: the same columns for whoever built on them.

Belongs here: the statement of one view, and what is told where a column went. Does not: when it is done (switch.py).

PostgreSQL lets a view that others stand on gain columns at its end, and nothing else. So a column that is published no
longer stays as null where somebody's view needs the view, and one of another type refuses the switch, by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.publish.postgres import columns
from pipelines.publish.postgres.columns import Column
from pipelines.publish.postgres.names import Names, quoted

if TYPE_CHECKING:
    from pipelines.publish.postgres.connection import Session


class Plan(NamedTuple):
    """Statements for one view, and what people are told of it."""

    statements: list[str]
    notes: list[str]


def shapes(session: Session, schema: str) -> dict[str, list[Column]]:
    """The columns of each table or view of a schema, in their order."""
    found: dict[str, list[Column]] = {}
    for table, name, kind in session.rows(
        """
        select relname::text, attname::text, format_type(atttypid, atttypmod)
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace = to_regnamespace($1) and attnum > 0 and not attisdropped and relkind in ('r', 'v')
        order by relname, attnum
        """,
        (quoted(schema),),
    ):
        found.setdefault(table, []).append(Column(name, kind))
    return found


def built_on(session: Session) -> dict[str, list[str]]:
    """What others have built on each stable view, with its owner."""
    found: dict[str, list[str]] = {}
    for view, what in session.rows(
        """
        select distinct stable.relname::text, coalesce(
            other.oid::regclass::text || ' of ' || pg_get_userbyid(other.relowner),
            pg_describe_object(uses.classid, uses.objid, 0))
        from pg_class as stable
        join pg_type as its_row on its_row.typrelid = stable.oid
        join pg_depend as uses on (uses.refclassid = 'pg_class'::regclass and uses.refobjid = stable.oid)
            or (uses.refclassid = 'pg_type'::regclass and uses.refobjid = its_row.oid)
        left join pg_rewrite as rules on uses.classid = 'pg_rewrite'::regclass and uses.objid = rules.oid
        left join pg_class as other on other.oid = rules.ev_class
        where stable.relnamespace = to_regnamespace($1) and stable.relkind = 'v' and uses.deptype in ('n', 'a')
            and other.oid is distinct from stable.oid
        """,
        (quoted(session.names.schema),),
    ):
        found.setdefault(view, []).append(what)
    return found


def plan(names: Names, table: str, before: list[Column], now: list[Column], others: list[str], source: str) -> Plan:
    """What makes the stable view of `table` read `source`, a table with the columns `now`; none: it is gone.

    Raises KpiError where a column has another type now and somebody's view stands on the old one.
    """
    address, kinds, there = names.view(table), {c.name: c.kind for c in before}, {c.name: c.kind for c in now}
    gone = [column for column in before if column.name not in there]
    changed = [column for column in now if kinds.get(column.name, column.kind) != column.kind]
    if (gone or changed) and not others:
        drop = f"drop view {address}"
        if not now:
            return Plan([drop], [f"{names.schema}.{table} is published no longer, and its view is gone"])
        made = _view(names, address, [quoted(column.name) for column in now], source)
        lost = ", ".join(column.name for column in [*gone, *changed])
        return Plan([drop, *made], [f"{names.schema}.{table}: {lost} went or has another type; nobody's view used it"])
    if changed:
        told = ", ".join(f"{c.name} is {c.kind} and was {kinds[c.name]}" for c in changed)
        raise KpiError(
            f"{names.schema}.{table} cannot change under {', '.join(sorted(others))}: {told}",
            next_step="have that view dropped, `kpi postgres publish`, and have it made again",
        )
    kept = [quoted(c.name) if c.name in there else f"null::{c.kind} as {quoted(c.name)}" for c in before]
    added = [quoted(column.name) for column in now if column.name not in kinds]
    notes = []
    if gone:
        lost = ", ".join(column.name for column in gone) if now else "the whole table"
        notes = [
            f"{names.schema}.{table}: {lost} published no longer, null as long as {', '.join(sorted(others))} is there"
        ]
    if not now:
        return Plan(_view(names, address, kept, "(select) as nothing where false"), notes)
    return Plan(_view(names, address, kept + added, source), notes)


def _view(names: Names, address: str, chosen: list[str], source: str) -> list[str]:
    # security_invoker: the tables' policies are asked for the reader, not for the owner of the view.
    return [
        f"create or replace view {address} with (security_invoker = true, security_barrier = true) as"
        f" select {', '.join(chosen)} from {source}",
        f"grant select on {address} to {quoted(names.reader)}",
    ]


def plans(session: Session, version: str, said: Mapping[str, Mapping[str, str]]) -> list[Plan]:
    """For each stable view, what makes it read a version; `said` are descriptions (columns.py)."""
    names = session.names
    before, now, others = shapes(session, names.schema), shapes(session, version), built_on(session)
    before.pop("reader_units", None)
    found = []
    for table in sorted({*before, *now}):
        shape = now.get(table, [])
        source = f"{quoted(version)}.{quoted(table)}"
        made = plan(names, table, before.get(table, []), shape, others.get(table, []), source)
        described = columns.comments("view", names.view(table), shape, said.get(table, {}))
        found.append(Plan([*made.statements, *(described if shape else [])], made.notes))
    return found

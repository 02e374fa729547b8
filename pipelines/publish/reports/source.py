"""Whose rows a report is drawn from: the serving file of the audience, or the company's whole one limited to them.

Belongs here: finding the file, and that no row of another unit is seen through it. Does not: who sees what
(publish/audience.py says so for every door), or reading figures (data.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError, did_you_mean
from pipelines.model.goal.rights import readers
from pipelines.publish.audience import COMPANY, EVERYONE, WHOSE, scope
from pipelines.publish.audience_files import folder_of, viewers
from pipelines.publish.audience_files import units as units_of

if TYPE_CHECKING:
    import duckdb

    from pipelines.model.company import Person

FILE = "kpi.duckdb"


class Source(NamedTuple):
    """An open connection whose `seen.<table>` holds the rows of the audience, and the unit at its top."""

    con: duckdb.DuckDBPyConnection
    unit: str
    units: frozenset[str]
    tables: frozenset[str]
    is_company: bool


@contextmanager
def opened(serving: Path, audience: str = "", people: Mapping[str, Person] = MappingProxyType({})) -> Iterator[Source]:
    """The published rows that `audience` (a unit or person; default the company) may see, read-only.

    `people` decide whether a goal with `viewers` is seen: where all of the audience may. Raises KpiError: nothing is
    published, no such unit, a file that cannot be opened.
    """
    import duckdb

    own = folder_of(serving, audience) / FILE if audience else serving / FILE
    path = own if own.is_file() else serving / FILE
    if not path.is_file():
        raise KpiError("nothing has been published yet", file=path, next_step="kpi run")
    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        con.execute(f"attach {_text(path)} as served (read_only)")
        yield _limited(con, audience, people)
    except duckdb.Error as error:
        raise KpiError(
            f"cannot be read: {str(error).splitlines()[0]}", file=path, next_step="delete it and run `kpi run`"
        ) from error
    finally:
        con.close()


def _limited(con: duckdb.DuckDBPyConnection, audience: str, people: Mapping[str, Person]) -> Source:
    known_units = list(units_of(con, "served.published"))
    parents = {one.id: one.parent for one in known_units}
    company = next((one.id for one in known_units if one.level == "company"), None)
    if company is None and not audience:
        raise KpiError("published.units has no row of level company", next_step="check the org_units of the sources")
    unit = company if audience in ("", "company") and company else audience
    if unit not in parents:
        known = sorted(parents)
        hint = did_you_mean(audience, known)
        raise KpiError(f"no unit {audience[:60]} is published{hint}", next_step=f"one of {', '.join(known[:12])} …")
    is_company = unit == company
    units = frozenset(one for one in parents if unit in _above(one, parents))
    tables = [
        name for (name,) in con.execute(
            "select table_name from duckdb_tables() where database_name = 'served' and schema_name = 'published'"
        ).fetchall()
    ]  # fmt: skip
    con.execute("create schema seen")
    con.execute("create table hidden (goal_id varchar)")
    if goals := _hidden(con, str(unit), company, people):
        con.executemany("insert into hidden values (?)", [[goal] for goal in goals])
    con.execute("create table mine (unit_id varchar)")
    con.executemany("insert into mine values (?)", [[one] for one in sorted(units)])
    for table in tables:
        con.execute(
            f'create view seen."{table}" as select * from served.published."{table}"{_only(con, table, is_company)}'
        )
    return Source(con, unit, units, frozenset(tables), is_company)


def _only(con: duckdb.DuckDBPyConnection, table: str, is_company: bool) -> str:
    """What limits a table to the audience; a table that audience.py does not know is the company's."""
    whose, limits = WHOSE.get(table, COMPANY), []
    if not is_company and whose == COMPANY:
        limits.append("false")
    elif not is_company and whose != EVERYONE:
        limits.append(f"split_part(\"{whose}\", '/', 1) in (select unit_id from mine)")
    has_goal = con.execute(
        "select 1 from duckdb_columns() where database_name = 'served' and table_name = ? and column_name = 'goal_id'",
        [table],
    ).fetchall()
    if has_goal:
        limits.append("coalesce(goal_id, '') not in (select goal_id from hidden)")
    return f" where {' and '.join(limits)}" if limits else ""


def _hidden(con: duckdb.DuckDBPyConnection, unit: str, company: str | None, people: Mapping[str, Person]) -> list[str]:
    """Goals with `viewers` among whom not everybody of the audience is; all of them where nobody is known to be."""
    own = {person.id for person in people.values() if unit in scope(person, company)}
    return [
        goal for goal, may in viewers(con, "served.published").items() if not own or not own <= readers(may, people)
    ]


def _above(unit: str, parents: dict[str, str | None]) -> set[str]:
    """A unit and all that it lies in."""
    found: set[str] = set()
    above: str | None = unit
    while above is not None and above in parents and above not in found:
        found.add(above)
        above = parents[above]
    return found


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

"""A served file per audience: data/serving/<audience>/kpi.duckdb with the rows its readers may see and no others.

Belongs here: writing them, and taking away those that nobody of people.yml reads any more. Does not: who sees what
(audience.py). DuckDB has no roles: what a reader may not see must not be in the file.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipelines.errors import KpiError
from pipelines.model.goal.rights import readers
from pipelines.publish import generations
from pipelines.publish.audience import COMPANY, EVERYONE, GOALS, WHOSE, Audience, Unit, audiences
from pipelines.publish.content_hash import quoted, table_names
from pipelines.publish.served import ASIDE, FILE
from pipelines.publish.swap import swap, text, tidy
from pipelines.publish.table_copy import attach_new, copy_table
from pipelines.publish.tables import SCHEMA

if TYPE_CHECKING:
    import duckdb

    from pipelines.model.company import Person
    from pipelines.settings import Settings

RESERVED = ("catalogue", "csv", "parquet", generations.FOLDER)
_WHOLE, _NEXT = "whole", "next_file"


def folder_of(serving: Path, audience: str) -> Path:
    """Where the files of an audience lie; an id that is no plain name is written with % signs.

    Raises KpiError for an id that names a folder of another use.
    """
    if audience in RESERVED:
        raise KpiError(
            f"{audience} cannot be an audience: data/serving/{audience}/ is used otherwise",
            next_step="give the unit another id, or nobody in people.yml this unit",
        )
    safe = quote(audience, safe="")
    return serving / (re.sub(r"^\.", "%2E", safe) if re.match(r"\.", safe) else safe)


def write(settings: Settings, source: Path, people: Mapping[str, Person]) -> list[Audience]:
    """The audiences, each with its file made anew of the whole one at `source`; the company's is that one.

    Raises KpiError as folder_of does, and where the whole file or the disk fails.
    """
    import duckdb

    try:
        with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
            con.execute(f"attach {text(source)} as {_WHOLE} (read_only)")
            found = audiences(units(con, f"{_WHOLE}.{SCHEMA}"), people)
            places = {one.id: folder_of(settings.serving, one.id) for one in found if not one.is_company}
            _remove_others(settings.serving, set(places.values()))
            for one in found:
                if not one.is_company:
                    _write(con, one, places[one.id], hidden_goals(con, f"{_WHOLE}.{SCHEMA}", one, people))
    except (duckdb.Error, OSError) as error:
        raise KpiError(
            f"the files of audiences were not written: {str(error).splitlines()[0]}",
            file=settings.serving,
            next_step="check space and rights of the disk, run again",
        ) from error
    return found


def read(settings: Settings, source: Path, people: Mapping[str, Person]) -> list[Audience]:
    """The audiences of the whole file at `source`, the company first. Raises duckdb.Error where it is none."""
    import duckdb

    with duckdb.connect(config={"threads": settings.threads}) as con:
        con.execute(f"attach {text(source)} as {_WHOLE} (read_only)")
        return audiences(units(con, f"{_WHOLE}.{SCHEMA}"), people)


def units(con: duckdb.DuckDBPyConnection, schema: str) -> Iterator[Unit]:
    """The organisation as it stands on the day of the publication; who is yet to come, as they begin."""
    rows = con.execute(
        f"""
        select unit_id, level, parent_id from {schema}.units
        cross join (select max(as_of_date) as today from {schema}.publication)
        qualify row_number() over (
            partition by unit_id
            order by valid_from <= today desc, case when valid_from <= today then valid_from end desc, valid_from
        ) = 1
        """
    ).fetchall()
    return (Unit(*row) for row in rows)


def hidden_goals(
    con: duckdb.DuckDBPyConnection, schema: str, audience: Audience, people: Mapping[str, Person]
) -> list[str]:
    """Goals with `viewers` among whom not everybody of an audience is: one file shows all its readers the same."""
    return [
        goal_id for goal_id, may in viewers(con, schema).items() if not set(audience.people) <= readers(may, people)
    ]


def viewers(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, dict[str, list[str]]]:
    """Who may read each goal that says so, as goal/rights.py tells it, from the last record of it."""
    if "goal_history" not in table_names(con, SCHEMA, schema.partition(".")[0]):
        return {}
    rows = con.execute(
        f"""
        select goal_id, said from {schema}.goal_history
        qualify row_number() over (partition by goal_id order by act_no desc) = 1
        """
    ).fetchall()
    return {goal_id: may for goal_id, said in rows if (may := json.loads(said or "{}").get("viewers"))}


def _write(con: duckdb.DuckDBPyConnection, audience: Audience, folder: Path, hidden: Collection[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tidy(folder, ASIDE)
    attach_new(con, folder / ASIDE, _NEXT)
    try:
        for table in table_names(con, SCHEMA, _WHOLE):
            copy_table(con, table, _WHOLE, _NEXT, *_rows_of(table, audience, hidden if table in GOALS else ()))
        con.execute(f"checkpoint {_NEXT}")
    finally:
        con.execute(f"detach {_NEXT}")
    swap(folder / ASIDE, folder / FILE)


def _rows_of(table: str, audience: Audience, hidden: Collection[str]) -> tuple[str, list[list[str]]]:
    """A condition on the rows of a table, and its values; a table that nobody assigned is for the company alone."""
    whose = WHOSE.get(table, COMPANY)
    if whose in (EVERYONE, COMPANY):
        return str(whose == EVERYONE), []
    condition = f"split_part({quoted(whose)}, '/', 1) in (select unnest(?::varchar[]))"
    if not hidden:
        return condition, [sorted(audience.units)]
    return f"{condition} and coalesce(goal_id, '') not in (select unnest(?::varchar[]))", [
        sorted(audience.units),
        sorted(hidden),
    ]


def _remove_others(serving: Path, wanted: Collection[Path]) -> None:
    """Whoever is no reader any more finds nothing: the file, its page and their folder go."""
    for path in serving.glob(f"*/{FILE}"):
        if path.parent not in wanted:
            shutil.rmtree(path.parent)

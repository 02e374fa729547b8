"""What is published, served by PostgreSQL: the serving file loaded aside, switched to, what is old dropped.

Belongs here: the order of the acts, and when there is none to do. Does not: how each is done (load.py, switch.py, …).
Killed anywhere, the server rolls back what was open; the next call goes on with what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.publish import read_only
from pipelines.publish.postgres import generations
from pipelines.publish.postgres.connection import Session, connect
from pipelines.publish.postgres.generations import Version
from pipelines.publish.postgres.load import load
from pipelines.publish.postgres.switch import switch
from pipelines.publish.served import FILE

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

Progress = Callable[[str], None]
ANOTHER_LOADER = 30.0  # seconds for which another one is waited for; a server notices within one that it was killed


class Served(NamedTuple):
    """What PostgreSQL serves now, and what was done for it."""

    generation: int
    schema: str
    rows: dict[str, int]  # by table; empty where the version lay there already
    notes: list[str]
    dropped: list[str]


def publish(settings: Settings, people: Mapping[str, Person], progress: Progress, *, go_back: bool = False) -> Served:
    """Serves what the serving file holds. Raises KpiError; what was served before is served still.

    `go_back` allows a version older than the one that is served (another data folder, a restored one).
    """
    with read_only.opened(settings.serving / FILE) as con, connect(settings) as session, _alone(session):
        generation, run_id, published_at = _publication(con)
        there = generations.versions(session)
        if not go_back:
            _refuse_older(generation, published_at, there)
        known = next((one for one in there if one.identity == (generation, run_id, published_at)), None)
        schema = known.schema if known else session.names.version(generation, {one.schema for one in there})
        session.commit()
        rows = {} if known else load(session, con, schema, progress)
        return _serve(session, schema, generation, rows, people, settings, progress)


def switch_to(settings: Settings, generation: int, people: Mapping[str, Person], progress: Progress) -> Served:
    """Serves a version that still lies there, as `kpi rollback` asks. Raises KpiError where it does not."""
    with connect(settings) as session, _alone(session):
        there = generations.versions(session)
        chosen = next((one for one in there if one.generation == generation), None)
        if chosen is None:
            kept = ", ".join(str(one.generation) for one in there) or "none"
            raise KpiError(
                f"PostgreSQL has no generation {generation} any more; it keeps {kept}",
                next_step="roll the serving file back, then `kpi postgres publish --go-back`",
            )
        return _serve(session, chosen.schema, generation, {}, people, settings, progress)


def _serve(
    session: Session,
    schema: str,
    generation: int,
    rows: dict[str, int],
    people: Mapping[str, Person],
    settings: Settings,
    progress: Progress,
) -> Served:
    """Switches (also to the one that is served: people.yml may say otherwise by now), then drops what is old."""
    notes = switch(session, schema, people, settings.postgres_patience, progress)
    dropped, stay = generations.drop_old(session)
    for note in [*notes, *stay]:
        progress(f"PostgreSQL: {note}")
    return Served(generation, schema, rows, notes, dropped)


def _refuse_older(generation: int, published_at: datetime, there: list[Version]) -> None:
    served = next((one for one in there if one.is_served), None)
    if served and (generation, published_at) < (served.generation, served.published_at):
        raise KpiError(
            f"PostgreSQL serves generation {served.generation} of {served.published_at:%Y-%m-%d %H:%M}, which is newer"
            f" than generation {generation} of {published_at:%Y-%m-%d %H:%M} in the serving file",
            next_step="is this the right data folder? if it is: `kpi postgres publish --go-back`",
        )


def _publication(con: duckdb.DuckDBPyConnection) -> tuple[int, str, datetime]:
    found = con.execute("select generation, run_id, published_at from published.publication").fetchone()
    assert found
    return found[0], found[1], found[2]


@contextmanager
def _alone(session: Session) -> Iterator[None]:
    """One loader at a time, whatever machine it runs on; the lock goes with the connection."""
    from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

    ask = "select pg_try_advisory_lock(hashtext('kpi_warehouse'), hashtext($1))"
    tries = Retrying(
        retry=retry_if_result(lambda taken: not taken), stop=stop_after_delay(ANOTHER_LOADER), wait=wait_fixed(0.2)
    )
    try:
        tries(session.value, ask, (session.names.prefix,))
    except RetryError:
        raise KpiError(
            "another process is loading PostgreSQL", next_step="wait for it, then `kpi postgres publish`"
        ) from None
    session.commit()
    yield

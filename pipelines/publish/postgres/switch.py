"""All stable views at once, from one version to the next: readers see the old one or the new one, never both.

Belongs here: locks, patience, the one transaction. Does not: what each view becomes (views.py), loading (load.py).

A transaction that has read any of the views holds it until it ends, so the switch first takes all of them, in one
statement that gives up after half of the server's deadlock_timeout (1 s unless somebody changed it). Whoever asks for
a view meanwhile waits for at most that long, and never in a circle: before the server looks for deadlocks the switch
has let go. Then it tries again, until patience ends. While it holds them it waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.publish.postgres import access, columns, views
from pipelines.publish.postgres.connection import Locked
from pipelines.publish.postgres.names import quoted, text

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from pipelines.publish.postgres.connection import Session

Progress = Callable[[str], None]
Descriptions = Mapping[str, Mapping[str, str]]


def switch(
    session: Session, version: str, people: Mapping[str, Person], patience: float, progress: Progress
) -> list[str]:
    """Serves a version: what people should be told of columns that went. Raises KpiError; the old one then stays.

    `patience` is in seconds: for so long readers that hold on to the old version are waited for.
    """
    from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

    told: set[str] = set()

    def tell(_: RetryCallState) -> None:
        session.rollback()
        if (who := holders(session)) and who not in told:
            told.add(who)
            progress(f"PostgreSQL: waiting for {who} to finish reading the version before")

    tries = Retrying(
        retry=retry_if_exception_type(Locked),
        stop=stop_after_delay(patience),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        before_sleep=tell,
        reraise=True,
    )
    try:
        return tries(_try, session, version, people, columns.descriptions())
    except Locked:
        session.rollback()
        raise KpiError(
            f"PostgreSQL still serves the version before: {holders(session) or 'somebody'} has been reading it for more"
            f" than {patience:g} s",
            next_step="have them end their transaction, then `kpi postgres publish`; the new version lies there loaded",
        ) from None
    except KpiError:
        session.rollback()
        raise


def _try(session: Session, version: str, people: Mapping[str, Person], said: Descriptions) -> list[str]:
    """Once: all views, who sees what, and commit; or Locked, and nothing has changed."""
    _take(session)
    found = views.plans(session, version, said)  # now that nobody can build on a view meanwhile
    for one in found:
        session.run(*one.statements)
    access.tell_readers(session, version, people)
    session.commit()
    return [note for one in found for note in one.notes]


def _take(session: Session) -> None:
    """Locks every stable view, or raises Locked. `lock table` would lock the tables behind them, vacuum's too."""
    half = session.value("select (extract(epoch from current_setting('deadlock_timeout')::interval) * 500)::int")
    session.run(
        f"set local statement_timeout = {half}",
        f"""
        do $do$ declare one text; begin
            for one in
                select format('%I.%I', schemaname, viewname) from pg_views
                where schemaname = {text(session.names.schema)} order by viewname
            loop execute 'alter view ' || one || ' set (security_barrier = true)'; end loop;
        end $do$
        """,
        "set local statement_timeout = 0",
    )


def holders(session: Session) -> str:
    """Who holds the stable views, as `sales_east (process 4711)`; empty where nobody does."""
    found = session.rows(
        """
        select distinct format('%s (process %s)', who.usename, who.pid)
        from pg_locks as held join pg_stat_activity as who using (pid)
        where held.granted and held.pid <> pg_backend_pid() and held.relation in
            (select oid from pg_class where relnamespace = to_regnamespace($1) and relkind = 'v')
        order by 1
        """,
        (quoted(session.names.schema),),
    )
    session.rollback()
    return ", ".join(who for (who,) in found)

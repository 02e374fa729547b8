"""All stable views at once, from one version to the next: readers see the old one or the new one, never both.

Belongs here: locks, patience, the one transaction. Does not: what each view becomes (views.py), loading (load.py).

A transaction that has read any of the views holds it until it ends, so the switch first takes all of them, in one
statement that gives up after half of the server's deadlock_timeout at the most (which is 1 s unless somebody changed
it).
Whoever asks for a view meanwhile waits for at most that long, and never in a circle: before the server looks for
deadlocks the switch has let go. Then it tries again, until patience ends. While it holds them it waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle
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
# Of the server's deadlock_timeout, for one attempt. A reader who asks for the views in another order stands in a circle
# with the switch until it lets go, so the first attempts are short; queries that take longer are met by the last.
SHARES = (0.03, 0.06, 0.12, 0.25, 0.5)
Descriptions = Mapping[str, Mapping[str, str]]


def switch(
    session: Session, version: str, people: Mapping[str, Person], patience: float, progress: Progress
) -> list[str]:
    """Serves a version: what people should be told of columns that went. Raises KpiError; the old one then stays.

    `patience` is in seconds: for so long readers that hold on to the old version are waited for.
    """
    from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

    seen, told = set[str](), set[str]()

    def tell(_: RetryCallState) -> None:
        """Names who has been there at two looks: who reads for a moment is nobody's concern."""
        session.rollback()
        now = set(holders(session))
        if long := sorted((now & seen) - told):
            told.update(long)
            progress(f"PostgreSQL: waiting for {', '.join(long)} to finish reading the version before")
        seen.clear()
        seen.update(now)

    tries = Retrying(
        retry=retry_if_exception_type(Locked),
        stop=stop_after_delay(patience),
        wait=wait_random_exponential(multiplier=0.05, max=1),
        before_sleep=tell,
        reraise=True,
    )
    said, budgets = columns.descriptions(), cycle(SHARES)
    try:
        return tries(lambda: _try(session, version, people, said, next(budgets)))
    except Locked:
        session.rollback()
        raise KpiError(
            "PostgreSQL still serves the version before:"
            f" {', '.join(holders(session)) or 'somebody'} has been reading it for more than {patience:g} s",
            next_step="have them end their transaction, then `kpi postgres publish`; the new version lies there loaded",
        ) from None
    except KpiError:
        session.rollback()
        raise


def _try(session: Session, version: str, people: Mapping[str, Person], said: Descriptions, share: float) -> list[str]:
    """Once: all views, who sees what, and commit; or Locked, and nothing has changed."""
    _take(session, share)
    found = views.plans(session, version, said)  # now that nobody can build on a view meanwhile
    session.together([statement for one in found for statement in one.statements])
    access.tell_readers(session, version, people)
    session.commit()
    return [note for one in found for note in one.notes]


def _take(session: Session, share: float) -> None:
    """Locks every stable view, or raises Locked. `lock table` would lock the tables behind them, vacuum's too.

    `share` of the server's deadlock_timeout is the time for it, at most half.
    """
    deadlock = session.value("select (extract(epoch from current_setting('deadlock_timeout')::interval) * 1000)::int")
    session.run(
        f"set local statement_timeout = {max(1, round(deadlock * share))}",
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


def holders(session: Session) -> list[str]:
    """Who holds the stable views, as `sales_east (process 4711)`."""
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
    return [who for (who,) in found]

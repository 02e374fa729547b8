"""Which versions lie in PostgreSQL, which of them is served, and dropping those that nobody needs.

Belongs here: what is there. Does not: loading (load.py), serving (switch.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.publish.postgres.connection import Depended, Locked
from pipelines.publish.postgres.names import quoted

if TYPE_CHECKING:
    from pipelines.publish.postgres.connection import Session

KEEP = 2  # beside the one that is served: what `kpi rollback` can go back to


class Version(NamedTuple):
    """A version that was loaded whole: loading is one transaction, so there is no other kind."""

    schema: str
    generation: int
    run_id: str
    published_at: datetime
    is_served: bool

    @property
    def identity(self) -> tuple[int, str, datetime]:
        """Tells it from another of the same number: after a rollback of files the next run gives a number again."""
        return self.generation, self.run_id, self.published_at


def versions(session: Session) -> list[Version]:
    """All of them, the newest first."""
    served = served_schema(session)
    found = []
    for (schema,) in session.rows(
        "select nspname::text from pg_namespace where nspname ~ $1 and nspowner = current_user::regrole",
        (session.names.is_version,),
    ):
        published = f"{quoted(schema)}.publication"
        for row in session.rows(f"select generation, run_id, published_at from {published}"):
            found.append(Version(schema, row[0], row[1], row[2], is_served=schema == served))
    return sorted(found, key=lambda one: (one.published_at, one.generation), reverse=True)


def served_schema(session: Session) -> str | None:
    """The schema that the stable views read; None before the first."""
    return session.value(
        """
        select tables.relnamespace::regnamespace::text
        from pg_rewrite as rules
        join pg_depend as uses on uses.classid = 'pg_rewrite'::regclass and uses.objid = rules.oid
        join pg_class as tables on uses.refclassid = 'pg_class'::regclass and tables.oid = uses.refobjid
        where rules.ev_class = to_regclass($1) and tables.oid <> rules.ev_class limit 1
        """,
        (session.names.view("publication"),),
    )


def drop_old(session: Session) -> tuple[list[str], list[str]]:
    """Drops what is beyond KEEP: schemas that went, and why others stay. Never waits and never fails a run."""
    gone, stay = [], []
    for version in [one for one in versions(session) if not one.is_served][KEEP:]:
        try:
            _drop(session, version.schema)
            gone.append(version.schema)
        except Locked:
            session.rollback()
            stay.append(f"{version.schema} is read still")
        except Depended:
            session.rollback()
            stay.append(
                f"{version.schema} has a view of somebody's on it, and stays: it should name {_stable(session)}"
            )
        except KpiError as error:
            session.rollback()
            stay.append(f"{version.schema} could not be dropped: {error.problem}")
    return gone, stay


def _drop(session: Session, schema: str) -> None:
    """Table by table and not `cascade`, which would take along a view that somebody made on them."""
    tables = session.rows(
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = $1", (schema,)
    )
    all_of_them = ", ".join(address for (address,) in tables)
    session.run(f"lock table {all_of_them} in access exclusive mode nowait")
    session.run(f"drop table {all_of_them}", f"drop schema {quoted(schema)}")
    session.commit()


def _stable(session: Session) -> str:
    return f"{session.names.schema}.… instead"

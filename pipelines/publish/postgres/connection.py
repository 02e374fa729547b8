"""The way into PostgreSQL, and what a server's errors become in our words.

Belongs here: connecting, one session, telling errors apart. Does not: what is said to the server. A driver's own text
is never passed on where it may hold the address (with its password) or a value of somebody's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.publish.postgres.names import Names, quoted, text

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.settings import Settings

OLDEST = 150_000  # 15: the first with security_invoker, without which a view would show everybody its owner's rows
_SETUP = "`kpi postgres init`, as somebody who may make roles; or `kpi postgres init --print` for your DBA"
_NOT_CONNECTED = {
    r"password authentication failed|no password supplied|role .* does not exist|no pg_hba": (
        "refused the log-in",
        "check user and password in KPI_POSTGRES_URL",
    ),
    r"database .* does not exist": ("has no such database", "make it, or correct its name in KPI_POSTGRES_URL"),
    r"too many (clients|connections)|remaining connection slots": ("takes no more connections", "run again later"),
    r"starting up|shutting down": ("is starting or stopping", "run again later"),
}


class Locked(KpiError):
    """Somebody holds what is to be changed; tried again until patience ends."""


class Depended(KpiError):
    """Something that is not ours stands on what is to go."""


class Session:
    """One connection; nothing is kept before `commit`."""

    def __init__(self, con: Any, names: Names) -> None:
        self.con, self.names = con, names

    def run(self, *statements: str) -> None:
        """Statements that give nothing back. Raises KpiError, Locked or Depended."""
        with self.con.cursor() as cursor:
            for statement in statements:
                try:
                    cursor.execute(statement)
                except Exception as error:  # the driver's classes follow SQLSTATE only in part
                    raise readable(error) from None

    def together(self, statements: Sequence[str]) -> None:
        """Many at one go: 300 on their own took 0.3 s, for which a switch keeps readers waiting."""
        if statements:
            body = " ".join(f"execute {text(statement)};" for statement in statements)
            self.run(f"do {text(f'begin {body} end')}")

    def rows(self, query: str, values: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        with self.con.cursor() as cursor:
            try:
                cursor.execute(query, values)
                return [tuple(row) for row in cursor.fetchall()]
            except Exception as error:
                raise readable(error) from None

    def value(self, query: str, values: Sequence[object] | None = None) -> Any:
        """The first column of the first row; None where there is none."""
        return next((row[0] for row in self.rows(query, values)), None)

    def ingest(self, schema: str, table: str, rows: pa.RecordBatchReader) -> None:
        with self.con.cursor() as cursor:
            try:
                cursor.adbc_ingest(table, rows, mode="append", db_schema_name=schema)
            except Exception as error:
                raise readable(error) from None

    def commit(self) -> None:
        try:
            self.con.commit()
        except Exception as error:
            raise readable(error) from None

    def rollback(self) -> None:
        self.con.rollback()


@contextmanager
def connect(settings: Settings, *, as_loader: bool = True) -> Iterator[Session]:
    """A session in a transaction, as the loader unless said otherwise; what was not committed is gone at the end.

    Raises KpiError where the server is not there, too old, or not set up.
    """
    try:
        con = _open(settings)
        try:
            session = Session(con, Names(settings.postgres_prefix))
            _check_version(session)
            # A name without a schema is the server's own: nobody's function or table can stand in for it.
            session.run("set search_path = pg_catalog, pg_temp", "set timezone = 'UTC'", "set lock_timeout = '10s'")
            if as_loader:
                _become_loader(session)
            session.commit()
            yield session
        finally:
            con.close()
    except KpiError as error:
        error.alone()  # the driver's own error behind it would go into Dagster's files
        raise


def _open(settings: Settings) -> Any:
    from adbc_driver_postgresql import dbapi

    address = _address(settings)
    try:
        return dbapi.connect(address, autocommit=False)
    except Exception as error:
        raise _not_connected(error) from None


def _address(settings: Settings) -> str:
    if settings.postgres_url is None:
        raise KpiError("no PostgreSQL is configured", next_step="set KPI_POSTGRES_URL=postgresql://user@host/database")
    said = settings.postgres_url.get_secret_value()
    if not re.match(r"postgres(ql)?(\+\w+)?://", said):
        raise KpiError(
            "KPI_POSTGRES_URL is no address of a PostgreSQL", next_step="write it as postgresql://user@host/database"
        )
    address = "postgresql://" + said.split("://", 1)[1]
    for option in ("connect_timeout=10", "application_name=kpi_warehouse"):
        if option.split("=")[0] not in address:
            address += ("&" if "?" in address else "?") + option
    return address


def _check_version(session: Session) -> None:
    found = int(session.value("select current_setting('server_version_num')"))
    if found < OLDEST:
        raise KpiError(
            f"PostgreSQL {found // 10_000} cannot keep a reader to their own rows through a view",
            next_step=f"use {OLDEST // 10_000} or newer",
        )


def _become_loader(session: Session) -> None:
    loader = session.names.loader
    found = session.rows(
        "select pg_has_role(current_user, oid, 'member'), to_regnamespace($2) is not null"
        " from pg_roles where rolname = $1",
        (loader, quoted(session.names.schema)),
    )
    if not found or not found[0][1]:
        raise KpiError(f"PostgreSQL has no role {loader} or no schema {session.names.schema} yet", next_step=_SETUP)
    if not found[0][0]:
        raise KpiError(
            f"the log-in of KPI_POSTGRES_URL is not in the role {loader}", next_step=f"grant {loader} to that log-in"
        )
    session.run(f"set role {quoted(loader)}")


def _not_connected(error: Exception) -> KpiError:
    """Nothing of libpq's text is told: it takes an `@` in a password that is not written as %40 for the host's."""
    if isinstance(error, KpiError):
        return error
    for pattern, (problem, step) in _NOT_CONNECTED.items():
        if re.search(pattern, str(error), re.IGNORECASE):
            return KpiError(f"PostgreSQL {problem}", next_step=step)
    return KpiError(
        "PostgreSQL cannot be reached", next_step="see whether it runs, and check the host and port of KPI_POSTGRES_URL"
    )


def readable(error: Exception) -> KpiError:
    """A KpiError for what the driver raised, by its SQLSTATE; an own one stays itself."""
    if isinstance(error, KpiError):
        return error
    state = getattr(error, "sqlstate", None) or ""
    told = dict(getattr(error, "details", None) or [])
    said = told.get(b"PG_DIAG_MESSAGE_PRIMARY", type(error).__name__.encode()).decode(errors="replace")
    if state in ("55P03", "57014", "40P01"):
        return Locked("somebody is reading what is to be replaced", next_step="run again later")
    if state == "2BP01":
        return Depended(said, next_step="see what stands on it")
    if state[:2] in ("22", "23", "21"):  # these quote values
        said = f"a value does not fit (SQLSTATE {state}); its text may hold data and is not shown"
    if state[:2] in ("08", "57") or (not state and re.search(r"connection|EOF|closed", str(error), re.IGNORECASE)):
        return KpiError("the connection to PostgreSQL was lost", next_step="run again; what was served is served still")
    steps = {"42501": _SETUP, "53100": "free space on the database's disk, then run again"}
    return KpiError(f"PostgreSQL: {said}", next_step=steps.get(state, "look into the server's log, then run again"))

"""What PostgreSQL needs once: roles, two schemas and the table of readers; and whether it has them.

Belongs here: the statements an administrator runs, and looking whether they were run. Does not: logins, which are the
administrator's, nor versions (load.py). Twice is the same as once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.publish.postgres import access, generations
from pipelines.publish.postgres.connection import Session, connect
from pipelines.publish.postgres.generations import Version
from pipelines.publish.postgres.names import Names, quoted, text

if TYPE_CHECKING:
    from pipelines.settings import Settings


class State(NamedTuple):
    """What `kpi postgres status` tells."""

    server: str
    database: str
    versions: list[Version]
    logins: list[str]  # those that may read
    above_policies: list[str]  # of them, whom row-level security does not hold


def statements(names: Names, database: str) -> list[str]:
    """All that an administrator runs in the database, in order."""
    reader, manager, loader = map(quoted, (names.reader, names.manager, names.loader))
    schema, own = quoted(names.schema), quoted(names.own_views)
    return [
        *(_role(name) for name in (names.reader, names.manager, names.loader)),
        f"grant {reader} to {manager}",
        f"do $do$ begin if not pg_has_role(current_user, {text(names.loader)}, 'usage') then"
        f" execute format('grant {loader} to %I', current_user); end if; end $do$",
        f"grant connect on database {quoted(database)} to {reader}, {loader}",
        f"grant create on database {quoted(database)} to {loader}",
        f"create schema if not exists {schema} authorization {loader}",
        f"create schema if not exists {own} authorization {loader}",
        f"set role {loader}",
        f"comment on schema {schema} is 'KPIs, goals and quality as published last; each reader sees their own rows'",
        f"comment on schema {own} is 'Views that managers keep'",
        f"grant usage on schema {schema} to {reader}",
        f"grant usage on schema {own} to {reader}",
        f"grant create on schema {own} to {manager}",
        *access.readers_table(names),
        "reset role",
    ]


def _role(name: str) -> str:
    return (
        f"do $do$ begin if not exists (select from pg_roles where rolname = {text(name)}) then"
        f" create role {quoted(name)} nologin; end if; end $do$"
    )


def script(names: Names, database: str) -> str:
    """The same as a file for psql, and how people are let in."""
    said = ";\n".join(statements(names, database))
    return f"""-- For the database {database}, as somebody who may make roles.
begin;
{said};
commit;

-- The log-in of KPI_POSTGRES_URL, and one for each reader; a reader's name is their id in people.yml.
-- create role kpi_nightly login password '…' in role {names.loader};
-- create role sales_east login password '…' in role {names.manager};
-- create role auditor login password '…' in role {names.reader};
"""


def init(settings: Settings) -> str:
    """Makes what is missing, in one transaction: the database's name. Raises KpiError, then nothing was made."""
    with connect(settings, as_loader=False) as session:
        database = str(session.value("select current_database()::text"))
        session.run(*statements(session.names, database))
        session.commit()
    return database


def state(settings: Settings) -> State:
    """What is there. Raises KpiError where the server is not there, too old, or not set up."""
    with connect(settings) as session:
        if session.value("select to_regclass($1) is null", (session.names.readers,)):
            raise KpiError("PostgreSQL has no table of readers", next_step="`kpi postgres init`")
        logins = _logins(session)
        return State(
            str(session.value("select current_setting('server_version')")),
            str(session.value("select current_database()::text")),
            generations.versions(session),
            [login for login, _ in logins],
            [login for login, is_above in logins if is_above],
        )


def _logins(session: Session) -> list[tuple[str, bool]]:
    """(login, whether policies do not hold it) of those who may read, superusers aside: they may everything."""
    return [
        (login, is_above)
        for login, is_above in session.rows(
            "select rolname::text, rolbypassrls from pg_roles"
            " where rolcanlogin and not rolsuper and pg_has_role(oid, $1, 'member') order by rolname",
            (session.names.reader,),
        )
    ]

"""Databases as a source: one connection and one snapshot for all tables of a system.

postgresql.py: through ADBC, in Arrow · generic.py: any other SQLAlchemy address (MariaDB, MySQL, SQLite tested)
select.py: the one query both ask · failures.py: what a driver says, in words that hold no secret
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from pipelines.extract.contract import SourceContract
from pipelines.extract.contract.database import DatabaseConnection
from pipelines.extract.source import Pulled
from pipelines.settings import Settings


def connect(contract: SourceContract, settings: Settings) -> AbstractContextManager[Pulled]:
    """An open connection, reading one state of the database until it is closed.

    Raises KpiError on entering: an unset variable in the address, an unknown kind of database, not reachable, log-in
    refused. Nothing it says holds the address.
    """
    assert isinstance(contract.connection, DatabaseConnection)
    url = settings.expand(contract.connection.url)
    if url.startswith(("postgresql:", "postgresql+", "postgres:")):
        from pipelines.extract.databases import postgresql

        return postgresql.connect(contract, settings, url)
    from pipelines.extract.databases import generic

    return generic.connect(contract, settings, url)

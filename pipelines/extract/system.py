"""The tables of one system, one after the other, and what people let through of them.

Belongs here: what a kind of source needs once for all its tables. Does not: loading a table (load.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract
from pipelines.extract.load import TableLoad, load_table
from pipelines.extract.source import Pulled
from pipelines.keep import acts
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


ACCEPT_EMPTY = "accept_empty"  # the act that lets through what would be held back; subject crm.deals


def accepted_tables(settings: Settings, run_id: str) -> set[str]:
    """The tables (crm.deals) of which somebody lets this run take what would be held back."""
    return {act.subject for act in acts.read(settings, ACCEPT_EMPTY) if act.detail.get("run_id") == run_id}


def load_system(
    con: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    table_names: Sequence[str],
    settings: Settings,
    run_id: str,
    now: dt.datetime,
    accepted: Collection[str] = (),
) -> Iterator[tuple[str, TableLoad]]:
    """Loads the tables named, in that order; a delivery refused for one does not stop the others.

    A database or an API is opened once, so that all its tables are read from one snapshot where the server has such.
    `accepted` names tables (crm.deals) of which a delivery is taken that would be held back.
    Raises KpiError as load_table does.
    """
    with ExitStack() as stack:
        pulled = None if contract.kind == "files" else _open(stack, contract, settings)
        for name in table_names:
            accept = f"{contract.system}.{name}" in accepted
            try:
                loaded = load_table(con, contract, name, settings, run_id, now, pulled, accept)
            except KpiError as error:
                error.alone()
                raise
            for refused in loaded.refused:
                refused.error.alone()
            yield name, loaded


def _open(stack: ExitStack, contract: SourceContract, settings: Settings) -> Pulled:
    from pipelines.extract import databases, rest

    kind = databases if contract.kind == "database" else rest
    try:
        return stack.enter_context(kind.connect(contract, settings))
    except KpiError as error:
        return _Unreachable(error.alone())


class _Unreachable(NamedTuple):
    """A system that cannot be reached: each of its tables says so for itself, and other systems go on."""

    error: KpiError

    def pull(self, table_name: str, since: str | None) -> NoReturn:
        raise self.error

    def records_now(self, table_name: str) -> None:
        return None

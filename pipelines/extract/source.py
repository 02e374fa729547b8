"""What every kind of source hands to the load, and nothing more: Arrow batches, a count of its own, what looked odd.

Belongs here: the narrow interface. Does not: any kind of source (files/, databases/, rest/).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from pipelines.errors import KpiError

if TYPE_CHECKING:
    import pyarrow as pa


class NoSuchTable(KpiError):
    """The source answers and has no such table; of a table marked optional that is told, and the others go on."""


class Finding(NamedTuple):
    """Something about a delivery that its contract does not say, and what follows; never a value of a record."""

    kind: str  # added, dropped, renamed, recased, retyped, unsorted; findings.py adds its own
    column: str
    outcome: Literal["take", "warn", "refuse"]
    why_zh: str
    why_en: str


class Records(NamedTuple):
    """Records as delivered: the contract's columns under the contract's names, text or typed."""

    reader: pa.RecordBatchReader
    # A list, since some readers (JSON, REST) know what is odd only after the last batch: look at it then, not before.
    findings: list[Finding]


@dataclass(frozen=True)
class Pull:
    """What one read of a table from a database or an API brings."""

    name: str  # what it was read from, as ledger and messages call it: crm_lead; never a secret
    records: Records
    # The number of records by other means than reading them (select count(*), the totals of the pages); asked once,
    # after the last batch, and compared with what was landed.
    count: Callable[[], int]
    is_whole: bool = False  # every record, though it was asked from a cursor on, which the source cannot tell


class Pulled(Protocol):
    """A connection to a database or an API, one snapshot for all tables where the server can."""

    def pull(self, table_name: str, since: str | None) -> Pull:
        """Records of a table whose cursor is `since` or later, or empty; all of them where `since` is None.

        `since` is written as the contract's cursor column is in raw: 2026-03-01 08:00:00 in the contract's time zone,
        2026-03-01, or a number. Raises NoSuchTable, after which other tables can still be pulled; KpiError: no such
        column, not reachable, log-in refused, and while the batches are read where the connection is lost. No message
        holds a secret or a value of a record.
        """

    def records_now(self, table_name: str) -> int | None:
        """How many records the whole table has now; None where the source cannot say it cheaply."""

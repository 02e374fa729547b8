"""Rows that somebody let out of quarantine though they break a rule: acts, kept with who and why.

Belongs here: reading those acts, and which rows they are about. Does not: setting aside (quarantine.py), the command
that writes them (cli/quarantine.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipelines.keep import acts
from pipelines.settings import Settings

RELEASE = "release"  # the act; subject crm.deals, detail {"rows": [[batch_id, row_number, rule], …]}


class Released(NamedTuple):
    """One row as it was delivered, and the rule it may break. A corrected delivery of it is another row."""

    batch_id: str
    row_number: int
    rule: str


def read(settings: Settings) -> dict[str, frozenset[Released]]:
    """Per raw table (raw_crm.deals) the rows that somebody released. Raises KpiError where acts cannot be read."""
    found: dict[str, set[Released]] = {}
    for act in acts.read(settings, RELEASE):
        rows = (Released(str(batch), int(number), str(rule)) for batch, number, rule in act.detail["rows"])
        found.setdefault(f"raw_{act.subject}", set()).update(rows)
    return {address: frozenset(rows) for address, rows in found.items()}


def subject(address: str) -> str:
    """`raw_crm.deals` → `crm.deals`, as acts and commands call it."""
    return address.removeprefix("raw_")


def detail(rows: Iterable[Released]) -> Mapping[str, list[list[str | int]]]:
    """What an act says of the rows."""
    return {"rows": [list(row) for row in sorted(rows)]}

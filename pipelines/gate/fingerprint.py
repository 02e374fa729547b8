"""Whether a table's checks would say the same as last time: what they depend on, as one hash.

Belongs here: the hash, and the counts of the run that last had it. Does not: running checks.
Why: importing Great Expectations costs 1.6 CPU seconds and its checks as much again, and most tables are unchanged
on most runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.extract.contract import TableContract
from pipelines.gate import rules
from pipelines.gate.engine import Outcome
from pipelines.gate.releases import Released
from pipelines.gate.suite import Suite
from pipelines.gate.verdicts import DELIVERY, READING

if TYPE_CHECKING:
    import duckdb


def of_raw_table(
    con: duckdb.DuckDBPyConnection,
    suite: Suite,
    table: TableContract,
    as_of: date,
    released: Collection[Released] = (),
    answers: Mapping[str, bool] | None = None,
) -> str | None:
    """The hash over suite, contract, releases, this code, and the deliveries of every table that the suite reads.

    `answers` says whether each rule whose bounds move holds now: the bound itself is another one every day.
    None where the deliveries do not tell what is in the table (none is recorded, or a query reads what is not raw).
    """
    deliveries = []
    others = {name for rule in suite.expectations for name in rules.mentioned_tables(rule.kwargs)}
    queries = [
        str(rule.kwargs[key]) for rule in suite.expectations for key in ("unexpected_rows_query",) if key in rule.kwargs
    ]
    if any(_reads_elsewhere(query) for query in queries):
        return None
    for address in sorted({suite.address, *others}):
        found = con.execute(
            "select batch_id, file_hash, contract_hash, loaded, loaded_at::varchar from loads.ledger"
            " where 'raw_' || system || '.' || table_name = ? order by all",
            [address],
        ).fetchall()
        if address == suite.address and not found:
            return None
        deliveries.append([address, found])
    day = as_of.isoformat() if any("as_of" in query for query in queries) else None
    said = suite.file.path.read_text("utf-8")
    return _hash(
        _code(), said, table.model_dump_json(), deliveries, day, sorted(released), sorted((answers or {}).items())
    )


def published_content(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, str]:
    """Per published table the hash of its content."""
    from pipelines.publish.content_hash import content_hashes

    return content_hashes(con, "published", run_id=run_id)


def of_published_table(suite: Suite, content: Mapping[str, str], as_of: date, answers: Mapping[str, bool]) -> str:
    """The hash over the suite, this code, the day and the content of every published table (a query may read any)."""
    said = suite.file.path.read_text("utf-8")
    return _hash(_code(), said, sorted(content.items()), as_of.isoformat(), sorted(answers.items()))


def known_outcomes(con: duckdb.DuckDBPyConnection, suite: Suite, fingerprint: str | None) -> dict[str, Outcome] | None:
    """Check name → outcome of the run that last saw this fingerprint; None where none did or a check is missing."""
    if fingerprint is None:
        return None
    found = con.execute(
        """
        select check_name, status, failed_rows, checked_rows
        from gate.results
        join gate.fingerprints using (run_id, table_name)
        where table_name = ? and fingerprint = ? and expectation_type not in (?, ?)
        """,
        [suite.address, fingerprint, READING, DELIVERY],
    ).fetchall()
    outcomes = {name: Outcome(status, failed, checked) for name, status, failed, checked in found}
    same = set(outcomes) == set(suite.checks) and all(o.status != "error" for o in outcomes.values())
    return outcomes if same else None


def is_last(con: duckdb.DuckDBPyConnection, address: str, fingerprint: str) -> bool:
    """Whether this is what was remembered of a table last."""
    found = con.execute(
        "select 1 from gate.fingerprints where table_name = ? and fingerprint = ?", [address, fingerprint]
    )
    return found.fetchone() is not None


def forget_all(con: duckdb.DuckDBPyConnection) -> None:
    """Raw has lost rows in another way than by a delivery: nothing that was told by deliveries may be kept.

    Not only of that table: the effect of quarantine stands on every table, and the run after a removal that left it was
    refused, since it compared with figures that were no longer published (34 rows of the demo).
    """
    con.execute("delete from gate.fingerprints")


def remember(con: duckdb.DuckDBPyConnection, address: str, fingerprint: str | None, run_id: str) -> None:
    """Replaces the fingerprint of a table; with None the next run checks it anew."""
    con.execute("delete from gate.fingerprints where table_name = ?", [address])
    if fingerprint is not None:
        con.execute("insert into gate.fingerprints values (?, ?, ?)", [address, fingerprint, run_id])


def _reads_elsewhere(query: str) -> bool:
    """Whether a query reads a schema of ours whose content deliveries do not tell."""
    return any(
        f"{schema}." in query for schema in ("loads", "gate", "definitions", "staging", "entities", "quarantine")
    )


@cache
def _code() -> str:
    """A hash of the code that decides outcomes: an upgrade checks everything anew."""
    names = ("rules.py", "engine.py", "shims.py", "fused.py", "metric_sql.py", "row_query.py", "quarantine.py")
    texts = [(Path(__file__).parent / name).read_bytes() for name in names]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()

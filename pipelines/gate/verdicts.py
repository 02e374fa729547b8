"""What follows from the outcomes of a table's rules: pass, warn or block, and the rows of gate.* that say so.

Belongs here: the three outcomes of a failed check, and writing results, verdicts and blocked entities.
Does not: running the rules (engine.py), setting rows aside (quarantine.py), what a block does to KPIs (model/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.source import Finding
from pipelines.gate.engine import Outcome
from pipelines.gate.quarantine import Held
from pipelines.gate.suite import Expectation

if TYPE_CHECKING:
    import duckdb

Verdict = Literal["pass", "warn", "block"]
READING = "every_record_can_be_read"  # the check that the load answers, not a suite
RECONCILIATION = "reconciliation"  # the system and type of what compares two systems, after the entities are built
CUSTOMER_MONTH = "customer_month"  # the level of such a check: it counts months of customers, not rows
DELIVERY = "delivery"  # the type of what the load found odd about a delivery


@dataclass(frozen=True)
class CheckResult:
    """One rule of one table and what came of it."""

    name: str
    expectation: Expectation
    outcome: Outcome
    owner: str
    table: str = ""  # its address: raw_crm.deals, published.kpi_values

    @property
    def failed_share(self) -> float | None:
        """Failed rows among those checked; None where nothing was checked or nothing came of it."""
        if self.outcome.failed_rows is None or not self.outcome.checked_rows:
            return None
        return self.outcome.failed_rows / self.outcome.checked_rows


class Reconciled(NamedTuple):
    """One check of two systems: months of customers that are due, and those that do not agree."""

    check: str
    failed: int
    checked: int


@dataclass(frozen=True)
class TableVerdict:
    """May this table be used? `table_name` is its address (raw_crm.deals); shares are fractions of 1."""

    system: str
    table_name: str
    verdict: Verdict
    failed_rules: int
    quarantined_rows: int
    quarantined_share: float
    kpis_affected: list[str]
    results: list[CheckResult] = field(default_factory=list)
    reused: bool = False


def decide(
    results: Iterable[CheckResult],
    quarantined_share: float,
    block_above: float,
    findings: Sequence[Finding] = (),
) -> Verdict:
    """The verdict on a table.

    block: a critical table rule failed, a delivery was refused, or more than `block_above` of the source's rows are set
    aside. warn: any other critical rule or a warning failed, a delivery came otherwise than agreed, or rows are set
    aside. A failed info rule never changes it.
    """
    outcomes = {finding.outcome for finding in findings}
    if "refuse" in outcomes:
        return "block"
    failed = [result.expectation for result in results if result.outcome.status == "fail"]
    if any(rule.severity == "critical" and rule.level == "table" for rule in failed):
        return "block"
    if quarantined_share > block_above:
        return "block"
    if quarantined_share > 0 or "warn" in outcomes or any(rule.severity != "info" for rule in failed):
        return "warn"
    return "pass"


def table_verdict(
    system: str,
    address: str,
    table: TableContract,
    results: list[CheckResult],
    held: Held,
    records: int,
    kpis_affected: Sequence[str],
    reused: bool = False,
    findings: Sequence[Finding] = (),
) -> TableVerdict:
    """The verdict with its figures; `records` counts what raw holds and what could not be read."""
    share = held.rows / max(records, held.rows) if held.rows else 0.0
    failed = [r for r in results if r.outcome.status == "fail" and r.expectation.severity != "info"]
    odd = [finding for finding in findings if finding.outcome != "take"]
    return TableVerdict(
        system=system,
        table_name=address,
        verdict=decide(results, share, table.block_above, findings),
        failed_rules=len(failed) + len(odd),
        quarantined_rows=held.rows,
        quarantined_share=share,
        kpis_affected=list(kpis_affected),
        results=results,
        reused=reused,
    )


def write_results(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    system: str,
    address: str,
    results: Sequence[CheckResult],
    kpis_affected: Sequence[str],
) -> None:
    """Replaces what gate.results says of this run and table."""
    con.execute("delete from gate.results where run_id = ? and table_name = ?", [run_id, address])
    rows = [
        [
            run_id, system, address, result.name, rule.type, ", ".join(rule.columns), rule.level, rule.severity,
            result.outcome.status, result.outcome.failed_rows, result.outcome.checked_rows, result.failed_share,
            result.owner, rule.why_in("zh"), rule.why_in("en"), ",".join(kpis_affected),
        ]
        for result in results
        for rule in [result.expectation]
    ]  # fmt: skip
    if rows:
        con.executemany(
            "insert into gate.results (run_id, system, table_name, check_name, expectation_type, column_name, level,"
            " severity, status, failed_rows, checked_rows, failed_share, owner, why_zh, why_en, kpis_affected)"
            f" values ({', '.join('?' * 16)})",
            rows,
        )


def write_reading(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    system: str,
    address: str,
    unread: int,
    records: int,
    owner: str,
    kpis_affected: Sequence[str],
) -> None:
    """Adds to gate.results what no suite can say: how many `records` of the source could not be read (typed) at all.

    They never were in raw, so no rule sees them; without this row nobody would be told of them.
    """
    con.execute(
        "insert into gate.results by name select ? as run_id, ? as system, ? as table_name, ? as check_name,"
        " ? as expectation_type, '' as column_name, 'row' as level, 'critical' as severity, ? as status,"
        " ? as failed_rows, ? as checked_rows, ? as failed_share, ? as owner, ? as why_zh, ? as why_en,"
        " ? as kpis_affected",
        [
            run_id, system, address, READING, READING, "fail" if unread else "pass", unread, records,
            unread / records if records else 0.0, owner, "这些记录的日期、数字或主键无法识别。",
            "A date, a number or a key in these records cannot be read.", ",".join(kpis_affected),
        ],
    )  # fmt: skip


def write_findings(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    system: str,
    address: str,
    findings: Sequence[Finding],
    owner: str,
    kpis_affected: Sequence[str],
) -> None:
    """Adds to gate.results what was odd about the deliveries themselves, one row per finding."""
    severity = {"take": "info", "warn": "warning", "refuse": "critical"}
    rows = [
        [
            run_id, system, address, f"delivery_{finding.kind}({finding.column})", DELIVERY, "", "table",
            severity[finding.outcome], "pass" if finding.outcome == "take" else "fail", owner, finding.why_zh,
            finding.why_en, ",".join(kpis_affected),
        ]
        for finding in findings
    ]  # fmt: skip
    if rows:
        con.executemany(
            "insert into gate.results (run_id, system, table_name, check_name, expectation_type, column_name, level,"
            f" severity, status, owner, why_zh, why_en, kpis_affected) values ({', '.join('?' * 13)})",
            rows,
        )


def write_reconciliations(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Reconciled]:
    """Copies the outcomes of this run's reconciliations (kpis.reconciliation_results) into gate.results."""
    con.execute("begin")
    con.execute("delete from gate.results where run_id = ? and system = ?", [run_id, RECONCILIATION])
    con.execute(
        "insert into gate.results by name select run_id, ? as system, 'entities.' || left_entity as table_name,"
        " check_id as check_name, ? as expectation_type, '' as column_name, ? as level, severity, status, failed_rows,"
        " checked_rows, failed_share, owner, why_zh, why_en, kpis_affected"
        " from kpis.reconciliation_results where run_id = ?",
        [RECONCILIATION, RECONCILIATION, CUSTOMER_MONTH, run_id],
    )
    found = con.execute(
        "select check_name, failed_rows, checked_rows from gate.results where run_id = ? and system = ? order by 1",
        [run_id, RECONCILIATION],
    ).fetchall()
    con.execute("commit")
    return [Reconciled(*row) for row in found]


def write_verdict(con: duckdb.DuckDBPyConnection, run_id: str, verdict: TableVerdict) -> None:
    """Replaces what gate.verdicts says of this run and table."""
    con.execute("delete from gate.verdicts where run_id = ? and table_name = ?", [run_id, verdict.table_name])
    con.execute(
        "insert into gate.verdicts (run_id, system, table_name, verdict, failed_rules, quarantined_rows,"
        " quarantined_share, kpis_affected) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run_id, verdict.system, verdict.table_name, verdict.verdict, verdict.failed_rules,
            verdict.quarantined_rows, verdict.quarantined_share, ",".join(verdict.kpis_affected),
        ],
    )  # fmt: skip


def write_blocked_entities(
    con: duckdb.DuckDBPyConnection, contracts: Iterable[SourceContract], verdicts: Iterable[TableVerdict]
) -> list[str]:
    """Replaces gate.blocked_entities by the entities that a blocked table feeds; returns them."""
    tables: Mapping[str, TableContract] = {
        f"{contract.raw_schema}.{name}": table for contract in contracts for name, table in contract.tables.items()
    }
    blocked = {v.table_name for v in verdicts if v.verdict == "block"}
    entities = sorted({mapping.entity for address in blocked for mapping in tables[address].entities})
    con.execute("delete from gate.blocked_entities")
    if entities:
        con.executemany("insert into gate.blocked_entities values (?)", [[entity] for entity in entities])
    return entities

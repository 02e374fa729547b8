"""Checks every raw table, sets rows aside, gives verdicts; and checks the published tables before they go out.

Belongs here: the order of the step. Does not: any of its parts (see __init__.py for where they are).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, KpiErrors
from pipelines.extract import findings
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.gate import counts, fingerprint, history, moving, quarantine, releases, rules, verdicts
from pipelines.gate.engine import GreatExpectations, Outcome
from pipelines.gate.quarantine import Held
from pipelines.gate.releases import Released
from pipelines.gate.suite import Suite
from pipelines.gate.verdicts import CheckResult, TableVerdict
from pipelines.model.company import Company, read_company
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str], None]


def check_raw(
    settings: Settings,
    contracts: Sequence[SourceContract],
    suites: Mapping[str, Suite],
    run_id: str,
    as_of: date,
    kpis_by_table: Mapping[str, Sequence[str]],
    progress: Progress | None = None,
) -> list[TableVerdict]:
    """One verdict per table of `contracts`, written to gate.* together with results and rows set aside.

    A table whose deliveries and suite are those of the last check gets the same outcomes without another look.
    Raises KpiErrors naming suite and rule where a rule could not be evaluated: that is our error, not the data's; its
    table then has results (status error) but no verdict, so that publishing fails closed.
    """
    released, company = releases.read(settings), _company(settings, suites)
    with open_warehouse(settings) as con:
        return check_raw_tables(con, contracts, suites, run_id, as_of, kpis_by_table, progress, released, company)


def check_raw_tables(
    con: duckdb.DuckDBPyConnection,
    contracts: Sequence[SourceContract],
    suites: Mapping[str, Suite],
    run_id: str,
    as_of: date,
    kpis_by_table: Mapping[str, Sequence[str]],
    progress: Progress | None = None,
    released: Mapping[str, frozenset[Released]] | None = None,
    company: Company | None = None,
) -> list[TableVerdict]:
    """check_raw on a connection that is open already; `released` are rows that somebody let out, by address.

    `company` is needed where a suite counts working days.
    """
    con.execute("delete from gate.verdicts where run_id = ?", [run_id])
    tell = progress or (lambda text: None)
    given: list[TableVerdict] = []
    errors: list[KpiError] = []
    with ExitStack() as stack:
        gx: GreatExpectations | None = None
        for contract in contracts:
            for name, table in contract.tables.items():
                address = f"{contract.raw_schema}.{name}"
                suite, kpis = suites.get(address), kpis_by_table.get(address, [])
                if not _exists(con, address):
                    errors.append(KpiError(f"there is no table {address}", next_step="load it first: kpi run"))
                    continue
                let_out = (released or {}).get(address, frozenset())
                moment = moving.of_raw_table(con, contract, name, as_of, company)
                now, mark = suite, None
                if suite:
                    now = moving.resolved(suite, moment)
                    answers = moving.answers(con, now, suite)
                    if answers is not None:
                        mark = fingerprint.of_raw_table(con, suite, table, as_of, let_out, answers)
                outcomes = fingerprint.known_outcomes(con, suite, mark) if suite else {}
                reused = suite is not None and outcomes is not None
                if now and outcomes is None:
                    if gx is None:
                        tell("starting Great Expectations")
                        gx = stack.enter_context(GreatExpectations(con))
                    tell(f"checking {address}")
                    outcomes = gx.check(now, as_of)
                results = _results(suite, outcomes or {}, contract.owner)
                failed_to_run = _errors(suite, results)
                if not reused and not failed_to_run:
                    results = _set_aside(con, address, table, results, suite, run_id, as_of, let_out)
                held = quarantine.held(con, address)
                records = _records(con, address, held)
                rows = records - held.load - moment.past
                results = _with_bounds(results, now, rows, moment.past)
                odd = findings.read(con, run_id, contract.system, name)
                verdict = verdicts.table_verdict(
                    contract.system, address, table, results, held, records, kpis, reused, odd
                )
                con.execute("begin")
                verdicts.write_results(con, run_id, contract.system, address, results, kpis)
                owner = (suite.owner if suite else None) or contract.owner
                verdicts.write_reading(con, run_id, contract.system, address, held.load, records, owner, kpis)
                verdicts.write_findings(con, run_id, contract.system, address, odd, owner, kpis)
                failing = {r.name for r in results if r.outcome.status == "fail"}
                counts.write(con, contract, name, suite, owner, as_of, held.load, failing, mark)
                if not failed_to_run:
                    history.remember(con, address, as_of, rows)
                    verdicts.write_verdict(con, run_id, verdict)
                    given.append(verdict)
                fingerprint.remember(con, address, None if failed_to_run else mark, run_id)
                con.execute("commit")
                errors += failed_to_run
    verdicts.write_blocked_entities(con, contracts, given)
    if errors:
        raise KpiErrors(errors)
    reused_tables = sum(verdict.reused for verdict in given)
    tell(f"{len(given)} tables checked, {reused_tables} of them unchanged since the last check")
    return given


def check_published(
    settings: Settings,
    suites: Mapping[str, Suite],
    run_id: str,
    as_of: date,
    owner: str = "",
    progress: Progress | None = None,
) -> list[CheckResult]:
    """What came of every rule of the published tables: a critical one that fails is a publication rule (`broken`).

    Every outcome is written to gate.results under the system `published`; `owner` answers where a suite names nobody.
    Raises KpiErrors where a rule could not be evaluated, or a suite is for no table.
    """
    promised = [suite for suite in suites.values() if suite.schema == "published"]
    if not promised:
        return []
    found: list[CheckResult] = []
    errors: list[KpiError] = []
    company = _company(settings, {suite.address: suite for suite in promised})
    with open_warehouse(settings) as con, ExitStack() as stack:
        gx: GreatExpectations | None = None
        content = fingerprint.published_content(con, run_id)
        for suite in promised:
            if not _exists(con, suite.address):
                errors.append(suite.file.error(f"a suite for no table: {suite.address}"))
                continue
            now = moving.resolved(suite, moving.of_published_table(con, suite, as_of, company))
            answers = moving.answers(con, now, suite)
            mark = None if answers is None else fingerprint.of_published_table(suite, content, as_of, answers)
            outcomes = fingerprint.known_outcomes(con, suite, mark)
            if outcomes is None:
                if gx is None:
                    gx = stack.enter_context(GreatExpectations(con))
                if progress:
                    progress(f"checking {suite.address}")
                outcomes = gx.check(now, as_of)
            results = _results(suite, outcomes, owner)
            failed_to_run = _errors(suite, results)
            rows = _count(con, suite.address)
            results = _with_bounds(results, now, rows)
            con.execute("begin")
            history.remember(con, suite.address, as_of, rows)
            verdicts.write_results(con, run_id, suite.system, suite.address, results, [])
            fingerprint.remember(con, suite.address, None if failed_to_run else mark, run_id)
            con.execute("commit")
            errors += failed_to_run
            found += results
    if errors:
        raise KpiErrors(errors)
    return found


def published_results(settings: Settings, suites: Mapping[str, Suite], run_id: str) -> list[CheckResult] | None:
    """What check_published found earlier in this run; None where it has not looked at every rule: then look."""
    with open_warehouse(settings) as con:
        rows = con.execute(
            "select table_name, check_name, owner, status, failed_rows, checked_rows from gate.results"
            " where run_id = ? and system = 'published'",
            [run_id],
        ).fetchall()
    known = {(table, check): (owner, Outcome(*outcome)) for table, check, owner, *outcome in rows}
    found = []
    for suite in suites.values():
        for name, rule in suite.checks.items() if suite.schema == "published" else ():
            if (suite.address, name) not in known:
                return None
            owner, outcome = known[suite.address, name]
            found.append(CheckResult(name, rule, outcome, owner, suite.address))
    return found


def broken(results: Sequence[CheckResult]) -> list[CheckResult]:
    """The critical rules that do not hold: with any of them on a published table nothing may be swapped."""
    return [r for r in results if r.outcome.status != "pass" and r.expectation.severity == "critical"]


def _results(suite: Suite | None, outcomes: Mapping[str, Outcome], owner: str) -> list[CheckResult]:
    if suite is None:
        return []
    return [
        CheckResult(name, rule, outcomes[name], rule.owner or suite.owner or owner, suite.address)
        for name, rule in suite.checks.items()
    ]


def _errors(suite: Suite | None, results: Sequence[CheckResult]) -> list[KpiError]:
    if suite is None:
        return []
    return [
        suite.error(
            result.expectation,
            f"{result.name} could not be evaluated: {result.outcome.problem}",
            "correct the rule; this says nothing about the data",
        )
        for result in results
        if result.outcome.status == "error"
    ]


def _set_aside(
    con: duckdb.DuckDBPyConnection,
    address: str,
    table: TableContract,
    results: Sequence[CheckResult],
    suite: Suite | None,
    run_id: str,
    as_of: date,
    released: Collection[Released],
) -> list[CheckResult]:
    """Sets aside what breaks critical row rules, and holds our count of those rows against that of GX.

    Returns the results without the rows that somebody released: whoever did said that they are right.
    """
    broken = {
        r.name: r.expectation
        for r in results
        if r.outcome.status == "fail" and r.expectation.severity == "critical" and r.expectation.level == "row"
    }
    now = datetime.now(UTC).replace(tzinfo=None)
    counts = quarantine.set_aside(
        con, address, table, broken, run_id=run_id, as_of=as_of, set_aside_at=now, released=released
    )
    left = []
    for result in results:
        found, theirs = counts.get(result.name), result.outcome.failed_rows
        if found is None or theirs is None:
            left.append(result)
            continue
        if found.rows != theirs and result.expectation.type != rules.QUERY and suite:
            raise suite.error(
                result.expectation,
                f"{result.name}: {found.rows} rows set aside but Great Expectations counts {theirs}",
                "this is a fault of the gate: report it with the suite file",
            )
        left.append(replace(result, outcome=_without(result.outcome, found.released)))
    return left


def _without(outcome: Outcome, released: int) -> Outcome:
    rows = max((outcome.failed_rows or 0) - released, 0)
    return replace(outcome, failed_rows=rows, status="fail" if rows else "pass") if released else outcome


def _records(con: duckdb.DuckDBPyConnection, address: str, held: Held) -> int:
    """The records there are to judge now: what raw holds, and what could not be read.

    Not all that was ever delivered: a table delivered whole every day would soon hide any fault among its own past.
    """
    return _count(con, address) + held.load


def _count(con: duckdb.DuckDBPyConnection, address: str) -> int:
    row = con.execute(f"select count(*) from {rules.qualified(address)}").fetchone()
    return int(row[0]) if row else 0


def _company(settings: Settings, suites: Mapping[str, Suite]) -> Company | None:
    """Whose working days count; None where no suite counts any."""
    return read_company(settings.kpi_definitions) if moving.needs_calendar(suites.values()) else None


def _with_bounds(results: Sequence[CheckResult], now: Suite | None, rows: int, past: int = 0) -> list[CheckResult]:
    """Results whose reason also says what was expected today, where the bounds of a rule move."""
    plain = now.checks if now else {}
    return [
        replace(result, expectation=moving.with_bounds(result.expectation, plain[result.name], rows, past))
        if result.outcome.status == "fail"
        else result
        for result in results
    ]


def _exists(con: duckdb.DuckDBPyConnection, address: str) -> bool:
    schema, table = address.split(".", 1)
    found = con.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, table]
    )
    return found.fetchone() is not None

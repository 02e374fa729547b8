"""Runs suites through Great Expectations, inside the database; it is imported when a suite is run, and not before.

Belongs here: GX's objects, its results as plain outcomes. Does not: what makes GX work on DuckDB (shims.py) and fast
(fused.py), which rows fail (rules.py), what follows from a failure (verdicts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from pipelines.gate import fused, rules
from pipelines.gate.shims import duckdb_engine, load, quiet
from pipelines.gate.suite import Expectation, Suite

if TYPE_CHECKING:
    import duckdb

# No failing value may leave the database: results hold counts only.
COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0, "exclude_unexpected_values": True}


@dataclass(frozen=True)
class Outcome:
    """What came of one rule.

    failed_rows: rows that break it (for a table rule that is not about rows: 0 or 1). checked_rows: rows it was asked
    of (for rules about values: those with one). Both None where status is error; `problem` then says what happened.
    """

    status: Literal["pass", "fail", "error"]
    failed_rows: int | None = None
    checked_rows: int | None = None
    problem: str = ""


class GreatExpectations:
    """GX on one open connection; use as a context manager, so that nothing of it outlives the connection.

    `fuse`: a table's numbers come from one statement of ours; without it GX asks for each by itself (the tests hold
    both equal).
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, fuse: bool = True) -> None:
        self.con, self.fuse = con, fuse

    def __enter__(self) -> GreatExpectations:
        with quiet():
            self._gx = load()
            engine_class = duckdb_engine()
            from duckdb_engine import ConnectionWrapper
            from great_expectations.datasource.fluent import SQLDatasource
            from sqlalchemy.pool import NullPool

            # A cursor shares the connection's database: opening the file a second time with another configuration
            # is refused by DuckDB, and with the same one would keep it locked until the engine is disposed.
            creation = {"creator": lambda: ConnectionWrapper(self.con.cursor()), "poolclass": NullPool}
            self._context = self._gx.get_context(mode="ephemeral")
            self._context.variables.progress_bars = {"globally": False}
            # Nobody reads what this context keeps: its configuration, written anew as YAML with every table, and a
            # second copy of every result as JSON. 14 tables with 196 rules: 0.48 → 0.33 CPU s.
            self._context._save_project_config = lambda *args, **kwargs: None
            self._context.validation_results_store.store_validation_results = lambda *args, **kwargs: None
            # The seam that GX offers for its execution engine is on the class, so it is put back at the end.
            self._datasource = cast("Any", SQLDatasource)
            self._override = self._datasource.execution_engine_override
            self._datasource.execution_engine_override = engine_class
            self._source = self._context.data_sources.add_sql(
                "warehouse", connection_string="duckdb:///:memory:", kwargs=creation
            )
        return self

    def __exit__(self, *error: object) -> None:
        self._datasource.execution_engine_override = self._override
        self._source.get_execution_engine().close()
        self._source.get_engine().dispose()

    def check(self, suite: Suite, as_of: date) -> dict[str, Outcome]:
        """Check name → outcome, for every rule of a suite, of the table at the suite's address."""
        validated = self.validate(suite, as_of)
        rows = self._row_count(suite.address)
        found = {result.expectation_config.meta["check"]: result for result in validated.results}
        return {name: _outcome(found.get(name), rule, rows) for name, rule in suite.checks.items()}

    def validate(self, suite: Suite, as_of: date) -> Any:
        """GX's own ExpectationSuiteValidationResult: counts, columns and types, and the largest value where a rule is
        about that one: whoever keeps it leaves that out (data_docs.py).
        """
        with quiet():
            return self._validate(suite, as_of)

    def _validate(self, suite: Suite, as_of: date) -> Any:
        from great_expectations import ExpectationSuite, ValidationDefinition
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
        from great_expectations.expectations.metadata_types import FailureSeverity

        asset = self._source.add_table_asset(suite.address, table_name=suite.table, schema_name=suite.schema)
        configurations = [
            ExpectationConfiguration(
                type=rule.type,
                kwargs=_gx_kwargs(suite.address, rule, as_of),
                severity=FailureSeverity(rule.severity),
                meta={"check": name, "owner": rule.owner or suite.owner, "why": rule.why_in("en")},
            )
            for name, rule in suite.checks.items()
        ]
        # add_expectation_configuration would replace an earlier rule of the same type and column without a word.
        gx_suite = ExpectationSuite(suite.address, expectations=configurations)
        definition = ValidationDefinition(
            name=suite.address,
            data=asset.add_batch_definition_whole_table("whole table"),
            suite=self._context.suites.add(gx_suite),
        )
        definition = self._context.validation_definitions.add(definition)
        if not self.fuse:
            return definition.run(result_format=COUNTS_ONLY)
        # A cursor that is left open would keep the file locked.
        with self.con.cursor() as cursor, self._answering(fused.Answers(cursor, suite)):
            return definition.run(result_format=COUNTS_ONLY)

    @contextmanager
    def _answering(self, answers: fused.Answers) -> Iterator[None]:
        """While it lasts, GX takes from `answers` what stands there."""
        engine, get_validator = self._source.get_execution_engine(), self._context.get_validator

        def fused_validator(*args: Any, **kwargs: Any) -> Any:
            validator = get_validator(*args, **kwargs)
            validator.graph_validate = fused.judge(answers, validator, validator.graph_validate)
            return validator

        engine.answers, self._context.get_validator = answers, fused_validator
        try:
            yield
        finally:
            engine.answers = None
            del self._context.get_validator

    def _row_count(self, address: str) -> int:
        row = self.con.execute(f"select count(*) from {rules.qualified(address)}").fetchone()
        return int(row[0]) if row else 0


def _gx_kwargs(address: str, expectation: Expectation, as_of: date) -> dict[str, Any]:
    """The arguments as GX takes them: dates as datetimes, queries with the table's own name instead of a subquery."""
    kwargs = expectation.kwargs
    if expectation.type == rules.QUERY:
        # GX would put `(select * …) as subselect` for {batch}, with or without an alias depending on the word "join".
        query = rules.query_text(kwargs, rules.qualified(address), as_of)
        return {"unexpected_rows_query": query.replace("{", "{{").replace("}", "}}").replace(":", r"\:")}
    return {
        key: datetime(value.year, value.month, value.day)
        if isinstance(value, date) and not isinstance(value, datetime)
        else value
        for key, value in kwargs.items()
    }


def _outcome(result: Any, expectation: Expectation, rows: int) -> Outcome:
    if result is None:
        return Outcome("error", problem="Great Expectations gave no result for it")
    if problem := problem_of(result.exception_info):
        return Outcome("error", problem=problem)
    counts: Mapping[str, Any] = result.result or {}
    failed = counts.get("unexpected_count")
    if expectation.type == rules.QUERY:
        failed = counts.get("observed_value")
    elif rules.RULES[expectation.type].failing is None:
        failed = None if counts.get("observed_value") is None else int(not result.success)
        if expectation.type == rules.NEWEST and failed is None:  # no value at all: GX fails it, also without a row
            return Outcome("fail", 1, rows) if rows else Outcome("pass", 0, 0)
    if failed is None and rows == 0 and result.success:
        failed = 0  # a sum over no rows is NULL in SQL
    if failed is None:
        # An exception inside the engine shows as success=False without a count and without exception_info.
        return Outcome("error", problem="Great Expectations failed without saying why")
    checked = int(counts.get("element_count", rows)) - int(counts.get("missing_count", 0))
    return Outcome("pass" if result.success else "fail", int(failed), checked)


def problem_of(info: Mapping[str, Any] | None) -> str:
    """What an expectation raised, without any value of the data; nothing where it did not.

    DuckDB's conversion errors quote the value; those about names and syntax quote only what the suite says.
    """
    if not info or info.get("raised_exception") in (False, "False"):
        return ""
    told = [item for item in info.values() if isinstance(item, Mapping)] or [info]
    message = str(told[0].get("exception_message") or "unknown")
    if about_names := re.search(r"(Binder|Catalog|Parser) Error: [^\n]*", message):
        return about_names.group(0)
    if unknown := re.search(r'column "[^"]*" in BatchData does not exist|The column .* does not exist', message):
        return unknown.group(0)
    kind = re.search(r"\b(\w+(?:Error|Exception))\b", message + " " + str(told[0].get("exception_traceback", "")))
    return f"it raised {kind.group(1)}" if kind else "it raised an exception"

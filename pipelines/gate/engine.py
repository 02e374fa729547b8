"""Runs suites through Great Expectations, inside the database. The only module that imports it, and only when it must.

Belongs here: what makes GX 1.24 work on DuckDB 2.0 (see `_duckdb_engine`), its objects, its results as plain outcomes.
Does not: which rows fail (rules.py), what follows from a failure (verdicts.py).

The seam for more speed: `Engine.resolve_metrics` in `_duckdb_engine` sees every number GX asks for in one pass.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import StringIO
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, cast

from pipelines.gate import rules
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
    """GX on one open connection; use as a context manager, so that nothing of it outlives the connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def __enter__(self) -> GreatExpectations:
        with _quiet():
            self._gx = load()
            engine_class = _duckdb_engine()
            from duckdb_engine import ConnectionWrapper
            from great_expectations.datasource.fluent import SQLDatasource
            from sqlalchemy.pool import NullPool

            # A cursor shares the connection's database: opening the file a second time with another configuration
            # is refused by DuckDB, and with the same one would keep it locked until the engine is disposed.
            creation = {"creator": lambda: ConnectionWrapper(self.con.cursor()), "poolclass": NullPool}
            self._context = self._gx.get_context(mode="ephemeral")
            self._context.variables.progress_bars = {"globally": False}
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
        """GX's own ExpectationSuiteValidationResult, counts only."""
        with _quiet():
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
        return self._context.validation_definitions.add(definition).run(result_format=COUNTS_ONLY)

    def _row_count(self, address: str) -> int:
        row = self.con.execute(f"select count(*) from {rules.qualified(address)}").fetchone()
        return int(row[0]) if row else 0


@cache
def load() -> ModuleType:
    """Great Expectations, imported once, with analytics off and two large imports of its own left out.

    scipy.stats and altair are stood in for while GX is imported: 2.4 → 1.6 CPU s (GX 1.24.1, Python 3.11, 2 cores;
    6.3 → 4.2 where no bytecode is kept).
    Only the Kullback-Leibler and chart code uses them, none of the rules of rules.py; tests/gate/test_engine.py runs
    each of those after such an import. Afterwards the real modules are importable again for everybody else.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    stand_ins = {name: _StandIn(name) for name in ("scipy.stats", "altair") if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        import great_expectations
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
    atexit.register(_let_go_of_duckdb)
    return great_expectations


def _let_go_of_duckdb() -> None:
    """At exit: something in GX keeps duckdb_engine alive, and DuckDB then prints 40 lines about leaked objects."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "duckdb_engine":
            vars(module).clear()


class _StandIn(ModuleType):
    """A module in which every name is another stand-in; enough for `from scipy import stats` and annotations."""

    def __getattr__(self, name: str) -> _StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn(f"{self.__name__}.{name}")


@cache
def _duckdb_engine() -> type[Any]:
    """GX's SQL execution engine with what it needs on DuckDB (great_expectations issues 10738 and 11579).

    1. It reads rows after the connection was given back, which closes a DuckDB cursor: rows are fetched on execute.
    2. Reflection through SQLAlchemy 2.1 fails and GX then forgets the schema: columns come from duckdb_columns().
    3. It knows no regular expressions on DuckDB: regexp_matches.
    And one of ours: it asks for failing values even where none are wanted (one more scan a rule): it is given none.
    """
    import sqlalchemy as sa
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.metrics.map_metric_provider import (
        ColumnMapMetricProvider,
        column_condition_partial,
    )

    class Engine(SqlAlchemyExecutionEngine):
        def execute_query(self, query: Any) -> Any:
            with self.get_connection() as connection:
                return connection.execute(query).freeze()()

        def get_inspector(self) -> Any:
            return _Inspector(self)

        def resolve_metrics(
            self, metrics_to_resolve: Iterable[Any], metrics: Any = None, runtime_configuration: Any = None
        ) -> dict[Any, Any]:
            wanted = list(metrics_to_resolve)
            values = [metric for metric in wanted if metric.metric_name.endswith(_VALUES)]
            resolved: dict[Any, Any] = {metric.id: [] for metric in values}
            rest = [metric for metric in wanted if not metric.metric_name.endswith(_VALUES)]
            if rest:
                resolved |= super().resolve_metrics(rest, metrics, runtime_configuration)
            return resolved

    class MatchRegex(ColumnMapMetricProvider):
        condition_metric_name = "column_values.match_regex"
        condition_value_keys = ("regex",)

        @column_condition_partial(engine=Engine)
        def _duckdb(cls, column: Any, regex: str, **kwargs: Any) -> Any:
            return sa.func.regexp_matches(column, sa.literal(regex))

    return Engine


# Metrics that hold rows or values of the data rather than counts.
_VALUES = (".unexpected_values", ".unexpected_rows", "unexpected_rows_query.table")


class _Inspector:
    """The part of SQLAlchemy's inspector that GX asks for a table's columns."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.dialect = engine.engine.dialect

    def get_pk_constraint(self, table_name: str, schema: str | None = None) -> dict[str, Any]:
        return {}

    def get_columns(self, table_name: str, schema: str | None = None) -> list[dict[str, Any]]:
        import sqlalchemy as sa

        query = sa.text(
            "select column_name, data_type from duckdb_columns() where schema_name = :schema and table_name = :name"
            " order by column_index"
        ).bindparams(schema=schema, name=table_name)
        # GX refuses to compare text and truth values with numbers; a rule about a type names one of these.
        known = {
            "VARCHAR": sa.VARCHAR(), "BOOLEAN": sa.BOOLEAN(), "BIGINT": sa.BIGINT(), "INTEGER": sa.INTEGER(),
            "DECIMAL": sa.DECIMAL(), "DOUBLE": sa.DOUBLE(), "DATE": sa.DATE(), "TIMESTAMP": sa.TIMESTAMP(),
        }  # fmt: skip
        return [
            {"name": name, "type": known.get(data_type.partition("(")[0], sa.types.NullType())}
            for name, data_type in self.engine.execute_query(query).fetchall()
        ]


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
    if problem := _exception(result.exception_info):
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


def _exception(info: Mapping[str, Any] | None) -> str:
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


@contextmanager
def _quiet() -> Iterator[None]:
    """GX logs and prints queries and error texts, in which values of the data may stand: none of that is let out."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)

"""A table's checks in as few scans as possible: the numbers behind all its rules from one statement, then GX's word.

Belongs here: computing a table's numbers together and answering Great Expectations with them. Does not: the SQL of each
number (metric_sql.py), GX's objects (engine.py). What is not known here goes GX's own way, and so does what fails here:
then the error is GX's as well.

GX walks a graph of ten metrics a rule and builds each rule's objects anew for each of them; for a suite whose numbers
are known that is most of the time, so each rule is judged by its own `_validate` straight from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING, Any

from pipelines.gate import row_query, rules, shims
from pipelines.gate.metric_sql import (
    EXPECTATIONS,
    METRICS,
    QUERY_ROWS,
    Columns,
    Key,
    Metric,
    UnknownMetricError,
    key_of,
    query_of,
    rows_where,
)

if TYPE_CHECKING:
    import duckdb

    from pipelines.gate.suite import Suite

Numbers = dict[str, Any]  # what an expectation's _validate takes: metric name → number
# What GX asks for beside numbers; engine.py lets no value of the data out, so there are none.
_NO_VALUES: Numbers = {"unexpected_rows_query.table": []}
# Arguments that change no number.
_HARMLESS = frozenset(
    {"batch_id", "mostly", "min_value", "max_value", "strict_min", "strict_max"}
    | {"column", "type_", "column_set", "exact_match"}
)
_DOMAIN = frozenset({"batch_id", "condition_parser"})


class Answers:
    """The numbers of one table, computed together and each once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, suite: Suite) -> None:
        self._con = con
        self._table, self._address = rules.qualified(suite.address), (suite.schema, suite.table)
        found = con.execute(
            "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?"
            " order by column_index",
            [suite.schema, suite.table],
        ).fetchall()
        self._types: dict[str, str] = dict(found)
        self._numbers: dict[Key, Any] = {}

    def prepare(self, asked: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Computes metrics (name, arguments); those that are unknown or fail are left out without a word."""
        together: dict[Key, str] = {}
        for name, arguments in asked:
            try:
                key, metric = key_of(name, arguments), METRICS[name]
                if key in self._numbers or key in together:
                    continue
                if metric.of_columns:
                    self._numbers[key] = metric.of_columns(self._columns())
                else:
                    together[key] = self._row_condition(name, arguments) or self._sql(metric, arguments)
            except UnknownMetricError:
                continue
        self._compute(together)

    def get(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """A number that was prepared, None if it is NULL. Raises LookupError where there is none."""
        try:
            return self._numbers[key_of(name, arguments)]
        except UnknownMetricError as error:
            raise LookupError(name) from error

    def of_metrics(self, metrics: Iterable[Any]) -> dict[Any, Any]:
        """Id → number of those of GX's metric configurations that are about the whole table and known."""
        found = {}
        for metric in metrics:
            known = METRICS.get(metric.metric_name)
            told = {key for key, value in metric.metric_domain_kwargs.items() if value is not None} - _DOMAIN
            if known is None or not told <= set(known.keys):  # rows on a condition, another table
                continue
            with suppress(LookupError):
                found[metric.id] = self.get(
                    metric.metric_name, {**metric.metric_domain_kwargs, **metric.metric_value_kwargs}
                )
        return found

    def _columns(self) -> Columns:
        if not self._types:
            raise UnknownMetricError("no such table")
        return [column | {"primary_key": False} for column in shims.columns(self._types.items())]

    def _sql(self, metric: Metric, arguments: Mapping[str, Any]) -> str:
        assert metric.sql, "of_columns where it is no SQL"
        sql = metric.sql(arguments, self._types, self._table)
        return f"({sql})" if metric.alone else sql

    def _row_condition(self, name: str, arguments: Mapping[str, Any]) -> str | None:
        """The SQL for a query that asks each row of the table a question; None for all else."""
        if name != QUERY_ROWS:
            return None
        condition = row_query.condition(self._con, query_of(arguments), self._address, self._types)
        return rows_where(condition) if condition else None

    def _compute(self, asked: Mapping[Key, str]) -> None:
        """One statement; where it fails, each half alone, so that a faulty rule costs the others little."""
        import duckdb

        if not asked:
            return
        try:
            # The count is for the statement's sake: without an aggregate it would give a row a row.
            sql = f"select count(*), {', '.join(asked.values())} from {self._table}"
            ((_, *row),) = self._con.execute(sql).fetchall()
        except duckdb.Error:
            if len(asked) > 1:
                parts, half = list(asked.items()), len(asked) // 2
                self._compute(dict(parts[:half]))
                self._compute(dict(parts[half:]))
            return
        for key, number in zip(asked, row, strict=True):
            with suppress(TypeError):  # a value that JSON has no form for
                self._numbers[key] = _as_json(number) if METRICS[key[0]].is_value else number


def _as_json(value: Any) -> Any:
    from great_expectations.util import convert_to_json_serializable

    return convert_to_json_serializable(value)


def judge(answers: Answers, validator: Any, own_way: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """A stand-in for `graph_validate` of GX's validator that takes numbers from `answers`, and else goes `own_way`."""

    def graph_validate(configurations: list[Any], runtime_configuration: dict[str, Any] | None = None) -> list[Any]:
        runtime = runtime_configuration or {}
        batch_id = validator.active_batch_id
        asked = [(one, _expectation(one, batch_id) if _counts_only(runtime) else None) for one in configurations]
        answers.prepare(
            (name, arguments) for _, known in asked if known for name in known.metrics for arguments in [known.said]
        )
        results, left = [], []
        for configuration, known in asked:
            result = known.judged(answers, validator.execution_engine, runtime) if known else None
            if result is None:
                left.append(configuration)
            else:
                results.append(result)
        if left:
            results += own_way(configurations=left, runtime_configuration=runtime_configuration)
        return results

    return graph_validate


class _Known:
    """An expectation whose numbers we know how to compute, as GX's own object."""

    def __init__(self, expectation: Any, metrics: tuple[str, ...]) -> None:
        self.expectation, self.metrics = expectation, metrics
        self.said: dict[str, Any] = {name: getattr(expectation, name) for name in expectation.__fields__}

    def judged(self, answers: Answers, engine: Any, runtime: Mapping[str, Any]) -> Any:
        """GX's result for it; None where a number is missing or GX raises: its own way tells the error better."""
        try:
            numbers: Numbers = {name: answers.get(name, self.said) for name in self.metrics}
            # Without the engine, names of columns and types would be compared as of a pandas table.
            raw = self.expectation._validate(
                metrics=numbers | _NO_VALUES, runtime_configuration=dict(runtime), execution_engine=engine
            )
            return self.expectation._build_evr(raw_response=raw)
        except Exception:
            return None


def _expectation(configuration: Any, batch_id: str | None) -> _Known | None:
    metrics = EXPECTATIONS.get(configuration.type)
    if metrics is None:
        return None
    known = {key for name in metrics for key in METRICS[name].keys} | _HARMLESS
    if not set(configuration.kwargs) <= known:  # a condition on rows, or what a later GX may take
        return None
    of_batch = copy(configuration)
    of_batch._kwargs = {**configuration.kwargs, "batch_id": batch_id}
    return _Known(of_batch.to_domain_obj(), metrics)


def _counts_only(runtime: Mapping[str, Any]) -> bool:
    """Whether no value of the data is asked for, and nothing but counts is needed."""
    wanted = runtime.get("result_format")
    return (
        isinstance(wanted, Mapping)
        and wanted.get("result_format") == "BASIC"
        and bool(wanted.get("exclude_unexpected_values"))
        and not wanted.get("include_unexpected_rows")
        and not wanted.get("return_unexpected_index_query")
        and not wanted.get("unexpected_index_column_names")
    )

"""What makes Great Expectations 1.24 work on DuckDB 2.0, and what makes importing it bearable.

Belongs here: mends of GX, each with the fault it mends. Does not: driving GX (engine.py), what is faster (fused.py).
Nothing of GX is imported before `load` is called.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.gate.fused import Answers


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
def duckdb_engine() -> type[Any]:
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
        answers: Answers | None = None  # numbers that are known before GX asks for them

        def execute_query(self, query: Any) -> Any:
            with self.get_connection() as connection:
                return connection.execute(query).freeze()()

        def get_inspector(self) -> Any:
            return _Inspector(self)

        def resolve_metrics(
            self, metrics_to_resolve: Iterable[Any], metrics: Any = None, runtime_configuration: Any = None
        ) -> dict[Any, Any]:
            wanted = list(metrics_to_resolve)
            resolved: dict[Any, Any] = {metric.id: [] for metric in wanted if metric.metric_name.endswith(_VALUES)}
            if self.answers:
                resolved |= self.answers.of_metrics(wanted)
            if rest := [metric for metric in wanted if metric.id not in resolved]:
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
        return columns(self.engine.execute_query(query).fetchall())


def columns(found: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Columns (name, DuckDB's type) as SQLAlchemy's inspector tells them."""
    import sqlalchemy as sa

    # GX refuses to compare text and truth values with numbers; a rule about a type names one of these.
    known = {
        "VARCHAR": sa.VARCHAR(), "BOOLEAN": sa.BOOLEAN(), "BIGINT": sa.BIGINT(), "INTEGER": sa.INTEGER(),
        "DECIMAL": sa.DECIMAL(), "DOUBLE": sa.DOUBLE(), "DATE": sa.DATE(), "TIMESTAMP": sa.TIMESTAMP(),
    }  # fmt: skip
    return [
        {"name": name, "type": known.get(data_type.partition("(")[0], sa.types.NullType())} for name, data_type in found
    ]


@contextmanager
def quiet() -> Iterator[None]:
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

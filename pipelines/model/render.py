"""Renders the project's models without dbt, in milliseconds: for worked examples, and for one KPI asked on its own.

Belongs here: what `ref`, `source`, `config` and `adapter` are outside dbt, and which models a model needs.
Does not: any SQL. What dbt builds and what this renders is the same text through the same macros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.settings import DBT_PROJECT

if TYPE_CHECKING:
    import duckdb


RELATIONS = ("staging", "entities", "kpis")  # the schemas whose models a model may read by name


def built(con: duckdb.DuckDBPyConnection, schemas: Sequence[str] = RELATIONS) -> set[str]:
    """The names of the tables and views that are there in these schemas."""
    found = con.execute(
        "select table_name from information_schema.tables where list_contains(?, table_schema)", [list(schemas)]
    ).fetchall()
    return {name for (name,) in found}


# Macros that say where and how dbt builds a model, not what it says.
HOW_TO_BUILD = ("generate_schema_name.sql", "table.sql")


class Renderer:
    """The hand-written and the compiled models as plain DuckDB SQL; a relation is `"name"` or schema.table."""

    def __init__(
        self, compiled: dict[str, str], models: Path | None = None, source: Callable[[str, str], str] | None = None
    ) -> None:
        """`compiled` holds the compiled files by path, as model/compiler/folder.py makes them.

        `models` is a configuration's own folder of models; `source` says what stands for a source's table.
        """
        import jinja2

        folders = [DBT_PROJECT / "models", *([models] if models else [])]
        self.texts = {
            path.stem: path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.sql")
        }
        self.texts |= {Path(path).stem: text for path, text in compiled.items() if path.endswith(".sql")}
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
        environment.globals |= {
            "ref": self._ref,
            "source": source or (lambda schema, table: f"{schema}.{table}"),
            "config": lambda **_: "",
            "adapter": _Adapter(environment.globals),
        }
        macros = "\n".join(
            path.read_text(encoding="utf-8")
            for path in sorted((DBT_PROJECT / "macros").rglob("*.sql"))
            if path.name not in HOW_TO_BUILD
        )
        environment.globals |= vars(environment.from_string(macros).make_module(environment.globals.copy()))
        self._environment = environment
        self._refs: list[str] = []

    def render(self, model: str) -> tuple[str, list[str]]:
        """The SQL of a model, and the models it reads in its own order. Raises KpiError for an unknown one."""
        if model not in self.texts:
            raise KpiError(f"there is no model {model}")
        self._refs = []
        sql = self._environment.from_string(self.texts[model]).render()
        return sql, list(dict.fromkeys(self._refs))

    def in_order(self, model: str, given: set[str]) -> dict[str, str]:
        """Every model that `model` is made of with its SQL, each after what it reads; those `given` are left out."""
        found: dict[str, str] = {}

        def visit(name: str) -> None:
            if name in found or name in given:
                return
            sql, reads = self.render(name)
            for read in reads:
                visit(read)
            found[name] = sql

        visit(model)
        return found

    def _ref(self, model: str) -> str:
        self._refs.append(model)
        return f'"{model}"'


class _Adapter:
    """dbt's `adapter`, as far as the project's macros ask it."""

    def __init__(self, macros: dict[str, Any]) -> None:
        self._macros = macros

    def dispatch(self, name: str, package: str | None = None) -> Any:
        return self._macros.get(f"duckdb__{name}") or self._macros[f"default__{name}"]

    def quote(self, identifier: str) -> str:
        return f'"{identifier}"'

"""What `bench.catalogue` compares: the compiled models of the catalogue, and the SQL in by_hand/ with the same rows.

A KPI that by_hand/ does not name is on neither side. What both read (entities, spans, calendar) is there before.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb

from pipelines.model import check
from pipelines.model.compiler import alone, numbers
from pipelines.model.compiler.measures import model_name
from pipelines.model.kpi import Kpi
from pipelines.model.render import RELATIONS, Renderer, built
from pipelines.settings import REPOSITORY, Settings

HAND = REPOSITORY / "bench" / "by_hand"
SHARED, ACROSS = "tools", "across"  # the first file by hand and the last; between them one an entity
ROW = ("kpi_id", "is_to_date", "grain", "period_start", "level", "unit_id")
NUMBERS = ("numerator", "denominator", "value")
ENTITY = "activities"  # of the KPIs that are added, and of those whose price is told
MORE = {
    "calls": {"agg": "count", "filter": "kind = 'call'"},
    "mails": {"agg": "count", "filter": "kind = 'mail'"},
    "meetings": {"agg": "count", "filter": "kind = 'meeting'"},
    "all_visits": {"agg": "count", "filter": "kind = 'visit'"},
    "check_ins": {"agg": "count", "filter": "has_check_in"},
    "done_late": {"agg": "count", "filter": "done_at > due_at"},
    "with_outcome": {"agg": "count", "filter": "outcome is not null"},
    "notes": {"agg": "sum", "expr": "note_length"},
    "notes_of_calls": {"agg": "sum", "expr": "note_length", "filter": "kind = 'call'"},
    "notes_of_visits": {"agg": "sum", "expr": "note_length", "filter": "kind = 'visit' and has_check_in"},
}
PRICED = {
    "sum": {"agg": "sum", "expr": "note_length"},
    "distinct": {"agg": "count_distinct", "expr": "customer_id"},
    "median": {"agg": "median", "expr": "note_length"},
}


class Catalogue(NamedTuple):
    """The KPIs both sides compute, of how many; and what compiles them."""

    settings: Settings
    definitions: check.Definitions
    covered: list[str]
    computed: list[str]

    @property
    def kpis(self) -> dict[str, Kpi]:
        return {kpi_id: file.kpi for kpi_id, file in self.definitions.kpis.items()}

    def compiled(self, con: duckdb.DuckDBPyConnection, more: bool = False) -> dict[str, str]:
        """Every model of the covered KPIs that is not there yet by name, in order; with `more`, of ten KPIs beside."""
        beside = {name: self._simple(name, measure) for name, measure in MORE.items()} if more else {}
        return self._models(con, self.kpis | beside, [*self.covered, *beside])

    def priced(self, con: duckdb.DuckDBPyConnection, name: str) -> str:
        """The model of one measure of PRICED alone."""
        kpi = self._simple(f"one_{name}", PRICED[name])
        return self._models(con, {kpi.id: kpi}, [kpi.id])[model_name(ENTITY)]

    def _models(self, con: duckdb.DuckDBPyConnection, kpis: dict[str, Kpi], some: list[str]) -> dict[str, str]:
        definitions = self.definitions
        own = alone.compile_some(some, kpis, definitions.measured, definitions.company.time_zone, cuts=False)
        texts = definitions.compiled | {f"{name}.sql": text for name, text in own.items()}
        return Renderer(texts, self.settings.models).in_order(numbers.MODEL, built(con) - set(own))

    def _simple(self, name: str, measure: dict[str, str]) -> Kpi:
        """A KPI of one measure by the day an activity was done, at every grain and level."""
        said = self.kpis["follow_ups"].model_dump(by_alias=True, exclude_unset=True)
        said |= {"id": name, "simple": {"measure": {"entity": ENTITY, "date": "done_at", **measure}}, "examples": []}
        return Kpi.model_validate(said)


def read(settings: Settings) -> Catalogue:
    """What can be compared: computed KPIs that stand on no targets, and that by_hand/ names with all they read."""
    definitions = check.read_definitions(settings)
    kpis = {kpi_id: file.kpi for kpi_id, file in definitions.kpis.items()}
    computed = [kpi_id for kpi_id in kpis if kpi_id in definitions.computed and not kpis[kpi_id].reads_goals]
    written = "".join(path.read_text(encoding="utf-8") for path in HAND.glob("*.sql"))
    covered = [
        kpi_id
        for kpi_id in computed
        if all(f"'{read}'" in written for read in alone.with_what_they_read([kpi_id], kpis))
    ]
    return Catalogue(settings, definitions, covered, computed)


def is_measured(model: str) -> bool:
    """Whether a model is what the bench times, or stands before."""
    return model.startswith(model_name("")) or model == numbers.MODEL


def by_hand() -> dict[str, str]:
    """The files by hand in order, by name."""
    entities = sorted(path.stem for path in HAND.glob("*.sql") if path.stem not in (SHARED, ACROSS))
    return {name: (HAND / f"{name}.sql").read_text(encoding="utf-8") for name in (SHARED, *entities, ACROSS)}


def connect(settings: Settings, given: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, read only, and beside it as views what `give` made."""
    con = duckdb.connect(str(settings.warehouse), read_only=True, config={"threads": 2, "memory_limit": "4GB"})
    con.execute(f"set search_path = '{','.join(RELATIONS)}'")
    con.execute("set TimeZone = 'UTC'")
    con.execute("create temp view goal_spans as from kpis.goal_spans where false")  # asked by goals, not by hand
    if given.exists():
        con.execute(f"attach '{given}' as given (read_only)")
        found = con.execute("select table_name from duckdb_tables() where database_name = 'given'").fetchall()
        for (name,) in found:
            con.execute(f'create temp view "{name}" as from given.main."{name}"')
    return con


def give(catalogue: Catalogue, given: Path) -> None:
    """Makes what stands before the measures and is not there: models that a run keeps to itself or did not get to."""
    with connect(catalogue.settings, given) as con:
        con.execute(f"attach '{given}' as made (read_write)")
        for name, sql in catalogue.compiled(con).items():
            if not is_measured(name):
                con.execute(f'create table made.main."{name}" as {sql}')
                con.execute(f'create temp view "{name}" as from made.main."{name}"')

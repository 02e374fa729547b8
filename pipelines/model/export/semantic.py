"""What each KPI becomes in MetricFlow's words: measures of semantic models, and metrics made of them.

Belongs here: the seven types, one function each, and what of them cannot be said. Does not: files (metricflow.py), SQL
of expressions (sql.py), the other form (ossie.py).

A KPI is one metric by its id; where a metric would differ from grain to grain (a month compared with the month before;
an entity that keeps a row per month and one per quarter) it is one a grain: `retention_rate_by_month`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlglot import exp

from pipelines.model.company import Company
from pipelines.model.entities import Entity
from pipelines.model.export import limits, sql
from pipelines.model.export.reasons import REASONS, Unsaid
from pipelines.model.kpi import (
    LONG_GRAINS,
    Aim,
    Cohort,
    Cumulative,
    Derived,
    Event,
    Growth,
    Kpi,
    Measure,
    Part,
    Ratio,
    Simple,
    Snapshot,
    entities_of,
)
from pipelines.shape import Label

MONTHLY = "in_months"  # a twin of a date column or measure: by whole months, which windows and ends are counted in
NAME = re.compile(r"[a-z]((?!__)[a-z0-9_])*[a-z0-9]")  # what MetricFlow takes for a name
GRANULARITIES = {"second", "minute", "hour", "day", "week", "month", "quarter", "year"}
CALENDAR = {"month": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), "quarter": (1, 4, 7, 10), "year": (1,)}
PERSON, SYSTEM = "rep", "system"
DIVIDED = "cast({} as double) / nullif(cast({} as double), 0)"


class Counted(NamedTuple):
    """One measure of a semantic model."""

    name: str
    entity: str
    agg: str
    expr: str
    column: str  # the date that puts a row into a period
    monthly: bool = False
    percentile: float | None = None
    of_last_day: bool = False  # only the rows of the last day, of each system


class Metric(NamedTuple):
    """One metric: a KPI's own, or (`part`) an input of it."""

    name: str
    kind: str
    params: dict[str, Any]
    kpi_id: str
    grain: str = ""
    part: str = ""


class Semantics(NamedTuple):
    """What a configuration says in MetricFlow's words, and what it cannot."""

    measures: list[Counted]
    metrics: list[Metric]
    asked: dict[str, dict[str, str]]  # KPI → grain (empty: any) → metric
    unsaid: dict[str, Label]
    limits: dict[str, list[Label]]


def translate(kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], company: Company) -> Semantics:
    """Every KPI that MetricFlow can say, and the others with the reason; `entities` are those that have rows."""
    work = _Work(kpis, entities, company)
    asked, unsaid = {}, {}
    for kpi_id, kpi in kpis.items():
        try:
            asked[kpi_id] = {grain: work.metric(kpi_id, grain) for grain in work.grains(kpi)}
        except Unsaid as why:
            reason = REASONS[why.reason]
            unsaid[kpi_id] = Label(zh=reason.zh.format(why.of), en=reason.en.format(why.of))
    said = {kpi_id: limits.of(kpis[kpi_id], kpis, entities) for kpi_id in asked}
    return Semantics(work.measures, work.metrics, asked, unsaid, {k: v for k, v in said.items() if v})


def as_name(text: str) -> str:
    """A name MetricFlow takes: single underscores inside, two characters at least, no word for a span of time."""
    name = re.sub(r"__+", "_", text).strip("_")
    return name if NAME.fullmatch(name) and name not in GRANULARITIES else f"{name}_value"


class _Work:
    """Metrics and measures as they are found; a KPI that another one reads comes first, and only once."""

    def __init__(self, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], company: Company) -> None:
        self.kpis, self.entities, self.company = kpis, entities, company
        self.measures: list[Counted] = []
        self.metrics: list[Metric] = []
        self._found: dict[tuple[str, str], str | Unsaid] = {}
        self._names = {as_name(kpi_id) for kpi_id in kpis}
        columns = {column.name for entity in entities.values() for column in entity.columns}
        self._elements = {as_name(column) for column in columns} | entity_names(columns)

    def grains(self, kpi: Kpi) -> list[str]:
        """The grains that need a metric of their own; one empty for a KPI that is the same for all."""
        if not self._is_by_grain(kpi):
            return [""]
        return [g for g in LONG_GRAINS if g in kpi.grains and self._is_of_calendar(g)] or [""]

    def metric(self, kpi_id: str, grain: str = "") -> str:
        """The name of a KPI's metric. Raises Unsaid."""
        kpi = self.kpis[kpi_id]
        grain = grain if self._is_by_grain(kpi) else ""
        if (kpi_id, grain) not in self._found:
            marks = len(self.measures), len(self.metrics)
            try:
                self._found[kpi_id, grain] = self._kpi(kpi, grain)
            except Unsaid as why:
                del self.measures[marks[0] :], self.metrics[marks[1] :]
                self._found[kpi_id, grain] = why
        found = self._found[kpi_id, grain]
        if isinstance(found, Unsaid):
            raise found
        return found

    def _is_by_grain(self, kpi: Kpi) -> bool:
        kind = kpi.meaning.type
        parts = kind.parts.values()
        return (
            (isinstance(kind, Growth) and kind.versus == "previous")
            or any(isinstance(p, Measure) and self._is_periodic(p.entity) for p in parts)
            or any(isinstance(p, str) and self._is_by_grain(self.kpis[p]) for p in parts)
        )

    def _is_periodic(self, entity: str) -> bool:
        return entity in self.entities and self.entities[entity].is_periodic

    def _is_of_calendar(self, grain: str) -> bool:
        return self.company.calendar == "month" and self.company.fiscal_year_start in CALENDAR[grain]

    def _kpi(self, kpi: Kpi, grain: str) -> str:
        if kpi.privacy.min_group_size:
            raise Unsaid("small_groups")
        if missing := sorted(entities_of(kpi, self.kpis) - set(self.entities)):
            raise Unsaid("not_fed", ", ".join(missing))
        name = self.free(as_name(f"{kpi.id}_by_{grain}")) if grain else as_name(kpi.id)
        said = _Said(self, kpi, grain, name)
        kind = kpi.meaning.type
        build: dict[type, Callable[[Any], None]] = {
            Simple: said.simple, Snapshot: said.simple, Ratio: said.ratio, Derived: said.derived,
            Growth: said.growth, Cumulative: said.cumulative, Cohort: said.cohort,
        }  # fmt: skip
        build[type(kind)](kind)
        return name

    def part_of(self, kpi_id: str, grain: str) -> str:
        try:
            return self.metric(kpi_id, grain)
        except Unsaid as why:
            raise Unsaid("made_of", kpi_id) from why

    def free(self, name: str) -> str:
        """The name, or one beside it that nothing has yet."""
        taken = self._names | {metric.name for metric in self.metrics}
        return self.free_for_measure(name, taken)

    def free_for_measure(self, name: str, taken: Collection[str] = ()) -> str:
        """A measure may be called as its metric is, but not as a column or an entity is."""
        others = self._elements | {one.name for one in self.measures}
        while name in taken or name in others:
            name = f"{name}_part"
        return name


class _Said:
    """One KPI at one grain, under the name of its metric."""

    def __init__(self, work: _Work, kpi: Kpi, grain: str, name: str) -> None:
        self.work, self.kpi, self.grain, self.name = work, kpi, grain, name
        self.zone = work.company.time_zone

    def simple(self, kind: Simple | Snapshot) -> None:
        self._leaf(self.name, kind.measure if isinstance(kind, Simple) else kind.timed)

    def ratio(self, kind: Ratio) -> None:
        top, filled = self._part("numerator", kind.numerator, fills=True)
        bottom, _ = self._part("denominator", kind.denominator)
        self._divide(top, bottom, filled or not is_zero_without_rows(kind.numerator, self.work.kpis))

    def derived(self, kind: Derived) -> None:
        aliases = {name: alias_of(name) for name in kind.of}
        inputs = [{"name": self._part(name, part)[0], "alias": aliases[name]} for name, part in kind.of.items()]
        zero = {name for name, part in kind.of.items() if is_zero_without_rows(part, self.work.kpis)}
        tree = sql.parsed(sql.plain(kind.expr, None, self.zone, kind.of))

        def filled(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            column = exp.column(aliases[node.name])
            return exp.Coalesce(this=column, expressions=[exp.Literal.number(0)]) if node.name in zero else column

        expr = tree.copy().transform(filled).sql(sql.DIALECT)
        there = f"coalesce({', '.join(aliases.values())}) is not null"  # where no part has anything, nor has the KPI
        self._add(self.name, "derived", {"expr": f"case when {there} then {expr} end", "metrics": inputs})

    def growth(self, kind: Growth) -> None:
        if not self.work._is_of_calendar(self.grain or "month"):
            raise Unsaid("fiscal_periods")
        of = self.work.part_of(kind.of, self.grain)
        now, then = alias_of("this_period"), alias_of("other_period")
        shift = "1 year" if kind.versus == "year_ago" else f"1 {self.grain}"
        relative = f"case when {then} > 0 then cast({now} - {then} as double) / cast({then} as double) end"
        expr = relative if kind.as_ == "ratio" else f"{now} - {then}"
        inputs = [{"name": of, "alias": now}, {"name": of, "alias": then, "offset_window": shift}]
        self._add(self.name, "derived", {"expr": expr, "metrics": inputs})

    def cumulative(self, kind: Cumulative) -> None:
        span = "year" if kind.window == "year_to_date" else "month"
        if not self.work._is_of_calendar(span):
            raise Unsaid("fiscal_periods")
        window = {"grain_to_date": "year"} if kind.window == "year_to_date" else {"window": kind.window}
        of = self.work.kpis[kind.of].meaning.type
        if isinstance(of, Simple):
            self._summed(self.name, of.measure, window)
            return
        assert isinstance(of, Ratio)
        names = {}
        for part, measure in of.parts.items():
            assert isinstance(measure, Measure)
            names[part] = self.work.free(f"{self.name}_{part}")
            self._summed(names[part], measure, window, part)
        filled = not is_zero_without_rows(of.numerator, self.work.kpis)
        self._divide(names["numerator"], names["denominator"], filled)

    def cohort(self, kind: Cohort) -> None:
        entity = self.work.entities[kind.entity]
        when = [f"({sql.plain(kind.filter, entity, self.zone)})"] if kind.filter else []
        if isinstance(kind.event, Event):
            self._conversion(kind, kind.event, entity)
            return
        start, met = (sql.local_day(c, entity.type_of(c), self.zone) for c in (kind.start, kind.event))
        in_time = f"{met} <= {start} + {kind.days}" if kind.days else f"{kind.event} is not null"
        names = {}
        for part, conditions in (("numerator", [*when, in_time]), ("denominator", when)):
            expr = f"case when {' and '.join(conditions)} then 1 end" if conditions else "1"
            names[part] = self.work.free(f"{self.name}_{part}")
            self._counted(Counted(names[part], entity.name, "sum", expr, kind.start))
            fill = {"fill_nulls_with": 0} if part == "numerator" else {}
            self._add(names[part], "simple", {"measure": {"name": names[part], **fill}}, part)
        self._divide(names["numerator"], names["denominator"], True)

    def _conversion(self, kind: Cohort, event: Event, entity: Entity) -> None:
        """A conversion lies less than its window after the start; ours at most so many days: one day more."""
        if kind.filter:
            raise Unsaid("cohort_filter")
        if entity.key != (event.key,):
            raise Unsaid("cohort_key")
        other = self.work.entities[event.entity]
        condition = f"({sql.plain(event.filter, other, self.zone)})" if event.filter else ""
        base, met = (self.work.free(f"{self.name}_{part}") for part in ("started", "converted"))
        self._counted(Counted(base, entity.name, "count", "1", kind.start))
        key = f"case when {condition} then {event.key} end" if condition else event.key
        self._counted(Counted(met, other.name, "count_distinct", key, event.date))
        window = {"window": f"{kind.days + 1} days"} if kind.days else {}
        measures = {"base_measure": {"name": base}, "conversion_measure": {"name": met, "fill_nulls_with": 0}}
        said = {"entity": entity_name(event.key), **measures, **window, "calculation": "conversion_rate"}
        self._add(self.name, "conversion", {"conversion_type_params": said})

    def _part(self, part: str, said: Part, fills: bool = False) -> tuple[str, bool]:
        """The metric of a part, and whether it is 0 where the other part has something."""
        if isinstance(said, Aim):
            raise Unsaid("goals")
        if isinstance(said, str):
            return self.work.part_of(said, self.grain), False
        name = self.work.free(f"{self.name}_{part}")
        fill = fills and said.counts_nothing_as_zero and said.kind in ("flow", "last")
        self._leaf(name, said, fill, part)
        return name, fill

    def _leaf(self, name: str, measure: Measure, fill: bool = False, part: str = "") -> None:
        """A measure as a metric, by its time."""
        match measure.kind:
            case "now":
                raise Unsaid("as_of_now")
            case "average":
                self._average(name, measure, part)
            case "open":
                self._open(name, measure, part)
            case _:
                own, ends = self.work.free_for_measure(name), measure.kind == "last"
                self._counted(self._measure(own, measure, measure.columns[0], of_last_day=ends))
                self._add(name, "simple", {"measure": {"name": own, **({"fill_nulls_with": 0} if fill else {})}}, part)

    def _measure(
        self, name: str, measure: Measure, column: str, monthly: bool = False, of_last_day: bool = False
    ) -> Counted:
        entity = self.work.entities[measure.entity]
        expr = sql.row_value(measure, entity, self.zone, self.grain)
        # A sum of ones is null where no row is left, as the published number is; a count would be 0.
        agg = {"count": "sum", "avg": "average"}.get(measure.agg, measure.agg)
        share = float(measure.percentile) if measure.percentile is not None else None
        return Counted(name, entity.name, agg, expr, column, monthly, share, of_last_day)

    def _average(self, name: str, measure: Measure, part: str) -> None:
        """The sum of all days by how many of them have rows."""
        entity = self.work.entities[measure.entity]
        top, bottom = (self.work.free(f"{name}_{half}") for half in ("total", "days"))
        self._counted(self._measure(top, measure, measure.columns[0]))
        day = sql.local_day(measure.columns[0], entity.type_of(measure.columns[0]), self.zone)
        self._counted(Counted(bottom, entity.name, "count_distinct", day, measure.columns[0]))
        for half in (top, bottom):
            self._add(half, "simple", {"measure": {"name": half}}, part or "average")
        self._add(name, "ratio", {"numerator": top, "denominator": bottom}, part)

    def _open(self, name: str, measure: Measure, part: str) -> None:
        """Open at the end is what has begun less what has ended; a row that ended before it began never was."""
        if measure.agg not in ("sum", "count"):
            raise Unsaid("open_aggregate")
        entity = self.work.entities[measure.entity]
        begins, ends = (sql.local_day(c, entity.type_of(c), self.zone) for c in measure.columns)
        value = sql.row_value(measure, entity, self.zone)
        inputs = []
        for half, column, when in (
            ("begun", measure.columns[0], f"({ends} is null or {ends} > {begins})"),
            ("ended", measure.columns[1], f"{ends} > {begins}"),
        ):
            own = self.work.free(f"{name}_{half}")
            self._counted(Counted(own, entity.name, "sum", f"case when {when} then {value} end", column, True))
            self._add(own, "cumulative", _window(own, {}), part or half)
            inputs.append({"name": own, "alias": alias_of(half)})
        expr = f"coalesce({alias_of('begun')}, 0) - coalesce({alias_of('ended')}, 0)"
        self._add(name, "derived", {"expr": expr, "metrics": inputs}, part)

    def _summed(self, name: str, measure: Measure, window: dict[str, str], part: str = "") -> None:
        entity = self.work.entities[measure.entity]
        if entity.is_periodic or measure.kind != "flow":
            raise Unsaid("window_of_states")
        own = self.work.free(f"{name}_{MONTHLY}")
        self._counted(self._measure(own, measure, measure.columns[0], monthly=True))
        self._add(name, "cumulative", _window(own, window), part)

    def _divide(self, top: str, bottom: str, is_plain: bool) -> None:
        """A ratio; where the upper half counts nothing as 0 and cannot say so itself, the division says it."""
        if is_plain:
            self._add(self.name, "ratio", {"numerator": top, "denominator": bottom})
            return
        above, below = alias_of("numerator"), alias_of("denominator")
        inputs = [{"name": top, "alias": above}, {"name": bottom, "alias": below}]
        expr = DIVIDED.format(f"coalesce({above}, 0)", below)
        self._add(self.name, "derived", {"expr": expr, "metrics": inputs})

    def _counted(self, one: Counted) -> None:
        self.work.measures.append(one)

    def _add(self, name: str, kind: str, params: dict[str, Any], part: str = "") -> None:
        self.work.metrics.append(Metric(name, kind, params, self.kpi.id, self.grain, part))


def alias_of(part: str) -> str:
    """What an expression calls an input: never what a metric is called, which MetricFlow refuses."""
    return as_name(f"of__{part}").replace("of_", "of_part_", 1)


def entity_name(column: str) -> str:
    """What MetricFlow joins by: customer_id → customer."""
    return as_name(column.removesuffix("_id"))


def entity_names(columns: Iterable[str]) -> set[str]:
    """What facts are joined and grouped by: every id, the person credited, and the system a row came from."""
    return {entity_name(column) for column in columns if column.endswith("_id")} | {PERSON, SYSTEM}


def _window(measure: str, window: dict[str, str]) -> dict[str, Any]:
    """Over whole months: 12 months before 28 February would else begin on 29 February of a leap year."""
    return {"measure": measure, "cumulative_type_params": {**window, "period_agg": "last"}}


def is_zero_without_rows(part: Part, kpis: Mapping[str, Kpi]) -> bool:
    """What is added up or counted is 0 where another part has something."""
    if not isinstance(part, str):
        return isinstance(part, Measure) and part.counts_nothing_as_zero
    kind = kpis[part].meaning.type
    return isinstance(kind, Simple | Snapshot) and all(
        isinstance(one, Measure) and one.counts_nothing_as_zero for one in kind.parts.values()
    )

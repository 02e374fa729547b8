"""What a report shows, read once from the rows of its audience.

Belongs here: queries and their joining to plain values. Does not: whose rows (source.py), words and sections. Tables
or columns that a publication does not have read as empty: an audience's file holds fewer than the company's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from pipelines.model.company import Company, Person
from pipelines.publish.reports.period import GRAINS, Period, Span, find
from pipelines.publish.reports.source import Source
from pipelines.publish.words import Words, plain

Row = dict[str, Any]
HISTORY = {"month": 13, "quarter": 9, "year": 5}  # periods back, the asked one included: a year and the one before
BELOW = {"company": "region", "region": "team", "department": "team", "team": "rep"}
UNASSIGNED = "unassigned"


class Unit(NamedTuple):
    id: str
    level: str
    label: Words
    parent: str | None


@dataclass
class Data:
    """Everything a report of one period is drawn from. `values` and `goals` by (kpi, grain, level, unit, start)."""

    publication: Row
    company: Company
    period: Period
    unit: Unit
    units: dict[str, Unit]
    kpis: dict[str, Row]
    spans: dict[str, list[Span]]
    values: dict[tuple[str, str, str, str, date], Row]
    goals: dict[tuple[str, str, str, str, date], Row]
    is_company: bool = True
    tables: dict[str, list[Row]] = field(default_factory=dict)
    people: Mapping[str, Words] = field(default_factory=dict)  # names of people.yml, by id

    @property
    def as_of(self) -> date:
        return self.publication["as_of_date"]

    @property
    def level(self) -> str:
        return self.unit.level

    def label(self, kpi: str) -> Words:
        about = self.kpis.get(kpi)
        return Words(about["label_zh"], about["label_en"]) if about else plain(kpi)

    def measure(self, kpi: str) -> str:
        """The unit of measure: money, ratio, …"""
        return self.kpis[kpi]["unit"] if kpi in self.kpis else "count"

    def name(self, unit: str) -> Words:
        return self.units[unit].label if unit in self.units else plain(unit)

    def person(self, person: str) -> Words:
        """The name of somebody in people.yml; of nobody there, the id."""
        return self.people.get(person) or Words(person, person)

    def value(self, kpi: str, unit: Unit | None = None, start: date | None = None, grain: str = "") -> Row | None:
        """The row of a KPI; by default of the audience, in the period of the report."""
        at = unit or self.unit
        return self.values.get((kpi, grain or self.period.grain, at.level, at.id, start or self.period.start))

    def goal(self, kpi: str, unit: Unit | None = None, start: date | None = None) -> Row | None:
        at = unit or self.unit
        return self.goals.get((kpi, self.period.grain, at.level, at.id, start or self.period.start))

    def parts(self) -> list[Unit]:
        """The units a total of the audience is made of: the next level down that it has, and what is unassigned."""
        level = BELOW.get(self.level)
        while level:
            found = [unit for unit in self.units.values() if unit.level == level and unit.id != self.unit.id]
            if found:
                extra = self.units.get(UNASSIGNED)
                return [*found, Unit(UNASSIGNED, level, extra.label, None)] if extra and self.is_company else found
            level = BELOW.get(level)
        return []

    def history(self, grain: str = "") -> list[Span]:
        """The periods up to the report's, oldest first."""
        return [span for span in self.spans[grain or self.period.grain] if span.start <= self.period.start]

    def earlier(self, base: str) -> date | None:
        """The start of the period before, or of the same one a year ago; None where it is not published."""
        spans = self.history()
        back = {"previous": 1, "year_ago": {"month": 12, "quarter": 4, "year": 1}[self.period.grain]}[base]
        return spans[-1 - back].start if len(spans) > back else None


def names_of(people: Iterable[Person]) -> dict[str, Words]:
    """What people are called, by id."""
    return {
        one.id: Words(one.name, one.name) if isinstance(one.name, str) else Words(one.name.zh, one.name.en)
        for one in people
    }


def spans_of(source: Source) -> dict[str, list[Span]]:
    """The periods that have figures for the audience, by grain, oldest first."""
    rows = source.con.execute(
        """
        select grain, period_start, max(period_end) from seen.kpi_values
        where cut = 'none' and grain in ('month', 'quarter', 'year') group by 1, 2 order by 1, 2
        """
    ).fetchall()
    found: dict[str, list[Span]] = {grain: [] for grain in GRAINS}
    for grain, start, end in rows:
        found[grain].append(Span(start, _last_day(grain, start, end)))
    return found


def read(
    source: Source,
    asked: str,
    company: Company,
    kpis: Sequence[str],
    people: Mapping[str, Words] = MappingProxyType({}),
) -> Data:
    """Reads what a report on `kpis` in the period `asked` needs. Raises KpiError as period.find does."""
    publication = _rows(source, "select * from seen.publication")[0]
    spans = spans_of(source)
    period = find(asked, spans, publication["as_of_date"], company)
    units = _units(source)
    catalogue = _catalogue(source)
    data = Data(
        publication,
        company,
        period,
        units[source.unit],
        units,
        catalogue,
        spans,
        {},
        {},
        source.is_company,
        people=people,
    )
    wanted = [kpi for kpi in kpis if kpi in catalogue]
    data.values, data.goals = _figures(source, data, wanted)
    data.tables = {name: _rows(source, query, values) for name, query, values in _others(data, wanted)
                   if _table_of(query) in source.tables}  # fmt: skip
    return data


def _last_day(grain: str, start: date, end: date) -> date:
    """The last day of a period; a file whose rows say no other end than their beginning is taken by the calendar."""
    if end > start:
        return end
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    year, month = divmod(start.month - 1 + months, 12)
    return date(start.year + year, month + 1, 1) - timedelta(days=1)


def _figures(source: Source, data: Data, kpis: list[str]) -> tuple[dict[Any, Row], dict[Any, Row]]:
    grain, last = data.period.grain, data.period.start
    spans = data.history()[-HISTORY[grain] :]
    wanted: list[tuple[str, date, date]] = [(grain, spans[0].start, last)]
    if grain == "year":  # a year is told by its months and quarters, beside those of the year before
        since = data.history()[-2].start if len(data.history()) > 1 else last
        wanted += [(other, since, data.period.end) for other in ("month", "quarter")]
    values: dict[Any, Row] = {}
    goals: dict[Any, Row] = {}
    for one, first, until in wanted:
        for found, table, order in ((values, "kpi_values", "1"), (goals, "goal_attainment", "goal_id desc")):
            query = f"""
                select * from seen.{table} where cut = 'none' and grain = ? and period_start between ? and ?
                and list_contains(?::varchar[], kpi_id) order by {order}
            """
            for row in _rows(source, query, [one, first, until, kpis]):
                found[row["kpi_id"], one, row["level"], row["unit_id"], row["period_start"]] = row
    return values, goals


def _others(data: Data, kpis: list[str]) -> list[tuple[str, str, list[Any]]]:
    """The smaller tables: what concerns these KPIs in this period."""
    grain, start = data.period.grain, data.period.start
    of_period = "grain = ? and period_start = ? and list_contains(?::varchar[], kpi_id)"
    of_kpis = "list_contains(?::varchar[], kpi_id)"
    of_run = "run_id = (select run_id from seen.publication)"
    return [
        ("drivers", "select * from seen.goal_drivers where grain = ? and period_start = ? order by kpi_id, unit_id",
         [grain, start]),
        ("effects", f"select * from seen.quarantine_effect where {of_period} and held_rows > 0", [grain, start, kpis]),
        ("restatements", f"select * from seen.restatements where {of_period} and cut = 'none'", [grain, start, kpis]),
        ("reviews", f"select * from seen.kpi_reviews where {of_kpis} order by kpi_id, goal_id", [kpis]),
        ("scorecards", "select * from seen.scorecards where grain = ? and period_start = ? order by scorecard_id",
         [grain, start]),
        ("scorecard_items", "select * from seen.scorecard_items where grain = ? and period_start = ?", [grain, start]),
        ("stalled", "select * from seen.deals_stalled order by days_in_stage desc, deal_id", []),
        ("checks", f"select * from seen.quality_results where {of_run} and status <> 'pass' "
         "order by severity = 'critical' desc, failed_rows desc", []),
        ("feedback", "select * from seen.feedback where grain = ? and period_start = ? order by act_no desc",
         [grain, start]),
    ]  # fmt: skip


def _table_of(query: str) -> str:
    return query.split("seen.", 1)[1].split()[0]


def _rows(source: Source, query: str, values: object = None) -> list[Row]:
    cursor = source.con.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _catalogue(source: Source) -> dict[str, Row]:
    """The newest definition of each KPI."""
    query = """
        select * from seen.kpi_catalog
        qualify row_number() over (partition by kpi_id order by definition_version desc) = 1
    """
    return {row["kpi_id"]: row for row in _rows(source, query)}


def _units(source: Source) -> dict[str, Unit]:
    """Each unit of the audience as it was last, and a parent before its children."""
    query = """
        select unit_id, level, parent_id, label_zh, label_en from seen.units
        qualify row_number() over (partition by unit_id order by valid_from desc) = 1
        order by unit_id = 'unassigned', label_en, unit_id
    """
    rows = {row["unit_id"]: row for row in _rows(source, query)}
    children: dict[str | None, list[str]] = defaultdict(list)
    for unit, row in rows.items():
        children[row["parent_id"] if row["parent_id"] in rows and row["parent_id"] != unit else None].append(unit)
    ordered: dict[str, Unit] = {}
    waiting = list(reversed(children[None]))
    while waiting:
        unit = waiting.pop()
        if unit not in ordered:
            row = rows[unit]
            ordered[unit] = Unit(unit, row["level"], Words(row["label_zh"], row["label_en"]), row["parent_id"])
            waiting.extend(reversed(children[unit]))
    return ordered

"""The course of a year: twelve months and four quarters beside those of the year before, and what grew.

Belongs here: the sections `trend` and `growth`. Does not: single periods (changes.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.publish.reports import content as c
from pipelines.publish.reports.changes import section as changes
from pipelines.publish.reports.data import Data
from pipelines.publish.reports.period import Span, label
from pipelines.publish.reports.words import SECTIONS, W
from pipelines.publish.words import Words

CHARTS = 6  # of the first KPIs of the report; all stand in the table of quarters


def section(data: Data, kpis: list[str]) -> c.Section:
    """A chart by month for the first KPIs, and a table of the quarters of all."""
    charts = [chart for kpi in kpis if (chart := _chart(data, kpi))][:CHARTS]
    table = _quarters(data, kpis)
    return c.Section("trend", SECTIONS["trend"], [*charts, *([table] if table.rows else [])])


def growth(data: Data, kpis: list[str]) -> c.Section:
    """The year beside the year before, like for like."""
    made = changes(data, kpis, "growth")
    for block in made.blocks:
        if isinstance(block, c.Table):  # a year before is a year ago: one pair of columns says it
            block.columns = [*block.columns[:2], c.Column(W["last_year"]), c.Column(W["grew"])]
            block.rows = [row[:4] for row in block.rows]
    return made


def _spans(data: Data, grain: str, year: Span | None) -> list[Span]:
    if year is None:
        return []
    return [span for span in data.spans[grain] if year.start <= span.start <= year.end]


def _years(data: Data) -> tuple[Span | None, Span]:
    spans = data.history()
    return (spans[-2] if len(spans) > 1 else None), spans[-1]


def _chart(data: Data, kpi: str) -> c.Chart | None:
    before, now = _years(data)
    months = _spans(data, "month", now)
    # Months that have not begun are left out of the publication, not of the axis.
    earlier = _spans(data, "month", before)
    names = [_short(data, span.start) for span in (earlier if len(earlier) > len(months) else months)]
    this, last = (_line(data, kpi, spans, len(names)) for spans in (months, earlier))
    if sum(value is not None for value in this) < 2:
        return None
    series = [c.Series(label("year", now.start, data.company), this)]
    if before and any(value is not None for value in last):
        series.append(c.Series(label("year", before.start, data.company), last, is_target=True))
    return c.Chart(f"trend_{kpi}", data.label(kpi), "line", data.measure(kpi), names, series)


def _line(data: Data, kpi: str, spans: list[Span], length: int) -> list[Decimal | None]:
    values = [(data.value(kpi, start=span.start, grain="month") or {}).get("value") for span in spans]
    return [*values, *[None] * (length - len(values))]


def _short(data: Data, start: date) -> Words:
    said = label("month", start, data.company)
    return Words(said.zh.split("年")[1], said.en.split()[0])


def _quarters(data: Data, kpis: list[str]) -> c.Table:
    _, now = _years(data)
    spans = _spans(data, "quarter", now)
    whole = W["to_date_year"] if data.period.is_running else W["full_year"]
    columns = [
        c.Column(W["kpi"], False),
        *(c.Column(label("quarter", s.start, data.company)) for s in spans),
        c.Column(whole),
    ]
    rows = []
    for kpi in kpis:
        cells = [data.value(kpi, start=span.start, grain="quarter") for span in spans]
        total, unit = data.value(kpi), data.measure(kpi)
        if total or any(cells):
            rows.append(
                [c.text(data.label(kpi)), *(c.number(cell and cell["value"], unit) for cell in cells),
                 c.number(total and total["value"], unit)]
            )  # fmt: skip
    return c.Table("quarters", columns, rows, W["quarterly"])

"""Where a change comes from: which units made it, and which factor of a ratio.

Belongs here: choosing what can be traced and what it is compared with. Does not: the arithmetic (decompose.py).

A sum (money, counts; also snapshots) is traced by the published figures of the units and those they are compared with,
so it holds for a running period too, like for like. A ratio needs both halves of the compared period, which are
published of whole periods only: while a period runs, ratios are not traced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data, Row, Unit
from pipelines.publish.reports.decompose import Factors, Half, Part, differences, factors, parts
from pipelines.publish.reports.words import LEADS, SECTIONS, W
from pipelines.publish.words import Words

Base = Literal["year_ago", "previous"]
BASES: tuple[Base, ...] = ("year_ago", "previous")  # what a change is traced from, where it is published
MOST = 6  # KPIs that are traced in one report: what moved most first, relative to where it stood
MEANT = Decimal(2)  # 680 % of a change of almost nothing helps nobody
EXACT = Decimal("0.00001")  # how far value and numerator ÷ denominator may lie apart: figures have six decimals


@dataclass
class Traced:
    """The change of one KPI, by unit; `sums` of a sum, `ratios` and `factors` of a ratio. "" is what is in no unit."""

    kpi: str
    base: Base
    then: Decimal
    now: Decimal
    units: dict[str, Unit]
    sums: dict[str, Decimal]
    ratios: dict[str, Part]
    factors: Factors | None
    halves: tuple[Half, Half] | None = None

    @property
    def change(self) -> Decimal:
        return self.now - self.then

    def by_unit(self) -> dict[str, Decimal]:
        """What each unit adds to the change."""
        return self.sums or {name: part.whole for name, part in self.ratios.items()}


def trace(data: Data, kpis: list[str]) -> list[Traced]:
    """Every change that can be traced, in the order of the report."""
    return [found for kpi in kpis if (found := _trace(data, kpi)) and found.change]


def section(data: Data, traced: list[Traced]) -> c.Section:
    """A table a KPI by unit, what moved most first, and one table of the factors of all ratios."""
    moved = sorted(traced, key=lambda one: -abs(one.change / one.then) if one.then else Decimal(0))
    shown = {one.kpi for one in moved[:MOST]}
    blocks: list[c.Block] = []
    has_note = False  # the formula is said once
    for one in traced:
        if one.kpi in shown and one.by_unit():
            blocks.append(_by_unit(data, one, with_note=not has_note))
            has_note = has_note or bool(one.ratios)
    if ratios := [one for one in traced if one.factors]:
        blocks.insert(0, _by_factor(data, ratios))
    lines = [c.Line(W["no_contributors"], "soft")]
    lead = LEADS["contributors"] if blocks else None
    return c.Section("contributors", SECTIONS["contributors"], blocks or [c.Sentences("contributors", lines)], lead)


def label_of(data: Data, one: Traced, name: str) -> Words:
    return one.units[name].label if name else W["rest"]


def _trace(data: Data, kpi: str) -> Traced | None:
    row = data.value(kpi)
    if row is None or row["value"] is None or row["state"] != "ok" or row["quality"] == "blocked":
        return None
    base = next((one for one in BASES if row.get(f"{one}_value") is not None), None)
    if base is None:
        return None
    about, then = data.kpis[kpi], row[f"{base}_value"]
    units = {unit.id: unit for unit in data.parts()}
    one = Traced(kpi, base, then, row["value"], units, {}, {}, None)
    if about["type"] in ("simple", "snapshot") and about["unit"] in ("money", "count"):
        of_units = [(unit.id, *_sides(data, kpi, unit, base)) for unit in units.values()]
        if units:
            one.sums = differences([side for side in of_units if side[1:] != (None, None)], then, one.now)
        return one
    if about["type"] != "ratio" or row["is_partial"]:
        return None
    return _trace_ratio(data, one, row)


def _trace_ratio(data: Data, one: Traced, row: Row) -> Traced | None:
    earlier = data.earlier(one.base)
    before = data.value(one.kpi, start=earlier) if earlier else None
    now, then = _half(row), _half(before)
    if not now or not then or not _is_quotient(now, one.now) or not _is_quotient(then, one.then):
        return None
    one.factors, one.halves = factors(then, now), (then, now)
    of_units = list(one.units.values())
    halves = [
        {unit.id: half for unit in of_units if (half := _half(data.value(one.kpi, unit, start)))}
        for start in (earlier, None)
    ]
    if halves[0] or halves[1]:
        one.ratios = parts(halves[0], halves[1], then, now)
    return one


def _sides(data: Data, kpi: str, unit: Unit, base: Base) -> tuple[Decimal | None, Decimal | None]:
    """A unit's figure in the compared period and now."""
    row = data.value(kpi, unit)
    return (None, None) if row is None else (row.get(f"{base}_value"), row["value"])


def _half(row: Row | None) -> Half | None:
    if row is None or row.get("numerator") is None or row.get("denominator") is None:
        return None
    return row["numerator"], row["denominator"]


def _is_quotient(half: Half, value: Decimal) -> bool:
    """Whether a value is its halves' quotient: not where it is scaled, restated or of another span."""
    return bool(half[1]) and abs(half[0] / half[1] - value) <= max(EXACT, abs(value) * EXACT)


def _by_unit(data: Data, one: Traced, with_note: bool) -> c.Table:
    title = Words(
        W["by_unit"].zh.format(data.label(one.kpi).zh, W[f"base_{one.base}"].zh),
        W["by_unit"].en.format(data.label(one.kpi).en, W[f"base_{one.base}"].en),
    )  # fmt: skip
    rows = list(_ratio_rows(data, one) if one.ratios else _sum_rows(data, one))
    middle = [W["within"], W["mix"]] if one.ratios else []
    titles = [W["then"], W["this"], *middle, W["difference"], W["share_of_change"]]
    columns = [c.Column(W["unit"], False), *map(c.Column, titles)]
    return c.Table(f"by_unit_{one.kpi}", columns, rows, title, W["ratio_note"] if one.ratios and with_note else None)


def _ordered(one: Traced) -> list[str]:
    """The units by what they add, the largest in the direction of the change first; what is in no unit last."""
    added, sign = one.by_unit(), 1 if one.change > 0 else -1
    return sorted(added, key=lambda name: (name == "", -sign * added[name], name))


def _sum_rows(data: Data, one: Traced) -> Iterator[list[c.Cell]]:
    unit, direction = data.measure(one.kpi), data.kpis[one.kpi]["direction"]
    most = max((abs(value) for value in one.sums.values()), default=Decimal(0)) or Decimal(1)
    for name in _ordered(one):
        then, now = _sides(data, one.kpi, one.units[name], one.base) if name else (None, None)
        added = one.sums[name]
        yield [
            c.text(label_of(data, one, name), "" if name else "soft"), c.number(then, unit), c.number(now, unit),
            c.difference(added, unit, c.good_or_bad(added, direction), added / most), _share(added, one),
        ]  # fmt: skip
    yield _total(data, one, [])


def _ratio_rows(data: Data, one: Traced) -> Iterator[list[c.Cell]]:
    unit, direction = data.measure(one.kpi), data.kpis[one.kpi]["direction"]
    most = max((abs(part.whole) for part in one.ratios.values()), default=Decimal(0)) or Decimal(1)
    for name in _ordered(one):
        part = one.ratios[name]
        rows = [
            data.value(one.kpi, one.units[name], start) if name else None for start in (data.earlier(one.base), None)
        ]
        then, now = ((row or {}).get("value") for row in rows)
        yield [
            c.text(label_of(data, one, name), "" if name else "soft"), c.number(then, unit), c.number(now, unit),
            c.difference(part.within, unit), c.difference(part.mix, unit),
            c.difference(part.whole, unit, c.good_or_bad(part.whole, direction), part.whole / most),
            _share(part.whole, one),
        ]  # fmt: skip
    within = sum((part.within for part in one.ratios.values()), Decimal(0))
    yield _total(data, one, [c.difference(within, unit, "total"), c.difference(one.change - within, unit, "total")])


def _share(added: Decimal, one: Traced) -> c.Cell:
    """What a unit is of the change; a dash where units moved against each other so far that a share says nothing."""
    share = added / one.change
    return c.share(share if abs(share) <= MEANT else None)


def _total(data: Data, one: Traced, middle: list[c.Cell]) -> list[c.Cell]:
    unit = data.measure(one.kpi)
    return [
        c.text(W["total"], "total"), c.number(one.then, unit, "total"), c.number(one.now, unit, "total"), *middle,
        c.difference(one.change, unit, "total"), c.share(Decimal(1), "total"),
    ]  # fmt: skip


def _by_factor(data: Data, ratios: list[Traced]) -> c.Table:
    titles = [
        W["then"], W["this"], W["numerator"], W["denominator"], W["by_numerator"], W["by_denominator"], W["difference"],
    ]  # fmt: skip
    columns = [c.Column(W["kpi"], False), c.Column(W["base"], False), *map(c.Column, titles)]
    rows = [_factor_row(data, one) for one in ratios]
    return c.Table("by_factor", columns, rows, W["by_factor"], W["factor_note"])


def _factor_row(data: Data, one: Traced) -> list[c.Cell]:
    assert one.factors
    assert one.halves
    unit, direction = data.measure(one.kpi), data.kpis[one.kpi]["direction"]
    marks = [c.good_or_bad(value, direction) for value in (*one.factors, one.change)]
    return [
        c.text(data.label(one.kpi)), c.text(W["year_ago" if one.base == "year_ago" else "before"], "soft"),
        c.number(one.then, unit), c.number(one.now, unit), _moved(one, 0), _moved(one, 1),
        c.difference(one.factors.by_numerator, unit, marks[0]),
        c.difference(one.factors.by_denominator, unit, marks[1]), c.difference(one.change, unit, marks[2]),
    ]  # fmt: skip


def _moved(one: Traced, half: int) -> c.Cell:
    """How far a half of a ratio moved, relative to what it was."""
    assert one.halves
    then, now = one.halves[0][half], one.halves[1][half]
    return c.change((now - then) / then if then else None, "count")

"""How the units below the audience reach their goals, and what scorecards say of them.

Belongs here: the sections `units` and `scorecards`. Does not: where a change comes from (contributors.py).
"""

from __future__ import annotations

from decimal import Decimal

from pipelines.publish.page import status
from pipelines.publish.reports import content as c
from pipelines.publish.reports.attainment import reached
from pipelines.publish.reports.data import Data, Row, Unit
from pipelines.publish.reports.words import LEADS, SECTIONS, W
from pipelines.publish.words import Words

CENT = Decimal("0.01")  # targets are split to the cent; what is due by now has six decimals
MOST = 10  # units of one scorecard: who needs help is seen first


def section(data: Data, kpis: list[str]) -> c.Section:
    """A table a KPI whose goal is split down: the units, those that lack most first."""
    tables = [_table(data, kpi) for kpi in kpis if data.goal(kpi) and goals_below(data, kpi)]
    return c.Section("units", SECTIONS["units"], list(tables), LEADS["units"] if tables else None)


def goals_below(data: Data, kpi: str) -> list[tuple[Unit, Row]]:
    """The goals of the next level down that has some."""
    level = data.level
    order = ["company", "region", "department", "team", "rep"]
    for below in order[order.index(level) + 1 :] if level in order else []:
        found = [(unit, goal) for unit in data.units.values() if unit.level == below and (goal := data.goal(kpi, unit))]
        if found:
            return found
    return []


def gap(data: Data, goal: Row) -> Decimal | None:
    """What a unit is ahead (positive) or behind: to what is due while the period runs, else to the target."""
    due = goal.get("target_to_date") if data.period.is_running else goal["target"]
    due = goal["target"] if due is None else due
    return None if goal["actual"] is None or due is None else goal["actual"] - due


def scorecards(data: Data) -> c.Section:
    """Score, how much of it could be judged, and the weakest KPI of each unit; the lowest first."""
    cards: dict[str, list[Row]] = {}
    order = ["company", "region", "department", "team", "rep"]
    for card in sorted(data.tables.get("scorecards", []), key=lambda card: order.index(card["level"])):
        cards.setdefault(card["scorecard_id"], []).append(card)
    return c.Section("scorecards", SECTIONS["scorecards"], [_card(data, rows) for rows in cards.values()])


def _card(data: Data, cards: list[Row]) -> c.Table:
    columns = [
        c.Column(W["unit"], False), c.Column(W["score"]), c.Column(W["judged"]), c.Column(W["status"], False),
        c.Column(W["weakest"], False),
    ]  # fmt: skip
    ranked = sorted(cards, key=lambda card: (card["status"] == "low_coverage", card["score"] or 0, card["unit_id"]))
    rows = [
        [
            c.text(data.name(card["unit_id"])), c.share(card["score"]), c.share(card["weight_covered"]),
            c.status(card["status"]), c.text(weakest(data, card)),
        ]
        for card in ranked[:MOST]
    ]  # fmt: skip
    more = str(len(cards) - MOST)
    note = Words(W["higher"].zh.format(more), W["higher"].en.format(more)) if len(cards) > MOST else None
    title = Words(cards[0]["label_zh"], cards[0]["label_en"])
    return c.Table(f"scorecard_{cards[0]['scorecard_id']}", columns, rows, title, note)


def weakest(data: Data, card: Row) -> Words:
    """The KPI of a scorecard that counts least of what it could."""
    items = [
        item
        for item in data.tables.get("scorecard_items", [])
        if (item["scorecard_id"], item["unit_id"]) == (card["scorecard_id"], card["unit_id"])
        and item["counted_share"] is not None
    ]
    if not items:
        return c.DASH
    least = min(items, key=lambda item: (item["counted_share"], item["kpi_id"]))
    return Words(least["label_zh"], least["label_en"])


def _table(data: Data, kpi: str) -> c.Table:
    unit, own = data.measure(kpi), data.goal(kpi)
    assert own is not None
    below = sorted(goals_below(data, kpi), key=lambda pair: _rank(data, kpi, pair[1]))
    running = data.period.is_running
    titles = [W["actual"], W["due"] if running else W["target"], W["gap_due"] if running else W["gap"],
              W["pace"] if running else W["attainment"]]  # fmt: skip
    columns = [c.Column(W["unit"], False), *map(c.Column, titles), c.Column(W["status"], False)]
    gaps = [abs(lack) for _, goal in below if (lack := gap(data, goal)) is not None]
    most = max(gaps, default=Decimal(0)) or Decimal(1)
    rows = [_row(data, kpi, one.label, goal, most) for one, goal in below]
    if unit in ("money", "count") and (rest := _rest(data, own, [goal for _, goal in below])):
        rows.append([c.text(W["rest_split"], "soft"), c.number(rest[0], unit), c.number(rest[1], unit),
                     c.difference(rest[0] - rest[1], unit), c.share(None), c.text(c.DASH, "soft")])  # fmt: skip
    rows.append([cell._replace(mark=cell.mark or "total", bar=None) for cell in _row(data, kpi, W["total"], own, most)])
    return c.Table(f"units_{kpi}", columns, rows, data.label(kpi))


def _row(data: Data, kpi: str, name: Words, goal: Row, most: Decimal) -> list[c.Cell]:
    unit, lack = data.measure(kpi), gap(data, goal)
    mark = c.good_or_bad(lack, data.kpis[kpi]["direction"])
    value = {"quality": goal["quality"], "state": "ok"}
    return [
        c.text(name), c.number(goal["actual"], unit), c.number(_due(data, goal), unit),
        c.difference(lack, unit, mark, None if lack is None else max(Decimal(-1), min(Decimal(1), lack / most))),
        c.share(reached(data, goal)), c.status(status(value, goal)),
    ]  # fmt: skip


def _due(data: Data, goal: Row) -> Decimal | None:
    due = goal.get("target_to_date") if data.period.is_running else None
    return goal["target"] if due is None else due


def _rest(data: Data, own: Row, below: list[Row]) -> tuple[Decimal, Decimal] | None:
    """Actual and due that no unit below holds."""
    if own["actual"] is None:
        return None
    actual = own["actual"] - sum((goal["actual"] or Decimal(0) for goal in below), Decimal(0))
    due = (_due(data, own) or Decimal(0)) - sum((_due(data, goal) or Decimal(0) for goal in below), Decimal(0))
    return (actual, due) if max(abs(actual), abs(due)) >= CENT else None


def _rank(data: Data, kpi: str, goal: Row) -> Decimal:
    lack = gap(data, goal)
    return (lack or Decimal(0)) * (1 if data.kpis[kpi]["direction"] == "up" else -1)

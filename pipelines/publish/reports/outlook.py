"""What is to be done and what is to come: stalled deals, drivers and their broken links, reviews of KPIs.

Belongs here: the sections `stalled`, `drivers`, `reviews`. Does not: advice (suggestions.py).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data, Row
from pipelines.publish.reports.words import LEADS, SECTIONS, W
from pipelines.publish.words import Words, plain

MOST = 12  # rows of a list of people: the ones to begin with


class Stalled(NamedTuple):
    """The stalled deals of one owner."""

    owner: str
    deals: int
    longest: int
    usual: Decimal


class Link(NamedTuple):
    """A driver of goals with the units at which it was judged."""

    kpi: str
    parent: str
    rows: list[Row]

    def broken(self, by: str) -> list[Row]:
        return [row for row in self.rows if row["is_link_broken"] and row["broken_by"] == by]


def stalled_by_owner(data: Data) -> list[Stalled]:
    """Who has how many, the most first."""
    deals: dict[str, list[Row]] = defaultdict(list)
    for row in data.tables.get("stalled", []):
        deals[row["owner_id"] or "unassigned"].append(row)
    found = [
        Stalled(owner, len(rows), rows[0]["days_in_stage"], rows[0]["usual_days"]) for owner, rows in deals.items()
    ]
    return sorted(found, key=lambda one: (-one.deals, -one.longest, one.owner))


def stalled(data: Data) -> c.Section:
    columns = [c.Column(W["owner"], False), c.Column(W["deals"]), c.Column(W["days"]), c.Column(W["usual"])]
    rows = [
        [c.text(data.name(one.owner)), c.number(one.deals, "count"), c.number(one.longest, "count"),
         c.number(one.usual, "count")]
        for one in stalled_by_owner(data)[:MOST]
    ]  # fmt: skip
    blocks: list[c.Block] = [c.Table("stalled", columns, rows)] if rows else [
        c.Sentences("stalled", [c.Line(W["no_stalled"], "soft")])
    ]  # fmt: skip
    return c.Section("stalled", SECTIONS["stalled"], blocks)


def links(data: Data) -> list[Link]:
    """The drivers of the period's goals, at the audience and all below it."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in data.tables.get("drivers", []):
        if row["unit_id"] in data.units:
            found[row["kpi_id"], row["parent_kpi_id"]].append(row)
    return [Link(kpi, parent, rows) for (kpi, parent), rows in found.items()]


def drivers(data: Data) -> c.Section:
    """For each driver how many units reached it, and at how many the chain breaks there, by what."""
    columns = [
        c.Column(W["driver"], False), c.Column(W["leads_to"], False), c.Column(W["people"]), c.Column(W["reached"]),
        c.Column(W["activity"]), c.Column(W["conversion"]),
    ]  # fmt: skip
    rows = [
        [c.text(data.label(one.kpi)), c.text(data.label(one.parent)), c.number(len(one.rows), "count"),
         c.number(sum(_is_reached(data, row) for row in one.rows), "count"),
         *(c.number(len(one.broken(by)), "count", "bad" if one.broken(by) else "soft")
           for by in ("activity", "conversion"))]
        for one in links(data)
    ]  # fmt: skip
    blocks: list[c.Block] = [c.Table("drivers", columns, rows)] if rows else [
        c.Sentences("drivers", [c.Line(W["no_drivers"], "soft")])
    ]  # fmt: skip
    return c.Section("drivers", SECTIONS["drivers"], blocks, LEADS["drivers"] if rows else None)


def reviews(data: Data, kpis: list[str]) -> c.Section:
    """What the quarterly review of KPIs counts and proposes, of each KPI over all its goals."""
    columns = [
        c.Column(W["kpi"], False), c.Column(W["relevance"]), c.Column(W["actionability"]), c.Column(W["risk"]),
        c.Column(W["proposal"], False), c.Column(W["reason"], False),
    ]  # fmt: skip
    rows = [
        [c.text(data.label(row["kpi_id"])), c.share(row["relevance"]), c.share(row["actionability"]),
         c.share(row["incentive_risk"]), c.text(W.get(row["proposal"], plain(row["proposal"])),
                                                "" if row["proposal"] == "keep" else "amber"),
         c.text(Words(row["reason_zh"], row["reason_en"]), "soft" if row["proposal"] == "keep" else "")]
        for row in data.tables.get("reviews", [])
        if row["goal_id"] == "all" and row["kpi_id"] in kpis
    ]  # fmt: skip
    blocks: list[c.Block] = [c.Table("reviews", columns, rows)] if rows else []
    return c.Section("reviews", SECTIONS["reviews"], blocks, LEADS["reviews"] if rows else None)


def _is_reached(data: Data, row: Row) -> bool:
    if row["actual"] is None or row["required_to_date"] is None:
        return False
    down = data.kpis.get(row["kpi_id"], {}).get("direction") == "down"
    return row["actual"] <= row["required_to_date"] if down else row["actual"] >= row["required_to_date"]

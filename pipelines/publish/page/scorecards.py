"""The scorecards of the page: one table each, a row per unit and a column per KPI, so that each score shows its parts.

Belongs here: turning rows of scorecards and scorecard_items into what the template shows. Does not: queries
(data.py), words (words.py).
"""

from __future__ import annotations

from typing import Any

from pipelines.publish import format as fmt
from pipelines.publish.page.data import LEVELS, PageData, Row
from pipelines.publish.words import Words, naming, plain

LISTED = 100  # rows of a scorecard: five thousand people in one table are read by nobody and cost a second


def scorecards(data: PageData) -> list[dict[str, Any]]:
    """Each scorecard in its newest period, those of the company first: `columns` (KPI, weight) and `rows` (units)."""
    cards: dict[str, list[Row]] = {}
    for row in sorted(data.scorecards, key=lambda row: LEVELS.index(row["level"])):
        cards.setdefault(row["scorecard_id"], []).append(row)
    return [_card(data, card_id, rows) for card_id, rows in cards.items()]


def _card(data: PageData, card_id: str, rows: list[Row]) -> dict[str, Any]:
    items = {
        (item["unit_id"], item["kpi_id"]): item for item in data.scorecard_items if item["scorecard_id"] == card_id
    }
    kpis = {item["kpi_id"]: item for item in items.values()}  # one by one the heaviest first, as they were read
    first = rows[0]
    return {
        "id": card_id,
        "label": Words(first["label_zh"], first["label_en"]),
        "level": first["level"],
        "period": fmt.period(first["grain"], first["period_start"]),
        "is_open": first["period_end"] >= first["as_of_date"],
        "columns": [
            (Words(item["label_zh"], item["label_en"]), f"{item['weight'].normalize():f}%") for item in kpis.values()
        ],
        "rows": [
            row
            | {
                "unit": data.name(row["unit_id"]),
                "is_here": row["unit_id"] in data.units,
                "text": fmt.share(row["score"]),
                "covered": fmt.share(row["weight_covered"]),
                "cells": [_cell(data, items[row["unit_id"], kpi_id]) for kpi_id in kpis],
            }
            for row in sorted(rows, key=_rank)[:LISTED]
        ],
        "hidden": max(0, len(rows) - LISTED),
    }


def _rank(row: Row) -> tuple[bool, Any, str]:
    """The lowest score first: who needs help is seen first; those without a colour come last."""
    has_none = row["status"] == "low_coverage"
    return has_none, 0 if has_none else row["score"], row["unit_id"]


def _cell(data: PageData, item: Row) -> dict[str, Any]:
    guard = item["guardrail"]
    return {
        "status": item["status"],
        "share": None if item["counted_share"] is None else fmt.share(item["counted_share"]),
        "guarded": naming("falls_beside", data.labels.get(guard, plain(guard))) if guard else None,
    }

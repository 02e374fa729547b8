"""The data-quality part of the page: what is held back, whose it is and since when; and the same by KPI.

Belongs here: turning failed checks, alerts and effects into rows of tables. Does not: queries (data.py), looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.publish import format as fmt
from pipelines.publish.owners import link
from pipelines.publish.page.cards import held_words, mail, said
from pipelines.publish.page.data import PageData, Row, text_time
from pipelines.publish.words import WORDS, Words, plain


def failures(data: PageData, addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    """The checks that did not pass: what happened to the rows, whose they are, since when, and the KPIs by name."""
    since = {(alert["table"], alert["check"]): alert["opened_at"] for alert in reversed(data.alerts)}
    return [
        _failure(data, row)
        | {
            "since": _day(since.get((row["table"], row["check"]))),
            "is_new": data.is_whole,  # alerts are recorded after publishing: one that has none was found by this run
            "mail": _mail(row["owner"], f"{row['table']} · {row['check']}", addresses),
        }
        for row in data.failures
    ]


def loads(data: PageData) -> list[dict[str, Any]]:
    """The last load of each table, with the score of its rows."""
    return [
        row
        | {
            "loaded_at": text_time(row["loaded_at"]),
            "watermark": text_time(row["watermark"]),
            "score": fmt.share(score["score"]) if score else "–",
        }
        for row in data.loads
        for score in [data.scores.get(f"raw_{row['system']}.{row['table']}")]
    ]


def by_kpi(data: PageData, addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each watched KPI: its badge, what failed below it, the rows it lacks, its owner; the worst first."""
    failed: dict[str, list[Row]] = {}
    for row in data.failures:
        for kpi in _ids(row):
            failed.setdefault(kpi, []).append(row)
    found = [_kpi(data, kpi, failed.get(kpi, []), addresses) for kpi in data.kpis]
    order = ["blocked", "warn", "ok"]
    return sorted(found, key=lambda one: order.index(one["quality"]))


def _kpi(data: PageData, kpi: str, failed: list[Row], addresses: Mapping[str, str]) -> dict[str, Any]:
    about = data.kpis[kpi]
    newest = [
        (value, data.effects.get((kpi, grain, starts[-1])))
        for grain, starts in data.periods.items()
        if starts and (value := data.values.get((kpi, grain, starts[-1])))
    ]
    held = next((words for _, effect in newest if (words := held_words(effect, about["unit"]))), None)
    tables = sorted({row["table"] for row in failed})
    return {
        "id": kpi,
        "label": Words(about["label_zh"], about["label_en"]),
        "quality": newest[0][0]["quality"] if newest else "ok",
        "has_value": bool(newest),
        "tables": ", ".join(tables),
        "checks": len(failed),
        "held": held if data.is_whole else None,
        "is_clean": not failed and not held and bool(newest) and newest[0][0]["quality"] == "ok",
        "owner": about["owner"],
        "steward": about["steward"],
        "mail": mail(about, addresses),
        "steward_mail": _mail(about["steward"] or "", about["label_en"], addresses),
    }


def _failure(data: PageData, row: Row) -> dict[str, Any]:
    held = row["severity"] == "critical" and any(
        verdict["table"] == row["table"] and verdict["verdict"] == "block" for verdict in data.verdicts
    )
    ids = _ids(row)
    labels = [(kpi, data.labels.get(kpi, plain(kpi))) for kpi in ids]
    why = Words(row["why_zh"] or "", row["why_en"] or "")
    return row | {
        "effect": _effect(row, held),
        "kpis": [(kpi, label, kpi in data.kpis) for kpi, label in labels],
        "mark": "red" if held else "amber",
        "why": why,
    }


def _effect(row: Row, held: bool) -> Words:
    """What happened to the rows of a check that did not pass."""
    rows = [f"{row[column] or 0:,}" for column in ("failed_rows", "checked_rows")]
    if row["status"] == "error":
        return WORDS["not_run"]
    if held:
        return WORDS["held"]
    if row["level"] == "customer_month":
        return said("apart", *rows)
    if row["severity"] == "critical":
        return said("aside", *rows)
    return WORDS["table_noted"] if row["level"] == "table" else said("noted", *rows)


def _ids(row: Row) -> list[str]:
    return [kpi.strip() for kpi in (row["kpis_affected"] or "").split(",") if kpi.strip()]


def _day(value: Any) -> str | None:
    return None if value is None else text_time(value)[:10]


def _mail(owner: str, subject: str, addresses: Mapping[str, str]) -> str | None:
    address = addresses.get(owner)
    return address and link(address, subject)

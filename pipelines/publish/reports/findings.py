"""What was found in a period, as facts that rules ask for and words that sentences use (report_rules.yml).

Belongs here: one function a kind of finding, each with the facts and words that model/report/rules.py promises.
Does not: advice (suggestions.py), tables (the sections). `weight` orders findings of a kind: the largest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.publish import format as fmt
from pipelines.publish.page import status
from pipelines.publish.reports import content as c
from pipelines.publish.reports.attainment import lands, reached
from pipelines.publish.reports.contributors import Traced, label_of
from pipelines.publish.reports.data import Data
from pipelines.publish.reports.outlook import links, stalled_by_owner
from pipelines.publish.reports.units import gap, goals_below, weakest
from pipelines.publish.reports.words import W
from pipelines.publish.words import Words, plain

NAMES = 4  # people named in one sentence


class Finding(NamedTuple):
    kind: str
    facts: dict[str, Any]
    words: dict[str, Words]
    weight: Decimal
    owner: Words = c.DASH


def find(data: Data, kpis: list[str], traced: list[Traced], has_deals: bool = True) -> list[Finding]:
    """Everything found, the weightiest of each kind first; of deals only in a report about them."""
    found = [
        *_of_figures(data, kpis), *_of_goals(data, kpis), *_of_links(data, kpis), *_of_changes(data, traced),
        *(_of_stalled(data) if has_deals else ()), *_of_rows(data, kpis), *_of_scorecards(data),
        *_of_reviews(data, kpis),
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.weight)


def _of_figures(data: Data, kpis: list[str]) -> Iterator[Finding]:
    """Blocked KPIs, closed figures that would be others, and coverage."""
    for kpi in kpis:
        row, label = data.value(kpi), data.label(kpi)
        if row is None:
            continue
        owner = data.person(data.kpis[kpi]["owner"])
        if row["quality"] == "blocked":
            yield Finding("blocked", {"kpi": kpi}, {"kpi": label, "owner": owner}, Decimal(1), owner)
        restated = [one for one in data.tables.get("restatements", []) if one["kpi_id"] == kpi]
        if restated:
            words = {"kpi": label, "count": _count(len(restated))}
            yield Finding("restated", {"kpi": kpi, "cause": restated[0]["cause"]}, words, Decimal(len(restated)), owner)
    value = data.value("pipeline_coverage")
    if value and value["value"] is not None:
        words = {"kpi": data.label("pipeline_coverage"), "value": fmt.number(value["value"], "ratio")}
        yield Finding("coverage", {"kpi": "pipeline_coverage", "value": value["value"]}, words, 1 - value["value"])


def _of_goals(data: Data, kpis: list[str]) -> Iterator[Finding]:
    """Goals that are behind, running ones that will not be reached, guardrails that fall."""
    for kpi in kpis:
        goal, value = data.goal(kpi), data.value(kpi)
        if goal is None or value is None:
            continue
        label, unit, share = data.label(kpi), data.measure(kpi), reached(data, goal)
        owner = data.person(data.kpis[kpi]["owner"])
        said = status(value, goal)
        if said == "red" and share is not None:
            name, lack = _worst(data, kpi, goal)
            facts = {"kpi": kpi, "status": said, "attainment": share, "is_running": data.period.is_running}
            words = {
                "kpi": label, "attainment": Words(*[c.percent(share)] * 2), "unit": name, "owner": owner,
                "gap": c.difference(lack, unit).text,
            }  # fmt: skip
            yield Finding("missed", facts, words, 1 - share, owner)
        if lands(data, goal) and goal.get("hit_probability") is not None:
            needed = goal.get("needed_per_day") if unit in ("money", "count") else None
            words = {
                "kpi": label, "chance": Words(*[f"{fmt.fixed(goal['hit_probability'] * 100, 0)}%"] * 2),
                "needed": fmt.number(needed, unit), "landing": fmt.number(goal["landing"], unit),
                "target": fmt.number(goal["target"], unit),
            }  # fmt: skip
            yield Finding(
                "landing",
                {"kpi": kpi, "chance": goal["hit_probability"], "is_sum": needed is not None and needed > 0},
                words,
                1 - goal["hit_probability"],
                owner,
            )
        if goal.get("guardrail") and said == "green":
            words = {"kpi": label, "guardrail": data.label(goal["guardrail"])}
            yield Finding("guardrail", {"kpi": kpi, "guardrail": goal["guardrail"]}, words, Decimal(1), owner)


def _of_links(data: Data, kpis: list[str]) -> Iterator[Finding]:
    for link in links(data):
        for by in ("activity", "conversion"):
            if broken := link.broken(by):
                facts = {"kpi": link.kpi, "broken_by": by, "people": Decimal(len(broken))}
                words = {
                    "kpi": data.label(link.kpi), "parent": data.label(link.parent), "people": _count(len(broken)),
                    "names": _names(data, [row["unit_id"] for row in broken]),
                }  # fmt: skip
                yield Finding("broken_link", facts, words, Decimal(len(broken)))


def _of_changes(data: Data, traced: list[Traced]) -> Iterator[Finding]:
    """The unit that moved a KPI most, the factor of a ratio, and mix."""
    for one in traced:
        direction = data.kpis[one.kpi]["direction"]
        if direction not in ("up", "down"):
            continue
        is_worse = (one.change < 0) == (direction == "up")
        label, unit, base = data.label(one.kpi), data.measure(one.kpi), W[f"base_{one.base}"]
        moved = abs(one.change / one.then) if one.then else Decimal(1)
        added = {name: value for name, value in one.by_unit().items() if name}
        if len(added) > 1:
            name, most = max(added.items(), key=lambda item: item[1] / one.change)
            words = {
                "kpi": label, "unit": label_of(data, one, name), "share": Words(*[c.percent(most / one.change)] * 2),
                "change": c.difference(most, unit).text, "whole": c.difference(one.change, unit).text, "base": base,
            }  # fmt: skip
            yield Finding("worse" if is_worse else "better", {"kpi": one.kpi, "share": most / one.change}, words, moved)
        if one.ratios:
            mix = sum((part.mix for part in one.ratios.values()), Decimal(0))
            words = {"kpi": label, "mix": c.difference(mix, unit).text, "change": c.difference(one.change, unit).text,
                     "base": base}  # fmt: skip
            yield Finding("mix", {"kpi": one.kpi, "share": mix / one.change}, words, moved)
        if one.factors:
            numerator, denominator = one.factors
            larger = "numerator" if abs(numerator) >= abs(denominator) else "denominator"
            words = {"kpi": label, "numerator": c.difference(numerator, unit).text,
                     "denominator": c.difference(denominator, unit).text, "base": base}  # fmt: skip
            yield Finding("factor", {"kpi": one.kpi, "factor": larger, "is_worse": is_worse}, words, moved)


def _of_stalled(data: Data) -> Iterator[Finding]:
    owners = stalled_by_owner(data)
    if owners:
        deals = sum(one.deals for one in owners)
        words = {
            "deals": _count(deals), "names": _names(data, [one.owner for one in owners]),
            "usual": fmt.number(owners[0].usual, "day"),
        }  # fmt: skip
        yield Finding("stalled", {"deals": Decimal(deals)}, words, Decimal(deals))


def _of_rows(data: Data, kpis: list[str]) -> Iterator[Finding]:
    """Rows that are set aside, and checks that failed on what these KPIs stand on."""
    for row in data.tables.get("effects", []):
        value, kpi = row["value"], row["kpi_id"]
        effect = abs(row["difference"] or 0) / abs(value) if value else Decimal(0)
        words = {
            "kpi": data.label(kpi), "rows": Words(*[f"{row['held_rows']:,}"] * 2),
            "value": fmt.number(row["value_with_held"], data.measure(kpi)), "tables": plain(row["tables"]),
        }  # fmt: skip
        facts = {"kpi": kpi, "effect": effect, "rows": Decimal(row["held_rows"])}
        yield Finding("held_rows", facts, words, effect, data.person(data.kpis[kpi]["steward"]))
    for row in data.tables.get("checks", []):
        touched = {kpi.strip() for kpi in (row["kpis_affected"] or "").split(",")}
        if row["severity"] != "critical" or not touched & set(kpis):
            continue
        rows = row["failed_rows"] or 0
        words = {
            "table": Words(row["table"], row["table"]), "rows": Words(*[f"{rows:,}"] * 2),
            "why": Words(row["why_zh"] or "", row["why_en"] or ""), "owner": data.person(row["owner"]),
        }  # fmt: skip
        facts = {"table": row["table"], "severity": row["severity"], "rows": Decimal(rows)}
        yield Finding("failing_check", facts, words, Decimal(rows), data.person(row["owner"]))


def _of_scorecards(data: Data) -> Iterator[Finding]:
    for card in data.tables.get("scorecards", []):
        if card["score"] is None:
            continue
        words = {
            "unit": data.name(card["unit_id"]), "score": Words(*[c.percent(card["score"])] * 2),
            "weakest": weakest(data, card),
        }  # fmt: skip
        yield Finding("scorecard", {"status": card["status"], "score": card["score"]}, words, 1 - card["score"])


def _of_reviews(data: Data, kpis: list[str]) -> Iterator[Finding]:
    for row in data.tables.get("reviews", []):
        if row["goal_id"] == "all" and row["kpi_id"] in kpis and row["proposal"] != "keep":
            words = {"kpi": data.label(row["kpi_id"]), "reason": Words(row["reason_zh"], row["reason_en"])}
            facts = {"kpi": row["kpi_id"], "proposal": row["proposal"]}
            yield Finding("review", facts, words, 1 - (row["relevance"] or Decimal(0)))


def _worst(data: Data, kpi: str, goal: dict[str, Any]) -> tuple[Words, Decimal | None]:
    """The unit below that lacks most, or the audience itself where the goal is not split down."""
    sign = 1 if data.kpis[kpi]["direction"] == "up" else -1
    below = [(unit, lack) for unit, one in goals_below(data, kpi) if (lack := gap(data, one)) is not None]
    if not below:
        return data.unit.label, gap(data, goal)
    unit, lack = min(below, key=lambda pair: (sign * pair[1], pair[0].id))
    return unit.label, lack


def _names(data: Data, ids: list[str]) -> Words:
    """The first of them by name, and how many more."""
    named = c.join([data.name(one) for one in dict.fromkeys(ids)][:NAMES])
    more = len(dict.fromkeys(ids)) - NAMES
    return named if more <= 0 else Words(f"{named.zh} 等 {more + NAMES} 人", f"{named.en} and {more} more")


def _count(number: int) -> Words:
    return Words(*[f"{number:,}"] * 2)

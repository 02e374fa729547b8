"""The cards of the page's top unit: one KPI in its newest period, ready for the template.

Belongs here: turning rows into what a card shows. Does not: queries (data.py), words (words.py), looks (templates/);
templates/page_cards.js makes the same card for the units below, and
tests/publish/page/test_browser.py holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.publish import format as fmt
from pipelines.publish import judging
from pipelines.publish.markup import say
from pipelines.publish.owners import link
from pipelines.publish.page.data import CARD, PageData, Row
from pipelines.publish.page.drivers import broken_links
from pipelines.publish.sparkline import sparkline
from pipelines.publish.words import AIMS, CADENCES, STATUS, WORDS, Words, naming, plain


def grain_cards(data: PageData, grain: str, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The cards of the newest period of a grain, by aim, and how the goals stand."""
    start = data.newest(grain)
    cards = [made for kpi in data.kpis if (made := card(data, kpi, grain, start, addresses))]
    aims = sorted(
        {one["aim"] for one in cards}, key=lambda aim: (list(AIMS).index(aim) if aim in AIMS else len(AIMS), aim)
    )
    counts = Counter(one["status"] for one in cards if one["goal"])
    return {
        "period": fmt.period(grain, start),
        "is_partial": any(one["value"]["is_partial"] for one in cards),
        "aims": [(AIMS.get(aim) or plain(aim), _of_aim(cards, aim)) for aim in aims],
        "goals": sum(counts.values()),
        "counts": [(key, counts[key]) for key in STATUS if counts[key]],
    }


def _of_aim(cards: list[dict[str, Any]], aim: str) -> list[dict[str, Any]]:
    """Those with a goal in this period first: they are judged, and of one height."""
    return sorted((one for one in cards if one["aim"] == aim), key=lambda one: one["goal"] is None)


def card(data: PageData, kpi: str, grain: str, start: date, addresses: Mapping[str, str]) -> dict[str, Any] | None:
    """A KPI in one period; None where it is not published for this grain."""
    about = data.kpis[kpi]
    keys = [(kpi, grain, day) for day in data.periods[grain][-CARD[grain] :]]
    value = data.values.get((kpi, grain, start))
    if value is None:
        return None
    goal = data.goals.get(keys[-1])
    reached = _reached(goal)
    line = [_float(row and row["value"]) for row in (data.values.get(key) for key in keys)]
    targets = [_float(goal and goal["target"]) for goal in (data.goals.get(key) for key in keys)]
    return {
        "id": kpi,
        "about": about,
        "label": Words(about["label_zh"], about["label_en"]),
        "description": Words(about["description_zh"], about["description_en"]) if about["description_en"] else None,
        "aim": about["business_goal"],
        "value": value,
        "text": fmt.number(value["value"], about["unit"]),
        "goal": goal,
        "goal_label": Words(goal["label_zh"], goal["label_en"]) if goal and "label_zh" in goal else None,
        "target": fmt.number(goal["target"], about["unit"]) if goal else None,
        "is_pace": _is_pace(goal),
        "reached": fmt.share(reached),
        "bar": None if reached is None else round(min(max(float(reached), 0.0), 1.25) * 100, 1),
        "status": status(value, goal),
        "last_year": fmt.change(value["year_ago_change"], about["unit"]),
        "trend": judging.trend(value["year_ago_change"], about["direction"]),
        "spark": sparkline(line, targets, bool(value["is_partial"])),
        "held": changing_held(data, kpi, grain),
        "guarded": _guarded(data, goal),
        "broken": broken_links(data, goal),
        "lands": _lands(goal, about["unit"]),
        "feedback": _feedback(data, kpi, grain, start),
        "mail": mail(about, addresses, fmt.period(grain, start).en),
        "cadence": CADENCES.get(str(about["cadence"]), plain(str(about["cadence"]))),
    }


def status(value: Row, goal: Row | None) -> str:
    """The one word for a row of kpi_values beside that of its goal."""
    return judging.status(value["quality"], value["state"], goal["status"] if goal else None)


def changing_held(data: PageData, kpi: str, grain: str) -> Words | None:
    """What the newest figure would be with the rows that are set aside, where that reads otherwise than it does."""
    key = (kpi, grain, data.newest(grain))
    effect, value, unit = data.effects.get(key), data.values.get(key), data.kpis[kpi]["unit"]
    if not effect or not value or not data.is_whole:
        return None
    is_same = fmt.number(effect["value_with_held"], unit) == fmt.number(value["value"], unit)
    return None if is_same else held_words(effect, unit)


def held_words(effect: Row | None, unit: str) -> Words | None:
    """What the number would be with the rows that are set aside; None where none are."""
    if effect is None:
        return None
    rows, value = f"{effect['held_rows']:,}", fmt.number(effect["value_with_held"], unit)
    said = WORDS["with_held"]
    return Words(said.zh.format(rows, value.zh), said.en.format(rows, value.en))


def mail(about: Row, addresses: Mapping[str, str], period: str = "") -> str | None:
    """A link that writes to the owner of a KPI; None where people.yml has no address."""
    address = addresses.get(about["owner"])
    subject = " · ".join(filter(None, (about["label_zh"], about["label_en"], period)))
    return address and link(address, subject)


def _guarded(data: PageData, goal: Row | None) -> Words | None:
    """That the KPI beside a green one falls; None where none does."""
    guard = goal and goal.get("guardrail")
    if not guard:
        return None
    return naming("guarded", data.labels.get(guard, plain(guard)))


def _lands(goal: Row | None, unit: str) -> Words | None:
    """Where the running period of a goal lands, by which way; None where nothing is forecast."""
    if goal is None or goal.get("landing_method") is None or goal["landing"] is None:
        return None
    figures = [fmt.number(goal[name], unit) for name in ("landing", "landing_low", "landing_high")]
    chance = goal["hit_probability"]
    key = "lands" if goal["landing_low"] is None else "lands_between" if chance is None else "lands_likely"
    percent = "" if chance is None else fmt.fixed(chance * 100, 0)
    said, way = WORDS[key], WORDS[goal["landing_method"]]
    return Words(
        f"{said.zh.format(*(figure.zh for figure in figures), percent)}（{way.zh}）",
        f"{said.en.format(*(figure.en for figure in figures), percent)}, {way.en}",
    )


def _feedback(data: PageData, kpi: str, grain: str, start: date) -> list[dict[str, Any]]:
    """What people said of a KPI in a period, the newest first; `unit` where it is not the top unit's figure."""
    return [
        {
            "said": row["said"],
            "author": row["author"],
            "unit": None if row["unit_id"] == data.top.id else data.name(row["unit_id"]),
        }
        for row in data.feedback
        if (row["kpi_id"], row["grain"], row["period_start"]) == (kpi, grain, start)
    ]


def _is_pace(goal: Row | None) -> bool:
    """Whether an open period is judged by the part of the target due by now."""
    return bool(goal and judging.is_pace(goal["is_closed"], goal["pace"], goal["attainment"]))


def _reached(goal: Row | None) -> Any:
    return None if goal is None else goal["pace"] if _is_pace(goal) else goal["attainment"]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def said(key: str, *values: object) -> Words:
    return say(WORDS, key, *values)

"""The page people open: data/serving/index.html, written from the serving file, and the addresses of owners.

Belongs here: turning what page_data read into cards, rows and one file of HTML. Does not: queries (page_data.py),
words (words.py), looks (templates/). The file loads nothing: style and script are in it and allowed by their hash, and
no style attribute is used, since a policy by hash refuses those.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.publish import format as fmt
from pipelines.publish.drivers import broken_links
from pipelines.publish.markup import environment, inlined, say
from pipelines.publish.owners import link
from pipelines.publish.page_data import GRAINS, LEVELS, PageData, Row, read, text_time
from pipelines.publish.page_scorecards import scorecards
from pipelines.publish.sparkline import sparkline
from pipelines.publish.words import AIMS, CADENCES, QUALITY, STATUS, WORDS, Words, naming, plain
from pipelines.publish.words import LEVELS as LEVEL_WORDS

FILE = "index.html"


def write_page(
    serving_file: Path, folder: Path, language: str = "zh", addresses: Mapping[str, str] = MappingProxyType({})
) -> Path:
    """Writes FILE into `folder` by rename; `language` is shown first, `addresses` are owners' (owners.py).

    Raises KpiError as page_data.read does.
    """
    path, aside = folder / FILE, folder / f".{FILE}.next"
    folder.mkdir(parents=True, exist_ok=True)
    aside.write_text(render(read(serving_file), language, addresses), encoding="utf-8")
    aside.replace(path)
    return path


def render(data: PageData, language: str = "zh", addresses: Mapping[str, str] = MappingProxyType({})) -> str:
    """The page as text."""
    from markupsafe import Markup

    drawn = environment(STATUS=STATUS, QUALITY=QUALITY, LEVELS=LEVEL_WORDS)
    style, style_hash = inlined("page.css")
    script, script_hash = inlined("page.js")
    grains = {grain: _grain(data, grain, addresses) for grain in GRAINS if data.periods[grain]}
    return drawn.get_template("page.html.j2").render(
        language=language,
        company=data.company.label,
        publication=data.publication | {"published_at": text_time(data.publication["published_at"])},
        grains=grains,
        first_grain=_first_grain(grains),
        scorecards=scorecards(data),
        failures=[_failure(data, row) for row in data.failures],
        checks=data.checks,
        loads=[
            row | {"loaded_at": text_time(row["loaded_at"]), "watermark": text_time(row["watermark"])}
            for row in data.loads
        ],
        style=style,
        script=script,
        style_hash=style_hash,
        script_hash=script_hash,
        table=Markup(_json(table(data))),
    )


def table(data: PageData) -> Row:
    """The rows of the table by organisation, column by column.

    `rows`: k, u, p, l = place in kpis, units, periods, levels; v value, t target, a attainment or pace,
    c change on last year, s status, q quality. `broken`: by place of a row, what broke where its goal is missed.
    """
    kpis, units = list(data.kpis), list(data.units)
    periods = [(grain, start) for grain in GRAINS for start in reversed(data.periods[grain])]
    place = (
        {k: i for i, k in enumerate(kpis)},
        {u: i for i, u in enumerate(units)},
        {p: i for i, p in enumerate(periods)},
    )
    levels = [level for level in LEVELS if any(key[2] == level for key in data.values)]
    rows: dict[str, list[Any]] = {name: [] for name in "kupltvacsq"}
    broken: dict[int, list[dict[str, str]]] = {}
    for key, value in data.values.items():
        kpi, grain, level, unit, start = key
        if kpi not in place[0] or unit not in place[1] or (grain, start) not in place[2] or level not in levels:
            continue
        goal = data.goals.get(key)
        cells = (
            place[0][kpi], place[1][unit], place[2][grain, start], levels.index(level),
            _float(goal and goal["target"]), _float(value["value"]), _float(_reached(goal)),
            _float(value["year_ago_change"]), status(value, goal), value["quality"],
        )  # fmt: skip
        if said := broken_links(data, goal):
            broken[len(rows["k"])] = [words._asdict() for words in said]
        for name, cell in zip("kupltvacsq", cells, strict=True):
            rows[name].append(cell)
    return {
        "kpis": [{"zh": k["label_zh"], "en": k["label_en"], "unit": k["unit"]} for k in data.kpis.values()],
        "units": [
            {"zh": u.label.zh, "en": u.label.en, "level": u.level, "up": place[1].get(u.parent or "", -1)}
            for u in data.units.values()
        ],
        "periods": [dict(grain=grain, **fmt.period(grain, start)._asdict()) for grain, start in periods],
        "levels": [dict(id=level, **LEVEL_WORDS[level]._asdict()) for level in levels],
        "status": {key: words._asdict() for key, words in STATUS.items()},
        "quality": {key: words._asdict() for key, words in QUALITY.items()},
        "words": {key: WORDS[key]._asdict() for key in ("all_units", "all_kpis", "no_rows", "show_all", *GRAINS)},
        "rows": rows,
        "broken": broken,
    }


def status(value: Row, goal: Row | None) -> str:
    """The one word for a number: what blocks it, else how it stands to its goal, else its state, else no target."""
    if value["quality"] == "blocked":
        return "blocked"
    if value["state"] != "ok":
        return value["state"]
    return goal["status"] if goal else "no_target"


def _grain(data: PageData, grain: str, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The cards of the newest period of a grain at the company, by aim, and how the goals stand."""
    start = data.periods[grain][-1]
    cards = [card for kpi in data.kpis if (card := _card(data, kpi, grain, start, addresses))]
    aims = sorted(
        {card["aim"] for card in cards}, key=lambda aim: (list(AIMS).index(aim) if aim in AIMS else len(AIMS), aim)
    )
    counts = Counter(card["status"] for card in cards if card["goal"])
    return {
        "period": fmt.period(grain, start),
        "is_partial": any(card["value"]["is_partial"] for card in cards),
        "aims": [(AIMS.get(aim) or plain(aim), [card for card in cards if card["aim"] == aim]) for aim in aims],
        "goals": sum(counts.values()),
        "counts": [(key, counts[key]) for key in STATUS if counts[key]],
    }


def _card(data: PageData, kpi: str, grain: str, start: date, addresses: Mapping[str, str]) -> dict[str, Any] | None:
    """A KPI at the company in one period; None where it is not published for this grain."""
    about, unit = data.kpis[kpi], data.company
    keys = [(kpi, grain, unit.level, unit.id, day) for day in data.periods[grain]]
    value = data.values.get((kpi, grain, unit.level, unit.id, start))
    if value is None:
        return None
    goal = data.goals.get(keys[-1])
    reached = _reached(goal)
    history = [data.values.get(key) for key in keys]
    line = [_float(row and row["value"]) for row in history]
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
        "trend": _trend(value["year_ago_change"], about["direction"]),
        "spark": sparkline(line, targets, bool(value["is_partial"])),
        "held": _with_held(data.effects.get((kpi, grain, start)), about["unit"]),
        "guarded": _guarded(data, goal),
        "broken": broken_links(data, goal),
        "lands": _lands(goal, about["unit"]),
        "feedback": _feedback(data, kpi, grain, start),
        "mail": _mail(about, fmt.period(grain, start).en, addresses),
        "cadence": CADENCES.get(str(about["cadence"]), plain(str(about["cadence"]))),
    }


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
    """What people said of a KPI in a period, the newest first; `unit` where it is not the company's figure."""
    return [
        {
            "said": row["said"],
            "author": row["author"],
            "unit": None if row["unit_id"] == data.company.id else data.name(row["unit_id"]),
        }
        for row in data.feedback
        if (row["kpi_id"], row["grain"], row["period_start"]) == (kpi, grain, start)
    ]


def _mail(about: Row, period: str, addresses: Mapping[str, str]) -> str | None:
    """A link that writes to the owner of a KPI; None where people.yml has no address."""
    address = addresses.get(about["owner"])
    return address and link(address, f"{about['label_zh']} · {about['label_en']} · {period}")


def _with_held(effect: Row | None, unit: str) -> Words | None:
    """What the number would be with the rows that are set aside; None where none are."""
    if effect is None:
        return None
    rows, value = f"{effect['held_rows']:,}", fmt.number(effect["value_with_held"], unit)
    said = WORDS["with_held"]
    return Words(said.zh.format(rows, value.zh), said.en.format(rows, value.en))


def _failure(data: PageData, row: Row) -> dict[str, Any]:
    """A check that did not pass: what happened to the rows, whose they are, and the KPIs by name."""
    held = row["severity"] == "critical" and any(
        verdict["table"] == row["table"] and verdict["verdict"] == "block" for verdict in data.verdicts
    )
    rows = [f"{row[column] or 0:,}" for column in ("failed_rows", "checked_rows")]
    if row["status"] == "error":
        effect = WORDS["not_run"]
    elif held:
        effect = WORDS["held"]
    elif row["level"] == "customer_month":
        effect = _say("apart", *rows)
    elif row["severity"] == "critical":
        effect = _say("aside", *rows)
    else:
        effect = WORDS["table_noted"] if row["level"] == "table" else _say("noted", *rows)
    ids = [kpi.strip() for kpi in (row["kpis_affected"] or "").split(",") if kpi.strip()]
    labels = [Words(data.kpis[k]["label_zh"], data.kpis[k]["label_en"]) if k in data.kpis else plain(k) for k in ids]
    kpis = (
        Words("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
        if labels
        else WORDS["none"]
    )
    why = Words(row["why_zh"] or "", row["why_en"] or "")
    return row | {"effect": effect, "kpis": kpis, "mark": "red" if held else "amber", "why": why}


def _is_pace(goal: Row | None) -> bool:
    """Whether an open period is judged by the part of the target due by now."""
    return bool(goal and not goal["is_closed"] and goal["pace"] is not None and goal["pace"] != goal["attainment"])


def _reached(goal: Row | None) -> Any:
    return None if goal is None else goal["pace"] if _is_pace(goal) else goal["attainment"]


def _trend(change: Any, direction: Any) -> str:
    """Whether a change is good, bad or neither, for the KPI's direction."""
    if change is None or not change or direction not in ("up", "down"):
        return "even"
    return "good" if (change > 0) == (direction == "up") else "bad"


def _first_grain(grains: dict[str, dict[str, Any]]) -> str:
    """The month, unless only another grain has goals."""
    return next((grain for grain, shown in grains.items() if shown["goals"]), next(iter(grains), "month"))


def _say(key: str, *values: object) -> Words:
    return say(WORDS, key, *values)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _json(value: Any) -> str:
    """JSON that cannot end the script element it stands in, nor start a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")

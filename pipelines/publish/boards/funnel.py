"""The funnel board: how many deals move on from each stage, where they are lost, and why.

Belongs here: what stands in its tables. Does not: queries, looks.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.publish.boards.comparing import parts
from pipelines.publish.boards.figures import Figure, Sheet, drawn, is_shown
from pipelines.publish.boards.periods import open_name
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Key, Value
from pipelines.publish.boards.words import BOARD_WORDS, said
from pipelines.publish.charts import bar, split
from pipelines.publish.markup import say
from pipelines.publish.words import Words

ID = "funnel"
KPIS = ("stage_conversion", "stage_open_count", "leads_created", "win_rate", "loss_reason_share")
GRAIN, UNITS, REASONS = "quarter", 12, 10

Rows = dict[Key, Value]


def content(file: Published) -> dict[str, Any] | None:
    """None where no deal has left a stage, and none is open."""
    start = file.newest(GRAIN)
    if start is None:
        return None
    stays = file.values(
        file.has("stage_conversion", "stage_open_count"), [file.root], GRAIN, file.last(GRAIN, 2), "stage"
    )
    stages = stages_in_order(file)
    steps = _steps(file, stages, stays, start)
    reasons = _reasons(file, start)
    if not steps["rows"] and not reasons["rows"]:
        return None
    return {
        "period": open_name(file, GRAIN),
        "steps": steps,
        "reasons": reasons,
        "by_unit": _by_unit(file, stages, start),
    }


def stages_in_order(file: Published) -> list[str]:
    """The stages of the root's deals, the first first.

    No published table numbers them; a deal goes through them one by one and drops out on the way, so that fewer leave
    each than the one before: 2,209, 1,870, 1,479 and 1,045 in the demo's last year.
    """
    months = file.last("month", 12)
    rows = file.values(file.has("stage_conversion", "stage_open_count"), [file.root], "month", months, "stage")
    left: dict[str, float] = {}
    for row in rows.values():
        is_flow = row.kpi == "stage_conversion"
        left[row.cut_value] = left.get(row.cut_value, 0.0) + (drawn(row, "denominator") or 0.0 if is_flow else 0.0)
    return sorted(left, key=lambda stage: (-left[stage], stage))


def _steps(file: Published, stages: list[str], stays: Rows, start: date) -> dict[str, Any]:
    """The stages from top to bottom, between the leads that came in and the deals that were won."""
    sheet = Sheet(file)
    found = {stage: stays.get(Key("stage_conversion", file.root.id, start, stage)) for stage in stages}
    ends = file.values(file.has("leads_created", "win_rate"), [file.root], GRAIN, [start])
    leads, wins = (ends.get(Key(kpi, file.root.id, start)) for kpi in ("leads_created", "win_rate"))
    top = max(
        [drawn(row, "denominator") or 0.0 for row in found.values()]
        + [drawn(leads) or 0.0, drawn(wins, "numerator") or 0.0]
    )
    lost = {stage: _lost(row) for stage, row in found.items()}
    worst = max(lost, key=lambda stage: lost[stage] or 0, default=None)
    rows = []
    for stage, row in found.items():
        now = stays.get(Key("stage_open_count", file.root.id, start, stage))
        if all(one is None or one.state == "no_data" for one in (row, now)):
            continue
        rows.append(
            {
                "stage": said(stage),
                "left": sheet.of(row, "denominator"),
                "moved": sheet.of(row, "numerator"),
                "lost": _blocked_or(sheet, row, lost[stage]),
                "bar": _bar(row, top),
                "conversion": sheet.of(row),
                "change": sheet.change(row, "year_ago_change"),
                "before": sheet.of(stays.get(Key("stage_conversion", file.root.id, _before(file), stage))),
                "open": sheet.of(now),
                "open_change": sheet.change(now, "year_ago_change"),
                "is_worst": stage == worst and bool(lost[stage]),
            }
        )
    return {
        "sheet": sheet,
        "rows": rows,
        "leads": _end(sheet, leads, "value", top, "b-s4") if leads else None,
        "won": _end(sheet, wins, "numerator", top, "b-s1") if wins else None,
        "reads": _reads(worst, found.get(worst or ""), lost.get(worst or "")),
    }


def _before(file: Published) -> date:
    return file.newest(GRAIN, 1) or file.as_of


def _lost(row: Value | None) -> Decimal | None:
    """Deals that left a stage without moving on: what is left of the one half of the rate after the other."""
    if row is None or not is_shown(row) or row.denominator is None or row.numerator is None:
        return None
    return row.denominator - row.numerator


def _blocked_or(sheet: Sheet, row: Value | None, lost: Decimal | None) -> Figure:
    return sheet.derived(lost) if lost is not None else sheet.of(row)


def _bar(row: Value | None, top: float) -> Any:
    moved, left = drawn(row, "numerator"), drawn(row, "denominator")
    if moved is None or left is None or not top:
        return None
    return split(
        [("b-s2", moved / top, BOARD_WORDS["moved_on"]), ("b-lost", (left - moved) / top, BOARD_WORDS["not_moved_on"])]
    )


def _end(sheet: Sheet, row: Value | None, column: str, top: float, kind: str) -> dict[str, Any]:
    """The line above or beneath the stages."""
    count = drawn(row, column)
    return {
        "kpi": sheet.file.kpis[row.kpi] if row else None,
        "count": sheet.of(row, column),
        "bar": split([(kind, count / top, Words("", ""))]) if count and top else None,
        "change": sheet.change(row, "year_ago_change"),
        "rate": sheet.of(row) if column != "value" else None,
        "lost": _blocked_or(sheet, row, _lost(row)) if column != "value" else None,
    }


def _reads(stage: str | None, row: Value | None, lost: Decimal | None) -> Words | None:
    """Where most is lost, in a sentence."""
    if stage is None or row is None or row.denominator is None or not lost:
        return None
    name, counts = said(stage), (f"{row.denominator:,.0f}", f"{lost:,.0f}")
    return Words(
        say(BOARD_WORDS, "reads_funnel", name.zh, *counts).zh, say(BOARD_WORDS, "reads_funnel", name.en, *counts).en
    )


def _reasons(file: Published, start: date) -> dict[str, Any]:
    """Why deals were lost, the most frequent reason first, and how many were lost without one."""
    sheet = Sheet(file)
    rows = file.values(file.has("loss_reason_share"), [file.root], GRAIN, [start], "loss_reason")
    known = sorted(
        (row for row in rows.values() if row.state != "no_data"), key=lambda row: (-(row.numerator or 0), row.cut_value)
    )
    top = max((drawn(row) or 0.0 for row in known), default=0.0)
    total = next((row.denominator for row in known if row.denominator), None)
    rest = None if total is None else total - sum((row.numerator or Decimal(0) for row in known), Decimal(0))
    return {
        "sheet": sheet,
        "more": max(len(known) - REASONS, 0),
        "unsaid": sheet.derived(rest) if rest else None,
        "unsaid_share": sheet.derived(rest / total, "ratio") if rest and total else None,
        "rows": [
            {
                "reason": said(row.cut_value),
                "bar": bar((drawn(row) or 0.0) / top, "b-s2") if top else None,
                "share": sheet.of(row),
                "count": sheet.of(row, "numerator"),
                "change": sheet.change(row, "year_ago_change"),
            }
            for row in known[:REASONS]
        ],
    }


def _by_unit(file: Published, stages: list[str], start: date) -> dict[str, Any] | None:
    """Stage conversion of the units below, a column a stage."""
    having = file.with_figures(file.has("stage_conversion"), GRAIN, start)
    units = parts(file, having)
    if not units:
        return None
    sheet = Sheet(file)
    shown = [file.root, *units[:UNITS]]
    rows = file.values(file.has("stage_conversion"), shown, GRAIN, [start], "stage")
    rates = [drawn(row) or 0.0 for row in rows.values() if row.state == "ok" and drawn(row) is not None]
    between = (min(rates, default=0.0), max(rates, default=0.0))
    return {
        "sheet": sheet,
        "stages": [said(stage) for stage in stages],
        "more": len(units) - len(shown) + 1,
        "rows": [
            (
                unit,
                [_shaded(sheet, rows.get(Key("stage_conversion", unit.id, start, stage)), between) for stage in stages],
            )
            for unit in shown
        ],
    }


def _shaded(sheet: Sheet, row: Value | None, between: tuple[float, float]) -> tuple[Figure, int]:
    """A rate, and the depth of its ground: 1 for the lowest of the table to 5 for the highest."""
    rate, (low, high) = drawn(row), between
    if row is None or rate is None or row.state != "ok":
        return sheet.of(row), 0
    return sheet.of(row), 1 + round((rate - low) / (high - low) * 4) if high > low else 1

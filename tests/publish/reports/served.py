"""A small serving file with the columns of the dbt contracts: five KPIs, three levels, 41 months; same numbers always.

Belongs here: laying it down. Does not: what a report makes of it. Totals are the sums of their units, but for new
customers, of whom the company counts one less than its regions: somebody who bought in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.settings import DBT_PROJECT

AS_OF = date(2026, 5, 20)
RUN = "run_1"
HOSTILE = "<script>alert('x')</script>\"=1+1 😀 {kpi} "
LONG = "很长的名字 " * 50  # 300 signs
UNITS = [
    ("lanhai", "company", None, "蓝海仪器", "Lanhai Instruments"),
    ("region_east", "region", "lanhai", "华东大区", "East China"),
    ("region_south", "region", "lanhai", "华南大区", "South China"),
    ("team_e1", "team", "region_east", HOSTILE, HOSTILE),
    ("team_e2", "team", "region_east", LONG, LONG),
    ("team_s1", "team", "region_south", "=深圳组", "=Shenzhen"),
    ("r1", "rep", "team_e1", "+王磊", "+Wang Lei"),
    ("r2", "rep", "team_s1", "@李娜", "@Li Na"),
]
PARTS = {"lanhai": 1, "region_east": 0.625, "region_south": 0.375, "team_e1": 0.25, "team_e2": 0.375, "team_s1": 0.375,
         "r1": 0.25, "r2": 0.375}  # fmt: skip
KPIS = {  # type, unit, direction, zh, en
    "won_amount": ("simple", "money", "up", "签单金额", "Contract value signed"),
    "new_customers": ("simple", "count", "up", "新客户数", "New customers"),
    "win_rate": ("ratio", "ratio", "up", "赢单率", "Win rate"),
    "sales_cycle_days": ("simple", "day", "down", "销售周期", "Sales cycle"),
    "csat_score": ("ratio", "points", "up", "满意度", "CSAT score"),
    "valid_visits": ("simple", "count", "up", "有效拜访", "Valid visits"),
    "clv": ("derived", "money", "up", "客户价值", "Lifetime value"),  # never has a value
}
Row = dict[str, Any]


def lay_down(path: Path, closed_until: date | None = None) -> Path:
    """Writes the file; periods that end by `closed_until` are closed, and won_amount would be another one today."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = [row for kpi in KPIS for row in _values(kpi, closed_until)]
    with duckdb.connect(str(path)) as con:
        con.execute("create schema published")
        for table, columns in _contracts():
            con.execute(f'create table published."{table}" ({", ".join(columns)})')
        con.execute(
            "create table published.publication as select 3::bigint as generation, ? as run_id, ?::date as as_of_date,"
            " timestamp '2026-05-21 01:00' as published_at, 'h' as definitions_hash, '2027' as provisional_years",
            [RUN, AS_OF],
        )
        insert(con, "units", [{"unit_id": u, "level": lv, "parent_id": up, "label_zh": zh, "label_en": en, "path": u,
                                   "valid_from": date(2020, 1, 1)} for u, lv, up, zh, en in UNITS])  # fmt: skip
        insert(con, "kpi_catalog", [_about(kpi) for kpi in KPIS])
        insert(con, "kpi_values", values)
        insert(con, "goal_attainment", [_goal(row) for row in values if _has_goal(row)])
        insert(con, "quality_results", [
            {"run_id": RUN, "table": "raw_crm.deals", "check": "has_owner", "level": "row", "severity": "critical", "status": "fail",
                 "failed_rows": 33, "checked_rows": 900, "owner": "sales_ops", "why_zh": "没有负责人", "why_en": "No owner",
                 "kpis_affected": "won_amount,win_rate"},
        ])  # fmt: skip
        insert(con, "quarantine_effect", [
            {"kpi_id": "win_rate", "grain": "quarter", "period_start": date(2026, 1, 1), "value": Decimal("0.4"),
                 "value_with_held": Decimal("0.42"), "difference": Decimal("0.02"), "held_rows": 33, "tables": "raw_crm.deals",
                 "label_zh": "赢单率", "label_en": "Win rate"},
        ])  # fmt: skip
        insert(con, "goal_drivers", [
            {"goal_id": "fy26_won_amount", "level": "rep", "unit_id": unit, "grain": "quarter", "period_start": date(2026, 1, 1),
                 "kpi_id": "valid_visits", "parent_kpi_id": "won_amount", "required": 9, "required_to_date": 9, "actual": actual,
                 "is_link_broken": True, "broken_by": by, "label_zh": "有效拜访", "label_en": "Valid visits"}
            for unit, actual, by in (("r1", 4, "activity"), ("r2", 12, "conversion"))
        ])  # fmt: skip
        insert(con, "deals_stalled", [
            {"deal_id": f"D{n}", "owner_id": "r1" if n else "r2", "stage": "offer", "days_in_stage": 90 + n,
                 "usual_days": Decimal(30)} for n in range(4)
        ])  # fmt: skip
    return path


def change(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    import pandas as pd

    frame = pd.DataFrame(list(rows))
    con.register("frame", frame)
    con.execute(f'insert into published."{table}" by name select * from frame')
    con.unregister("frame")


def periods(grain: str) -> list[tuple[date, date]]:
    """First and last day of the periods from 2023 to that of AS_OF."""
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    starts = [date(2023 + n // 12, n % 12 + 1, 1) for n in range(0, 41, months)]
    return [(start, _later(start, months) - timedelta(days=1)) for start in starts]


def _later(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    return date(start.year + year, month + 1, 1)


def _halves(kpi: str, unit: str, months: int, start: date) -> tuple[Decimal | None, Decimal | None]:
    """Numerator and denominator of a period: they grow with the months, the south loses won deals from 2026 on."""
    n = (start.year - 2023) * 12 + start.month
    part = Decimal(str(PARTS[unit]))
    size = part * months * (100 + n)
    if kpi == "won_amount":
        return size * 12_345, None
    if kpi == "new_customers":
        return Decimal(int(size * Decimal("0.16"))), None
    if kpi == "win_rate":
        lost = Decimal("0.8") if start.year >= 2026 and unit in ("region_south", "team_s1", "r2") else Decimal(1)
        if unit == "lanhai":
            return _halves(kpi, "region_east", months, start)[0] + _halves(kpi, "region_south", months, start)[
                0
            ], size * 8  # type: ignore[operator]
        return Decimal(int(size * 8 * Decimal("0.4") * lost)), size * 8
    if kpi == "csat_score":
        return size * 4, size
    if kpi == "sales_cycle_days":
        return Decimal(40 + n % 7), None
    if kpi == "valid_visits":
        return Decimal(int(size)), None
    return None, None


def _value(kpi: str, unit: str, months: int, start: date) -> Decimal | None:
    numerator, denominator = _halves(kpi, unit, months, start)
    if numerator is None:
        return None
    return numerator if denominator is None else (numerator / denominator).quantize(Decimal("0.000001"))


def _values(kpi: str, closed_until: date | None) -> Iterator[Row]:
    points = KPIS[kpi][1] in ("ratio", "points")
    for grain, months in (("month", 1), ("quarter", 3), ("year", 12)):
        back = {"previous": 1, "year_ago": 12 // months}
        spans = periods(grain)
        for place, (start, end) in enumerate(spans):
            for unit, level, *_ in UNITS:
                value, halves = _value(kpi, unit, months, start), _halves(kpi, unit, months, start)
                closed = closed_until is not None and end <= closed_until
                row: Row = {
                    "kpi_id": kpi, "grain": grain, "period_start": start, "period_end": end, "level": level, "unit_id": unit, "cut": "none",
                    "cut_value": "all", "value": value, "value_now": value and (value + 1 if closed and kpi == "won_amount" else value),
                    "numerator": halves[0], "denominator": halves[1], "state": "ok" if value is not None else "no_data",
                    "quality": "warn" if kpi == "win_rate" else "ok", "is_partial": end > AS_OF, "is_closed": closed,
                    "is_personal": False, "definition_version": 1, "as_of_date": AS_OF, "run_id": RUN, "label_zh": KPIS[kpi][3],
                    "label_en": KPIS[kpi][4],
                }  # fmt: skip
                for base, step in back.items():
                    other = _value(kpi, unit, months, spans[place - step][0]) if place >= step else None
                    row[f"{base}_value"] = other
                    moved = None if other is None or value is None else value - other if points else value / other - 1
                    row[f"{base}_change"] = None if moved is None else moved.quantize(Decimal("0.000001"))
                yield row


def _has_goal(row: Row) -> bool:
    return row["kpi_id"] in ("won_amount", "win_rate") and row["grain"] == "quarter" and row["period_start"].year == 2026 and (
        row["level"] in ("company", "region")
    )  # fmt: skip


def _goal(row: Row) -> Row:
    target = row["value"] * Decimal("1.25") if row["unit_id"] != "region_east" else row["value"] * Decimal("0.98")
    if row["kpi_id"] == "won_amount" and row["unit_id"] == "lanhai":
        east, south = (row["value"] * Decimal(str(PARTS[u])) for u in ("region_east", "region_south"))
        target = east * Decimal("0.98") + south * Decimal("1.25")
    open_ = row["is_partial"]
    due = target / 2 if open_ and row["kpi_id"] == "won_amount" else target
    pace = (row["value"] / due).quantize(Decimal("0.000001"))
    landing = {
        "landing": row["value"] * 2, "landing_low": row["value"], "landing_high": row["value"] * 3, "landing_method": "run_rate",
        "hit_probability": Decimal("0.3"), "needed_per_day": Decimal(1000),
    } if open_ else {}  # fmt: skip
    kept = ("kpi_id", "grain", "period_start", "period_end", "level", "unit_id", "cut", "cut_value", "as_of_date",
            "run_id", "is_closed", "quality")  # fmt: skip
    return {name: row[name] for name in kept} | landing | {
        "goal_id": f"fy26_{row['kpi_id']}", "revision": 1, "target": target.quantize(Decimal("0.000001")),
        "target_to_date": due.quantize(Decimal("0.000001")), "actual": row["value"],
        "attainment": (row["value"] / target).quantize(Decimal("0.000001")), "pace": pace,
        "status": "green" if pace >= 1 else "amber" if pace >= Decimal("0.9") else "red",
        "guardrail": "csat_score" if row["unit_id"] == "region_east" else None, "label_zh": "目标", "label_en": "Goal",
    }  # fmt: skip


def _about(kpi: str) -> Row:
    kind, unit, direction, zh, en = KPIS[kpi]
    return {"kpi_id": kpi, "definition_version": 1, "valid_from": date(2023, 1, 1), "area": "sales", "is_core": True, "type": kind,
                "unit": unit, "direction": direction, "owner": "sales_ops", "steward": "data_crm", "cadence": "daily",
                "business_goal": "raise_sales", "label_zh": zh, "label_en": en}  # fmt: skip


def _contracts() -> Iterator[tuple[str, list[str]]]:
    """Each published table with its columns and types, as dbt enforces them."""
    for path in sorted((DBT_PROJECT / "models" / "5_published").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            yield model["name"], [f'"{column["name"]}" {column["data_type"]}' for column in model["columns"]]

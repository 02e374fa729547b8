"""A small made-up serving file with every table the boards read, its columns as the dbt contracts promise them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import yaml_file
from pipelines.publish import boards
from pipelines.publish.boards import Board
from pipelines.settings import DBT_PROJECT

AS_OF, RUN = date(2026, 5, 20), "run_1"
TABLES = ("publication", "kpi_catalog", "units", "kpi_values", "goal_attainment", "deals_stalled")
KPIS = {  # unit, direction, size of the company's month
    "won_customers": ("count", "up", 60),
    "won_amount": ("money", "up", 24_000_000),
    "cash_collected": ("money", "up", 30_000_000),
    "leads_created": ("count", "up", 90),
    "win_rate": ("ratio", "up", 0.4),
    "stage_conversion": ("ratio", "up", 0.8),
    "stage_open_count": ("count", "up", 400),
    "pipeline_weighted": ("money", "up", 80_000_000),
    "pipeline_coverage": ("ratio", "up", 1.3),
    "sales_cycle_days": ("day", "down", 40),
    "loss_reason_share": ("ratio", "none", 1),
    "valid_visits": ("count", "up", 70),
    "follow_ups": ("count", "up", 300),
    "follow_up_on_time": ("ratio", "up", 0.8),
    "visit_to_customer": ("count", "down", 4),
    "new_customers": ("count", "up", 12),
    "reopened_share": ("ratio", "down", 0.05),
    "resolution_sla": ("ratio", "up", 0.85),
    "backlog": ("count", "down", 50),
    "first_response_time": ("minute", "down", 30),
    "first_response_sla": ("ratio", "up", 0.95),
    "resolution_time": ("hour", "down", 9),
    "csat_pct": ("ratio", "up", 0.8),
}
CUTS = {
    "stage_conversion": ("stage", {"报价": 0.3, "contact": 1.0, "x_demo": 0.6}),
    "stage_open_count": ("stage", {"报价": 0.3, "contact": 1.0, "x_demo": 0.6}),
    "pipeline_weighted": ("stage", {"报价": 0.3, "contact": 1.0, "x_demo": 0.6}),
    "loss_reason_share": ("loss_reason", {"price": 0.5, "竞争对手": 0.3}),
    "follow_ups": ("kind", {"call": 0.5, "mail": 0.5}),
}
GOALS = {"won_amount": "quarter", "cash_collected": "month", "valid_visits": "quarter", "csat_pct": "month"}
UNITS = [
    ("lanhai", "company", None, "蓝海仪器", "Lanhai Instruments"),
    ("region_east", "region", "lanhai", "华东大区", "East region"),
    ("region_south", "region", "lanhai", "华南大区", "South region"),
    ("team_e1", "team", "region_east", "上海组", "Shanghai"),
    ("team_e2", "team", "region_east", "杭州组", "Hangzhou"),
    ("team_s1", "team", "region_south", "深圳组", "Shenzhen"),
    ("e001", "rep", "team_e1", "陈静", "Chen Jing"),
    ("e002", "rep", "team_e1", "王磊", "Wang Lei"),
    ("e003", "rep", "team_s1", "李娜", "Li Na"),
]
SHARES = {"company": 1.0, "region": 0.5, "team": 0.25, "rep": 0.12}
STALLED = [
    ("D1", "e001", "报价", 90),
    ("D2", "e001", "contact", 300),
    ("D3", "e003", "报价", 40),
    ("D4", "e999", "报价", 50),
]


def fill(path: Path) -> Path:
    """Writes the sample: 29 months, with quarters and years, of every KPI a board shows, for nine units."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema published")
        for table in TABLES:
            con.execute(f"create table published.{table} ({_columns(table)})")
        insert(con, "publication", [{"generation": 1, "run_id": RUN, "as_of_date": AS_OF}])
        insert(con, "kpi_catalog", [about(kpi) for kpi in KPIS])
        insert(con, "units", [unit(*row) for row in UNITS])
        values = list(itertools.chain(*(_values(kpi) for kpi in KPIS)))
        insert(con, "kpi_values", values)
        insert(con, "goal_attainment", [_goal(row) for row in values if _has_goal(row)])
        insert(con, "deals_stalled", [_stalled(*row) for row in STALLED])
    return path


def _columns(table: str) -> str:
    if table == "publication":
        return "generation bigint, run_id varchar, as_of_date date"
    path = DBT_PROJECT / "models" / "5_published" / f"{table}.yml"
    columns = yaml_file.read(path).data["models"][0]["columns"]
    return ", ".join(f'"{one["name"]}" {one["data_type"]}' for one in columns)


def about(kpi: str, **more: Any) -> dict[str, Any]:
    """A row of kpi_catalog."""
    way, direction, _ = KPIS.get(kpi, ("count", "up", 1))
    named = {"label_zh": f"{kpi} 中", "label_en": f"{kpi} en"}
    return {"kpi_id": kpi, "definition_version": 1, "unit": way, "direction": direction} | named | more


def unit(name: str, level: str, parent: str | None, zh: str, en: str) -> dict[str, Any]:
    """A row of units."""
    return {
        "unit_id": name, "valid_from": date(2024, 1, 1), "level": level, "parent_id": parent, "path": name,
        "label_zh": zh, "label_en": en,
    }  # fmt: skip


def starts(grain: str) -> list[date]:
    months = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(29)]
    step = {"month": 1, "quarter": 3, "year": 12}[grain]
    return [month for month in months if (month.month - 1) % step == 0]


def _values(kpi: str) -> Iterator[dict[str, Any]]:
    """Amounts of a KPI add up over the months of a year but those of customers signed, who are counted once."""
    chance = random.Random(kpi)
    kind, _, size = KPIS[kpi]
    months: dict[tuple[str, str], Decimal] = {}
    for (name, level, *_), start in itertools.product(UNITS, starts("month")):
        months[name, str(start)] = _number(kind, size * (SHARES[level] if kind in ("money", "count") else 1), chance)
    for grain in ("month", "quarter", "year"):
        for (name, level, *_), start in itertools.product(UNITS, starts(grain)):
            end = _end(grain, start)
            mine = [months[name, str(month)] for month in starts("month") if start <= month <= end]
            value = sum(mine) if kind in ("money", "count") else mine[-1]
            value = value - len(mine) + 1 if kpi == "won_customers" else value
            yield row(kpi, grain, start, level, name, value, chance)
            if kpi in CUTS:
                cut, parts = CUTS[kpi]
                for part, share in parts.items():
                    yield row(kpi, grain, start, level, name, value * Decimal(str(share)), chance, cut, part)


def _number(kind: str, size: float, chance: random.Random) -> Decimal:
    return Decimal(f"{size * chance.uniform(0.9, 1.08):.{0 if kind == 'count' else 4}f}")


def row(
    kpi: str, grain: str, start: date, level: str, name: str, value: Decimal, chance: random.Random, cut: str = "none",
    part: str = "all",
) -> dict[str, Any]:  # fmt: skip
    """A row of kpi_values; a rate has a hundred cases of each size below it."""
    is_rate = KPIS[kpi][0] == "ratio"
    below = Decimal(100 if cut == "none" else {"contact": 300, "x_demo": 200}.get(part, 100))
    end = _end(grain, start)
    return {
        "kpi_id": kpi, "grain": grain, "period_start": start, "level": level, "unit_id": name, "cut": cut,
        "cut_value": part, "period_end": end, "value": value, "value_now": value, "state": "ok", "quality": "ok",
        "numerator": (below * value).quantize(Decimal(1)) if is_rate else value,
        "denominator": below if is_rate else None, "is_partial": end >= AS_OF, "is_closed": False,
        "is_personal": False, "previous_change": Decimal(f"{chance.uniform(-0.2, 0.3):.4f}"),
        "year_ago_change": Decimal(f"{chance.uniform(-0.2, 0.3):.4f}"), "definition_version": 1, "as_of_date": AS_OF,
        "run_id": RUN,
    }  # fmt: skip


def _end(grain: str, start: date) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    after = start.year * 12 + start.month - 1 + months
    return date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def _has_goal(one: dict[str, Any]) -> bool:
    is_new = one["period_start"] >= date(2026, 1, 1) and one["cut"] == "none"
    return is_new and GOALS.get(one["kpi_id"]) == one["grain"]


def _goal(one: dict[str, Any]) -> dict[str, Any]:
    target = one["value"] * Decimal("1.05")
    attainment = (one["value"] / target).quantize(Decimal("0.000001"))
    pace = attainment * 2 if one["is_partial"] else attainment
    same = (
        "level",
        "unit_id",
        "cut",
        "cut_value",
        "grain",
        "period_start",
        "period_end",
        "kpi_id",
        "quality",
        "run_id",
    )
    return {name: one[name] for name in same} | {
        "goal_id": f"fy26_{one['kpi_id']}", "target": target, "actual": one["value"], "attainment": attainment,
        "target_to_date": target / 2 if one["is_partial"] else target, "pace": pace, "is_closed": False,
        "status": "green" if pace >= 1 else "amber", "landing": one["value"] * 2, "landing_low": one["value"],
        "landing_high": one["value"] * 3, "as_of_date": AS_OF,
    }  # fmt: skip


def _stalled(deal: str, owner: str, stage: str, days: int) -> dict[str, Any]:
    return {
        "deal_id": deal, "source_system": "crm", "owner_id": owner, "customer_id": f"c_{deal}", "stage": stage,
        "entered_date": AS_OF - timedelta(days=days), "days_in_stage": days, "usual_days": Decimal(30),
    }  # fmt: skip


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Rows by column name; a column that is not named is null."""
    import pyarrow as pa

    texts = {name: [None if row[name] is None else str(row[name]) for row in rows] for name in rows[0]}
    con.register("made_up", pa.table({name: pa.array(column, pa.string()) for name, column in texts.items()}))
    con.execute(f"insert into published.{table} by name select * from made_up")  # row by row takes half a minute
    con.unregister("made_up")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, built once."""
    return fill(tmp_path_factory.mktemp("boards") / "kpi.duckdb")


@pytest.fixture
def changed(filled: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the sample after some SQL."""

    def run(*statements: str) -> Path:
        path = tmp_path / "kpi.duckdb"
        path.write_bytes(filled.read_bytes())
        with duckdb.connect(str(path)) as con:
            con.execute("use published")
            for statement in statements:
                con.execute(statement)
        return path

    return run


def drawn(path: Path) -> dict[str, Board]:
    """The boards of a file by id."""
    with duckdb.connect(str(path), read_only=True) as con:
        return {board.id: board for board in boards.sections(con)}

"""A small working file with the tables of `published`, as the steps before leave it: same numbers each time."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Settings

RUN, AS_OF, NOW = "run_2", date(2026, 6, 17), datetime(2026, 6, 18, 1, 30)

KPIS = [  # id, aim, unit, direction, zh, en, size, quality
    ("won_amount", "raise_sales", "money", "up", "签单金额", "Contract value signed", 12_400_000, "ok"),
    ("new_customers", "raise_sales", "count", "up", "新客户数", "New customers", 31, "ok"),
    ("win_rate", "raise_sales", "ratio", "up", "赢单率", "Win rate", 0.41, "warn"),
    ("sales_cycle_days", "raise_sales", "day", "down", "销售周期", "Sales cycle", 48.0, "ok"),
    ("retention_rate", "raise_loyalty", "ratio", "up", "客户留存率", "Retention", 0.87, "ok"),
    ("csat_pct", "raise_satisfaction", "ratio", "up", "客户满意度", "Customer satisfaction", 0.91, "ok"),
    ("first_response_time", "improve_service", "minute", "down", "首次响应时长", "First response time", 34.0, "ok"),
    ("resolution_sla", "improve_service", "ratio", "up", "解决时效达标率", "Resolved in time", 0.78, "blocked"),
]
GOALS = {"won_amount": 1.03, "new_customers": 0.9, "win_rate": 1.1, "csat_pct": 0.99}
UNITS = [
    ("lanhai", "company", None, "蓝海仪器", "Lanhai Instruments"),
    ("region_east", "region", "lanhai", "华东大区", "East region"),
    ("region_south", "region", "lanhai", "华南大区", "South region"),
    ("team_e1", "team", "region_east", "上海一组", "Shanghai 1"),
    ("team_e2", "team", "region_east", "杭州组", "Hangzhou"),
    ("team_s1", "team", "region_south", "深圳组", "Shenzhen"),
    ("unassigned", "unassigned", "lanhai", "未分配", "Unassigned"),
    ("e001", "rep", "team_e1", "陈静", "Chen Jing"),
    ("e002", "rep", "team_e1", "王磊", "Wang Lei"),
    ("e003", "rep", "team_s1", "李娜", "Li Na"),
]

# What the boards read besides: columns that stand empty here (tests/publish/boards has figures for them).
BESIDES = [
    *(
        "alter table published.kpi_values add column " + name
        for name in ("numerator decimal(38, 6)", "denominator decimal(38, 6)", "previous_change decimal(38, 6)")
    ),
    *(
        "alter table published.goal_attainment add column " + name + " decimal(38, 6)"
        for name in ("target_to_date", "landing", "landing_low", "landing_high")
    ),
]
SHAPES = (Path(__file__).parent / "sample.sql").read_text(encoding="utf-8")

# fmt: off
RESULTS = [  # system, table, check, level, severity, status, failed, checked, owner, why in zh and en, kpis
    ("crm", "deals", "deal_has_owner", "row", "critical", "fail", 33, 8800,
     "sales_ops", "没有负责人的商机无法计入团队。", "A deal without an owner counts for no team.", "won_amount"),
    ("crm", "deals", "amount_not_negative", "row", "warning", "fail", 1, 8800,
     "sales_ops", "红字发票在ERP中", "Credit notes live in the ERP", ""),
    ("desk", "tickets", "tickets_came", "table", "critical", "fail", 1, 1,
     "service_desk", "从未有过没有工单的一天", "No day was ever without", "resolution_sla"),
    ("erp", "orders", "order_has_key", "row", "critical", "pass", 0, 24_000,
     "finance", "", "", "revenue"),
]
# fmt: on
VERDICTS = [
    ("crm", "deals", "warn", "won_amount"),
    ("desk", "tickets", "block", "resolution_sla"),
    ("erp", "orders", "pass", ""),
]
LOADS = [("crm", "deals", 8850, 8800, 20, 30), ("desk", "tickets", 0, 0, 0, 0), ("erp", "orders", 24_000, 24_000, 0, 0)]


def fill(path: Path, run_id: str = RUN) -> Path:
    """Writes the sample working file: 30 months of eight KPIs for ten units, four goals, three failing rules."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values, goals = [], []
    for kpi, *_ in KPIS:
        rows = list(_values(kpi, run_id))
        values += rows
        goals += [_goal(row, run_id) for row in rows if kpi in GOALS and row[3] != "rep"]
    with duckdb.connect(str(path)) as con:
        con.execute(SHAPES)
        con.execute("insert into definitions.run values (?, ?)", [run_id, AS_OF])
        _insert(con, "published.kpi_values", values)
        _insert(con, "published.goal_attainment", goals)
        _insert(con, "published.kpi_catalog", [_about(*kpi) for kpi in KPIS])
        _insert(con, "published.units", [(u, date(2024, 1, 1), lv, up, u, None, zh, en) for u, lv, up, zh, en in UNITS])
        _insert(
            con,
            "gate.results",
            [(run_id, s, f"raw_{s}.{t}", c, "", "", *r[:5], 0.01, *r[5:]) for s, t, c, *r in RESULTS],
        )
        _insert(con, "gate.verdicts", [(run_id, s, f"raw_{s}.{t}", v, 1, 33, 0.004, k) for s, t, v, k in VERDICTS])
        _insert(
            con,
            "loads.ledger",
            [(s, t, "b", f"{t}.csv", "h", "c", *n, "2026-06-17", NOW, run_id) for s, t, *n in LOADS],
        )
        con.execute(
            """
            create table published.quality_results as
            select run_id, table_name as "table", check_name as "check", level, severity, status, failed_rows, checked_rows,
                   failed_share, owner, why_zh, why_en, kpis_affected from gate.results;
            create table published.verdicts as
            select run_id, table_name as "table", verdict, failed_rules, quarantined_share, kpis_affected
            from gate.verdicts;
            insert into published.load_status
            select system, table_name, source_rows, loaded, quarantined, duplicates, watermark, loaded_at,
                   system = 'desk' from loads.ledger;
            insert into published.goal_targets
            select goal_id, 1, level, unit_id, cut, cut_value, grain, period_start, kpi_id, target, now()::timestamp
            from published.goal_attainment
            """
        )
        for statement in BESIDES:
            con.execute(statement)
    return path


def _values(kpi: str, run_id: str) -> Iterator[tuple]:
    """The rows of one KPI in published.kpi_values."""
    _, _, unit, *_, size, quality = next(row for row in KPIS if row[0] == kpi)
    chance = random.Random(kpi)
    months = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(30)]
    for grain, starts, longer in (("month", months, 1), ("quarter", [m for m in months if m.month % 3 == 1], 3)):
        for (name, level, *_), start in itertools.product(UNITS, starts):
            adds_up = unit in ("money", "count")
            share = {"region": 0.5, "team": 0.25, "rep": 0.12}.get(level, 1.0) * longer if adds_up else 1.0
            share *= 0.5 if adds_up and start == starts[-1] else 1.0  # half of the period is over
            value = Decimal(f"{size * share * chance.uniform(0.9, 1.08):.{0 if unit == 'count' else 4}f}")
            state = (
                "no_data" if name == "unassigned" else "small_sample" if (kpi, level) == ("csat_pct", "rep") else "ok"
            )
            is_open, change = start == starts[-1], Decimal(f"{chance.uniform(-0.09, 0.14):.4f}")
            yield (
                kpi, grain, start, "team" if name == "unassigned" else level, name, "none", "all", start,
                None if state == "no_data" else value, value, state, quality, is_open, not is_open, change, 1,
                AS_OF, run_id,
            )  # fmt: skip


def _goal(row: tuple, run_id: str) -> tuple:
    """The row of published.goal_attainment for one of kpi_values; an open month has half of its days behind it."""
    kpi, grain, start, level, unit, cut, cut_value, _, _, actual, state, quality, is_open, *_ = row
    target = (actual / Decimal(str(GOALS[kpi]))).quantize(Decimal("0.0001")) * (2 if is_open and actual > 1 else 1)
    attainment = actual / target
    pace = attainment * (2 if is_open and actual > 1 else 1)
    status = state if state != "ok" else "green" if pace >= 1 else "amber" if pace >= Decimal("0.9") else "red"
    return (
        f"fy26_{kpi}", level, unit, cut, cut_value, grain, start, kpi, target, actual, attainment, pace, status,
        quality,
        not is_open, AS_OF, run_id, "全年目标", "Goal of FY26", start,
    )  # fmt: skip


def _about(kpi: str, aim: str, unit: str, way: str, zh: str, en: str, *_: object) -> tuple:
    """The row of published.kpi_catalog."""
    return (
        kpi, 1, date(2026, 1, 1), "sales", True, aim, "simple", unit, way, "sales_ops", "data_crm", "daily",
        f"sum({kpi}) where status = 'won'", "select 1", zh, en, "本期已批准的数量", "What was approved in the period",
    )  # fmt: skip


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    one = f"({', '.join('?' * len(rows[0]))})"
    for start in range(0, len(rows), 500):  # row by row takes ten seconds
        some = rows[start : start + 500]
        con.execute(f"insert into {table} values {', '.join([one] * len(some))}", list(itertools.chain(*some)))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, built once: it takes seconds."""
    return fill(tmp_path_factory.mktemp("sample") / "warehouse.duckdb")


@pytest.fixture
def settings(tmp_path: Path, sample: Path) -> Settings:
    """Settings whose warehouse is the sample."""
    made = Settings(data_dir=tmp_path)
    made.warehouse.parent.mkdir()
    shutil.copyfile(sample, made.warehouse)
    return made


@pytest.fixture
def change(settings: Settings) -> Callable[..., None]:
    """Runs SQL on the sample working file."""

    def run(*statements: str) -> None:
        with duckdb.connect(str(settings.warehouse)) as con:
            for statement in statements:
                con.execute(statement)

    return run

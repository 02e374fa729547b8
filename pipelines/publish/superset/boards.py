"""What the boards show: datasets (one query each), the charts on them, and which charts stand on which board.

Belongs here: what people see in Superset. Does not: how Superset wants it written (bundle.py).

A figure is never averaged: each row of a dataset is one KPI, unit and period, computed once (house.md, example 5), so a
chart takes `max(value)` of what its filters leave, which is that one row.
"""

from __future__ import annotations

from typing import NamedTuple

UNITS = """
units_now as (
    select unit_id, label_zh, label_en
    from (select *, row_number() over (partition by unit_id order by valid_from desc) as place from {schema}.units) as u
    where place = 1
)"""


class Dataset(NamedTuple):
    """A query; `whose` is the column that says whose rows these are, None where everybody reads all."""

    name: str
    whose: str | None
    time: str | None
    sql: str  # {schema} is where the tables lie
    metrics: dict[str, str]

    def called(self, target: str) -> str:
        """Its name in Superset, where a name is one dataset, whatever database it lies in."""
        return f"{self.name}_{target}"


class Chart(NamedTuple):
    name: str
    dataset: str
    kind: str  # one of bundle.KINDS
    metric: str | None
    by: tuple[str, ...]
    where: tuple[str, ...] = ()


class Board(NamedTuple):
    id: str
    title: str
    charts: tuple[Chart, ...]


FIGURES = Dataset(
    "kpi_figures",
    "unit_id",
    "period_start",
    f"""with {UNITS.strip()}
select figures.kpi_id, figures.label_zh as kpi_zh, figures.label_en as kpi_en, about.area, about.unit as measured_in,
    figures.grain, figures.period_start, figures.level, figures.unit_id, units_now.label_zh as unit_zh,
    units_now.label_en as unit_en, figures.value, figures.numerator, figures.denominator, figures.year_ago_change,
    figures.state, figures.quality, figures.is_partial
from {{schema}}.kpi_values as figures
join {{schema}}.kpi_catalog as about
    on about.kpi_id = figures.kpi_id and about.definition_version = figures.definition_version
left join units_now on units_now.unit_id = figures.unit_id
where figures.cut = 'none'""",
    {"figure": "max(value)", "change_on_last_year": "max(year_ago_change)"},
)
GOALS = Dataset(
    "goal_figures",
    "unit_id",
    "period_start",
    f"""with {UNITS.strip()}
select goals.goal_id, goals.kpi_id, goals.label_zh as goal_zh, goals.label_en as goal_en, goals.grain,
    goals.period_start, goals.level, goals.unit_id, units_now.label_zh as unit_zh, units_now.label_en as unit_en,
    goals.target, goals.actual, goals.attainment, goals.pace, goals.status, goals.quality, goals.is_closed
from {{schema}}.goal_attainment as goals left join units_now on units_now.unit_id = goals.unit_id
where goals.cut = 'none'""",
    {
        "actual_figure": "max(actual)",
        "target_figure": "max(target)",
        "attained": "max(attainment)",
        "goals": "count(*)",
    },
)
SCORES = Dataset(
    "score_figures",
    "unit_id",
    "period_start",
    f"""with {UNITS.strip()}
select scores.scorecard_id, scores.label_zh as scorecard_zh, scores.label_en as scorecard_en, scores.grain,
    scores.period_start, scores.level, scores.unit_id, units_now.label_zh as unit_zh, units_now.label_en as unit_en,
    scores.score, scores.weight_covered, scores.status
from {{schema}}.scorecards as scores left join units_now on units_now.unit_id = scores.unit_id""",
    {"score_figure": "max(score)"},
)
STALLED = Dataset(
    "deals_that_stand_still", "owner_id", "entered_date", "select * from {schema}.deals_stalled", {"deals": "count(*)"}
)
CHECKS = Dataset(
    "checks_of_the_run",
    None,
    None,
    'select results."table" as table_name, results."check" as check_name, results.level, results.severity,'
    " results.status, results.failed_rows, results.checked_rows, results.owner, results.why_zh, results.why_en,"
    " results.kpis_affected from {schema}.quality_results as results"
    " join {schema}.publication as published on published.run_id = results.run_id",
    {"checks": "count(*)", "rows_that_failed": "sum(failed_rows)"},
)
QUALITY = Dataset(
    "quality_by_day", None, "day", "select * from {schema}.quality_scores", {"quality_score": "max(score)"}
)
LOADS = Dataset(
    "loads",
    None,
    "loaded_at",
    'select system, "table" as table_name, source_rows, loaded, quarantined, duplicates, loaded_at, is_stale'
    " from {schema}.load_status",
    {"rows_loaded": "sum(loaded)"},
)
DATASETS = (FIGURES, GOALS, SCORES, STALLED, CHECKS, QUALITY, LOADS)


def _trend(name: str, *kpis: str) -> Chart:
    """The company's months of some KPIs, a line each."""
    chosen = ", ".join(f"'{kpi}'" for kpi in kpis)
    where = (f"kpi_id in ({chosen})", "grain = 'month'", "level = 'company'", "state = 'ok'")
    return Chart(name, FIGURES.name, "line", "figure", ("kpi_en",), where)


def _by_unit(name: str, kpi: str, level: str = "region") -> Chart:
    """A KPI's months, a bar each unit of a level."""
    where = (f"kpi_id = '{kpi}'", "grain = 'month'", f"level = '{level}'", "state = 'ok'")
    return Chart(name, FIGURES.name, "bar", "figure", ("unit_en",), where)


def _attained(name: str, *kpis: str, level: str = "region") -> Chart:
    chosen = ", ".join(f"'{kpi}'" for kpi in kpis)
    where = (f"kpi_id in ({chosen})", f"level = '{level}'", "grain = 'quarter'")
    return _rows(name, GOALS, f"goal_en unit_en {GOAL_COLUMNS}", *where)


def _rows(name: str, dataset: Dataset, columns: str, *where: str) -> Chart:
    return Chart(name, dataset.name, "rows", None, tuple(columns.split()), where)


GOAL_COLUMNS = "period_start actual target attainment pace status quality"
SCORE_COLUMNS = "scorecard_en unit_en period_start score weight_covered status"
STALLED_COLUMNS = "deal_id owner_id customer_id stage entered_date days_in_stage usual_days"
CHECK_COLUMNS = "table_name check_name severity failed_rows checked_rows owner why_en kpis_affected"
LOAD_COLUMNS = "system table_name source_rows loaded quarantined duplicates loaded_at is_stale"

BOARDS = (
    Board(
        "scorecard",
        "Scorecard · 记分卡",
        (
            _rows("Scores by unit", SCORES, SCORE_COLUMNS),
            Chart("Goals by status", GOALS.name, "pie", "goals", ("status",), ("grain = 'month'", "is_closed = false")),
            _rows("Goals of the company", GOALS, f"goal_en grain {GOAL_COLUMNS}", "level = 'company'"),
        ),
    ),
    Board(
        "revenue",
        "Revenue · 收入",
        (
            _trend("Signed, invoiced and collected", "won_amount", "revenue", "cash_collected"),
            _by_unit("Signed by region", "won_amount"),
            _attained("Attainment by region", "won_amount", "cash_collected", "won_customers"),
        ),
    ),
    Board(
        "pipeline",
        "Pipeline · 商机",
        (
            _trend("Win rate", "win_rate", "win_rate_amount"),
            _by_unit("Weighted pipeline by region", "pipeline_weighted"),
            _rows("Deals that stand still", STALLED, STALLED_COLUMNS),
        ),
    ),
    Board(
        "activity",
        "Activity · 销售活动",
        (
            _trend("Visits and follow-ups", "valid_visits", "follow_ups"),
            _by_unit("Visits by team", "valid_visits", "team"),
            _by_unit("Visits by person", "valid_visits", "rep"),
        ),
    ),
    Board(
        "service",
        "Service · 服务",
        (
            _trend("First response", "first_response_time", "first_response_p90"),
            _trend("Satisfaction", "csat_pct", "aftersales_csat"),
            _trend("Backlog", "backlog"),
        ),
    ),
    Board(
        "data_quality",
        "Data quality · 数据质量",
        (
            Chart("Checks by outcome", CHECKS.name, "pie", "checks", ("status",)),
            _rows("What did not pass", CHECKS, CHECK_COLUMNS, "status <> 'pass'"),
            Chart("Quality by day", QUALITY.name, "line", "quality_score", ("scope_id",)),
            _rows("Loads", LOADS, LOAD_COLUMNS),
        ),
    ),
)

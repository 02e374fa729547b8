"""KPIs of every type over the demo company, and what the engine makes of them; the shipped ones need not use them all.

Belongs here: definitions, and their numbers through the very models of a run. Does not: what must come out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.model.check import Definitions
from pipelines.model.compiler import alone
from pipelines.model.kpi import Kpi
from pipelines.model.render import Renderer

Numbers = dict[tuple[str, str, str], dict[tuple[date, str | None], Any]]  # KPI, grain, level → period, person → value

APPROVED = {"entity": "contracts", "filter": "approval = 'approved'", "date": "signed_date"}
SIGNED = APPROVED | {"agg": "sum", "expr": "amount"}
TICKETS = {"entity": "tickets", "agg": "count", "date": "created_at"}
ORDERS = {"entity": "orders", "agg": "count", "date": "order_date"}
SCORES = {"entity": "surveys", "agg": "count", "date": "answered_at"}

TYPES: dict[str, dict[str, Any]] = {
    "signed": {"simple": {"measure": SIGNED}},
    "signing_customers": {"simple": {"measure": APPROVED | {"agg": "count_distinct", "expr": "customer_id"}}},
    "mean_contract": {"simple": {"measure": APPROVED | {"agg": "avg", "expr": "amount"}}},
    "largest_contract": {"simple": {"measure": APPROVED | {"agg": "max", "expr": "amount"}}},
    "smallest_contract": {"simple": {"measure": APPROVED | {"agg": "min", "expr": "amount"}}},
    "response_p90": {
        "simple": {
            "measure": {
                "entity": "tickets", "agg": "percentile", "percentile": 0.9, "expr": "first_response_working_minutes",
                "date": "first_response_at",
            }
        }
    },
    "days_to_close": {
        "simple": {
            "measure": {
                "entity": "deals", "agg": "avg", "expr": "date_diff('day', created_at, closed_at)",
                "filter": "status = 'won' and date_diff('hour', created_at, closed_at) > 100", "date": "closed_at",
            }
        }
    },
    "discount_share": {
        "ratio": {
            "numerator": ORDERS | {"agg": "sum", "expr": "discount / 2 / 3 + 1"},
            "denominator": ORDERS | {"agg": "sum", "expr": "amount_gross"},
        }
    },
    "signed_per_order": {"ratio": {"numerator": SIGNED, "denominator": ORDERS}},  # of two entities
    "late_per_visit": {  # the upper half has nothing in most periods of most people: it counts as 0
        "ratio": {
            "numerator": {"entity": "tickets", "agg": "count", "filter": "priority = 'urgent'", "date": "created_at"},
            "denominator": {"entity": "tickets", "agg": "count", "date": "closed_at"},
        }
    },
    "per_signing_customer": {"ratio": {"numerator": "signed", "denominator": "signing_customers"}},
    "open_per_opened": {"ratio": {"numerator": "tickets_open", "denominator": TICKETS}},
    "score_balance": {
        "derived": {
            "expr": "100 * (happy - unhappy) / answers",
            "of": {
                "happy": SCORES | {"filter": "score >= 4"}, "unhappy": SCORES | {"filter": "score <= 2"},
                "answers": SCORES | {"filter": "score is not null"},
            },
        }
    },
    "opened_less_orders": {"derived": {"expr": "a - b", "of": {"a": TICKETS, "b": ORDERS}}},
    "only_where_asked": {  # `answers` says where there is a number at all; MetricFlow refuses an input that is not used
        "derived": {
            "expr": "unhappy", "of": {"unhappy": SCORES | {"filter": "score <= 1"}, "answers": SCORES},
        }
    },
    "signed_beside_itself": {"derived": {"expr": "signed - 1", "of": {"signed": "signed"}}},  # named as a metric is
    "doubled": {"derived": {"expr": "2 * coalesce(per, 0)", "of": {"per": "per_signing_customer"}}},
    "signed_growth": {"growth": {"of": "signed", "versus": "previous", "as": "ratio"}},
    "signed_growth_year": {"growth": {"of": "signed", "versus": "year_ago", "as": "ratio"}},
    "response_change": {"growth": {"of": "response_p90", "versus": "previous", "as": "difference"}},
    "signed_to_date": {"cumulative": {"of": "signed", "window": "year_to_date"}},
    "customers_12_months": {"cumulative": {"of": "signing_customers", "window": "12 months"}},
    "mean_discount_12_months": {"cumulative": {"of": "discount_share", "window": "12 months"}},
    "stock_value": {"snapshot": {"measure": {"entity": "stock_levels", "agg": "sum", "expr": "value"}, "day": "day"}},
    "stock_value_mean": {
        "snapshot": {
            "measure": {"entity": "stock_levels", "agg": "sum", "expr": "value"}, "day": "day", "take": "average",
        }
    },
    "tickets_open": {
        "snapshot": {"measure": {"entity": "tickets", "agg": "count"}, "from": "created_at", "until": "closed_at"}
    },
    "deals_open": {
        "snapshot": {
            "measure": {"entity": "deals", "agg": "sum", "expr": "amount", "filter": "amount > 1000"},
            "from": "created_at", "until": "closed_at",
        }
    },
    "leads_converted": {
        "cohort": {
            "entity": "leads", "start": "created_at", "event": "converted_at", "within": "30 days",
            "filter": "not is_junk",
        }
    },
    "leads_converted_ever": {
        "cohort": {"entity": "leads", "start": "created_at", "event": "converted_at", "within": "unlimited"}
    },
    "customers_signing": {
        "cohort": {
            "entity": "customers", "start": "created_at", "within": "90 days",
            "event": {
                "entity": "contracts", "key": "customer_id", "date": "signed_date", "filter": "approval = 'approved'",
            },
        }
    },
    "customers_ordering_ever": {
        "cohort": {
            "entity": "customers", "start": "created_at", "within": "unlimited",
            "event": {"entity": "orders", "key": "customer_id", "date": "order_date"},
        }
    },
}  # fmt: skip

# Why MetricFlow cannot say these: a key of export/reasons.py each.
CANNOT: dict[str, tuple[str, dict[str, Any]]] = {
    "aged": ("names_period", {"simple": {"measure": TICKETS | {"filter": "closed_at <= as_of"}}}),
    "aged_twice": ("made_of", {"derived": {"expr": "2 * aged", "of": {"aged": "aged"}}}),
    "per_day": ("names_period", {"derived": {
        "expr": "signed / date_diff('day', period_start, period_end)", "of": {"signed": SIGNED}}}),
    "waiting_now": ("as_of_now", {"snapshot": {"measure": {"entity": "tickets", "agg": "count"}, "day": "as_of"}}),
    "staff_score": ("small_groups", {
        "simple": {"measure": {"entity": "surveys", "agg": "avg", "expr": "score", "date": "answered_at",
                               "filter": "kind = 'employee'"}},
        "privacy": {"min_group_size": 5, "people": "employee_id"}, "levels": ["company"], "grains": ["quarter"]}),
    "open_customers": ("open_aggregate", {"snapshot": {
        "measure": {"entity": "tickets", "agg": "count_distinct", "expr": "customer_id"},
        "from": "created_at", "until": "closed_at"}}),
    "new_with_order": ("cohort_filter", {"cohort": {
        "entity": "customers", "start": "created_at", "within": "90 days", "filter": "status = 'active'",
        "event": {"entity": "orders", "key": "customer_id", "date": "order_date"}}}),
    "deals_of_customers": ("cohort_key", {"cohort": {
        "entity": "leads", "start": "created_at", "within": "90 days",
        "event": {"entity": "deals", "key": "customer_id", "date": "created_at"}}}),
    "kept_to_date": ("window_of_states", {"cumulative": {"of": "kept", "window": "year_to_date"}}),
    "on_courses": ("not_fed", {"simple": {
        "measure": {"entity": "enrolments", "agg": "count", "date": "enrolled_date"}}}),
}  # fmt: skip
KEPT = {
    "simple": {
        "measure": {
            "entity": "customer_periods", "agg": "count", "filter": "is_active_end", "date": "period_end",
        }
    }
}  # fmt: skip


def kpi(kpi_id: str, said: Mapping[str, Any]) -> Kpi:
    about = {
        "id": kpi_id, "label": {"zh": f"指标 {kpi_id}", "en": f"The {kpi_id}"}, "description": {"zh": "甲", "en": "A"},
        "business_goal": "raise_sales", "owner": "sales_ops", "steward": "data_crm", "unit": "count", "direction": "up",
        "levels": ["company", "rep"], "grains": ["month", "quarter", "year"], "versions": [{"from": "2020-01-01"}],
    }  # fmt: skip
    return Kpi.model_validate(about | dict(said))


KPIS = {kpi_id: kpi(kpi_id, said) for kpi_id, said in TYPES.items()} | {
    "kept": kpi("kept", KEPT | {"grains": ["month", "quarter"]})
}
WITHOUT = {kpi_id: kpi(kpi_id, said) for kpi_id, (_, said) in CANNOT.items()}


def numbers(warehouse: Path, definitions: Definitions) -> Numbers:
    """What a run would make of KPIS in finished periods: the compiler's models over the run's own entities."""
    zone = definitions.company.time_zone
    models = alone.compile_some(list(KPIS), KPIS, definitions.measured, zone)
    renderer = Renderer(definitions.compiled | {f"{name}.sql": text for name, text in models.items()})
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        con.execute("use warehouse")
        schemas = ["entities", "kpis"]
        con.execute("set search_path = 'warehouse.entities,warehouse.kpis'")
        there = con.execute(
            "select table_name from duckdb_tables() where database_name = 'warehouse' and list_contains(?, schema_name)",
            [schemas],
        ).fetchall()
        for name, sql in renderer.in_order("kpi_numbers", {name for (name,) in there} - set(models)).items():
            con.execute(f'create or replace temp view "{name}" as {sql}')
        rows = con.execute(
            """
            select kpi_id, grain, level, period_start, unit_id, value
            from temp.kpi_numbers
            where not is_to_date and level in ('company', 'rep')
            """
        ).fetchall()
    return by_place(rows)


def by_place(rows: Iterable[tuple]) -> Numbers:
    """Rows of KPI, grain, level, period, unit and value; those without a number are left out."""
    found: Numbers = {}
    for kpi_id, grain, level, start, unit, value in rows:
        if value is None:
            continue
        found.setdefault((kpi_id, grain, level), {})[start, None if level == "company" else unit] = value
    return found

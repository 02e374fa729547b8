"""The rows boards are made of, as named tuples: as dicts the demo's boards took twice as long.

Belongs here: which columns are read of which published table. Does not: reading them (reading.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipelines.publish.words import Words

LEVELS = ("company", "region", "department", "team", "rep")
GRAINS = ("month", "quarter", "year")
UNASSIGNED = "unassigned"


class Kpi(NamedTuple):
    """The newest definition of a KPI, as far as boards need it."""

    id: str
    unit: str
    direction: str
    label: Words


class Unit(NamedTuple):
    """A node of the organisation as it is now; `parent` is None at the top of the file."""

    id: str
    level: str
    parent: str | None
    label: Words


class Value(NamedTuple):
    """A row of kpi_values."""

    kpi: str
    level: str
    unit: str
    grain: str
    start: date
    end: date
    cut: str
    cut_value: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: str
    quality: str
    is_partial: bool
    previous_change: Decimal | None
    year_ago_change: Decimal | None


class Goal(NamedTuple):
    """A row of goal_attainment."""

    id: str
    kpi: str
    level: str
    unit: str
    grain: str
    start: date
    end: date
    target: Decimal | None
    target_to_date: Decimal | None
    attainment: Decimal | None
    pace: Decimal | None
    landing: Decimal | None
    landing_low: Decimal | None
    landing_high: Decimal | None
    status: str
    quality: str
    is_closed: bool


class Key(NamedTuple):
    """What names a row within one grain and cut."""

    kpi: str
    unit: str
    start: date
    cut_value: str = "all"


VALUE_COLUMNS = """
    kpi_id, level, unit_id, grain, period_start, period_end, cut, cut_value, value, numerator, denominator, state,
    quality, is_partial, previous_change, year_ago_change
"""
GOAL_COLUMNS = """
    goal_id, kpi_id, level, unit_id, grain, period_start, period_end, target, target_to_date, attainment, pace,
    landing, landing_low, landing_high, status, quality, is_closed
"""

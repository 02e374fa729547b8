"""Which names KPIs and their parts may not have, because compiled SQL has them already.

Belongs here: those names. Does not: the form of a name (types.py).
"""

from __future__ import annotations

# DuckDB's reserved words.
_SQL = """
all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check
collate collation column columns concurrently constraint create cross default deferrable desc describe distinct do
else end except false fetch for foreign freeze from full generated glob group having ilike in initially inner
intersect into is isnull join lambda lateral leading left like limit map natural not notnull null offset on only or
order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning right
select semi show similar some struct summarize symmetric table tablesample then to trailing true try_cast tuple
union unique unpack unpivot using variadic verbose when where window with
"""
# Columns and steps of the models a KPI is computed in.
_ENGINE = """
as_of company_id cut cut_value day days definition_version department_id final full_period_end goal_numbers grain
is_to_date kpi_id kpi_numbers last_day level month_start one_by_one other_period people period_end period_start
periods_to_date person_id placed_unit_id quarter_start region_id rep_id team_id this_period unit_id week_start
year_start
"""
SQL = frozenset(_SQL.split())
ENGINE = frozenset(_ENGINE.split())
PREFIXES = ("measures_", "cut_", "key_of_")


def free(name: str) -> str:
    """The name, if compiled SQL has no other use for it."""
    if name in SQL:
        raise ValueError(f"{name} is a word of SQL; take another")
    if name in ENGINE or name.startswith(PREFIXES) or "__" in name:
        raise ValueError(f"{name} is a name the compiled SQL has for something else; take another")
    return name

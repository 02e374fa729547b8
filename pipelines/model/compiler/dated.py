"""Which KPIs can be asked as of an earlier day of a period that runs: as what happened by then says it.

Belongs here: that rule. Does not: the days that are asked (3_kpis/goal_spans.sql).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.model.compiler import blocks
from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import Derived, Growth, Kpi

OF_TODAY = {"as_of"}  # what an expression says of it holds on the business date only
LAST_DAY = {"as_of", "period_end"}  # in the arithmetic of a derived KPI


def is_dated(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> bool:
    """Whether its figure as of an earlier day is known from the days of its rows.

    Not: what is as it is now, cohorts, windows, tables that are made by whole periods, comparisons of two periods,
    and what stands on targets.
    """
    meaning = kpi.meaning
    kind = meaning.type
    if kpi.reads_goals or isinstance(kind, Growth):
        return False
    if isinstance(kind, Derived) and columns_of(kind.expr) & LAST_DAY:
        return False
    for block, leaf in blocks.leaves(meaning, kpi, kpis, entities):
        of_periods = entities[block.entity].is_periodic or block.window != blocks.PERIOD
        said = [text for text in (leaf.measure.expr, leaf.measure.filter) if text]
        if block.kind == "now" or block.cohort or of_periods or any(columns_of(text) & OF_TODAY for text in said):
            return False
    return all(is_dated(kpis[part], kpis, entities) for part in meaning.parts.values() if isinstance(part, str))

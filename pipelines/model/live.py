"""One KPI asked by its definition: computed now, from what the last run loaded, without a run.

Belongs here: the narrowed models over the working file. Does not: what is published, targets, states.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipelines.errors import KpiError
from pipelines.model.check import Asked
from pipelines.model.compiler import alone, numbers
from pipelines.model.kpi import Grain, Level
from pipelines.model.render import RELATIONS, Renderer, built
from pipelines.resources import open_warehouse
from pipelines.settings import Settings


class Figure(NamedTuple):
    """One figure: of a unit (and a value of the cut) in a period."""

    period_start: date
    unit_id: str
    cut_value: str
    value: Decimal
    numerator: Decimal
    denominator: Decimal | None


def compute(
    settings: Settings, asked: Asked, kpi_id: str, level: Level, grain: Grain, cut: str, last: int
) -> list[Figure]:
    """The last periods of a KPI, as its file says now; value, numerator and denominator rounded to 6 places.

    Raises KpiError where nothing was loaded yet, or its entities were not built.
    """
    import duckdb

    kpis = {other: file.kpi for other, file in asked.kpis.items()}
    if kpis[kpi_id].reads_goals:
        raise KpiError(
            f"{kpi_id} stands on targets, which a run computes", next_step=f"kpi run, then kpi show {kpi_id}"
        )
    cuts = cut != "none"
    own = alone.compile_some([kpi_id], kpis, asked.measured, asked.company.time_zone, [level], [grain], cuts)
    renderer = Renderer({f"{name}.sql": text for name, text in own.items()}, settings.models)
    with open_warehouse(settings, read_only=True) as con:
        con.execute(f"set search_path = '{','.join(RELATIONS)}'")
        try:
            for name, sql in renderer.in_order(numbers.MODEL, built(con) - set(own)).items():
                con.execute(f'create temp view "{name}" as {sql}')
            rows = con.execute(
                f"""
                with figures as (
                    select * from temp.{numbers.MODEL}
                    where kpi_id = ? and not is_to_date and cut = ? and level = ? and grain = ?
                )
                select period_start, unit_id, cut_value, round(value, 6), round(numerator, 6), round(denominator, 6)
                from figures
                where period_start in (
                    select period_start from figures group by period_start order by period_start desc limit ?
                )
                order by period_start, unit_id, cut_value
                """,
                [kpi_id, cut, level, grain, last],
            ).fetchall()
        except duckdb.CatalogException as error:
            raise KpiError(
                f"{kpi_id} cannot be computed yet: {str(error).splitlines()[0]}", next_step="kpi run"
            ) from error
    return [Figure(*row) for row in rows]

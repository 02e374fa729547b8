"""One KPI asked by its definition: computed now, from what the last run loaded, without a run.

Belongs here: reading that definition and no other, and the narrowed models over the working file. Does not: what is
published, targets, states.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipelines.errors import KpiError, KpiErrors
from pipelines.model import check_kpi
from pipelines.model.company import Company, read_company
from pipelines.model.compiler import alone, numbers
from pipelines.model.entities import Entity, read_entities
from pipelines.model.kpi import Grain, KpiFile, Level, read_kpis
from pipelines.model.render import RELATIONS, Renderer, built
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

OWN_FIELD = re.compile(r"\bx_")


class Figure(NamedTuple):
    """One figure: of a unit (and a value of the cut) in a period."""

    period_start: date
    unit_id: str
    cut_value: str
    value: Decimal
    numerator: Decimal
    denominator: Decimal | None


class Asked(NamedTuple):
    """One KPI with the KPIs it stands on, and what they are computed from: all that a question about it needs."""

    kpis: dict[str, KpiFile]
    measured: dict[str, Entity]
    company: Company


def read(settings: Settings, kpi_id: str) -> Asked:
    """Reads and checks one KPI and those it stands on, and no other file of a KPI.

    Raises KpiErrors for their mistakes, KpiError for an unknown KPI; those of other KPIs are not looked at.
    """
    company = read_company(settings.kpi_definitions)
    kpis = read_kpis(settings.kpi_definitions, company.catalogue, only=kpi_id)
    measured = _measured(settings, kpis)
    errors = [error for file in kpis.values() for error in check_kpi.errors(file, kpis, measured)]
    if errors := [*errors, *check_kpi.circles(kpis)]:
        raise KpiErrors(errors)
    return Asked(kpis, measured, company)


def _measured(settings: Settings, kpis: Mapping[str, KpiFile]) -> dict[str, Entity]:
    """The entities; with a company's own fields where a KPI may name one: contracts take long to read."""
    entities = read_entities()
    if not any(OWN_FIELD.search(file.kpi.model_dump_json()) for file in kpis.values()):
        return entities
    from pipelines.extract.contract import read_contracts
    from pipelines.model.compiler import folder, inputs

    return folder.with_own_fields(entities, inputs.feeds(read_contracts(settings), settings.models))


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

"""Superset's roles and row filters: publish/audience.py for a tool that logs in to the data once for everybody.

Belongs here: which role sees which units of which dataset. Does not: making them in Superset (apply.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.model.company import read_people
from pipelines.publish import read_only
from pipelines.publish.audience import Audience, audiences
from pipelines.publish.audience_files import units
from pipelines.publish.postgres.access import LEFT_OVER
from pipelines.publish.served import FILE
from pipelines.publish.superset.boards import DATASETS

if TYPE_CHECKING:
    from pipelines.settings import Settings


def readers(settings: Settings, target: str) -> dict[str, Any]:
    """Roles with the people in each and, for each dataset whose rows are somebody's, the rows they see.

    A role without `rows` sees all (the company's). Who has none of the roles sees no row of these datasets: `hidden`.
    """
    with read_only.opened(settings.serving / FILE) as con:
        made = audiences(units(con, "published"), read_people(settings.kpi_definitions))
    return {
        "roles": [_role(one, target) for one in made],
        "hidden": [one.called(target) for one in DATASETS if one.whose],
    }


def _role(audience: Audience, target: str) -> dict[str, Any]:
    said: dict[str, Any] = {"name": f"KPI {audience.id}", "people": list(audience.people)}
    if not audience.is_company:
        units = sorted(unit + end for unit in audience.units for end in ("", LEFT_OVER))
        listed = ", ".join("'" + unit.replace("'", "''") + "'" for unit in units)
        said["rows"] = {one.called(target): f"{one.whose} in ({listed})" for one in DATASETS if one.whose}
    return said

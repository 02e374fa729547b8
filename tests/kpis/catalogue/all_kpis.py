"""All KPIs of the catalogue, from all areas."""

from __future__ import annotations

from tests.kpis.catalogue import customers, governance, money, people, sales, service
from tests.kpis.catalogue.counting import Asked

KPIS: dict[str, Asked] = {
    kpi_id: kpi
    for area in (sales, money, customers, service, people, governance)
    for kpi_id, kpi in sorted(area.KPIS.items())
}

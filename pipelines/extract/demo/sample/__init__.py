"""The sample company: forty customers and twelve employees who do a little of everything: every KPI has numbers.

Belongs here: the order of making. Does not: who works there (org.py), the world around it (world.py), customers
(customers.py), leads and visits (contacting.py), deals and contracts (selling.py), orders and money (money.py), service
(service.py), trades and the CRM itself (trades.py), the files (write.py), the contract that reads them (contract.py).

It is the ground of packs (`kpi run --pack finance`) and of the tests of the catalogue, the demo company that of the
shipped configuration: that one is large, dirty and in the words of three systems; this one is small, clean, and nasty
only where the calendar is: midnights, days exactly 7, 30 and 90 later, owners who left, facts after the business date.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.extract.demo.sample.base import BUSINESS_DATE, FIRST_DAY, LAST_DAY, Company

__all__ = ["BUSINESS_DATE", "FIRST_DAY", "LAST_DAY", "company", "generate"]


def generate(folder: Path) -> dict[str, int]:
    """Writes folder/<entity>.csv for every entity that a source may deliver; returns {entity: rows}.

    The columns are the entity's own, times are in UTC. The same files byte for byte on any machine; what stood there
    is replaced when all of the new is written.
    """
    from pipelines.extract.demo.sample.write import write

    return write(company(), folder)


def company() -> Company:
    """Everything that happens, by entity."""
    from pipelines.extract.demo.sample import contacting, customers, money, org, selling, service, trades, world

    made = Company()
    for part in (org, world, customers, selling, contacting, money, service, trades):
        part.build(made)
    return made

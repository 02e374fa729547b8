"""The demo company: Lanhai Instruments / 蓝海仪器, three years of CRM, ERP and service desk, made by SQL.

Belongs here: the order of making, sizes, where files go. Does not: what happens in the company — units and people
(people.py), selling (crm.py, crm_later.py), delivering and collecting (erp.py), serving (desk.py) — and what is wrong
(dirt.py).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipelines.extract.demo.base import BUSINESS_DATE, FIRST_DAY

__all__ = ["BUSINESS_DATE", "FIRST_DAY", "generate"]

# Rows at scale 1, and the fewest that still hold every kind of dirt without blocking a table (2 %).
SIZES = {
    "customers": (1_500, 60), "deals": (6_000, 360), "leads": (2_500, 40), "spot_orders": (8_500, 120),
    "tickets": (9_000, 260),
}  # fmt: skip


def generate(folder: Path, *, scale: float = 1.0, threads: int | None = None) -> dict[str, int]:
    """Writes folder/{crm,erp,desk}/ and folder/dirt.json; returns {kind of dirt: rows planted}.

    The same scale gives the same data on any machine and any number of threads. Scale 1 is about 175,000 rows and
    takes seconds; employees, units and products do not grow with it. What stood in the three folders is replaced,
    and only when all of the new is written.
    """
    import duckdb

    making = folder / ".making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        with duckdb.connect(str(making / "demo_company.duckdb")) as con:
            con.execute("set memory_limit = '1GB'")
            if threads:
                con.execute(f"set threads = {int(threads)}")
            counts = _make(con, making, scale)
        for system in ("crm", "erp", "desk"):
            shutil.rmtree(folder / system, ignore_errors=True)
            (making / system).replace(folder / system)
        (folder / "dirt.json").write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return counts


def _make(con, making: Path, scale: float) -> dict[str, int]:  # type: ignore[no-untyped-def]
    from pipelines.extract.demo import base, crm, crm_later, delivered, desk, dirt, erp, people, write

    sizes = {name: max(fewest, round(rows * scale)) for name, (rows, fewest) in SIZES.items()}
    base.build(con)
    people.build(con)
    erp.build_products(con)
    crm.build(con, sizes)
    erp.plan(con, sizes)
    crm_later.build(con, sizes)
    erp.build(con)
    desk.build(con, sizes)
    for system, tables in delivered.SYSTEMS.items():
        (making / system).mkdir()
        for table, query in tables.items():
            con.execute(f"create table {system}_{table} as {query}")
    counts = dirt.plant(con)
    write.write_crm(con, making / "crm")
    write.write_erp(con, making / "erp")
    write.write_desk(con, making / "desk")
    return counts

"""A shipped pack switched on in a small company of its own, on a database that we wrote.

Belongs here: laying that company down, loading the pack, and what became of its rows. Does not: any vendor's tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.extract.load import TableLoad
from pipelines.extract.system import load_system
from pipelines.gate.run import check_raw
from pipelines.gate.suite import read_suites
from pipelines.gate.verdicts import DELIVERY, READING
from pipelines.model import check, tables
from pipelines.resources import open_warehouse
from pipelines.settings import REPOSITORY, Settings
from tests.journey.small_company import LABEL, SmallCompany
from tests.model.systems import build

NOW = dt.datetime(2026, 4, 10, 2)
PEOPLE = ["vp_sales", "sales_ops", "service_ops", "finance_ops", "data_crm", "data_erp", "data_desk"]
AIMS = ["raise_sales", "raise_satisfaction", "improve_service"]


class Pack:
    """`pipelines/sources/<system>.yml` as shipped but for `enabled: true`, and a company that has only this source."""

    def __init__(self, system: str, folder: Path, catalogue: list[str], currency: str, time_zone: str) -> None:
        self.system, self.company = system, SmallCompany(folder)
        self.settings = Settings(config=folder, data_dir=folder / "data")
        shipped = (REPOSITORY / "pipelines" / "sources" / f"{system}.yml").read_text(encoding="utf-8")
        assert "\nenabled: false\n" in shipped
        self.write(f"sources/{system}.yml", shipped.replace("\nenabled: false\n", "\nenabled: true\n"))
        self.write("kpi_definitions/people.yml", {"people": [{"id": person, "name": person} for person in PEOPLE]})
        aims = [{"id": aim, "label": LABEL, "kpis": [], "why": "a test"} for aim in AIMS]
        self.write("kpi_definitions/business_goals.yml", {"business_goals": aims})
        company = {"name": LABEL, "currency": currency, "time_zone": time_zone, "catalogue": catalogue}
        self.write("kpi_definitions/company.yml", company | {"business_date": "2026-04-10"})

    def write(self, path: str, data: Any) -> None:
        self.company.write(path, data)

    def goal(self, goal_id: str, kpi: str, level: str) -> None:
        """A goal of March and April whose targets this source holds."""
        said = {
            "id": goal_id, "label": LABEL, "kpi": kpi, "scope": {"level": level}, "target": {"source": self.system},
            "period": {"grain": "month", "from": "2026-03-01", "to": "2026-04-30"}, "owner": "vp_sales",
        }  # fmt: skip
        self.write(f"kpi_definitions/goals/2026/{goal_id}.yml", said)

    def load(self, run_id: str = "r1", now: dt.datetime = NOW, only: Sequence[str] = ()) -> dict[str, TableLoad]:
        """Loads the tables in `only`, or all."""
        (contract,) = check.read_definitions(self.settings).contracts
        with open_warehouse(self.settings) as con:
            return dict(load_system(con, contract, only or list(contract.tables), self.settings, run_id, now))

    def suites(self) -> None:
        """Lays down the suites that are shipped with the pack."""
        for path in sorted((REPOSITORY / "expectations" / f"raw_{self.system}").glob("*.yml")):
            self.write(f"expectations/raw_{self.system}/{path.name}", path.read_text(encoding="utf-8"))

    def failing(self, run_id: str, as_of: dt.date) -> dict[str, int]:
        """`table: check` → rows, of every rule of the shipped suites that what is loaded breaks."""
        self.suites()
        (contract,) = check.read_definitions(self.settings).contracts
        check_raw(self.settings, [contract], read_suites(self.settings), run_id, as_of, {})
        with open_warehouse(self.settings) as con:
            found = con.execute(
                "select table_name, check_name, failed_rows from gate.results where run_id = ? and status <> 'pass'"
                f" and expectation_type not in ('{DELIVERY}', '{READING}')",
                [run_id],
            ).fetchall()
        return {f"{table.partition('.')[2]}: {name}": rows for table, name, rows in found}

    def entity(self, name: str, columns: str, key: str = "all") -> list[tuple[Any, ...]]:
        """Rows of an entity, computed by the real models on what is loaded now, in order; the warehouse stays."""
        definitions = check.read_definitions(self.settings)
        with open_warehouse(self.settings) as con:
            tables.write(con, definitions, "a test", NOW.date(), NOW)
            con.begin()
            build(con, definitions.compiled, [name])
            rows = con.execute(f'select {columns} from "{name}" order by {key}').fetchall()
            con.rollback()
        return rows

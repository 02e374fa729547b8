"""`kpi quality`: what the suites find now, as pages to read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.cli.console import console
from pipelines.errors import KpiErrors
from pipelines.extract.contract import read_contracts
from pipelines.gate import data_docs, moving
from pipelines.gate.engine import GreatExpectations
from pipelines.gate.suite import read_suites
from pipelines.model.company import business_date, read_company, said_date
from pipelines.resources import open_warehouse
from pipelines.settings import Settings


def docs(settings: Settings, as_of: str) -> None:
    """Runs every suite on what the warehouse holds, and writes Great Expectations' pages of it; nothing else changes.

    Raises KpiError: no warehouse yet or another process has it open, a suite that cannot be read, a date that is none.
    """
    company = read_company(settings.kpi_definitions)
    day = said_date(as_of, company.calendar_from) if as_of else None
    day = day or business_date(company, datetime.now(ZoneInfo(company.time_zone)).date())
    found, missing = [], []
    with open_warehouse(settings, read_only=True) as con:
        suites = read_suites(settings)
        of = {
            f"{contract.raw_schema}.{name}": (contract, name)
            for contract in read_contracts(settings)
            for name in contract.tables
        }
        tables = set(con.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall())
        with GreatExpectations(con) as gx:
            for address, suite in suites.items():
                if (address,) in tables:
                    console().print(f"checking {address}")
                    if address in of:
                        moment = moving.of_raw_table(con, *of[address], day, company)
                    else:
                        moment = moving.of_published_table(con, suite, day, company)
                    found.append(gx.validate(moving.resolved(suite, moment), day))
                else:
                    missing.append(suite.file.error(f"there is no table {address}", next_step="load it first: kpi run"))
    page = data_docs.build(found, settings.reports / "data_docs")
    rows = sum(result.statistics["evaluated_expectations"] for result in found)
    broken = sum(result.statistics["unsuccessful_expectations"] for result in found)
    console().print(f"{page}: {rows} rules of {len(found)} tables as of {day}, {broken} do not hold")
    if missing:
        raise KpiErrors(missing)

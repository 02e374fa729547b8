"""The small serving file, laid down once; reports on it are built by `made`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.model.company import Company, read_company
from pipelines.model.report import Report as Said
from pipelines.model.report import Rule, read_rules
from pipelines.publish.reports.build import build
from pipelines.publish.reports.content import Report
from pipelines.settings import Settings
from pipelines.shape import Label
from tests.publish.reports.served import lay_down

SALES = Said(
    id="sales",
    label=Label(zh="销售", en="Sales"),
    kpis=["won_amount", "new_customers", "win_rate", "sales_cycle_days", "csat_score", "clv"],
    activities=["valid_visits"],
    month={"sections": ["attainment", "landing", "changes", "contributors", "activities", "stalled", "quality"]},  # type: ignore[arg-type]
    quarter={
        "sections": ["attainment", "suggestions", "changes", "contributors", "units", "drivers", "problems", "quality"]
    },  # type: ignore[arg-type]
    year={"sections": ["attainment", "trend", "growth", "contributors"]},  # type: ignore[arg-type]
)


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small serving file, its periods until March 2026 closed."""
    folder = tmp_path_factory.mktemp("serving")
    lay_down(folder / "kpi.duckdb", closed_until=date(2026, 3, 31))
    return folder


@pytest.fixture
def own(laid: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    folder = tmp_path / "serving"
    folder.mkdir()
    shutil.copyfile(laid / "kpi.duckdb", folder / "kpi.duckdb")
    return folder


@pytest.fixture(scope="session")
def company() -> Company:
    return read_company(Settings().kpi_definitions)


@pytest.fixture(scope="session")
def rules() -> list[Rule]:
    return read_rules(Settings().kpi_definitions)


@pytest.fixture(scope="session")
def made(laid: Path, company: Company, rules: list[Rule]) -> Callable[..., Report]:
    def make(period: str = "2026-Q1", audience: str = "", serving: Path = laid, said: Said = SALES) -> Report:
        return build(serving, company, said, rules, audience, period)

    return make

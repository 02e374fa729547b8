"""Every worked example of every KPI file, computed by the very models that run at night."""

from __future__ import annotations

import pytest

from pipelines.model import check, examples
from pipelines.model.check import Definitions
from pipelines.model.kpi import read_kpis
from pipelines.settings import REPOSITORY, Settings

SHIPPED = read_kpis(REPOSITORY / "kpi_definitions")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return check.read_definitions(Settings())


@pytest.mark.parametrize("kpi_id", SHIPPED)
def test_examples_give_what_they_promise(definitions: Definitions, kpi_id: str) -> None:
    outcomes = list(examples.run(definitions.kpis[kpi_id], definitions))
    assert outcomes, f"{kpi_id} has no worked example"
    assert [outcome.found for outcome in outcomes] == [outcome.expected for outcome in outcomes]

"""The configurations of real data say only what can be said: each is valid, and worked examples hold.

Those of the shipped KPIs it borrows too, whatever its own time zone and hours are.
"""

from __future__ import annotations

import pytest

from pipelines import yaml_file
from tests.conftest import kpi
from tests.real.conftest import HERE

pytestmark = pytest.mark.real

CONFIGS = sorted(path.parent.name for path in HERE.glob("*/kpi_definitions"))


@pytest.mark.parametrize("config", CONFIGS)
def test_a_configuration_is_valid_and_its_examples_hold(real_data, tmp_path, config):
    own = [yaml_file.read(path).data for path in sorted((HERE / config / "kpi_definitions" / "kpis").glob("*/*.yml"))]
    examples = sum(len(said.get("examples", [])) for said in own)
    assert all(set(said[words]) == {"zh", "en"} for said in own for words in ("label", "description"))
    where = ("--config", HERE / config, "--data-dir", tmp_path)
    kpi("validate", *where, KPI_REAL_DATA=str(real_data))
    done = kpi("examples", *where, KPI_REAL_DATA=str(real_data))
    assert "give what they promise" in done.stdout
    assert int(done.stdout.split()[0]) >= examples

"""Rules that need two files: contracts that are off are looked at, and a goal reads a source that holds targets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiError, KpiErrors
from pipelines.model import check
from pipelines.settings import REPOSITORY, Settings

PACK: dict[str, Any] = {
    "system": "pack", "kind": "database", "enabled": False, "label": {"zh": "包", "en": "Pack"}, "owner": "sales_ops",
    "connection": {"url": "mysql://${PACK_USER}@host/db"},
    "tables": {
        "targets": {
            "from": {"database": {"table": "${PACK_PREFIX:-wk_}targets"}}, "delivery": "full",
            "entities": ["goal_figures"],
            "columns": [{"name": "goal", "type": "decimal(18,2)", "as": "target"}],
        }
    },
}  # fmt: skip
GOAL: dict[str, Any] = {
    "id": "of_the_pack", "label": {"zh": "目标", "en": "Goal"}, "kpi": "won_amount", "scope": {"level": "rep"},
    "period": {"grain": "month", "from": "2026-01-01", "to": "2026-12-31"}, "target": {"source": "pack"},
    "owner": "vp_sales",
}  # fmt: skip


@pytest.fixture
def settings(definitions_folder: Path) -> Settings:
    """The shipped configuration as a folder of its own."""
    shutil.copytree(REPOSITORY / "pipelines" / "sources", definitions_folder.parent / "sources")
    return Settings(config=definitions_folder.parent)


def write(settings: Settings, path: str, data: dict[str, Any]) -> None:
    (settings.config / path).write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_a_contract_that_is_off_is_read_and_not_compiled(settings: Settings) -> None:
    write(settings, "sources/pack.yml", PACK)
    definitions = check.read_definitions(settings)
    assert "pack" not in [contract.system for contract in definitions.contracts]
    assert not any("pack" in path or "raw_pack" in text for path, text in definitions.compiled.items())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"owner": "sales_opz"}, "owner sales_opz is nobody in people.yml (did you mean sales_ops?)"),
        ({"entities": ["goal_figure"]}, "targets: unknown entity goal_figure (did you mean goal_figures?)"),
        ({"entities": [{"goal_figures": {"where": "lower(target) = 1"}}]}, "targets: goal_figures: “lower(target)"),
        ({"delivery": "weekly"}, "tables.targets.delivery"),
    ],
)
def test_a_contract_that_is_off_is_checked(settings: Settings, change: dict[str, Any], said: str) -> None:
    table = PACK["tables"]["targets"] | {key: value for key, value in change.items() if key != "owner"}
    write(
        settings, "sources/pack.yml", PACK | {"tables": {"targets": table}, "owner": change.get("owner", "sales_ops")}
    )
    with pytest.raises(KpiError) as error:
        check.read_definitions(settings)
    assert said in str(error.value)
    assert "pack.yml" in str(error.value)


def test_a_kpi_is_shared_with_people_that_there_are(settings: Settings) -> None:
    path = settings.config / "kpi_definitions" / "kpis" / "sales" / "win_rate.yml"
    said = path.read_text(encoding="utf-8")
    path.write_text(f"{said}shared_with: [vp_sales, finance_opz]\n", encoding="utf-8")
    with pytest.raises(KpiErrors) as error:
        check.read_definitions(settings)
    line = said.count("\n") + 1
    assert f"win_rate.yml:{line}: shared_with finance_opz is nobody in people.yml (did you mean finance_ops?)" in str(
        error.value
    )


def test_a_goal_reads_an_enabled_source_that_holds_targets(settings: Settings) -> None:
    write(settings, "kpi_definitions/goals/2026/of_the_pack.yml", GOAL)
    write(settings, "sources/pack.yml", PACK)
    with pytest.raises(KpiError, match=r"of_the_pack\.yml.*pack is no enabled system that feeds goal_figures"):
        check.read_definitions(settings)
    write(settings, "sources/pack.yml", PACK | {"enabled": True})
    rows = check.read_definitions(settings).goals["of_the_pack"].rows
    assert [row.period_start.month for row in rows] == list(range(1, 13))
    assert {(row.unit_id, row.value) for row in rows} == {(None, None)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"period": GOAL["period"] | {"grain": "quarter"}}, "targets of a source are monthly; period.grain is quarter"),
        ({"target": {"source": "pack", "floor": 1}}, "a source holds no floor and no stretch"),
        ({"target": {"source": "pack", "value": 1}}, "give exactly one of"),
    ],
)
def test_a_goal_of_a_source_says_nothing_that_would_not_hold(
    settings: Settings, change: dict[str, Any], said: str
) -> None:
    write(settings, "kpi_definitions/goals/2026/of_the_pack.yml", GOAL | change)
    write(settings, "sources/pack.yml", PACK | {"enabled": True})
    with pytest.raises(KpiError) as error:
        check.read_definitions(settings)
    assert said in str(error.value)

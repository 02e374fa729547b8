"""The packs of trades: few KPIs, all in the catalogue, and a word about what is too long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiErrors
from pipelines.model.pack import read_packs, warnings
from pipelines.settings import REPOSITORY

TRADES = (
    "b2b", "ecommerce", "education", "finance", "governance", "hotel", "manufacturing", "partners", "real_estate",
    "retail", "services",
)  # fmt: skip
SHIPS: dict[str, Any] = {
    "id": "shipping", "label": {"zh": "航运", "en": "Shipping"}, "kpis": ["revenue", "won_amount", "csat_pct"],
    "guardrails": {"won_amount": "cash_collected"},
}  # fmt: skip


def write(folder: Path, said: dict[str, Any], name: str = "shipping") -> Path:
    path = folder / "packs" / f"{name}.yml"
    path.parent.mkdir(exist_ok=True)
    written_out = json.loads(json.dumps(said))
    path.write_text(yaml.safe_dump(written_out, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_every_trade_has_a_pack_of_five_to_eight_kpis_with_a_guardrail() -> None:
    packs = read_packs(REPOSITORY / "kpi_definitions")
    assert tuple(packs) == TRADES
    assert {5 <= len(one.pack.kpis) <= 8 for one in packs.values()} == {True}
    assert all(one.pack.guardrails for one in packs.values())
    assert warnings(packs) == []


def test_pack_names_kpis_of_the_catalogue_and_of_its_own_configuration(tmp_path: Path) -> None:
    own = tmp_path / "kpis" / "sea" / "containers.yml"
    own.parent.mkdir(parents=True)
    own.write_text("id: containers", encoding="utf-8")
    write(tmp_path, SHIPS | {"kpis": [*SHIPS["kpis"], "containers"]})
    assert read_packs(tmp_path)["shipping"].pack.kpis[-1] == "containers"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kpis": ["revenue", "won_amout"], "guardrails": {}}, "unknown KPI won_amout (did you mean won_amount?)"),
        ({"guardrails": {"won_amount": "cash_colected"}}, "cash_colected of won_amount is not in the catalogue (did you mean cash_collected?)"),
        ({"guardrails": {"won_amoun": "cash_collected"}}, "won_amoun is not among the kpis of the pack (did you mean won_amount?)"),
        ({"guardrails": {"csat_pct": "csat_pct"}}, "csat_pct cannot guard itself"),
        ({"kpis": ["revenue", "revenue"]}, "names revenue twice"),
        ({"kpis": [], "guardrails": {}}, "kpis: List should have at least 1 item"),
        ({"guard": {}}, "unknown field guard"),
        ({"id": "ships"}, "id ships must stand in ships.yml"),
        ({"kpis": ["revenue; drop table"]}, "kpis.0"),
    ],
)  # fmt: skip
def test_pack_tells_what_is_wrong_with_its_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    write(tmp_path, SHIPS | change)
    with pytest.raises(KpiErrors) as error:
        read_packs(tmp_path)
    assert said in str(error.value)
    assert "shipping.yml:" in str(error.value)


def test_pack_above_eight_kpis_is_warned_of(tmp_path: Path) -> None:
    nine = ["revenue", "won_amount", "csat_pct", "win_rate", "nps", "clv", "cac", "churn_rate", "backlog"]
    write(tmp_path, SHIPS | {"kpis": nine})
    (told,) = warnings(read_packs(tmp_path))
    assert "shipping.yml:5: 9 KPIs are more than anybody watches. Next: keep the 8 that decide most" in told
    write(tmp_path, SHIPS | {"kpis": nine[:8]})
    assert warnings(read_packs(tmp_path)) == []

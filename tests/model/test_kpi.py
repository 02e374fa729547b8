"""What a KPI file may say, and what follows from it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.kpi import Kpi, read_kpis
from pipelines.settings import REPOSITORY

COUNT = {"entity": "deals", "agg": "count", "date": "closed_at"}
WON = COUNT | {"filter": "status = 'won'"}
RATE: dict[str, Any] = {
    "id": "hit_rate", "label": {"zh": "命中", "en": "Hits"}, "description": {"zh": "命中率", "en": "Share of hits"},
    "business_goal": "raise_sales", "owner": "sales_ops", "steward": "data_crm", "unit": "ratio", "direction": "up",
    "ratio": {"numerator": WON, "denominator": COUNT}, "versions": [{"from": "2026-01-01"}],
}  # fmt: skip
SUM = {k: v for k, v in RATE.items() if k != "ratio"} | {
    "simple": {"measure": {"entity": "deals", "agg": "sum", "expr": "amount", "date": "closed_at"}}
}


def write(folder: Path, said: dict[str, Any], area: str = "sales", name: str = "hit_rate") -> Path:
    path = folder / "kpis" / area / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def problems(folder: Path, said: dict[str, Any]) -> str:
    write(folder, said)
    with pytest.raises(KpiErrors) as error:
        read_kpis(folder)
    assert "hit_rate.yml:" in str(error.value)
    return str(error.value)


def test_kpi_reads_a_ratio_with_both_halves(tmp_path: Path) -> None:
    write(tmp_path, RATE)
    found = read_kpis(tmp_path)["hit_rate"]
    assert (found.area, found.kpi.type, found.kpi.is_additive) == ("sales", "ratio", False)
    assert list(found.kpi.measures) == ["hit_rate__numerator", "hit_rate__denominator"]
    assert found.kpi.formula == (
        "count(rows) of deals where status = 'won' by closed_at ÷ count(rows) of deals by closed_at"
    )


@pytest.mark.parametrize(
    ("agg", "expr", "additive"),
    [("sum", "amount", True), ("count", None, True), ("count_distinct", "customer_id", False), ("median", "amount", False),
     ("avg", "amount", False), ("max", "amount", False)],
)  # fmt: skip
def test_kpi_is_additive_only_where_children_add_up(agg: str, expr: str | None, additive: bool) -> None:
    measure = {"entity": "deals", "agg": agg, "expr": expr, "date": "closed_at"}
    assert Kpi.model_validate(SUM | {"simple": {"measure": measure}}).is_additive is additive


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ratio": None}, "either simple or ratio"),
        ({"simple": SUM["simple"]}, "either simple or ratio"),
        ({"unit": "euro"}, "unit:"),
        ({"direction": "sideways"}, "direction"),
        ({"levels": ["galaxy"]}, "levels.0:"),
        ({"grains": ["fortnight"]}, "grains.0:"),
        ({"id": "Hit Rate"}, "id:"),
        ({"versions": []}, "versions:"),
        ({"versions": [{"from": "2026-01-01"}, {"from": "2026-07-01"}]}, "not built yet"),
        ({"attribution": "as_is"}, "not built yet"),
        ({"min_denominator": 0}, "min_denominator:"),
        ({"thresholds": {"gren": 1}}, "unknown field thresholds.gren"),
        ({"labels": {}}, "unknown field labels (did you mean label?)"),
        ({"ratio": {"numerator": WON | {"agg": "mode"}, "denominator": COUNT}}, "ratio.numerator.agg:"),
        ({"ratio": {"numerator": WON | {"agg": "sum"}, "denominator": COUNT}}, "agg sum needs an expr"),
        ({"ratio": {"numerator": WON | {"percentile": 0.9}, "denominator": COUNT}}, "go together"),
        ({"label": {"zh": "", "en": "x"}}, "label.zh:"),
    ],
)  # fmt: skip
def test_kpi_that_is_wrong_is_refused_with_its_field_and_line(tmp_path: Path, change: dict, said: str) -> None:
    assert said in problems(tmp_path, RATE | change)


def test_kpi_min_denominator_is_for_ratios(tmp_path: Path) -> None:
    assert "min_denominator is for ratios" in problems(tmp_path, SUM | {"min_denominator": 5})


def test_kpi_direction_may_be_a_range() -> None:
    kpi = Kpi.model_validate(SUM | {"direction": {"range": [30, 45]}})
    assert kpi.direction.range == (Decimal(30), Decimal(45))  # type: ignore[union-attr]


def test_kpi_must_stand_in_the_file_of_its_name_and_only_once(tmp_path: Path) -> None:
    write(tmp_path, RATE)
    write(tmp_path, RATE, area="service")
    write(tmp_path, RATE, name="other")
    with pytest.raises(KpiErrors) as error:
        read_kpis(tmp_path)
    assert len(error.value.errors) == 2
    assert "hit_rate is also defined in" in str(error.value)
    assert "id hit_rate must stand in hit_rate.yml" in str(error.value)


def test_catalogue_lends_shipped_kpis_to_another_company(tmp_path: Path) -> None:
    write(tmp_path, RATE)
    found = read_kpis(tmp_path, ["win_rate"])
    assert list(found) == ["hit_rate", "win_rate"]
    assert found["win_rate"].file.path.is_relative_to(REPOSITORY / "kpi_definitions")


def test_catalogue_has_only_what_is_shipped(tmp_path: Path) -> None:
    with pytest.raises(KpiErrors, match=r"no KPI win_rat \(did you mean win_rate\?\)"):
        read_kpis(tmp_path, ["win_rat"])


def test_the_shipped_kpis_are_there_and_each_has_a_worked_example(shipped: Definitions) -> None:
    assert sorted(shipped.kpis) == [
        "avg_order_value", "cash_collected", "csat_pct", "first_response_time", "new_customers",
        "record_error_rate", "reopened_share", "resolution_sla", "resolution_time", "retention_rate", "revenue", "sales_cycle_days", "win_rate", "won_amount",
    ]  # fmt: skip
    assert [kpi_id for kpi_id, file in shipped.kpis.items() if not file.kpi.examples] == []
    assert [kpi_id for kpi_id, file in shipped.kpis.items() if set(file.kpi.grains) < {"month", "quarter"}] == []

"""What a KPI file may say, and what follows from it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.kpi import Kpi, definition_hash, depended_on, entities_of, read_kpis
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
TYPE = {"ratio": RATE["ratio"]}
NO_DATE = {key: value for key, value in COUNT.items() if key != "date"}
WITHOUT_TYPE = {key: value for key, value in RATE.items() if key != "ratio"}


def write(folder: Path, said: dict[str, Any], area: str = "sales", name: str = "hit_rate") -> Path:
    path = folder / "kpis" / area / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    written_out = json.loads(json.dumps(said))  # no object stands in it twice, which YAML would write as an alias
    path.write_text(yaml.safe_dump(written_out, allow_unicode=True, sort_keys=False), encoding="utf-8")
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
    assert [found.kpi.meaning.column(part) for part in found.kpi.meaning.parts] == [
        "hit_rate__numerator",
        "hit_rate__denominator",
    ]
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
        ({"ratio": None}, "a KPI has one type: give exactly one of simple, ratio, derived"),
        ({"simple": SUM["simple"]}, "a KPI has one type"),
        ({"unit": "euro"}, "unit:"),
        ({"direction": "sideways"}, "direction"),
        ({"levels": ["galaxy"]}, "levels.0:"),
        ({"grains": ["fortnight"]}, "grains.0:"),
        ({"id": "Hit Rate"}, "id:"),
        ({"versions": []}, "versions:"),
        ({"versions": [{"from": "2026-01-01"}, {"from": "2026-07-01"}]}, "says what it means"),
        ({"versions": [{"from": "2026-07-01"}, {"from": "2026-01-01"} | TYPE]}, "begins later than the one before"),
        ({"versions": [{"from": "2026-07-01"} | TYPE]}, "the first version is what the file says"),
        ({"attribution": "as_it_seems"}, "attribution:"),
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


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"simple": {"measure": NO_DATE}}, "needs a date"),
        ({"simple": {"measure": COUNT | {"day": "closed_at"}}}, "one time only"),
        ({"simple": {"measure": NO_DATE | {"day": "closed_at"}}}, "is a snapshot"),
        ({"simple": {"measure": COUNT | {"expr": "amount"}}}, "count has no expr"),
        ({"ratio": {"numerator": "won_amount", "denominator": NO_DATE}}, "needs a date"),
        ({"ratio": {"numerator": "Won Amount", "denominator": COUNT}}, "ratio.numerator:"),
        ({"derived": {"expr": "a - b", "of": {}}}, "derived.of:"),
        ({"derived": {"expr": "a", "of": {"a": NO_DATE}}}, "needs a date"),
        ({"derived": {"expr": "a", "of": {"A b": COUNT}}}, "derived.of.A b"),
        ({"growth": {"of": "won_amount", "versus": "yesterday", "as": "ratio"}}, "growth.versus:"),
        ({"cumulative": {"of": "won_amount", "window": "6 months"}}, "cumulative.window:"),
        ({"snapshot": {"measure": COUNT, "day": "closed_at"}}, "which has no date"),
        ({"snapshot": {"measure": NO_DATE}}, "a snapshot says day, or from and until"),
        ({"snapshot": {"measure": NO_DATE, "from": "created_at"}}, "from and until go together"),
        ({"snapshot": {"measure": NO_DATE | {"agg": "median", "expr": "amount"}, "day": "d", "take": "average"}}, "for sums and counts"),
        ({"cohort": {"entity": "leads", "start": "created_at", "event": "converted_at", "within": "3 months"}}, "90 days"),
        ({"cohort": {"entity": "leads", "start": "created_at", "event": {"entity": "contracts"}, "within": "90 days"}}, "cohort.event.key"),
    ],
)  # fmt: skip
def test_type_that_is_wrong_is_refused_with_its_field_and_line(tmp_path: Path, kind: dict, said: str) -> None:
    assert said in problems(tmp_path, WITHOUT_TYPE | kind)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"levels": ["company", "region", "department"]}, "levels are company and at most one other"),
        ({"levels": ["department"]}, "levels are company and at most one other"),
        ({"cuts": ["channel"]}, "no cuts"),
        ({"grains": ["month", "quarter"]}, "one grain"),
    ],
)
def test_what_hides_small_groups_has_nothing_beside_it_that_gives_them_away(
    tmp_path: Path, change: dict, said: str
) -> None:
    private = {"privacy": {"min_group_size": 5}, "levels": ["company", "department"], "grains": ["quarter"]}
    Kpi.model_validate(RATE | private)
    assert said in problems(tmp_path, RATE | private | change)


def test_versions_keep_the_meaning_of_their_time() -> None:
    won_only = {"numerator": WON, "denominator": WON}
    kpi = Kpi.model_validate(
        RATE | {"versions": [{"from": "2026-01-01"}, {"from": "2026-07-01", "ratio": won_only, "min_denominator": 3}]}
    )
    first, second = kpi.meanings
    assert (first.holds_from, first.holds_until) == (date.min, date(2026, 7, 1))
    assert (second.holds_from, second.holds_until) == (date(2026, 7, 1), date.max)
    assert (first.min_denominator, second.min_denominator) == (None, 3)
    assert (first.column("numerator"), second.column("numerator")) == ("hit_rate__numerator", "hit_rate__v2__numerator")
    assert definition_hash(first, {"hit_rate": kpi}) != definition_hash(second, {"hit_rate": kpi})


def test_kpi_stands_on_the_entities_of_the_kpis_it_reads() -> None:
    spent = WITHOUT_TYPE | {
        "id": "spent",
        "simple": {"measure": {"entity": "costs", "agg": "sum", "expr": "amount", "date": "period_start"}},
    }
    each = WITHOUT_TYPE | {"id": "each", "ratio": {"numerator": "spent", "denominator": WON}}
    grown = WITHOUT_TYPE | {"id": "grown", "growth": {"of": "each", "versus": "previous", "as": "ratio"}}
    kpis = {said["id"]: Kpi.model_validate(said) for said in (spent, each, grown)}
    assert depended_on(kpis["grown"]) == ["each"]
    assert entities_of(kpis["grown"], kpis) == {"costs", "deals"}


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


def test_every_shipped_kpi_has_a_worked_example(shipped: Definitions) -> None:
    assert [kpi_id for kpi_id, file in shipped.kpis.items() if not file.kpi.examples] == []

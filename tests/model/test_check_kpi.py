"""A KPI that stands on another KPI or on its targets: what there is of the one, and nothing that the other would show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.model import check_kpi
from pipelines.model.entities import read_entities
from pipelines.model.kpi import read_kpis

LABEL = {"zh": "指标", "en": "KPI"}
EVERY: dict[str, Any] = {
    "label": LABEL, "description": LABEL, "business_goal": "raise_sales", "owner": "vp_sales", "steward": "data_crm",
    "unit": "ratio", "direction": "up", "versions": [{"from": "2026-01-01"}],
}  # fmt: skip
COUNT = {"entity": "deals", "agg": "count", "date": "closed_at"}
LEFT = {"goal": "signed", "take": "left"}
THERE: dict[str, dict[str, Any]] = {
    "signed": {"simple": {"measure": COUNT}},
    "fewer": {"simple": {"measure": COUNT}, "direction": "down"},
    "share": {"ratio": {"numerator": COUNT, "denominator": COUNT}},
    "grown": {"growth": {"of": "signed", "versus": "previous", "as": "ratio"}},
    "hidden": {
        "simple": {"measure": COUNT}, "privacy": {"min_group_size": 5}, "levels": ["company"], "grains": ["month"],
    },
    "covered": {"ratio": {"numerator": COUNT, "denominator": LEFT}},
}  # fmt: skip


def problems(folder: Path, said: dict[str, Any]) -> list[str]:
    """What is wrong with the KPI `new`, beside those that are there."""
    for kpi_id, one in (THERE | {"new": said}).items():
        path = folder / "kpis" / "sales" / f"{kpi_id}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"id": kpi_id} | EVERY | one, indent=1), encoding="utf-8")  # JSON is YAML
    kpis = read_kpis(folder)
    return [str(error) for error in check_kpi.errors(kpis["new"], kpis, read_entities())]


@pytest.mark.parametrize(
    "said",
    [
        {"ratio": {"numerator": "signed", "denominator": COUNT}},
        {"ratio": {"numerator": COUNT, "denominator": LEFT}},
        {"ratio": {"numerator": COUNT, "denominator": {"goal": "share", "take": "target"}}},
        {"derived": {"expr": "a - b", "of": {"a": COUNT, "b": {"goal": "fewer", "take": "target"}}}},
    ],
)
def test_kpi_may_stand_on_another_kpi_or_on_targets(tmp_path: Path, said: dict[str, Any]) -> None:
    assert problems(tmp_path, said) == []


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"ratio": {"numerator": "sign", "denominator": COUNT}}, "unknown KPI sign (did you mean signed?)"),
        ({"ratio": {"numerator": "grown", "denominator": COUNT}}, "grown is a growth; say what it grows of"),
        ({"ratio": {"numerator": "hidden", "denominator": COUNT}}, "hidden hides small groups"),
        ({"ratio": {"numerator": "signed", "denominator": COUNT}, "grains": ["day"]}, "signed has no grain day"),
        ({"ratio": {"numerator": COUNT, "denominator": {"goal": "signd"}}}, "unknown KPI signd (did you mean signed?)"),
        ({"ratio": {"numerator": COUNT, "denominator": {"goal": "share"}}}, "nothing is left of a target of share"),
        ({"ratio": {"numerator": COUNT, "denominator": {"goal": "fewer"}}}, "nothing is left of a target of fewer"),
        ({"ratio": {"numerator": "signed", "denominator": LEFT}}, "signed is another KPI's value; beside a target"),
        ({"ratio": {"numerator": "covered", "denominator": COUNT}}, "covered stands on targets, which are computed"),
        ({"ratio": {"numerator": COUNT, "denominator": LEFT}, "grains": ["week"]}, "targets are by month"),
        ({"ratio": {"numerator": COUNT, "denominator": LEFT}, "cuts": ["stage"]}, "targets are not cut by stage"),
    ],
)
def test_kpi_that_stands_on_what_is_not_there_is_refused_with_its_line(
    tmp_path: Path, said: dict[str, Any], problem: str
) -> None:
    found = problems(tmp_path, said)
    assert any(problem in one and "new.yml:" in one for one in found), found


@pytest.mark.parametrize(
    ("measure", "problem"),
    [
        ({"filter": "status = 5"}, "status is text, 5 is a number; write '5'"),
        ({"filter": "amount"}, "“amount” is a number; a filter is true or false"),
        ({"agg": "sum", "expr": "status + 1"}, "status is text, and there is arithmetic with it"),
    ],
)
def test_filter_that_no_row_could_answer_is_refused_with_its_line(
    tmp_path: Path, measure: dict[str, Any], problem: str
) -> None:
    found = problems(tmp_path, {"simple": {"measure": COUNT | measure}})
    assert any(problem in one and "new.yml:" in one for one in found), found


def test_people_are_told_apart_in_every_version(tmp_path: Path) -> None:
    earlier = {"simple": {"measure": COUNT | {"entity": "costs", "date": "period_start"}}}  # costs are nobody's
    said = earlier | {
        "privacy": {"min_group_size": 5}, "levels": ["company"], "grains": ["month"],
        "versions": [{"from": "2025-01-01"}, {"from": "2026-01-01", "simple": {"measure": COUNT}}],
    }  # fmt: skip
    (found,) = problems(tmp_path, said)
    assert "costs names nobody; privacy: people says which column does" in found

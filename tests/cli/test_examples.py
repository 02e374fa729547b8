"""`kpi examples`: a configuration's own KPI is proved by its file and one command, before anything is loaded."""

from __future__ import annotations

from typing import Any

from tests.conftest import kpi
from tests.journey.small_company import SmallCompany

GIVEN = {"contracts": [{"signed_date": "2026-03-02"}, {"signed_date": "2026-03-31"}, {"signed_date": "2026-04-01"}]}
OWN: dict[str, Any] = {
    "id": "signed_contracts", "label": {"zh": "签约数", "en": "Signed"}, "description": {"zh": "签约数", "en": "Signed"},
    "business_goal": "raise_sales", "owner": "sales_ops", "steward": "data_crm", "unit": "count", "direction": "up",
    "levels": ["company"], "simple": {"measure": {"entity": "contracts", "agg": "count", "date": "signed_date"}},
    "versions": [{"from": "2026-01-01"}],
}  # fmt: skip


def own(company: SmallCompany, value: int, given: dict[str, Any] = GIVEN) -> None:
    example = {"given": given, "at": {"month": "2026-03"}, "expect": {"value": value, "state": "ok"}}
    company.write("kpi_definitions/kpis/sales/signed_contracts.yml", OWN | {"examples": [example]})


def test_examples_that_hold_are_counted(new_company: SmallCompany) -> None:
    own(new_company, 2)
    said = kpi("examples", "signed_contracts", "win_rate", "--config", new_company.folder).stdout
    assert "examples of 2 KPIs give what they promise" in said
    assert not new_company.data.exists()


def test_an_example_that_does_not_hold_is_told_with_its_line(new_company: SmallCompany) -> None:
    own(new_company, 3)
    done = kpi("examples", "signed_contracts", "--config", new_company.folder, check=False)
    assert done.returncode == 1
    assert "signed_contracts.yml:" in done.stderr
    assert "example 1: value is 2, not 3" in done.stderr


def test_an_example_may_give_targets_and_says_what_is_wrong_with_one(new_company: SmallCompany) -> None:
    count = {"entity": "contracts", "agg": "count", "date": "signed_date"}
    covered = {key: value for key, value in OWN.items() if key != "simple"}
    covered |= {"id": "covered", "unit": "ratio", "ratio": {"numerator": count, "denominator": {"goal": "won_amount"}}}

    def said(goal: dict[str, Any], value: float = 0.5) -> str:
        example = {"given": GIVEN | {"goals": [goal]}, "at": {"month": "2026-03"}, "expect": {"value": value}}
        new_company.write("kpi_definitions/kpis/sales/covered.yml", covered | {"examples": [example]})
        done = kpi("examples", "covered", "--config", new_company.folder, check=False)
        return done.stdout + done.stderr

    assert "1 examples of 1 KPIs give what they promise" in said({"kpi": "won_amount", "target": 4})
    assert "a goal needs a target" in said({"kpi": "won_amount"})
    assert "a goal has no targt (did you mean target?)" in said({"kpi": "won_amount", "targt": 4})
    assert "covered stands on no goal of won_amout (did you mean won_amount?)" in said(
        {"kpi": "won_amout", "target": 4}
    )
    assert "covered.yml:" in (problem := said({"kpi": "won_amount", "target": "many"}))
    assert "goals: Conversion Error" in problem


def test_an_example_of_what_there_is_not_says_what_there_is(new_company: SmallCompany) -> None:
    own(new_company, 2, {"contract": []})
    assert "did you mean contracts?" in kpi("examples", "--config", new_company.folder, check=False).stderr
    own(new_company, 2, {"contracts": [{"signed": "2026-03-02"}]})
    assert "contracts delivers no signed" in kpi("examples", "--config", new_company.folder, check=False).stderr
    assert (
        "unknown KPI win_rat (did you mean win_rate?)"
        in kpi("examples", "win_rat", "--config", new_company.folder, check=False).stderr
    )

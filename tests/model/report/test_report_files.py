"""Reports and rules say what they may, and each mistake is told with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from pipelines.errors import KpiError
from pipelines.model import check_report
from pipelines.model.check import Definitions
from pipelines.model.report import FACTS, read_reports, read_rules, reports_of, rules_of
from pipelines.model.report.rules import FindingKind, filled
from pipelines.settings import Settings

SHIPPED = Settings().kpi_definitions
SALES = (SHIPPED / "reports" / "sales.yml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "reports/sales.yml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_shipped_reports_name_kpis_people_and_sections_that_exist(shipped: Definitions) -> None:
    assert sorted(shipped.reports) == ["finance", "sales", "service"]
    assert list(check_report.errors(shipped.reports, shipped.kpis, shipped.people)) == []
    for file in shipped.reports.values():
        assert len({tuple(one.sections) for one in file.report.all_shown()}) == 3  # each grain tells its own


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kpis: [won_amount,", "kpis: [wonamount,", "sales.yml:4: unknown KPI wonamount (did you mean won_amount?)"),
        ("[follow_ups,", "[follow_up,", "sales.yml:6: unknown KPI follow_up (did you mean follow_ups?)"),
        ("{to: [vp_sales, sales_east, sales_south], grain: month", "{to: [vp_sale], grain: month",
         "vp_sale is nobody in people.yml (did you mean vp_sales?)"),
    ],
)  # fmt: skip
def test_who_and_what_is_unknown_is_told_with_its_line(
    tmp_path: Path, shipped: Definitions, old: str, new: str, said: str
) -> None:
    assert old in SALES
    reports = read_reports(written(tmp_path, SALES.replace(old, new, 1)))
    (error,) = check_report.errors(reports, shipped.kpis, shipped.people)
    assert said in str(error)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: sales", "id: selling", "id selling must stand in selling.yml"),
        ("sections: [attainment, suggestions, landing", "sections: [attainment, attainment, landing", "attainment stands twice"),
        ("sections: [attainment, suggestions, landing", "sections: [atainment, landing", "month.sections.0"),
        ("working_day: 3", "working_day: 40", "less than or equal to 20"),
        ("working_day: 3", "day: 3", "unknown field send.0.day"),
        ("grain: month", "grain: week", "send.0.grain"),
    ],
)  # fmt: skip
def test_what_no_report_can_say_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(KpiError) as told:
        read_reports(written(tmp_path, SALES.replace(old, new, 1)))
    assert said in str(told.value)
    assert "sales.yml:" in str(told.value)


def test_a_report_is_sent_only_where_it_has_that_grain(tmp_path: Path) -> None:
    said = yaml.safe_load(SALES)
    del said["month"]
    with pytest.raises(KpiError, match="this report has no month"):
        read_reports(written(tmp_path, yaml.safe_dump(said, allow_unicode=True)))


def test_without_a_folder_the_shipped_reports_are_used_with_the_kpis_there_are_and_sent_to_nobody(
    tmp_path: Path,
) -> None:
    found = reports_of(tmp_path, {"won_amount", "win_rate", "follow_ups"})
    assert {key: report.kpis for key, report in found.items()} == {
        "finance": ["won_amount"],
        "sales": ["won_amount", "win_rate"],
    }
    assert found["sales"].activities == ["follow_ups"]
    assert not any(report.send for report in found.values())
    assert rules_of(tmp_path) == read_rules(SHIPPED)


def test_a_folder_of_ones_own_is_used_alone(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    shutil.copyfile(SHIPPED / "reports" / "service.yml", tmp_path / "reports" / "service.yml")
    assert list(reports_of(tmp_path, ())) == ["service"]


def rule(**changed: object) -> str:
    said = {
        "id": "a_rule", "finding": "broken_link", "where": {"broken_by": "activity"}, "when": {"zh": "甲", "en": "a"},
        "say": {"zh": "{kpi}", "en": "{names}"},
    } | changed  # fmt: skip
    return yaml.safe_dump({"rules": [said]}, allow_unicode=True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"finding": "broken_lnk"}, "rules.0.finding"),
        ({"where": {"broken": "activity"}}, "a finding broken_link says nothing of broken (did you mean broken_by?)"),
        ({"say": {"zh": "{kpi}", "en": "{kpi.__class__}"}}, "{kpi.__class__} is no word of a finding broken_link"),
        ({"say": {"zh": "{name}", "en": "x"}}, "{name} is no word of a finding broken_link (did you mean names?)"),
        ({"where": {"people": {"over": 3}}}, "people"),
    ],
)
def test_rules_that_cannot_hold_are_refused(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(KpiError) as told:
        read_rules(written(tmp_path, rule(**changed), "report_rules.yml"))
    assert said in str(told.value)


def test_a_rule_holds_by_word_by_truth_and_by_bound(tmp_path: Path) -> None:
    text = rule(finding="landing", where={"chance": {"below": 0.5}, "is_sum": True}, say={"zh": "{kpi}", "en": "{kpi}"})
    (found,) = read_rules(written(tmp_path, text, "report_rules.yml"))
    assert found.holds({"chance": 0.4, "is_sum": True})
    assert not found.holds({"chance": 0.5, "is_sum": True})
    assert not found.holds({"chance": 0.4, "is_sum": False})
    assert not found.holds({"chance": None, "is_sum": True})


def test_every_kind_of_finding_has_facts_and_most_a_rule() -> None:
    kinds = set(FindingKind.__args__)  # type: ignore[attr-defined]
    assert kinds == set(FACTS)
    assert kinds - {one.finding for one in read_rules(SHIPPED)} == {"failing_check"}  # told as a problem only


def test_words_are_filled_in_and_nothing_else_is_asked_for() -> None:
    assert filled("{kpi} {kpi.real} {0} {x!r}", {"kpi": "{names} a"}) == "{names} a – – –"

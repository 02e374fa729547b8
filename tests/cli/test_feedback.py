"""`kpi feedback` and `kpi goals review`: what somebody says and decides is there after the next run."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from pipelines.cli.feedback import _period
from pipelines.errors import KpiError
from tests.conftest import kpi
from tests.journey.small_company import SmallCompany

SAID = "三月少记一单; drop table feedback --"


def refused(company: SmallCompany, *said: str) -> str:
    done = kpi(*said, "--config", company.folder, check=False)
    assert done.returncode == 1
    return " ".join(done.stderr.split())


def test_remarks_and_decisions_come_with_the_next_run(company: SmallCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_USER", "vp_sales")
    at = ("--config", company.folder)
    path = next((company.folder / "kpi_definitions" / "goals").rglob("*.yml"))
    goal = yaml.safe_load(path.read_text(encoding="utf-8")) | {"review": "quarterly"}
    path.write_text(yaml.safe_dump(goal, allow_unicode=True, sort_keys=False), encoding="utf-8")
    kpi("feedback", goal["kpi"], "--period", "2026-03", "--text", SAID, *at)
    kpi("goals", "review", goal["id"], "--decision", "change", "--text", "too low", *at)
    assert company.run().returncode == 0
    assert company.query("select author, kpi_id, grain, period_start::text, unit_id, said from published.feedback") == [
        ("vp_sales", goal["kpi"], "month", "2026-03-01", "company", SAID)
    ]
    said = f"select decision, reviewed_date::text, feedbacks from published.kpi_reviews where goal_id = '{goal['id']}'"
    assert company.query(said) == [("change", "2026-03-31", 1)]
    assert SAID in (company.served.parent / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "grain", "day"),
    [
        ("2026-03", "month", date(2026, 3, 15)),
        ("2026-Q2", "quarter", date(2026, 5, 15)),
        ("2026Q4", "quarter", date(2026, 11, 14)),
        ("2026", "year", date(2026, 7, 2)),
    ],
)
def test_a_period_is_written_as_people_write_it(written: str, grain: str, day: date) -> None:
    assert _period(written) == (grain, day)


@pytest.mark.parametrize("written", ["2026-13", "2026-Q5", "2026-3", "0026", "May", "2026-03-01", ""])
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(KpiError, match="is no period"):
        _period(written)


def test_what_is_not_published_cannot_be_spoken_of(company: SmallCompany) -> None:
    text = ("--text", "odd")
    assert "no KPI win_rat is published (did you mean win_rate?)" in refused(
        company, "feedback", "win_rat", "--period", "2026-03", *text
    )
    assert "no figure of win_rate for company in 2031-03" in refused(
        company, "feedback", "win_rate", "--period", "2031-03", *text
    )
    assert "no unit moon is published" in refused(
        company, "feedback", "win_rate", "--period", "2026-03", "--unit", "moon", *text
    )
    assert "yesterday is no period" in refused(company, "feedback", "win_rate", "--period", "yesterday", *text)
    assert "--text is missing" in refused(company, "feedback", "win_rate", "--period", "2026-03")
    assert "2,001 characters" in refused(company, "feedback", "win_rate", "--period", "2026-03", "--text", "x" * 2001)


def test_a_decision_names_a_goal_a_word_and_a_reason(company: SmallCompany) -> None:
    goal = next((company.folder / "kpi_definitions" / "goals").rglob("*.yml")).stem
    assert "there is no goal moon" in refused(company, "goals", "review", "moon", "--decision", "keep", "--text", "x")
    assert "maybe is no decision" in refused(company, "goals", "review", goal, "--decision", "maybe", "--text", "x")
    assert "--text is missing" in refused(company, "goals", "review", goal, "--decision", "keep")
    said = kpi("goals", "review", "--due", "--config", company.folder).stdout
    assert "0 of 0 goals with a review are due on 2026-03-31" in said

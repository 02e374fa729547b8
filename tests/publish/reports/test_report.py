"""What a report says is what is published, adds up, and names where each suggestion comes from."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.model.company import Company, Person
from pipelines.model.report import FACTS, Rule
from pipelines.publish import format as fmt
from pipelines.publish.reports import contributors, data, findings, source
from pipelines.publish.reports.build import build
from pipelines.publish.reports.content import Cell, Report, Sentences, Table
from tests.publish.reports.conftest import SALES
from tests.publish.reports.served import change

Make = Callable[..., Report]


def table(report: Report, name: str) -> Table:
    (found,) = [block for s in report.sections for block in s.blocks if isinstance(block, Table) and block.id == name]
    return found


def lines(report: Report, name: str) -> list[str]:
    (section,) = [section for section in report.sections if section.id == name]
    return [line.text.en for block in section.blocks if isinstance(block, Sentences) for line in block.lines]


def column(found: Table, title: str) -> list[Cell]:
    place = [one.title.en for one in found.columns].index(title)
    return [row[place] for row in found.rows]


def test_each_grain_has_sections_of_its_own(made: Make) -> None:
    shown = {period: [s.id for s in made(period).sections] for period in ("2026-04", "2026-Q1", "2025")}
    assert shown["2026-04"] == ["attainment", "changes", "contributors", "activities", "stalled", "quality"]
    assert shown["2026-Q1"][:3] == ["attainment", "suggestions", "changes"]
    assert shown["2025"] == ["attainment", "trend", "growth", "contributors"]


def test_figures_are_those_of_the_published_table(made: Make, laid: Path) -> None:
    found = table(made("2026-Q1"), "changes")
    with duckdb.connect(str(laid / "kpi.duckdb"), read_only=True) as con:
        rows = con.execute(
            "select value, previous_value, previous_change, year_ago_value, year_ago_change from published.kpi_values"
            " where grain = 'quarter' and period_start = date '2026-01-01' and unit_id = 'lanhai'"
            f" and kpi_id in {tuple(SALES.kpis)} order by list_position({SALES.kpis}, kpi_id)"
        ).fetchall()
    assert [tuple(cell.value for cell in row[1:]) for row in found.rows] == rows


def test_a_closed_period_shows_its_closed_figure_and_says_what_it_would_be_today(made: Make) -> None:
    report = made("2026-Q1")
    assert {a.en: b.en for a, b in report.meta}["State of the period"] == "closed: figures stay"
    shown = column(table(report, "changes"), "Actual")[0].value
    assert shown is not None
    assert column(table(report, "quality"), "Would be today")[0].value == shown + 1


def test_a_running_period_says_what_is_due_and_where_it_lands(made: Make) -> None:
    report = made("2026-Q2")
    assert report.meta[1][1].en.startswith("running")
    assert [one.title.en for one in table(report, "attainment").columns][2:5] == ["Due by now", "Target", "Pace"]
    month = SALES.model_copy(update={"quarter": SALES.month})
    (first, *_) = table(made("2026-Q2", said=month), "landing").rows
    value = first[2].value
    assert value is not None
    interval = " – ".join(fmt.number(value / 2 * times, "money").en for times in (1, 3))
    assert [cell.text.en for cell in first[3:]] == [interval, "30.0%", "1,000", "working days gone"]


def test_the_differences_of_units_add_up_to_that_of_the_total(made: Make) -> None:
    tried = 0
    for audience in ("", "region_east"):
        for period in ("2026-04", "2026-Q1", "2026-Q2", "2025"):
            report = made(period, audience)
            for section in report.sections:
                for block in section.blocks:
                    if isinstance(block, Table) and block.id.startswith("by_unit_"):
                        *parts, total = (cell.value or 0 for cell in column(block, "Difference"))
                        assert sum(parts) == pytest.approx(total, abs=Decimal("0.000002"))
                        tried += 1
    assert tried > 15


def test_what_is_counted_in_several_units_stands_in_a_row_of_its_own(made: Make, own: Path) -> None:
    won = "kpi_id = 'new_customers' and unit_id = 'lanhai' and grain = 'quarter' and period_start = '2026-01-01'"
    change(own / "kpi.duckdb", f"update published.kpi_values set value = value - 3 where {won}")
    found = table(made("2026-Q1", serving=own), "by_unit_new_customers")
    assert [row[0].text.en for row in found.rows[-2:]] == ["In no unit, in several, or moved", "Total"]
    assert column(found, "Difference")[-2].text.en in ("−2", "−3", "−4")


def test_the_factors_of_a_ratio_add_up_and_a_running_period_has_none(made: Make) -> None:
    found = table(made("2026-Q1"), "by_factor")
    for row in found.rows:
        assert row[-3].value + row[-2].value == pytest.approx(row[-1].value, abs=Decimal("0.000002"))  # type: ignore[operator]
    with pytest.raises(ValueError, match="not enough values"):
        table(made("2026-Q2"), "by_factor")


def test_the_unit_that_made_the_change_stands_first(made: Make) -> None:
    found = table(made("2026-Q1"), "by_unit_win_rate")
    assert found.rows[0][0].text.en == "South China"  # where won deals were lost
    own_change, mix = column(found, "Own change")[0].value, column(found, "Mix")[0].value
    assert own_change is not None
    assert own_change < Decimal("-0.02") < (mix or 0)


def test_gaps_of_units_add_up_and_what_is_not_split_down_has_a_row(made: Make) -> None:
    *units, total = table(made("2026-Q1"), "units_won_amount").rows
    assert [row[0].text.en for row in units] == ["South China", "East China"]  # who lacks most first
    assert sum(row[3].value or 0 for row in units) == pytest.approx(total[3].value, abs=Decimal("0.00001"))


def test_every_suggestion_names_a_rule_and_its_condition(made: Make, rules: list[Rule]) -> None:
    (section,) = [section for section in made("2026-Q1").sections if section.id == "suggestions"]
    (block,) = section.blocks
    assert isinstance(block, Sentences)
    known = {rule.id: rule.when.en for rule in rules}
    assert {line.rule: line.when.en for line in block.lines if line.when} == {
        name: known[name]
        for name in ("broken_by_activity", "broken_by_conversion", "one_unit_behind", "gap_in_unit", "decide_stalled_deals",
                     "mend_held_rows", "ratio_fell_by_numerator", "spread_what_works", "ratio_fell_by_denominator")
        if name in {line.rule for line in block.lines}
    }  # fmt: skip
    said = {line.rule: line.text.en for line in block.lines}
    assert (
        said["broken_by_activity"]
        == "Valid visits is short: plan what is lacking into the next two weeks with +Wang Lei"
    )
    assert "South China" in said["one_unit_behind"]
    assert said["decide_stalled_deals"].startswith("4 deals are stalled (most with +Wang Lei, @Li Na)")


def test_findings_say_what_rules_may_ask_for(laid: Path, company: Company) -> None:
    seen = set()
    for period in ("2026-Q1", "2026-Q2"):
        with source.opened(laid, "") as opened:
            read = data.read(opened, period, company, [*SALES.kpis, "valid_visits"])
        for one in findings.find(read, SALES.kpis, contributors.trace(read, SALES.kpis)):
            assert set(one.facts) == set(FACTS[one.kind].facts), one.kind
            assert set(one.words) == set(FACTS[one.kind].words), one.kind
            seen.add(one.kind)
    assert seen >= {"missed", "landing", "broken_link", "worse", "better", "factor", "mix", "held_rows", "failing_check",
                    "stalled"}  # fmt: skip


def test_problems_are_named_worst_first_with_who_sees_to_them(made: Make) -> None:
    found = table(made("2026-Q1"), "problems")
    kinds = [row[0].text.en for row in found.rows]
    assert kinds == ["Goal behind", "Broken link", "Broken link", "Stalled deals", "Check failed", "Rows set aside"]
    assert found.rows[0][1].text.en.startswith("Win rate reached 80.0%; largest gap: South China")
    assert found.rows[0][2].text.en == "sales_ops"


def test_a_blocked_kpi_is_a_problem_and_the_first_suggestion(made: Make, own: Path) -> None:
    change(own / "kpi.duckdb", "update published.kpi_values set quality = 'blocked' where kpi_id = 'won_amount'")
    report = made("2026-Q1", serving=own)
    assert table(report, "problems").rows[0][0].text.en == "Held back"
    assert lines(report, "suggestions")[0].startswith("Ask sales_ops to mend the source first: Contract value signed")
    assert report.headline[-1].text.en == "1 KPIs are held back for their data."


def test_an_audience_sees_its_own_rows_only(made: Make) -> None:
    report = made("2026-Q1", "region_south")
    words = " ".join(
        cell.text.en for s in report.sections for b in s.blocks if isinstance(b, Table) for r in b.rows for cell in r
    )
    assert "=Shenzhen" in words
    assert "East China" not in words
    assert "+Wang Lei" not in words
    assert "Rows set aside" not in words  # counted for the company only


def test_a_copy_for_the_audience_is_read_instead_of_the_whole_file(made: Make, own: Path) -> None:
    (own / "region_east").mkdir()
    (own / "kpi.duckdb").rename(own / "region_east" / "kpi.duckdb")
    assert made("2026-Q1", "region_east", serving=own).unit.en == "East China"


def test_a_goal_with_viewers_is_shown_only_where_everybody_of_the_audience_may_see_it(
    own: Path, company: Company, rules: list[Rule]
) -> None:
    history = '(act_no, goal_id, state, said) values (1, \'fy26_won_amount\', \'approved\', \'{"viewers": {"roles": ["manager"], "people": []}}\')'
    change(own / "kpi.duckdb", f"insert into published.goal_history {history}")
    boss = Person(id="boss", name="Boss", unit="region_east", roles=["manager"])
    guest = Person(id="guest", name="Guest", unit="region_east", roles=["viewer"])

    def status(*people: Person) -> str:
        named = {person.id: person for person in people}
        report = build(own, company, SALES, rules, "region_east", "2026-Q1", named)
        found = table(report, "attainment")
        rows = {row[0].text.en: row for row in found.rows}
        return rows["Contract value signed"][[one.title.en for one in found.columns].index("Status")].text.en

    assert status(boss) == "On track"
    assert status(boss, guest) == "No target"
    assert status() == "No target"  # nobody is known to read it


def test_an_audience_without_tables_of_the_company_still_has_a_report(made: Make, own: Path) -> None:
    left = (
        "quarantine_effect",
        "kpi_reviews",
        "restatements",
        "goal_drivers",
        "deals_stalled",
        "scorecards",
        "feedback",
    )
    change(own / "kpi.duckdb", *(f"drop table published.{name}" for name in left))
    assert next(s.id for s in made("2026-Q1", "region_east", serving=own).sections) == "attainment"


def test_a_kpi_with_only_nulls_and_a_report_of_nothing_else(made: Make) -> None:
    rows = table(made("2026-Q1"), "attainment").rows
    assert [cell.text.en for cell in rows[-1][:2]] == ["Lifetime value", "–"]
    alone = SALES.model_copy(update={"kpis": ["clv"], "activities": []})
    assert made("2026-Q1", said=alone).headline[0].text.en == "No goals are set for this period."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": "2026-Q9"}, "2026-Q9 is no period. Next: write 2026-05, 2026-Q2 or 2026"),
        ({"period": "quater"}, "quater is no period (did you mean quarter?)"),
        ({"period": "2027-Q1"}, "no figures of 2027-Q1 are published. Next: there are 2023-Q1 to 2026-Q2"),
        ({"period": "1999"}, "no figures of 1999 are published. Next: there are 2023 to 2026"),
        ({"audience": "region_eest"}, "no unit region_eest is published (did you mean region_east?)"),
        ({"audience": "../../etc"}, "no unit ../../etc is published"),
        ({"audience": "x' or 1=1 --"}, "no unit x' or 1=1 -- is published"),
        ({"said": SALES.model_copy(update={"year": None}), "period": "2025"}, "sales has no report of a year. Next: it has"),
        ({"said": SALES.model_copy(update={"kpis": ["nps"]})}, "no figure of sales is published for lanhai in 2026-Q1"),
    ],
)  # fmt: skip
def test_what_cannot_be_reported_is_told_with_a_next_step(made: Make, asked: dict[str, str], said: str) -> None:
    with pytest.raises(KpiError) as told:
        made(**asked)
    assert said in str(told.value)


def test_nothing_published_and_a_broken_file_are_told(made: Make, tmp_path: Path) -> None:
    with pytest.raises(KpiError, match="nothing has been published yet"):
        made(serving=tmp_path)
    (tmp_path / "kpi.duckdb").write_bytes(b"no database" * 500)
    with pytest.raises(KpiError, match="cannot be read"):
        made(serving=tmp_path)

"""Whatever a label says and whatever is missing, the page stays whole, and nothing is executed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.publish.page import write_page

from .conftest import Visit
from .files import made_up
from .unpacked import head_and_columns

LABELS = [
    "</script><script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "'; window.hacked = 1; // ${window.hacked = 1} {{ 7 * 7 }} $& {0} {}",
    "javascript:window.hacked=1",
    "👩‍💼🚀 “引号” ‘et’ \u202eback\u202c \u0000nul".replace("\u0000", ""),
    "长" * 300,
    "W" * 300,
    "a\nb\tc  d",
    "&lt;b&gt; &amp; <!-- ]]> -->",
    "#kpi/x?y=%00",
]
Changed = Callable[..., Path]


@pytest.fixture
def changed(serving_file: Path, tmp_path: Path) -> Changed:
    """The page of the sample after some SQL."""

    def draw(*statements: str, values: list[object] | None = None) -> Path:
        file = tmp_path / "kpi.duckdb"
        shutil.copyfile(serving_file, file)
        with duckdb.connect(str(file)) as con:
            for statement in statements:
                con.execute(statement, values if "?" in statement else None)
        return write_page(file, tmp_path)

    return draw


RELABEL = [
    "create table said as select unnest(?::varchar[]) as label, unnest(range(10)) as place",
    *(
        f"update {table} set {zh} = said.label || ' ' || {key}, {en} = said.label from said where place = hash({key}) % 10"
        for table, zh, en, key in (
            ("published.units", "label_zh", "label_en", "unit_id"),
            ("published.kpi_catalog", "label_zh", "label_en", "kpi_id"),
            ("published.kpi_catalog", "description_zh", "description_en", "kpi_id"),
            ("published.goal_attainment", "label_zh", "label_en", "unit_id"),
            ("published.goal_drivers", "label_zh", "label_en", "kpi_id"),
            ("published.quality_results", "why_zh", "why_en", '"check"'),
            ("published.scorecards", "label_zh", "label_en", "unit_id"),
            ("published.scorecard_items", "label_zh", "label_en", "kpi_id"),
        )
    ),
    "update published.feedback set said = label, author = label from said where place = act_no % 10",
    "update published.kpi_catalog set formula = label, owner = label from said where place = hash(kpi_id) % 10",
]


@pytest.mark.parametrize("width", [1280, 360])
def test_labels_are_text_everywhere_and_fit(visit: Visit, changed: Changed, shots: Path, width: int) -> None:
    path = changed(*RELABEL, values=[LABELS])
    for hash_ in ("", "#unit/team_e1", "#kpi/won_amount/lanhai", "#goals/team_e1", "#quality"):
        page = visit(hash_, path=path, width=width)
        page.wait_for_timeout(300)
        assert page.evaluate("window.hacked === undefined")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("main img, main script, main iframe").count() == 0
        page.screenshot(
            path=shots / f"labels_{width}_{hash_.strip('#').split('/')[0] or 'scorecard'}.png", full_page=True
        )
    page.fill("#find", "w" * 20)
    assert page.locator("#found li").count() >= 1


def test_a_company_without_any_figure_has_a_page(visit: Visit, changed: Changed, shots: Path) -> None:
    path = changed(
        "delete from published.kpi_values", "delete from published.goal_attainment",
        "delete from published.goal_drivers", "delete from published.kpi_catalog",
    )  # fmt: skip
    page = visit(path=path)
    assert "No KPI to show yet." in page.inner_text("#scorecard")
    page.screenshot(path=shots / "empty.png")
    page.click("nav.tabs >> text=Goals")
    page.wait_for_selector("text=No goal is running for this unit.")
    page.fill("#find", "chen")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drill >> text=No KPI to show yet.")
    page.click("nav.tabs >> text=Data quality")
    assert page.locator("#loads").is_visible()


def test_a_unit_without_figures_says_so_and_leads_on(visit: Visit, changed: Changed, shots: Path) -> None:
    path = changed("delete from published.kpi_values where unit_id in ('team_s1', 'region_south')")
    page = visit("#unit/region_south", path=path)
    page.wait_for_selector("text=No KPI to show for this unit in this period.")
    page.screenshot(path=shots / "unit_without_figures.png", full_page=True)
    page = visit("#kpi/won_amount/team_s1", path=path)
    page.wait_for_selector("text=This unit has no figures of this KPI.")
    page.wait_for_selector("#drill >> text=Definition and owner")


def test_a_kpi_of_nulls_keeps_its_card_and_its_trend_says_that_nothing_is_known(visit: Visit, changed: Changed) -> None:
    path = changed(
        "update published.kpi_values set value = null, year_ago_change = null, state = 'no_data' where kpi_id = 'win_rate'",
        "update published.goal_attainment set actual = null, attainment = null, pace = null, target = null, landing = null"
        " where kpi_id = 'win_rate'",
    )
    page = visit(path=path)
    card = page.inner_text('.board:visible article[data-kpi="win_rate"]')
    assert "No data" in card
    assert "–" in card
    page = visit("#kpi/win_rate/lanhai", path=path)
    page.wait_for_selector("text=This unit has no figures of this KPI.")
    page = visit("#goals", path=path)
    page.wait_for_selector(".goal-card")


def test_a_single_period_is_a_point(visit: Visit, changed: Changed) -> None:
    path = changed("delete from published.kpi_values where period_start < date '2026-06-01' and grain = 'month'")
    page = visit("#kpi/won_amount/lanhai", path=path)
    page.wait_for_selector("svg.chart circle.dot")
    assert page.locator("svg.chart circle.dot").count() == 1


def test_five_thousand_people_are_found_and_paged(visit: Visit, tmp_path: Path, shots: Path) -> None:
    path = write_page(made_up(tmp_path / "kpi.duckdb", kpis=6, teams=100, reps=5000), tmp_path)
    assert path.stat().st_size < 8_000_000
    head, _ = head_and_columns(path.read_text(encoding="utf-8"))
    assert head["grains"]["month"]["depth"][-1] == 12  # what docs/page.md says of 5,000 people and 6 KPIs
    page = visit(path=path)
    page.wait_for_selector("table.numbers")
    assert page.locator("option").count() < 100  # no list of people anywhere
    page.locator("#scorecard .controls select").nth(2).select_option(label="Person")
    assert page.locator("table.numbers tbody tr").count() == 100
    assert "1–100 of 5,000" in page.inner_text(".pager")
    page.click(".pager >> text=Next")
    assert "101–200 of 5,000" in page.inner_text(".pager")
    page.fill("#scorecard .controls input", "person 4999")
    assert page.locator("table.numbers tbody tr").count() == 1
    page.screenshot(path=shots / "five_thousand.png", full_page=True)
    page.fill("#find", "Person 4321")
    assert page.locator("#found li").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_selector("#drill h2 >> text=Person 4321")
    assert page.locator("#drill article.card").count() == 6

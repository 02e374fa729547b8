"""A manager reads the page in a real browser: languages, drill, trend, goals, quality, print, phone, keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.publish import format as fmt
from pipelines.publish.words import QUALITY, STATUS

from .conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page


def shown(page: Page) -> str:
    """The view that is shown."""
    return page.inner_text("main > .view:not([hidden])")


def card(page: Page, kpi: str) -> str:
    return " ".join(page.inner_text(f'.board:visible article[data-kpi="{kpi}"]').split())


def test_the_first_screen_needs_no_script(visit: Visit, shots: Path) -> None:
    page = visit(java_script_enabled=False)
    page.screenshot(path=shots / "no_script.png")
    assert "签单金额" in card(page, "won_amount")  # the page's own language: ?lang= is read by the script
    assert "进度" in card(page, "won_amount")
    assert page.locator(".board:visible article.card").count() == 8
    assert page.locator("#quality").is_visible()


def test_a_switch_changes_every_word_and_is_remembered_by_the_page(visit: Visit, shots: Path) -> None:
    page = visit(lang="zh")
    page.wait_for_selector("table.numbers")
    page.screenshot(path=shots / "scorecard_zh.png", full_page=True)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.click('[data-set-lang="en"]')
    page.wait_for_selector("table.numbers >> text=East region")
    assert page.locator("html").get_attribute("lang") == "en"
    said = page.inner_text("body").replace("中文", "").replace("语言", "")
    for quoted in ("六月少记一单", "没有负责人"):  # what people and data say is shown as they said it
        said = said.replace(quoted, "")
    assert re.findall(r"[\u4e00-\u9fff]+", said) == []
    page.screenshot(path=shots / "scorecard_en.png", full_page=True)
    page.click('[data-set-grain="quarter"]')
    assert "Q2 2026" in shown(page)
    catalogue = page.locator("nav.tabs a").last
    for lang in ("zh", "en", "zh"):
        page.click(f'[data-set-lang="{lang}"]')
        assert catalogue.get_attribute("href") == f"catalogue/index.html?lang={lang}"


def test_a_manager_drills_from_the_company_to_a_person_and_back(visit: Visit, shots: Path) -> None:
    page = visit()
    for name, hash_ in (("East region", "region_east"), ("Shanghai 1", "team_e1"), ("Chen Jing", "e001")):
        page.click(f"table.numbers tbody th a >> text={name}")
        page.wait_for_selector(f"#drill h2 >> text={name}")
        assert page.evaluate("location.hash") == f"#unit/{hash_}"
    assert page.locator("#drill article.card").count() == 8
    assert page.inner_text("nav.path").split("\n") == ["Lanhai Instruments", "East region", "Shanghai 1", "Chen Jing"]
    page.screenshot(path=shots / "person.png", full_page=True)
    page.click("nav.path a >> text=East region")
    page.wait_for_selector("#drill h2 >> text=East region")
    page.go_back()
    page.wait_for_selector("#drill h2 >> text=Chen Jing")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drill h2 >> text=Shanghai 1")
    page.click("nav.path a >> text=Lanhai Instruments")
    page.wait_for_selector("#scorecard:visible")


def test_two_clicks_lead_from_a_number_to_its_definition_its_quality_and_its_owner(visit: Visit, shots: Path) -> None:
    page = visit()
    page.click("table.numbers tbody tr:has-text('East region') td.n a")  # the first click
    page.wait_for_selector(".facts-of")
    page.screenshot(path=shots / "kpi.png", full_page=True)
    links = page.eval_on_selector_all("#drill a", "links => links.map(a => a.getAttribute('href'))")
    assert "catalogue/kpis/won_amount.html?lang=en" in links
    assert any(link.startswith("mailto:qin@example.com?subject=") for link in links)
    assert "Qin Lan (sales_ops)" in page.inner_text(".facts-of")
    page.click(".facts-of a >> text=Data quality")  # the second
    page.wait_for_selector("#quality-won_amount:visible")
    assert page.evaluate("document.activeElement.id") == "quality-won_amount"
    assert page.locator("#quality-won_amount").get_attribute("class") == "arrived"
    assert "Qin Lan (sales_ops)" in page.inner_text("#quality-won_amount")


def test_a_card_leads_there_without_a_script_as_well(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.click('.board:visible article[data-kpi="won_amount"] summary')
    fold = page.locator('.board:visible article[data-kpi="won_amount"]')
    links = fold.locator("a:visible").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert "#quality-won_amount" in links
    assert "catalogue/kpis/won_amount.html" in links
    assert any(link.startswith("mailto:qin@example.com") for link in links)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_trend_says_each_figure_of_the_table(visit: Visit, serving_file: Path, lang: str) -> None:
    page = visit("#kpi/won_amount/team_e1", lang=lang)
    page.click("details.all-figures summary")
    rows = [line.split("\t") for line in page.inner_text("table.history tbody").split("\n")]
    with duckdb.connect(str(serving_file), read_only=True) as con:
        expected = con.execute(
            """
            select v.period_start, v.value, g.target, case when g.is_closed then g.attainment else g.pace end,
                g.status, v.year_ago_change, v.quality
            from published.kpi_values as v join published.goal_attainment as g
                using (kpi_id, grain, level, unit_id, period_start)
            where kpi_id = 'won_amount' and grain = 'month' and unit_id = 'team_e1' order by 1 desc
            """
        ).fetchall()
    assert len(rows) == 30
    assert [[cell.strip() for cell in row] for row in rows] == [
        [
            getattr(fmt.period("month", start), lang), getattr(fmt.number(value, "money"), lang),
            getattr(fmt.number(target, "money"), lang), fmt.share(reached), getattr(STATUS[status], lang),
            getattr(fmt.change(change, "money"), lang), getattr(QUALITY[quality], lang),
        ]
        for start, value, target, reached, status, change, quality in expected
    ]  # fmt: skip


KPIS = {  # label in zh and en, unit
    "won_amount": ("签单金额", "Contract value signed", "money"),
    "win_rate": ("赢单率", "Win rate", "ratio"),
    "new_customers": ("新客户数", "New customers", "count"),
    "sales_cycle_days": ("销售周期", "Sales cycle", "day"),
}
OF_TEAMS = """
select u.label_{lang}, v.value, g.target, case when g.is_closed then g.attainment else g.pace end, v.year_ago_change
from published.kpi_values as v
join published.units as u on v.unit_id = u.unit_id
left join published.goal_attainment as g
    on (v.kpi_id, v.grain, v.level, v.unit_id, v.period_start) = (g.kpi_id, g.grain, g.level, g.unit_id, g.period_start)
where v.kpi_id = ? and v.grain = ? and v.level = 'team' and v.period_start = (
    select distinct period_start from published.kpi_values where grain = ? order by 1 desc limit 1 offset ?
)
"""


@pytest.mark.parametrize(("grain", "lang", "back"), [("month", "zh", 0), ("month", "en", 7), ("quarter", "en", 0)])
def test_the_table_of_units_shows_the_numbers_of_the_file(
    visit: Visit, serving_file: Path, grain: str, lang: str, back: int
) -> None:
    page = visit(lang=lang, grain=grain)
    page.wait_for_selector("table.numbers")
    kpi_pick, period_pick, level_pick = page.locator("#scorecard .controls select").all()
    level_pick.select_option(label={"zh": "团队", "en": "Team"}[lang])
    period_pick.select_option(index=back)
    for kpi, (zh, en, unit) in KPIS.items():
        kpi_pick.select_option(label=zh if lang == "zh" else en)
        rows = page.eval_on_selector_all(
            "table.numbers tbody tr", "all => all.map(r => [...r.cells].map(c => c.innerText.trim()))"
        )
        with duckdb.connect(str(serving_file), read_only=True) as con:
            found = con.execute(OF_TEAMS.format(lang=lang), [kpi, grain, grain, back]).fetchall()
        assert len(found) == len(rows) == 4
        for label, value, target, reached, change in found:
            (row,) = [cells for cells in rows if cells[0].startswith(label)]
            assert [row[i] for i in (1, 2, 3, 5)] == [
                getattr(fmt.number(value, unit), lang), getattr(fmt.number(target, unit), lang),
                fmt.share(reached), getattr(fmt.change(change, unit), lang),
            ]  # fmt: skip


def test_the_goal_page_shows_the_tree_and_the_link_that_broke(visit: Visit, shots: Path) -> None:
    page = visit("#goals/team_e1")
    page.wait_for_selector(".goal-card .tree")
    tree = page.locator(".goal-card .tree").first
    said = " ".join(tree.inner_text().split())
    assert "Contract value signed" in said
    assert "New customers 9 / due 8" in said
    assert "Sales cycle 52.0 days / due 40.0 days Broken link: too little activity" in said
    assert tree.locator("ul ul ul .driver.broken").count() == 1  # below what it leads to
    page.screenshot(path=shots / "goals_team.png", full_page=True)
    page = visit("#goals", lang="zh")
    page.wait_for_selector(".goal-card")
    assert "断点" in shown(page)
    page.screenshot(path=shots / "goals_company.png", full_page=True)
    page.click(".people a >> text=上海一组")
    page.wait_for_selector("h2 >> text=目标：上海一组")


def test_the_forecast_stands_on_the_goal_and_on_the_trend(visit: Visit) -> None:
    page = visit("#kpi/won_amount/lanhai")
    page.wait_for_selector("svg.chart")
    assert page.locator("svg.chart path.band").count() == 1
    assert page.locator("svg.chart path.lands-at").count() == 1
    assert page.locator("svg.chart circle.dot").count() == 30
    assert page.locator("svg.chart circle.open").count() == 1  # the month is not over
    assert "40 % likely to reach the target" in shown(page)


def test_what_is_held_back_and_what_has_no_target_say_so_in_words_and_shapes(visit: Visit, shots: Path) -> None:
    page = visit()
    assert "Data held back" in card(page, "resolution_sla")
    assert "No target" in card(page, "retention_rate")
    assert page.locator('article[data-kpi="resolution_sla"]:visible .pill use').get_attribute("href") == "#s-blocked"
    assert page.locator('article[data-kpi="retention_rate"]:visible .pill use').get_attribute("href") == "#s-none"
    assert page.locator('article[data-kpi="retention_rate"]:visible .to-goal').count() == 0
    page.locator('article[data-kpi="resolution_sla"]:visible').screenshot(path=shots / "blocked.png")
    page.goto(page.url.split("#")[0] + "#kpi/resolution_sla/lanhai")
    page.wait_for_selector(".now.blocked")
    page.screenshot(path=shots / "blocked_kpi.png", full_page=True)


def test_the_quality_page_names_what_is_held_back_whose_it_is_and_since_when(visit: Visit, shots: Path) -> None:
    page = visit("#quality")
    said = " ".join(page.inner_text("#quality").split())
    assert "3 of 4 checks did not pass." in said
    assert "Table held back, KPIs keep their last good values" in said
    assert "service_desk" in said
    first = page.inner_text("#quality-kpis tbody tr >> nth=0")
    assert "Data held back" in first  # the worst first
    page.screenshot(path=shots / "quality.png", full_page=True)


@pytest.mark.parametrize("hash_", ["", "#unit/team_e1", "#kpi/won_amount/lanhai", "#goals/team_e1", "#quality"])
def test_a_telephone_shows_every_view_without_scrolling_sideways(visit: Visit, shots: Path, hash_: str) -> None:
    page = visit(hash_, lang="zh", width=360)
    page.wait_for_timeout(200)
    page.screenshot(
        path=shots / f"phone_{re.sub(r'[^a-z_]+', '_', hash_ or 'scorecard').strip('_')}.png", full_page=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_on_paper_there_is_the_view_and_no_controls(visit: Visit, shots: Path) -> None:
    page = visit(lang="zh", grain="quarter")
    page.wait_for_selector("table.numbers")
    page.emulate_media(media="print")
    for control in (".tools", "nav.tabs", ".controls", "details"):
        assert page.locator(control).first.is_hidden(), control
    assert page.locator('.board:visible article[data-kpi="won_amount"]').is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=shots / "print.pdf", prefer_css_page_size=True, print_background=True)
    assert (shots / "print.pdf").read_bytes().startswith(b"%PDF")


def test_the_keyboard_alone_reaches_everything(visit: Visit) -> None:
    page = visit()
    page.wait_for_selector(".find:visible")

    def focused() -> str:
        return page.evaluate("(document.activeElement.textContent || document.activeElement.id).trim()")

    page.keyboard.press("Tab")
    assert "Skip to content" in focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("location.hash") == ""
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("chen")
    assert page.locator("#found [aria-selected=true]").inner_text().startswith("Chen Jing")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drill h2 >> text=Chen Jing")
    assert focused().startswith("Chen Jing")  # reading goes on at the heading
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".facts-of")
    page.focus("svg.chart")
    before = page.inner_text(".readout")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text(".readout") != before
    assert "May 2026" in page.inner_text(".readout")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drill h2 >> text=Chen Jing")


def test_names_say_where_every_control_is(visit: Visit) -> None:
    """What a screen reader would read of the controls that are shown: none is without a name."""
    page = visit("#kpi/won_amount/lanhai")
    page.wait_for_selector("#drill table.numbers")
    nameless = page.eval_on_selector_all(
        "button:not([hidden]), a[href], select, input, [role=region], svg[role=img]",
        """all => all.filter(e => e.checkVisibility() && !(e.getAttribute('aria-label') || e.innerText?.trim()
            || e.closest('label')?.innerText.trim())).map(e => e.outerHTML)""",
    )
    assert nameless == []


def test_a_link_to_what_is_not_here_says_so(visit: Visit) -> None:
    for hash_ in ("#unit/nobody", "#kpi/nothing/lanhai", "#kpi/won_amount/%E0%A4%A", "#unit/%3Cscript%3E"):
        page = visit(hash_)
        page.wait_for_function("document.querySelector('main > .view:not([hidden])').innerText.trim().length > 0")
        assert page.locator("main > .view:visible").count() == 1
    page = visit("#unit/nobody")
    page.wait_for_selector("text=What this link points to is not on this page.")

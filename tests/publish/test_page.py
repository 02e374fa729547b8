"""The page is whole, in both languages, asks nobody for anything and runs nothing that a label says."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.publish.page import write_page
from pipelines.publish.page.cards import status
from pipelines.publish.serving import publish
from pipelines.settings import Settings

from .conftest import AS_OF, KPIS, NOW, RUN
from .page.unpacked import head_and_columns

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def page(settings: Settings) -> Callable[[], Path]:
    """Publishes the sample as it is now and writes its page."""

    def write() -> Path:
        return write_page(publish(settings, RUN, AS_OF, NOW, "abc").path, settings.serving)

    return write


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in self.raw:
            self.raw[self.cdata_elem][-1] += data


def test_page_refers_to_nothing_outside_itself(page: Callable[[], Path]) -> None:
    elements = Elements(page().read_text(encoding="utf-8"))
    for tag, said in elements.tags:
        assert "src" not in said, tag
        assert (said.get("href") or "#").startswith(("#", "data:,", "catalogue/")), tag  # the folder beside it
        assert "style" not in said, f"{tag}: the policy would refuse it"
        assert not [name for name in said if name.startswith("on")], tag
    style = elements.raw["style"][0]
    assert "url(" not in style
    assert "@import" not in style


def test_page_allows_only_its_own_script_and_style(page: Callable[[], Path]) -> None:
    elements = Elements(page().read_text(encoding="utf-8"))
    policy = next(
        said["content"] or "" for tag, said in elements.tags if said.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for text in (elements.raw["style"][0], elements.raw["script"][-1]):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy


def test_page_says_everything_in_both_languages(page: Callable[[], Path]) -> None:
    text = page().read_text(encoding="utf-8")
    for _, _, _, _, zh, en, *_ in KPIS:
        assert f'<span lang="zh">{zh}</span><span lang="en">{en}</span>' in text
    assert len(re.findall('<span lang="zh">', text)) == len(re.findall('<span lang="en">', text))
    assert "33 行已隔离，不计入（共 8,800 行）" in text
    assert "33 of 8,800 rows set aside, not counted" in text


def test_page_shows_markup_in_a_label_as_text(page: Callable[[], Path], change: Callable[..., None]) -> None:
    change(
        f"update published.kpi_catalog set label_en = '{HOSTILE}', formula = '{HOSTILE}' where kpi_id = 'won_amount'",
        f"update published.units set label_zh = '{HOSTILE}'",
        f"update published.quality_results set why_en = '{HOSTILE}', why_zh = '{HOSTILE}', owner = '{HOSTILE}'",
    )
    text = page().read_text(encoding="utf-8")
    elements = Elements(text)
    assert [tag for tag, _ in elements.tags if tag in ("script", "img")] == ["script", "script"]
    assert html.escape(HOSTILE) in text
    assert head_and_columns(text)[0]["kpis"][0]["en"] == HOSTILE


def test_page_stays_whole_without_goals_values_or_failures(
    page: Callable[[], Path], change: Callable[..., None]
) -> None:
    change(
        "delete from published.goal_attainment",
        "update published.kpi_values set value = null, state = 'no_data', year_ago_change = null",
        "update published.quality_results set status = 'pass'",
    )
    text = page().read_text(encoding="utf-8")
    assert "No goals for this period." in text
    assert "All 4 checks passed." in text
    change("delete from published.kpi_values", "delete from gate.verdicts where verdict = 'block'")
    assert "No KPI to show yet." in page().read_text(encoding="utf-8")


def test_page_needs_a_serving_file(tmp_path: Path) -> None:
    with pytest.raises(KpiError, match="no serving file"):
        write_page(tmp_path / "kpi.duckdb", tmp_path)


@pytest.mark.parametrize(
    ("value", "goal", "word"),
    [
        ({"quality": "blocked", "state": "ok"}, {"status": "green"}, "blocked"),
        ({"quality": "ok", "state": "small_sample"}, {"status": "green"}, "small_sample"),
        ({"quality": "warn", "state": "ok"}, {"status": "amber"}, "amber"),
        ({"quality": "ok", "state": "ok"}, None, "no_target"),
    ],
)
def test_status_is_never_better_than_the_data_behind_it(value: dict, goal: dict | None, word: str) -> None:
    assert status(value, goal) == word


def test_a_card_says_what_its_number_would_be_with_the_rows_that_are_set_aside(page: Callable[[], Path]) -> None:
    text = page().read_text(encoding="utf-8")
    assert text.count('class="held"') == 1  # records that cannot be read change nothing that anybody could say
    assert "已隔离 33 行；若计入：42.3%" in text
    assert "33 rows set aside; counting them: 42.3%" in text


def test_a_green_card_names_the_guardrail_that_falls_beside_it(
    page: Callable[[], Path], change: Callable[..., None]
) -> None:
    change(
        "alter table published.goal_attainment add column guardrail varchar",
        "update published.goal_attainment set guardrail = 'win_rate' where kpi_id = 'won_amount' and level = 'company'",
    )
    text = page().read_text(encoding="utf-8")
    assert "目标达成，但护栏指标「赢单率」比去年同期变差" in text
    assert "On target, but its guardrail “Win rate” is worse than a year ago" in text


def broken(unit: str, level: str, kpi: str, actual: int, due: str, how: str) -> str:
    """Makes a link of the running quarter's goal for value signed broken."""
    return f"""
        insert into published.goal_drivers by name
        select 'fy26_won_amount' as goal_id, '{level}' as level, '{unit}' as unit_id, 'quarter' as grain,
            date '2026-04-01' as period_start, '{kpi}' as kpi_id, 'won_amount' as parent_kpi_id, {actual} as actual,
            {due} as required_to_date, true as is_link_broken, '{how}' as broken_by, kpi.label_zh, kpi.label_en
        from published.kpi_catalog as kpi where kpi.kpi_id = '{kpi}'"""


def test_where_a_goal_is_missed_the_page_says_which_link_broke(
    page: Callable[[], Path], change: Callable[..., None]
) -> None:
    change(
        broken("lanhai", "company", "new_customers", 9, "16", "activity"),
        broken("team_e1", "team", "new_customers", 9, "8.25", "conversion"),
        broken("team_e1", "team", "sales_cycle_days", 50, "40", "activity"),  # less is better
        broken("team_e2", "team", "new_customers", 1, "2", "activity").replace("fy26_won", "another_won"),
        broken("region_east", "region", "new_customers", 1, "2", "activity"),
        "update published.goal_drivers set is_link_broken = false where unit_id = 'region_east'",
    )
    text = page().read_text(encoding="utf-8")
    assert text.count("新客户数 9，应达 16：活动不足") == 1  # on the card
    assert "New customers 9 of 16 due: activity" in text
    head, _ = head_and_columns(text)
    drivers, goals = head["drivers"], head["goals"]
    broken_at = {
        (head["units"][goals["unit"][of]]["id"], goals["kpi"][of], kpi): how
        for of, kpi, how in zip(drivers["of"], drivers["kpi"], drivers["broken"], strict=True)
    }
    assert broken_at == {
        ("lanhai", "won_amount", "new_customers"): "activity",
        ("team_e1", "won_amount", "new_customers"): "conversion",
        ("team_e1", "won_amount", "sales_cycle_days"): "activity",
        ("region_east", "won_amount", "new_customers"): None,  # its link holds; the driver of another goal is not here
    }
    assert {span["en"] for span in head["spans"]} == {"Jun 2026", "Q2 2026"}


def test_a_card_says_where_its_goal_lands(page: Callable[[], Path], change: Callable[..., None]) -> None:
    change(
        *(
            f"alter table published.goal_attainment add column if not exists {name} decimal(38, 6)"
            for name in ("landing", "landing_low", "landing_high", "hit_probability")
        ),
        "alter table published.goal_attainment add column landing_method varchar",
        "update published.goal_attainment set landing = 34200000, landing_low = 31000000, landing_high = 37150000,"
        " hit_probability = 0.7, landing_method = 'pipeline' where kpi_id = 'won_amount' and level = 'company'",
    )
    text = page().read_text(encoding="utf-8")
    assert "预计落在 3,420.0万（3,100.0万–3,715.0万），70% 的可能达成（按在途商机推算）" in text
    said = (
        "On course to land at 34.20M (31.00M–37.15M), 70 % likely to reach the target, with what the open deals promise"
    )
    assert said in text
    change(
        "update published.goal_attainment set landing_low = null, landing_high = null, hit_probability = null,"
        " landing_method = 'run_rate'"
    )
    text = page().read_text(encoding="utf-8")
    assert "预计落在 3,420.0万（按已过工作日推算）" in text
    assert "On course to land at 34.20M, by the working days gone" in text

"""The scorecards of the page show each score with its parts, what could not be judged, and whose guardrail falls."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.publish.page import write_page
from pipelines.publish.serving import publish
from pipelines.settings import Settings

from .conftest import AS_OF, NOW, RUN

HOSTILE = "</table><script>alert(1)</script>"


@pytest.fixture
def section(settings: Settings) -> Callable[[], str]:
    """The section of the scorecards, as text."""

    def write() -> str:
        page: Path = write_page(publish(settings, RUN, AS_OF, NOW, "abc").path, settings.serving)
        found = re.search(r'<section class="sheet" id="scorecards">.*?</section>', page.read_text("utf-8"), re.S)
        return found.group(0) if found else ""

    return write


def rows(section: str, language: str) -> list[list[str]]:
    """The cells of each row, head included, in one language."""
    other = {"zh": "en", "en": "zh"}[language]
    shown = re.sub(rf'<span lang="{other}">.*?</span>', "", section)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>.*?</tr>", shown, re.S)]
    return [[html.unescape(re.sub(r"<[^>]+>", " ", cell)).split() for cell in row] for row in cells]


def said(section: str, language: str) -> list[list[str]]:
    return [[" ".join(words) for words in row] for row in rows(section, language)]


def test_each_score_stands_beside_its_parts(section: Callable[[], str]) -> None:
    assert said(section(), "en") == [
        ["Region", "Score", "Status", "Judged", "Contract value signed 60%", "Customer satisfaction 40%"],
        [
            "East region", "108.5%", "On track", "100.0%",
            "120.0% ! guardrail falls: Win rate", "91.3%",
        ],
        ["South region", "70.0%", "Too little judged", "60.0%", "70.0%", "No target"],
    ]  # fmt: skip
    assert said(section(), "zh")[1:] == [
        ["华东大区", "108.5%", "达标", "100.0%", "120.0% ! 护栏变差：赢单率", "91.3%"],
        ["华南大区", "70.0%", "可评分不足", "60.0%", "70.0%", "无目标"],
    ]


def test_only_the_newest_period_is_shown_and_called_to_date_while_it_runs(
    section: Callable[[], str], change: Callable[..., None]
) -> None:
    assert "Q2 2026" in (text := section())
    assert "Q1 2026" not in text
    assert "to date" in text
    change("update published.scorecards set period_end = date '2026-06-16'")
    assert "to date" not in section()


def test_the_lowest_score_comes_first_and_what_has_none_last(
    section: Callable[[], str], change: Callable[..., None]
) -> None:
    change(
        "insert into published.scorecards by name select * replace ('region_north' as unit_id, 0.5 as score, 'red' as status)"
        " from published.scorecards where status = 'green'",
        "insert into published.scorecard_items by name select * replace ('region_north' as unit_id)"
        " from published.scorecard_items where unit_id = 'region_east' and period_start = date '2026-04-01'",
    )
    assert [row[0] for row in said(section(), "en")] == ["Region", "Region north", "East region", "South region"]


def test_without_scorecards_there_is_no_section(section: Callable[[], str], change: Callable[..., None]) -> None:
    change("delete from published.scorecards", "delete from published.scorecard_items")
    assert section() == ""


def test_a_label_is_shown_as_text(section: Callable[[], str], change: Callable[..., None]) -> None:
    change(
        f"update published.scorecards set label_zh = '{HOSTILE}'",
        f"update published.scorecard_items set label_en = '{HOSTILE}'",
    )
    text = section()
    assert "<script" not in text
    assert text.count(html.escape(HOSTILE)) >= 2

"""A page is drawn from any audience's file, has its unit at the top, and holds nothing of anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import KpiError
from pipelines.publish.page import data as page_data
from pipelines.publish.page import write_page

from .conftest import OWNERS, Visit
from .files import for_audience
from .unpacked import cells, head_and_columns

if TYPE_CHECKING:
    from playwright.sync_api import Page

OF = {
    "region_east": {"region_east", "team_e1", "team_e2", "e001", "e002"},
    "team_s1": {"team_s1", "e003"},
    "e001": {"e001"},
}
NAMES = {
    "lanhai": "Lanhai Instruments", "region_east": "East region", "region_south": "South region",
    "team_e1": "Shanghai 1", "team_e2": "Hangzhou", "team_s1": "Shenzhen", "e001": "Chen Jing", "e002": "Wang Lei",
    "e003": "Li Na",
}  # fmt: skip

Drawn = Callable[[str], Path]


@pytest.fixture(scope="session")
def page_of(serving_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The page of an audience, drawn once."""
    done: dict[str, Path] = {}

    def draw(audience: str) -> Path:
        if audience not in done:
            folder = tmp_path_factory.mktemp("audience") / audience
            file = for_audience(serving_file, audience, folder / "kpi.duckdb")
            done[audience] = write_page(file, folder, addresses=OWNERS, catalogue="../catalogue/")
        return done[audience]

    return draw


@pytest.mark.parametrize("audience", OF)
def test_the_unit_of_the_audience_is_the_top_and_nobody_else_is_in_the_file(page_of: Drawn, audience: str) -> None:
    text = page_of(audience).read_text(encoding="utf-8")
    head, _ = head_and_columns(text)
    assert head["units"][0]["id"] == audience
    assert head["units"][0]["up"] == -1
    assert {unit["id"] for unit in head["units"]} == OF[audience] == {cell.unit for cell in cells(text)}
    everything = text + json.dumps(head, ensure_ascii=False)
    for unit, name in NAMES.items():
        assert (name in everything) == (unit in OF[audience]), name
    assert f'<span lang="en">{NAMES[audience]}</span>' in text.split("<main")[0]
    assert 'href="../catalogue/index.html"' in text


def texts(page: Page, scope: str) -> list[list[str]]:
    """What each card says, without the fold for scriptless readers."""
    return page.eval_on_selector_all(
        f"{scope} article.card",
        "cards => cards.map(c => [...c.children].filter(n => n.localName !== 'details' && n.innerText !== undefined)"
        ".map(n => n.innerText.replace(/\\s+/g, ' ').trim()).filter(Boolean))",
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_the_card_a_script_draws_says_what_the_card_in_the_html_says(
    visit: Visit, page_of: Drawn, lang: str, grain: str
) -> None:
    """region_east twice: as the top of its own page (Jinja), and drilled to on the company's (page_cards.js)."""
    own = visit(path=page_of("region_east"), lang=lang, grain=grain)
    drilled = visit("#unit/region_east", lang=lang, grain=grain)
    drilled.wait_for_selector("#drill article.card")
    said = texts(own, f'#scorecard [data-for="{grain}"]')
    assert len(said) == 8
    assert texts(drilled, "#drill") == said


def test_a_file_without_units_is_refused(serving_file: Path, tmp_path: Path) -> None:
    import duckdb

    file = for_audience(serving_file, "e001", tmp_path / "kpi.duckdb")
    with duckdb.connect(str(file)) as con:
        con.execute("delete from published.units")
    with pytest.raises(KpiError, match=r"published\.units"):
        page_data.read(file)


def test_units_that_lead_in_a_circle_still_have_a_top(serving_file: Path, tmp_path: Path) -> None:
    import duckdb

    file = for_audience(serving_file, "region_east", tmp_path / "kpi.duckdb")
    with duckdb.connect(str(file)) as con:
        con.execute("update published.units set parent_id = 'e001' where unit_id = 'region_east'")
    units = page_data.read(file).units
    assert next(iter(units)) == "region_east"
    assert set(units) == OF["region_east"]

"""A real browser, and a page of the sample with everything on it that a page can show.

Screenshots go to $KPI_SCREENSHOTS, or to a folder of the test run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.publish.page import write_page
from pipelines.publish.serving import publish
from pipelines.publish.words import Words
from pipelines.settings import Settings

from ..conftest import AS_OF, NOW, RUN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OWNERS = {"sales_ops": "qin@example.com"}
NAMES = {"sales_ops": Words("秦岚 (sales_ops)", "Qin Lan (sales_ops)")}
_SHOTS = os.environ.get("KPI_SCREENSHOTS")  # asked here: for a test the environment is cleared
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]

DRIVER = """
insert into published.goal_drivers by name
select 'fy26_won_amount' as goal_id, 'team' as level, 'team_e1' as unit_id, 'quarter' as grain,
    date '2026-04-01' as period_start, '{kpi}' as kpi_id, '{parent}' as parent_kpi_id, {ratio} as ratio, 0.3 as fit,
    {due} * 2 as required, {due} as required_to_date, {actual} as actual, {broken} as is_link_broken,
    {how} as broken_by, label_zh, label_en
from published.kpi_catalog where kpi_id = '{kpi}'
"""
FULL = (
    "alter table published.goal_attainment add column landing_method varchar",
    *(
        f"alter table published.goal_attainment add column if not exists {name} decimal(38, 6)"
        for name in (
            "target_to_date",
            "gap",
            "needed_per_day",
            "landing",
            "landing_low",
            "landing_high",
            "hit_probability",
        )
    ),
    """update published.goal_attainment set target_to_date = target * 0.5, gap = actual - target,
        needed_per_day = (target - actual) / 8, landing = target * 0.97, landing_low = target * 0.9,
        landing_high = target * 1.06, hit_probability = 0.4, landing_method = 'run_rate' where not is_closed""",
    DRIVER.format(kpi="new_customers", parent="won_amount", ratio=0.0000012, due=8, actual=9, broken=False, how="null"),
    DRIVER.format(
        kpi="sales_cycle_days", parent="new_customers", ratio=4, due=40, actual=52, broken=True, how="'activity'"
    ),
)


@pytest.fixture(scope="session")
def serving_file(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, published with forecasts and drivers; read it, do not change it."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("page"))
    settings.warehouse.parent.mkdir()
    shutil.copyfile(sample, settings.warehouse)
    with duckdb.connect(str(settings.warehouse)) as con:
        for statement in FULL:
            con.execute(statement)
    return publish(settings, RUN, AS_OF, NOW, "abc").path


@pytest.fixture(scope="session")
def drawn(serving_file: Path) -> Path:
    """Its page."""
    return write_page(serving_file, serving_file.parent, addresses=OWNERS, names=NAMES)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots are kept to be looked at."""
    folder = Path(_SHOTS) if _SHOTS else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser, drawn: Path) -> Iterator[Visit]:
    """Opens a page in a browser of its own: visit("#goals", lang="en", width=360).

    Afterwards: nothing was asked of anybody, no error was said, nothing the policy refuses was tried.
    """
    said: list[str] = []
    contexts = []

    def open_page(
        hash_: str = "", lang: str = "en", grain: str = "month", width: int = 1280, path: Path = drawn, **more: object
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        context.on("request", lambda request: said.append(f"asked for {request.url}"))
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
        page.goto(f"{path.as_uri()}?lang={lang}&grain={grain}{hash_}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = [line for line in said if line.startswith("asked for file://") and "/index.html?" in line]
    assert [line for line in said if line not in own] == []
    assert len(own) == len(contexts)

"""A board is a page of its own in the navigation; and the page is the same behind a web server."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markupsafe import Markup

from pipelines.publish.boards import Board
from pipelines.publish.local_server import make_server
from pipelines.publish.page import write, write_page
from pipelines.publish.words import Words

from .conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_board_has_a_place_in_the_navigation(
    visit: Visit, serving_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Board("funnel", Words("销售漏斗", "Sales funnel"), Markup('<p id="funnel-x">Where deals are lost</p>'))
    monkeypatch.setattr(write, "board_sections", lambda con, catalogue: [made])
    page = visit(path=write_page(serving_file, tmp_path))
    assert page.locator("#board-funnel").is_hidden()
    page.click("nav.tabs >> text=Sales funnel")
    assert page.inner_text("main > .view:visible") == "Sales funnel\n\nWhere deals are lost"
    assert page.locator("nav.tabs [aria-current]").inner_text() == "Sales funnel"
    page = visit("#funnel-x", path=tmp_path / "index.html")  # a part of a board can be linked to
    assert page.locator("#board-funnel").is_visible()


def test_the_page_works_behind_a_web_server(browser: Browser, drawn: Path) -> None:
    with make_server(drawn.parent, "", 0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        context, said = browser.new_context(), []
        context.on("request", lambda request: said.append(request.url))
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        address = f"http://localhost:{server.server_port}/?lang=en#unit/e001"
        page.goto(address)
        page.wait_for_selector("#drill article.card")
        assert said == [address.split("#")[0]]
        context.close()
        server.shutdown()

"""The page keeps its budgets: painted in a second, three megabytes for ten units, eight for sixty."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.publish.page import write_page

from .conftest import Visit
from .files import made_up

KPIS, MONTHS = 90, 36


@pytest.mark.parametrize(("teams", "reps", "units", "megabytes"), [(2, 3, 10, 3), (11, 44, 60, 8)])
def test_the_page_is_small_and_painted_at_once(
    visit: Visit, tmp_path: Path, shots: Path, teams: int, reps: int, units: int, megabytes: int
) -> None:
    assert 1 + 4 + teams + reps == units
    path = write_page(made_up(tmp_path / "kpi.duckdb", KPIS, teams, reps, MONTHS), tmp_path)
    print(f"{units} units: {path.stat().st_size / 1e6:.2f} MB")
    assert path.stat().st_size <= megabytes * 1_000_000
    painted = []
    for _ in range(3):  # the machine is shared: the best of three is what the page needs
        page = visit(path=path)
        page.wait_for_selector("article.card")
        painted.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    print(f"first paint after {[round(ms) for ms in painted]} ms")
    assert min(painted) <= 1000
    assert page.locator(".board:visible article.card").count() == KPIS
    page.wait_for_selector("table.numbers tbody tr")
    page.screenshot(path=shots / f"budget_{units}.png")

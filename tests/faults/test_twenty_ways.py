"""A table broken in each of thirty-two ways: the right owner hears the right sentence once, the right KPIs are held back
and only those, and mending the source brings the rows back by itself.

Each way is five acts: break the source, run; run again; mend the source, run. All with the real command, and a real
server as the chat.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.faults.broken_company import KPIS, BrokenCompany
from tests.faults.ways import WAYS, Way
from tests.watch.alerts.receivers import Web

GOOD = {
    "won_amount": (40000.0, "ok", "ok"),
    "new_customers": (40.0, "ok", "ok"),
    "win_rate": (0.6, "ok", "ok"),
    "avg_order_value": (50.0, "ok", "ok"),
}
# One of each table and outcome, in one company at once: what the ordinary test run sees.
SHORT = ("a field that a rule needs is empty", "the newest date is old", "an empty field that only is to be looked at")


@cache
def _ran_well(base: Path) -> tuple[Path, Path]:
    company = BrokenCompany(base / "broken_company").lay_down()
    done = company.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert company.figures() == GOOD
    company.knows_its_past()
    kept = base / "broken_company_as_it_was"
    shutil.copytree(company.folder, kept)
    return company.folder, kept


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokenCompany]:
    """The company after one good run, made once; always at the same place."""
    folder, kept = _ran_well(tmp_path_factory.getbasetemp())
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)
    with Web().running() as web:
        found = BrokenCompany(folder)
        found.tell(web)
        yield found


def proved(company: BrokenCompany, ways: Sequence[Way]) -> None:
    before, generation = company.served_values(), company.generation
    told = {person: words for way in ways for person, words in way.told.items()}
    quality = {kpi_id: said for way in ways for kpi_id, said in way.quality.items()}
    figures = {kpi_id: value for way in ways for kpi_id, value in way.figures.items()}
    for way in ways:
        way.breaks(company)
    status = max(way.status for way in ways)
    assert company.run_told() == status

    heard = company.heard
    assert {person: len(messages) for person, messages in heard.items()} == dict.fromkeys(told, 1)
    for person, words in told.items():
        assert [word for word in words if word not in heard[person][0]] == [], heard[person][0]
    broken = {
        kpi_id: (pytest.approx(figures.get(kpi_id, value)), state, quality.get(kpi_id, good))
        for kpi_id, (value, state, good) in GOOD.items()
    }
    if all(way.publishes for way in ways):
        assert company.figures() == broken
        assert company.generation > generation, "what was found wrong of one table is published with the rest"
    changed = {kpi_id for kpi_id, rows in company.served_values().items() if rows != before[kpi_id]}
    may_change = {kpi_id for way in ways if way.outcome != "held" for kpi_id in KPIS[way.table]}
    assert changed <= may_change, "a KPI of another table, or one that is held back, is another number"
    assert set(figures) <= changed
    assert len(company.open_alerts) == sum(map(len, heard.values())), "each is kept open once"

    again = company.run_told()
    passes = [way for way in ways if way.passes]
    assert again == status
    assert company.heard == heard, "nobody is told twice"
    if not passes:
        assert company.figures() == broken or not all(way.publishes for way in ways)
    assert len(company.open_alerts) == sum(map(len, heard.values())) - len(passes)

    company.as_it_should_be()
    assert company.run_told() == 0
    for way in ways:
        assert (company.verdict(way.table), company.held(way.table)) == ("pass", 0)
    assert company.figures() == GOOD
    assert company.served_values() == before
    assert company.open_alerts == []
    assert company.heard == heard, "that it is mended needs no message"


def test_three_tables_broken_at_once_are_each_told_to_their_owner_and_mend_by_themselves(
    company: BrokenCompany,
) -> None:
    proved(company, [WAYS[name] for name in SHORT])


@pytest.mark.faults
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_whatever_breaks_a_table_its_owner_hears_of_it_once_and_mending_it_is_enough(
    company: BrokenCompany, way: Way
) -> None:
    proved(company, [way])


def test_there_are_twenty_ways_and_more_and_each_rule_is_broken_by_one() -> None:
    assert len(WAYS) >= 20
    assert {way.table for way in WAYS.values()} == set(KPIS)
    outcomes: dict[str, Any] = {way.outcome: way for way in WAYS.values()}
    assert set(outcomes) == {"aside", "held", "counted", "used", "silent"}

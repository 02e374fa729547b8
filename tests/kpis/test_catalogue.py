"""Every KPI of the catalogue over companies that feed every entity: the published numbers are those of plain Python.

Each grain, period, level, unit and cut, to the last digit; and no number on one side that the other has not.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from tests.kpis.catalogue import company
from tests.kpis.catalogue.all_kpis import KPIS
from tests.kpis.catalogue.books import Books
from tests.kpis.catalogue.counting import Key, Number, numbers_of

COMPANIES = {"sample": company.sample, "dice": company.thrown}
# What a company does not do at all, so that there is no number; the other company does.
WITHOUT = {"sample": {"record_error_rate"}, "dice": set()}


class Ran(NamedTuple):
    """A company after one run: its name, its books, and the numbers that were published, by KPI."""

    name: str
    books: Books
    published: dict[str, dict[Key, Number]]


@pytest.fixture(scope="session", params=COMPANIES)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp(request.param)
    books = COMPANIES[request.param](folder)
    return Ran(request.param, books, published(folder / "data" / "serving" / "kpi.duckdb"))


def published(served: Path) -> dict[str, dict[Key, Number]]:
    """Rows that have no number are left out."""
    with duckdb.connect(str(served), read_only=True) as serving:
        rows = serving.execute(
            "select kpi_id, grain, period_start, level, unit_id, cut, cut_value, value, numerator, denominator"
            " from published.kpi_values where value is not null"
        ).fetchall()
    found: dict[str, dict[Key, Number]] = {}
    for row in rows:
        found.setdefault(row[0], {})[row[:7]] = Number(*row[7:])
    return found


def test_the_oracle_knows_every_kpi_of_the_catalogue() -> None:
    files = {path.stem for path in (company.CATALOGUE / "kpis").rglob("*.yml")}
    assert set(KPIS) == files, "write the new KPI into tests/kpis/catalogue too"


@pytest.mark.parametrize("kpi", KPIS)
def test_published_numbers_are_those_of_plain_python(ran: Ran, kpi: str) -> None:
    ours, theirs = dict(numbers_of(ran.books, kpi, KPIS)), ran.published.get(kpi, {})
    wrong = [
        f"{' '.join(map(str, key))}: published {said(theirs.get(key))}, oracle {said(ours.get(key))}"
        for key in sorted(ours.keys() | theirs.keys())
        if not agree(ours.get(key), theirs.get(key))
    ]
    assert not wrong, f"{len(wrong)} of {len(ours)} numbers differ:\n" + "\n".join(wrong[:20])
    assert bool(ours) != (kpi in WITHOUT[ran.name])


@pytest.mark.parametrize("ran", ["dice"], indirect=True)
@pytest.mark.parametrize("kpi", KPIS)
def test_every_grain_level_and_cut_of_a_kpi_is_compared(ran: Ran, kpi: str) -> None:
    """The dice are thrown so that all of it happens."""
    compared, asked = ran.published[kpi], KPIS[kpi]
    pairs = {(grain, level) for grain in asked.grains for level in asked.levels if (grain, level) != ("day", "rep")}
    assert {(key[1], key[3]) for key in compared} == pairs
    assert {key[5] for key in compared} == {"none", *asked.cuts}


def agree(ours: Number | None, theirs: Number | None) -> bool:
    """The same value, and of a ratio the same halves."""
    if ours is None or theirs is None:
        return False
    return ours == theirs if ours.denominator is not None else ours.value == theirs.value


def said(number: Number | None) -> str:
    if number is None:
        return "nothing"
    halves = f" ({number.numerator} ÷ {number.denominator})" if number.denominator is not None else ""
    return f"{number.value}{halves}"

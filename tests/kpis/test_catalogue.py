"""Every KPI of the catalogue over a company that feeds every entity: the published numbers are those of plain Python.

Each grain, period, level, unit and cut, to the last digit; and no number on one side that the other has not.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.kpis.catalogue import company, dice
from tests.kpis.catalogue.all_kpis import KPIS
from tests.kpis.catalogue.books import Books
from tests.kpis.catalogue.counting import Key, Number, numbers_of

SEED = 7


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the company after one run."""
    found = tmp_path_factory.mktemp("catalogue")
    company.run(found, SEED)
    return found


@pytest.fixture(scope="session")
def books(folder: Path) -> Books:
    return Books(folder / "in", dice.AS_OF, beside=folder)


@pytest.fixture(scope="session")
def published(folder: Path) -> dict[str, dict[Key, Number]]:
    """KPI → its numbers; rows without one are left out."""
    with duckdb.connect(str(folder / "data" / "serving" / "kpi.duckdb"), read_only=True) as serving:
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
def test_published_numbers_are_those_of_plain_python(
    books: Books, published: dict[str, dict[Key, Number]], kpi: str
) -> None:
    ours, theirs = dict(numbers_of(books, kpi, KPIS)), published.get(kpi, {})
    wrong = [
        f"{' '.join(map(str, key))}: published {said(theirs.get(key))}, oracle {said(ours.get(key))}"
        for key in sorted(ours.keys() | theirs.keys())
        if not agree(ours.get(key), theirs.get(key))
    ]
    assert not wrong, f"{len(wrong)} of {len(ours)} numbers differ:\n" + "\n".join(wrong[:20])
    asked = KPIS[kpi]
    assert {(key[1], key[3]) for key in ours} == {
        (grain, level) for grain in asked.grains for level in asked.levels if (grain, level) != ("day", "rep")
    }
    assert {key[5] for key in ours} == {"none", *asked.cuts}


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

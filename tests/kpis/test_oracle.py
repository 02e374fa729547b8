"""The published numbers are those of the oracle: every KPI, month, quarter and year, level and unit, to the last digit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.kpis import oracle
from tests.kpis.oracle import Key, Number
from tests.kpis.plain import LEVELS

Numbers = dict[Key, Number]


@pytest.fixture(scope="module")
def expected(demo_run: Path) -> Numbers:
    return oracle.all_numbers(demo_run)


@pytest.fixture(scope="module")
def published(demo_run: Path) -> Numbers:
    """All rows that are not cut, the ones without a number too: their halves and value are null."""
    with duckdb.connect(str(demo_run / "serving" / "kpi.duckdb"), read_only=True) as serving:
        rows = serving.execute(
            "select kpi_id, grain, period_start, level, unit_id, numerator, denominator, value from published.kpi_values"
            " where cut = 'none' and grain in ('month', 'quarter', 'year')"
        ).fetchall()
    return {row[:5]: Number(*row[5:]) for row in rows}


def of_kpi(numbers: Numbers, kpi: str) -> Numbers:
    """Its rows that have a number."""
    return {key: number for key, number in numbers.items() if key[0] == kpi and number.value is not None}


# Nobody has audited the demo company; tests/gate/test_audit.py counts an audit by hand.
WITHOUT_FACTS = {"record_error_rate"}


def test_oracle_knows_what_the_company_is_steered_by(published: Numbers) -> None:
    """The KPIs with goals and those beside them; test_catalogue.py answers all of them, on a smaller company."""
    assert {kpi for kpi, *_ in published} >= set(oracle.KPIS) | WITHOUT_FACTS
    assert {number.value for (kpi, *_), number in published.items() if kpi in WITHOUT_FACTS} == {None}


@pytest.mark.parametrize("kpi", oracle.KPIS)
def test_oracle_reaches_every_grain_and_level(expected: Numbers, kpi: str) -> None:
    reached = {(grain, level) for _, grain, _, level, _ in of_kpi(expected, kpi)}
    assert reached == {(grain, level) for grain in oracle.GRAINS for level in LEVELS}


@pytest.mark.parametrize("kpi", oracle.KPIS)
def test_published_numbers_are_those_of_the_oracle(expected: Numbers, published: Numbers, kpi: str) -> None:
    ours, theirs = of_kpi(expected, kpi), of_kpi(published, kpi)
    wrong = [
        f"{' '.join(map(str, key))}: published {theirs.get(key)}, oracle {ours.get(key)}"
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key) != theirs.get(key)
    ]
    assert not wrong, f"{len(wrong)} of {len(ours)} numbers differ:\n" + "\n".join(wrong[:20])


def test_no_data_is_published_only_where_the_oracle_has_nothing(demo_run: Path, expected: Numbers) -> None:
    with duckdb.connect(str(demo_run / "serving" / "kpi.duckdb"), read_only=True) as serving:
        empty = serving.execute(
            "select kpi_id, grain, period_start, level, unit_id from published.kpi_values"
            " where cut = 'none' and grain in ('month', 'quarter', 'year') and state = 'no_data'"
        ).fetchall()
    assert empty
    assert not expected.keys() & set(empty)


def test_what_is_held_back_does_to_each_kpi_is_what_the_oracle_says_of_the_books_with_it(
    demo_run: Path, expected: Numbers
) -> None:
    """published.quarantine_effect, against plain Python that lets every row in."""
    with_held = oracle.all_numbers(demo_run, with_held=True)
    with duckdb.connect(str(demo_run / "serving" / "kpi.duckdb"), read_only=True) as serving:
        rows = serving.execute(
            "select kpi_id, grain, period_start, value, value_with_held from published.quarantine_effect"
            " where grain in ('month', 'quarter', 'year')"
        ).fetchall()
    told = {(kpi, grain, start): (value, held) for kpi, grain, start, value, held in rows if kpi in oracle.KPIS}

    def company(numbers: Numbers) -> dict[tuple[object, ...], object]:
        return {key[:3]: number.value for key, number in numbers.items() if key[3] == "company"}

    without, with_them = company(expected), company(with_held)
    differ = {key for key in without.keys() | with_them.keys() if without.get(key) != with_them.get(key)}
    assert len({kpi for kpi, *_ in differ}) > 5  # the dirt of the demo reaches many KPIs
    assert differ <= set(told)
    for key, (value, held) in told.items():
        assert (value, held) == (without.get(key), with_them.get(key)), key
        assert key in differ or key[2] in (
            date(2026, 1, 1),
            date(2026, 4, 1),
            date(2026, 5, 1),
        )  # the current periods always

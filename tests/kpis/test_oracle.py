"""The published numbers are those of the oracle: every KPI, month and quarter, level and unit, to the last digit."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.kpis import oracle
from tests.kpis.oracle import Key, Number

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
            " where cut = 'none' and grain in ('month', 'quarter')"
        ).fetchall()
    return {row[:5]: Number(*row[5:]) for row in rows}


def of_kpi(numbers: Numbers, kpi: str) -> Numbers:
    """Its rows that have a number."""
    return {key: number for key, number in numbers.items() if key[0] == kpi and number.value is not None}


# Nobody has audited the demo company; tests/gate/test_audit.py counts an audit by hand.
WITHOUT_FACTS = {"record_error_rate"}


def test_oracle_knows_every_published_kpi(published: Numbers) -> None:
    known = set(oracle.KPIS) | WITHOUT_FACTS
    assert {kpi for kpi, *_ in published} == known, "write the new KPI into tests/kpis/oracle.py too"
    assert {number.value for (kpi, *_), number in published.items() if kpi in WITHOUT_FACTS} == {None}


@pytest.mark.parametrize("kpi", oracle.KPIS)
def test_oracle_reaches_every_grain_and_level(expected: Numbers, kpi: str) -> None:
    reached = {(grain, level) for _, grain, _, level, _ in of_kpi(expected, kpi)}
    assert reached == {(grain, level) for grain in oracle.GRAINS for level in oracle.LEVELS}


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
            " where cut = 'none' and grain in ('month', 'quarter') and state = 'no_data'"
        ).fetchall()
    assert empty
    assert not expected.keys() & set(empty)

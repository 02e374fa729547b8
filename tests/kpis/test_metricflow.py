"""MetricFlow, which knows nothing of our compiler, finds the same numbers from the same definitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from pipelines.model import check
from pipelines.model.check import Definitions
from pipelines.model.entities import Entity, read_entities
from pipelines.model.export import limits, semantic, write
from pipelines.model.export.reasons import REASONS
from pipelines.model.export.semantic import Semantics
from pipelines.model.kpi import LONG_GRAINS, Kpi, Level, read_kpis
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.settings import Settings
from tests.kpis import every_type
from tests.kpis.every_type import CANNOT, Numbers
from tests.kpis.metricflow import MetricFlow, asked_of

pytest.importorskip("dbt_metricflow")

# Published are six decimals; MetricFlow divides and interpolates in doubles.
SAME = Decimal("0.000001")

# What MetricFlow cannot say of the shipped catalogue, and why (a key of export/reasons.py). A new one is written here.
UNSAID: dict[str, str] = {
    "clv": "names_period",  # annual margin: divided by the days of the period
    "collection_rate": "names_period",  # paid up to the end of the period
    "stock_turnover": "names_period",
    **dict.fromkeys(["pipeline_weighted", "pipeline_coverage"], "as_of_now"),
    "unmatched_customers": "as_of_now",
    "employee_sat": "small_groups",
    # The demo has no such table; where a source feeds it, they can be said.
    **dict.fromkeys(["aum", "product_penetration", "risk_overdue_share"], "not_fed"),
    **dict.fromkeys(["cac", "campaign_roi", "course_completion", "enrolments", "feature_use"], "not_fed"),
    **dict.fromkeys(["maintenance_on_time", "market_penetration", "market_share", "market_share_growth"], "not_fed"),
}

# Nothing of the demo company happened in a finished period: nobody audited it, its records are counted since today, nobody
# uses an app, no partner shares leads.
NOTHING_THERE = {
    "record_error_rate", "completeness", "duplicate_rate", "entry_on_time", "idle_features",
    "partner_lead_accept",
}  # fmt: skip

CATALOGUE = {kpi_id: file.kpi for kpi_id, file in read_kpis(SHIPPED).items()}


class Asked(NamedTuple):
    """MetricFlow over some KPIs, their numbers as the house has them, and who was in post when."""

    engine: MetricFlow
    kpis: dict[str, Kpi]
    entities: dict[str, Entity]
    said: Semantics
    numbers: Numbers
    ends: dict[tuple[str, date], date]
    posts: dict[str, tuple[date, date]]
    as_of: date

    def differences(self, kpi_id: str, level: Level) -> tuple[int, list[str]]:
        """How many numbers were compared in finished periods of every grain, and those that differ."""
        kpi, compared, wrong = self.kpis[kpi_id], 0, []
        for grain in [grain for grain in LONG_GRAINS if kpi.is_asked(grain, level)]:
            metric = self.said.asked[kpi_id].get(grain) or self.said.asked[kpi_id].get("")
            assert metric, f"{kpi_id} has no metric for {grain}"
            theirs = self.engine.ask(metric, grain, by_person=level == "rep")
            ours = self.numbers.get((kpi_id, grain, level), {})
            for key in sorted(ours.keys() | theirs.keys(), key=str):
                if not self.is_comparable(kpi, grain, *key):
                    continue
                compared += 1
                if not _same(ours.get(key), theirs.get(key)):
                    wrong.append(f"{grain} {key}: published {ours.get(key)}, MetricFlow {theirs.get(key)}")
        return compared, wrong

    def is_comparable(self, kpi: Kpi, grain: str, start: date, person: str | None) -> bool:
        """Finished, of the present meaning, mature; and of somebody in post all the time: else parts are nobody's."""
        end = self.ends.get((grain, start))
        if end is None or end > self.as_of or start < kpi.meaning.holds_from:
            return False
        if end + timedelta(days=kpi.matures_after) > self.as_of:
            return False
        if person is None:
            return True
        first, last = self.posts.get(person, (date.max, date.min))
        return first <= start and end <= last


def _same(ours: Any, theirs: Any) -> bool:
    """A period in which nothing counts has no number here; MetricFlow's distinct counts say 0."""
    if ours is None or theirs is None:
        return (ours or 0) == (theirs or 0) == 0
    return abs(Decimal(ours) - Decimal(theirs)) <= SAME


@pytest.fixture(scope="module")
def settings(demo_run: Path) -> Settings:
    return Settings(data_dir=demo_run)


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> Definitions:
    return check.read_definitions(settings)


@pytest.fixture(scope="module")
def shipped(settings: Settings, definitions: Definitions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """The catalogue, and what is published of it."""
    with duckdb.connect(str(settings.serving / "kpi.duckdb"), read_only=True) as serving:
        rows = serving.execute(
            "select kpi_id, grain, level, period_start, unit_id, value from published.kpi_values"
            " where cut = 'none' and level in ('company', 'rep')"
        ).fetchall()
    yield from _asked(settings, definitions, CATALOGUE, every_type.by_place(rows), tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def types(settings: Settings, definitions: Definitions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """KPIs of every type, and what the compiler's models make of them."""
    numbers = every_type.numbers(settings.warehouse, definitions)
    yield from _asked(settings, definitions, every_type.KPIS, numbers, tmp_path_factory.mktemp("types"))


def _asked(
    settings: Settings, definitions: Definitions, kpis: dict[str, Kpi], numbers: Numbers, folder: Path
) -> Iterator[Asked]:
    entities = write.with_rows(definitions, settings)
    said = semantic.translate(kpis, entities, definitions.company)
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        ends = con.execute("select grain, period_start, period_end from kpis.periods").fetchall()
        posts = con.execute(
            "select unit_id, min(valid_from), max(coalesce(valid_to, date '9999-12-31')) from published.units"
            " where level = 'rep' group by unit_id"
        ).fetchall()
        ((as_of,),) = con.execute("select as_of_date from definitions.run").fetchall()
    with asked_of(settings.warehouse, folder, said, kpis, entities, definitions.company) as engine:
        yield Asked(
            engine, kpis, entities, said, numbers,
            {(grain, start): end for grain, start, end in ends}, {who: (first, last) for who, first, last in posts}, as_of,
        )  # fmt: skip


def in_words(reasons: dict[str, str]) -> dict[str, str]:
    return {kpi_id: REASONS[key].en.split("{")[0] for kpi_id, key in reasons.items()}


def test_kpis_that_metricflow_cannot_say_are_these_and_for_these_reasons(shipped: Asked) -> None:
    found = {kpi_id: why.en for kpi_id, why in shipped.said.unsaid.items()}
    expected = in_words(UNSAID)
    assert found.keys() == expected.keys(), "write it into UNSAID, or find out why it can be said now"
    assert [kpi_id for kpi_id, why in found.items() if not why.startswith(expected[kpi_id])] == []


@pytest.mark.parametrize("kpi_id", [kpi_id for kpi_id in CATALOGUE if kpi_id not in UNSAID])
def test_metricflow_finds_the_published_numbers_of_the_company(shipped: Asked, kpi_id: str) -> None:
    compared, wrong = shipped.differences(kpi_id, "company")
    assert (compared == 0) == (kpi_id in NOTHING_THERE)
    assert not wrong, f"{len(wrong)} of {compared} numbers differ:\n" + "\n".join(wrong[:20])


# Credited to the entity's own person: of others MetricFlow knows no people, and the export says so.
BY_PERSON = [
    kpi_id
    for kpi_id, kpi in CATALOGUE.items()
    if kpi_id not in UNSAID and "rep" in kpi.levels and limits.is_by_person(kpi, CATALOGUE, read_entities())
]


@pytest.mark.parametrize("kpi_id", BY_PERSON)
def test_metricflow_finds_the_published_numbers_of_people(shipped: Asked, kpi_id: str) -> None:
    compared, wrong = shipped.differences(kpi_id, "rep")
    assert (compared == 0) == (kpi_id in NOTHING_THERE)
    assert not wrong, f"{len(wrong)} of {compared} numbers differ:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("kpi_id", every_type.KPIS)
def test_metricflow_and_the_compiler_agree_on_every_type(types: Asked, kpi_id: str) -> None:
    compared, wrong = types.differences(kpi_id, "company")
    assert compared > 10
    assert not wrong, f"{len(wrong)} of {compared} numbers differ:\n" + "\n".join(wrong[:20])
    if limits.is_by_person(types.kpis[kpi_id], types.kpis, types.entities):
        compared, wrong = types.differences(kpi_id, "rep")
        assert compared > 100
        assert not wrong, f"{len(wrong)} of {compared} numbers of people differ:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("kpi_id", CANNOT)
def test_what_cannot_be_said_is_told_with_its_reason(settings: Settings, definitions: Definitions, kpi_id: str) -> None:
    every = every_type.KPIS | every_type.WITHOUT
    said = semantic.translate(every, write.with_rows(definitions, settings), definitions.company)
    assert said.unsaid.keys() == CANNOT.keys()
    reason = REASONS[CANNOT[kpi_id][0]]
    assert said.unsaid[kpi_id].en.startswith(reason.en.split("{")[0])
    assert said.unsaid[kpi_id].zh.startswith(reason.zh.split("{")[0])
    assert kpi_id not in {metric.kpi_id for metric in said.metrics}  # and no input of it is left behind

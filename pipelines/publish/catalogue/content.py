"""What the catalogue shows, from the definitions alone: nothing of today's data, so that a page changes only with them.

Belongs here: gathering and joining to plain values. Does not: words (words.py), markup (pages.py, templates/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.gate.suite import Suite, read_suites
from pipelines.model import column_lineage
from pipelines.model.check import Definitions, read_definitions
from pipelines.model.column_lineage import SourceColumn
from pipelines.model.company import BusinessGoal
from pipelines.model.compiler import alone, inputs, parents
from pipelines.model.compiler.inputs import Feed
from pipelines.model.entities import Entity, EntityColumn
from pipelines.model.goal import Goal
from pipelines.model.kpi import Example, Kpi, KpiFile, Meaning, depended_on, entities_of
from pipelines.publish.owners import called
from pipelines.publish.words import Words, plain
from pipelines.settings import Settings
from pipelines.shape import Label

FRESH = "min_working_days_ago"


@dataclass(frozen=True)
class SourceTable:
    """A raw table that a number stands on, and what is asked of it."""

    address: str
    system: Words
    owner: Words
    delivery: str
    block_above: str
    critical: int
    warnings: int
    newest: int | None  # working days


@dataclass(frozen=True)
class FieldRead:
    """A field a KPI reads, what for, and where it comes from."""

    entity: str
    column: EntityColumn
    purposes: list[str]
    origins: list[SourceColumn]
    made_of: list[str]  # entities, of a derived field


@dataclass(frozen=True)
class KpiPage:
    id: str
    area: str
    kpi: Kpi
    label: Words
    description: Words
    business_goal: Words
    owner: Words
    steward: Words
    shared_with: list[Words]
    versions: list[Meaning]
    examples: list[Example]
    sql: str
    targets: list[Goal]
    entities: list[str]
    tables: list[SourceTable]
    fields: list[FieldRead]
    made_of: list[str]
    used_by: list[str]
    is_fed: bool


@dataclass(frozen=True)
class DictionaryField:
    column: EntityColumn
    origins: list[SourceColumn]
    made_of: list[str]
    kpis: list[str]


@dataclass(frozen=True)
class EntityPage:
    entity: Entity
    label: Words
    fields: list[DictionaryField]
    made_of: list[str]
    tables: list[SourceTable]
    kpis: list[str]


@dataclass(frozen=True)
class Aim:
    """A goal of the business, and the goals set for the KPIs that serve it, long and short."""

    label: Words
    horizon: str = ""
    why: Words | None = None
    long: list[Goal] = field(default_factory=list)
    short: list[Goal] = field(default_factory=list)


@dataclass(frozen=True)
class Catalogue:
    """Everything on every page."""

    company: Words
    kpis: dict[str, KpiPage]
    entities: dict[str, EntityPage]
    aims: dict[str, Aim] = field(default_factory=dict)  # business goals, in the order they are written


def read(settings: Settings) -> Catalogue:
    """Gathers it all. Raises KpiErrors where the definitions are not sound."""
    definitions = read_definitions(settings)
    return _Gathered(settings, definitions).catalogue()


class _Gathered:
    """The definitions with what joins them: feeds, suites, and who uses what."""

    def __init__(self, settings: Settings, definitions: Definitions) -> None:
        self.definitions = definitions
        self.kpis = {kpi_id: file.kpi for kpi_id, file in definitions.kpis.items()}
        self.entities = definitions.measured
        fed = inputs.feeds(definitions.contracts, settings.models)
        self.feeds: Mapping[str, list[Feed]] = parents.attach(fed, definitions.entities)
        self.suites: Mapping[str, Suite] = read_suites(settings)
        self.reads = {kpi_id: column_lineage.reads(kpi, self.entities) for kpi_id, kpi in self.kpis.items()}
        self.origins = {
            name: column_lineage.sources(entity, self.feeds.get(name, [])) | self._systems(name)
            for name, entity in self.entities.items()
        }
        self.made_of = {
            name: [other for other in column_lineage.made_of(name) if other in self.entities] for name in self.entities
        }

    def catalogue(self) -> Catalogue:
        kpis = {kpi_id: self._kpi(file) for kpi_id, file in self.definitions.kpis.items()}
        return Catalogue(
            words(self.definitions.company.name),
            kpis,
            {name: self._entity(entity) for name, entity in sorted(self.entities.items())},
            {goal_id: self._aim(goal) for goal_id, goal in self.definitions.business_goals.items()},
        )

    def _aim(self, aim: BusinessGoal) -> Aim:
        goals = [one.goal for one in self.definitions.goals.values()]
        serving = [goal for goal in goals if self.kpis[goal.kpi].business_goal == aim.id]
        return Aim(
            words(aim.label),
            aim.horizon,
            plain(aim.why) if isinstance(aim.why, str) else words(aim.why),
            [goal for goal in serving if goal.horizon == "long"],
            [goal for goal in serving if goal.horizon == "short"],
        )

    def _systems(self, entity: str) -> dict[str, list[SourceColumn]]:
        """Which system a row came from: the contract says it, no column."""
        some = self.feeds.get(entity, [])
        return {"source_system": [SourceColumn(feed.address, "", f"= {feed.contract.system}") for feed in some]}

    def _kpi(self, file: KpiFile) -> KpiPage:
        kpi = file.kpi
        entities = sorted(entities_of(kpi, self.kpis))
        goal = self.definitions.business_goals.get(kpi.business_goal)
        return KpiPage(
            id=kpi.id,
            area=file.area,
            kpi=kpi,
            label=words(kpi.label),
            description=words(kpi.description),
            business_goal=words(goal.label) if goal else plain(kpi.business_goal),
            owner=self._person(kpi.owner),
            steward=self._person(kpi.steward),
            shared_with=[self._person(one) for one in kpi.shared_with],
            versions=kpi.meanings,
            examples=kpi.examples,
            sql=alone.sql_of(kpi, self.kpis, self.entities, self.definitions.company.time_zone),
            targets=[one.goal for one in self.definitions.goals.values() if one.goal.kpi == kpi.id],
            entities=entities,
            tables=self._tables(entities),
            fields=list(self._fields(kpi)),
            made_of=depended_on(kpi),
            used_by=[other for other, one in self.kpis.items() if kpi.id in depended_on(one)],
            is_fed=kpi.id in self.definitions.computed,
        )

    def _fields(self, kpi: Kpi) -> Iterable[FieldRead]:
        """Those it reads itself, then those of the KPIs it is made of, each once."""
        seen: set[tuple[str, str]] = set()
        for kpi_id in [kpi.id, *alone.with_what_they_read([kpi.id], self.kpis)]:
            for entity, columns in self.reads[kpi_id].items():
                for column in self.entities[entity].columns:
                    if column.name not in columns or (entity, column.name) in seen:
                        continue
                    seen.add((entity, column.name))
                    yield FieldRead(
                        entity,
                        column,
                        sorted(columns[column.name]),
                        self.origins[entity].get(column.name, []),
                        self._computed_from(entity, column),
                    )

    def _computed_from(self, entity: str, column: EntityColumn) -> list[str]:
        """What a derived field is made of: a derived entity's others; or its own entity's fields, and others beside."""
        if self.entities[entity].is_derived:
            return self.made_of[entity]
        return [entity, *self.made_of[entity]] if column.is_derived else []

    def _entity(self, entity: Entity) -> EntityPage:
        users = {
            column.name: [kpi_id for kpi_id, some in self.reads.items() if column.name in some.get(entity.name, {})]
            for column in entity.columns
        }
        return EntityPage(
            entity,
            Words(entity.label_zh or plain(entity.name).zh, entity.label_en or plain(entity.name).en),
            [
                DictionaryField(
                    column,
                    self.origins[entity.name].get(column.name, []),
                    self._computed_from(entity.name, column),
                    users[column.name],
                )
                for column in entity.columns
            ],
            self.made_of[entity.name],
            self._tables([entity.name]),
            [kpi_id for kpi_id, some in self.reads.items() if entity.name in some],
        )

    def _tables(self, entities: Iterable[str]) -> list[SourceTable]:
        """The raw tables of these entities and of those they are made of."""
        seen: set[str] = set()
        waiting = list(entities)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.made_of.get(name, [])
        feeds = {feed.address: feed for name in seen for feed in self.feeds.get(name, [])}
        return [self._table(feed) for _, feed in sorted(feeds.items())]

    def _table(self, feed: Feed) -> SourceTable:
        suite = self.suites.get(feed.address)
        rules = suite.expectations if suite else []
        limits = [int(rule.kwargs[FRESH]) for rule in rules if FRESH in rule.kwargs]
        owner = (suite.owner if suite else None) or feed.contract.owner
        return SourceTable(
            feed.address,
            words(feed.contract.label),
            self._person(owner),
            feed.table.delivery,
            f"{feed.table.block_above:.0%}",
            sum(rule.severity == "critical" for rule in rules),
            sum(rule.severity == "warning" for rule in rules),
            min(limits, default=None),
        )

    def _person(self, person_id: str) -> Words:
        person = self.definitions.people.get(person_id)
        return called(person) if person else Words(person_id, person_id)


def words(label: Label) -> Words:
    return Words(label.zh, label.en)


def given_table(rows: list[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """The rows of an example as a table: every column any row has, in the order they are met."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return columns, [["" if row.get(name) is None else str(row[name]) for name in columns] for row in rows]

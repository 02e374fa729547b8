"""Contracts → `2_entities`: what every enabled system delivers for an entity, joined into one table.

Belongs here: which staging models feed an entity, and the union in the entity's own columns and types.
Does not: derived fields (hand-written in dbt_project/models/2_entities), customers of several systems (links.py), money
of other currencies (money.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import EntityMapping, SourceContract, TableContract
from pipelines.model import expression
from pipelines.model.compiler import parents, staging, text
from pipelines.model.compiler.parents import Taken
from pipelines.model.entities import Entity

NO_LINKS: Mapping[str, str] = MappingProxyType({})
SAME_NAMES: Mapping[str, str] = MappingProxyType({})


class Feed(NamedTuple):
    """One source table that feeds one entity, and the business fields its staging model yields."""

    contract: SourceContract
    table_name: str
    mapping: EntityMapping
    fields: frozenset[str]
    taken: tuple[Taken, ...] = ()  # what it takes from the records its own belong to (parents.attach)
    types: Mapping[str, str] = MappingProxyType({})  # of its own fields (x_…); one that is not here is text

    @property
    def table(self) -> TableContract:
        return self.contract.tables[self.table_name]

    @property
    def address(self) -> str:
        return f"{self.contract.raw_schema}.{self.table_name}"

    @property
    def model(self) -> str:
        return self.handwritten or staging.model_name(self.contract.system, self.table_name)

    @property
    def handwritten(self) -> str | None:
        return self.mapping.staging or self.table.staging

    def source_of(self, field: str) -> str:
        """The SQL that gives `field`, in the staging model's own names; null where this source lacks it."""
        if field in self.mapping.fields:
            return self.mapping.fields[field]
        if field in self.mapping.constants:
            return text.value(self.mapping.constants[field])
        return field if field in self.fields else "null"

    def overrides(self, field: str) -> bool:
        """Whether the mapping says the field itself, instead of the column of that name."""
        return field in self.mapping.fields or field in self.mapping.constants

    @property
    def own_fields(self) -> set[str]:
        """The company's own fields (x_…) that go along."""
        return {
            field for field in (*self.fields, *self.mapping.fields, *self.mapping.constants) if field.startswith("x_")
        }

    def own_type(self, field: str) -> str:
        """The type of an own field: the contract's, or the one that the yml of a hand-written staging model says."""
        said = self.source_of(field)  # one that the mapping computes is text, unless it only has another name
        return "string" if field in self.mapping.constants else self.types.get(said, "string")


def feeds(contracts: list[SourceContract], models: Path | None) -> dict[str, list[Feed]]:
    """Per entity, what feeds it, in the order of systems and tables.

    `models` holds the configuration's hand-written staging models; each has a yml beside it that lists its columns.
    Raises KpiError where such a yml is missing.
    """
    found: dict[str, list[Feed]] = {}
    for contract in contracts:
        for table_name, table in contract.tables.items():
            for mapping in table.entities:
                handwritten = mapping.staging or table.staging
                if handwritten:
                    types = _listed_columns(handwritten, models)
                    fields = frozenset(types)
                else:
                    types = staging.own_types(table)
                    fields = frozenset(staging.fields(table, contract.time_zone, contract.time_zone))
                feed = Feed(contract, table_name, mapping, fields, types=types)
                found.setdefault(mapping.entity, []).append(feed)
    return found


def problems(found: dict[str, list[Feed]], entities: dict[str, Entity], sources: Path | None = None) -> list[KpiError]:
    """What contracts say of entities that cannot be: an unknown entity or field, SQL beyond the closed grammar.

    With the folder of contracts in `sources`, each error names its line.
    """
    said = []
    for entity_name, several in found.items():
        for feed in several:
            for problem in _problems(entity_name, feed, entities):
                place = ("tables", feed.table_name, "entities")
                name = f"{feed.contract.system}.yml"
                line = yaml_file.read(sources / name).line(place) if sources else None
                file = sources / name if sources else Path("sources") / name
                said.append(KpiError(f"{feed.table_name}: {problem}", file=file, line=line))
    return said


def _problems(entity_name: str, feed: Feed, entities: dict[str, Entity]) -> Iterator[str]:
    if entity_name not in entities:
        yield f"unknown entity {entity_name}{did_you_mean(entity_name, list(entities))}"
        return
    if entities[entity_name].is_derived:
        yield f"{entity_name} is computed from the other entities, no source feeds it"
        return
    known = [column.name for column in entities[entity_name].delivered]
    for field in [*feed.mapping.fields, *feed.mapping.constants]:
        if field not in known and not field.startswith("x_"):
            yield f"{entity_name} has no field {field}{did_you_mean(field, known)}"
    if not feed.handwritten:
        yield from _untyped(entities[entity_name], feed)
        yield from _in_the_clear(entity_name, feed)
    for sql in [*feed.mapping.fields.values(), *([feed.mapping.where] if feed.mapping.where else [])]:
        if wrong := expression.problem(sql, sorted(feed.fields), run_names=(), casts=True):
            yield f"{entity_name}: {wrong}"


def _in_the_clear(entity_name: str, feed: Feed) -> Iterator[str]:
    """Names of employees are needed to run the business; of anybody else nothing in the clear goes beyond raw.

    A table of all persons may keep its names for the employees where the mapping to others says another value.
    """
    if entity_name == "employees":
        return
    for column in feed.table.columns:
        if column.personal == "keep" and column.as_ and not feed.overrides(column.as_):
            yield f"column {column.name} is kept in the clear and would reach {entity_name}: personal: hash or drop"


def _untyped(entity: Entity, feed: Feed) -> Iterator[str]:
    """A text that lands in a number or a date would stop the whole build at its first odd value, not that record."""
    for column in feed.table.loaded_columns:
        kind = entity.type_of(column.as_ or "")
        overridden = feed.overrides(column.as_ or "")
        if column.type == "text" and kind not in (None, "string") and not overridden and not column.values:
            yield f"column {column.name} is text but {entity.name}.{column.as_} is {kind}: give it its type"


def compile_entity(
    entity: Entity,
    several: list[Feed],
    key_systems: Mapping[str, str] = NO_LINKS,
    parts: Mapping[str, str] = SAME_NAMES,
    is_part: bool = False,
) -> str:
    """The text of the model that holds what is delivered for `entity`: itself, or a part of it (delivered_, received_).

    A system in `key_systems` has its customer_id translated by customer_links, as keys of the system it maps to;
    `parts` names the model that holds another entity as delivered, where that is not the entity itself. An
    entity that nothing feeds is ephemeral: nobody reads an empty table, and each costs a run two dbt nodes.
    """
    origin = ", ".join(dict.fromkeys(f"sources/{feed.contract.system}.yml" for feed in several)) or "no source"
    ephemeral = not several or is_part
    return f"""-- {grain(entity)}; as delivered by every enabled system.
-- {staging.HEADER.format(origin=origin)}
{"{{ config(materialized='ephemeral') }}" + chr(10) if ephemeral else ""}{_rows(entity, several, key_systems, parts)}
"""


def grain(entity: Entity) -> str:
    """The first sentence of its description."""
    return " ".join(entity.description.split()).split(". ")[0].rstrip(".")


def own_fields(several: list[Feed]) -> dict[str, str]:
    """The company's own fields (x_…) of everything that feeds an entity, with their types: text where two differ."""
    found: dict[str, set[str]] = {}
    for feed in several:
        for field in feed.own_fields:
            found.setdefault(field, set()).add(feed.own_type(field))
    return {field: types.pop() if len(types) == 1 else "string" for field, types in sorted(found.items())}


def union(entity: Entity, several: list[Feed], key_systems: Mapping[str, str], where: str) -> str:
    """What every feed delivers, below each other; `where` is a condition more on each, or nothing."""
    fields = own_fields(several)
    selects = [_select(entity, feed, fields, key_systems, where) for feed in several] or [_empty(entity)]
    return "\n\nunion all\n\n".join(selects)


def _rows(entity: Entity, several: list[Feed], key_systems: Mapping[str, str], parts: Mapping[str, str]) -> str:
    ctes = [guard(entity.name)] if several else []
    linked = sorted({key_systems[f.contract.system] for f in several if _is_linked(entity, f, key_systems)})
    ctes += parents.ctes(several, parts)
    ctes += [
        f"links_of_{system} as (\n    select source_key as linked_key, customer_id as linked_customer_id\n"
        f"    from {{{{ ref('customer_links') }}}}\n    where source_system = {text.value(system)}\n)"
        for system in linked
    ]
    rows = union(entity, several, key_systems, "not exists (select 1 from blocked)")
    return ("with " + ",\n\n".join(ctes) + "\n\n" if ctes else "") + rows


def guard(entity: str) -> str:
    """The CTE that empties an entity of a blocked table."""
    return f"""blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{{{ source('gate', 'blocked_entities') }}}}
    where entity = '{entity}'
)"""


def _is_linked(entity: Entity, feed: Feed, key_systems: Mapping[str, str]) -> bool:
    return (
        feed.contract.system in key_systems
        and entity.type_of("customer_id") is not None
        and entity.name != "customers"  # translated as a whole (links.py)
        and feed.source_of("customer_id") != "null"
    )


def _select(entity: Entity, feed: Feed, fields: Mapping[str, str], key_systems: Mapping[str, str], where: str) -> str:
    lines = [f"cast({text.value(feed.contract.system)} as string) as source_system"]
    source, join = f"{{{{ ref('{feed.model}') }}}}", parents.joins(feed)
    for column in entity.delivered:
        said = feed.source_of(column.name)
        if said == "null":
            said = parents.given(feed, column.name)
        if column.name == "customer_id" and _is_linked(entity, feed, key_systems):
            # A key that no link knows stays: the customer may come with the next delivery.
            links = f"links_of_{key_systems[feed.contract.system]}"
            join += f"\nleft join {links}\n    on cast({said} as string) = {links}.linked_key"
            said = f"coalesce({links}.linked_customer_id, cast({said} as string))"
        lines.append(f"cast({said} as {column.type}) as {column.name}")
    for field, kind in fields.items():
        lines.append(f"cast({feed.source_of(field)} as {kind}) as {field}")
    conditions = [f"({feed.mapping.where})"] if feed.mapping.where else []
    if staging.is_dated(feed.table) and entity.name not in staging.DATED:
        conditions.append("valid_to is null")  # of a dated table, this entity wants the present
    if staging.is_daily(feed.table) and entity.name not in staging.DAILY:
        conditions.append(f"day = (select max(day) from {source})")
    conditions += [where] if where else []
    return f"""select
    {text.block(lines, 4)}
from {source}{join}""" + (f"\nwhere {' and '.join(conditions)}" if conditions else "")


def _empty(entity: Entity) -> str:
    lines = ["cast(null as string) as source_system"]
    lines += [f"cast(null as {column.type}) as {column.name}" for column in entity.delivered]
    return f"select\n    {text.block(lines, 4)}\nwhere false"


def _listed_columns(model: str, models: Path | None) -> dict[str, str]:
    """The columns of a hand-written staging model with the types its yml says: text where it says none."""
    for path in sorted(models.rglob("*.yml")) if models else []:
        for said in (yaml_file.read(path).data or {}).get("models", []):
            if said.get("name") == model:
                return {column["name"]: column.get("data_type", "string") for column in said.get("columns", [])}
    raise KpiError(
        f"no yml lists the columns of the hand-written staging model {model}",
        file=models,
        next_step=f"write models/{model}.sql and models/{model}.yml with its columns",
    )

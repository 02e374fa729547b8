"""Contracts → `2_entities`: what every enabled system delivers for an entity, joined into one table.

Belongs here: which staging models feed an entity, and the union in the entity's own columns and types.
Does not: derived fields; they are hand-written in dbt_project/models/2_entities.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import EntityMapping, SourceContract, TableContract
from pipelines.model import expression
from pipelines.model.compiler import staging, text
from pipelines.model.entities import Entity


class Feed(NamedTuple):
    """One source table that feeds one entity, and the business fields its staging model yields."""

    contract: SourceContract
    table_name: str
    mapping: EntityMapping
    fields: frozenset[str]

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

    @property
    def own_fields(self) -> set[str]:
        """The company's own fields (x_…) that go along."""
        return {
            field for field in (*self.fields, *self.mapping.fields, *self.mapping.constants) if field.startswith("x_")
        }


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
                fields = (
                    _listed_columns(handwritten, models)
                    if handwritten
                    else staging.fields(table, contract.time_zone, contract.time_zone)
                )
                found.setdefault(mapping.entity, []).append(Feed(contract, table_name, mapping, frozenset(fields)))
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
    known = [column.name for column in entities[entity_name].delivered]
    for field in [*feed.mapping.fields, *feed.mapping.constants]:
        if field not in known and not field.startswith("x_"):
            yield f"{entity_name} has no field {field}{did_you_mean(field, known)}"
    if not feed.handwritten:
        yield from _untyped(entities[entity_name], feed)
    for sql in [*feed.mapping.fields.values(), *([feed.mapping.where] if feed.mapping.where else [])]:
        if wrong := expression.problem(sql, sorted(feed.fields), run_names=(), casts=True):
            yield f"{entity_name}: {wrong}"


def _untyped(entity: Entity, feed: Feed) -> Iterator[str]:
    """A text that lands in a number or a date would stop the whole build at its first odd value, not that record."""
    for column in feed.table.loaded_columns:
        kind = entity.type_of(column.as_ or "")
        overridden = column.as_ in feed.mapping.fields or column.as_ in feed.mapping.constants
        if column.type == "text" and kind not in (None, "string") and not overridden and not column.values:
            yield f"column {column.name} is text but {entity.name}.{column.as_} is {kind}: give it its type"


def compile_entity(entity: Entity, several: list[Feed]) -> str:
    """The text of the model that holds what is delivered for `entity`: itself, or `delivered_<entity>`."""
    own_fields = sorted({field for feed in several for field in feed.own_fields})
    selects = [_select(entity, feed, own_fields) for feed in several] or [_empty(entity)]
    unioned = "\n\nunion all\n\n".join(selects)
    origin = ", ".join(dict.fromkeys(f"sources/{feed.contract.system}.yml" for feed in several)) or "no source"
    config = "{{ config(materialized='ephemeral') }}\n" if entity.is_handwritten else ""
    guard = _guard(entity.name) if several else ""
    grain = " ".join(entity.description.split()).split(". ")[0].rstrip(".")
    return f"""-- {grain}; as delivered by every enabled system.
-- {staging.HEADER.format(origin=origin)}
{config}{guard}{unioned}
"""


def _guard(entity: str) -> str:
    return f"""with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{{{ source('gate', 'blocked_entities') }}}}
    where entity = '{entity}'
)

"""


def _select(entity: Entity, feed: Feed, own_fields: list[str]) -> str:
    lines = [f"cast({text.value(feed.contract.system)} as string) as source_system"]
    for column in entity.delivered:
        lines.append(f"cast({feed.source_of(column.name)} as {column.type}) as {column.name}")
    for field in own_fields:
        lines.append(f"cast({feed.source_of(field)} as string) as {field}")
    where = [f"({feed.mapping.where})"] if feed.mapping.where else []
    where.append("not exists (select 1 from blocked)")
    return f"""select
    {text.block(lines, 4)}
from {{{{ ref('{feed.model}') }}}}
where {" and ".join(where)}"""


def _empty(entity: Entity) -> str:
    lines = ["cast(null as string) as source_system"]
    lines += [f"cast(null as {column.type}) as {column.name}" for column in entity.delivered]
    return f"select\n    {text.block(lines, 4)}\nwhere false"


def _listed_columns(model: str, models: Path | None) -> list[str]:
    for path in sorted(models.rglob("*.yml")) if models else []:
        for said in (yaml_file.read(path).data or {}).get("models", []):
            if said.get("name") == model:
                return [column["name"] for column in said.get("columns", [])]
    raise KpiError(
        f"no yml lists the columns of the hand-written staging model {model}",
        file=models,
        next_step=f"write models/{model}.sql and models/{model}.yml with its columns",
    )

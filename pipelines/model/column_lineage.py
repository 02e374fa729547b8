"""The way of a column: from the source's own column over the entity's field to the KPIs that read it.

Belongs here: which fields a KPI reads and what for, which source columns feed a field, which entities a derived one is
made of. Does not: the way of a table (lineage.py), pages of it (publish/catalogue/).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.extract.contract import TableContract
from pipelines.model.compiler import cuts
from pipelines.model.compiler.inputs import Feed
from pipelines.model.entities import FOLDER, Entity
from pipelines.model.expression import RUN_NAMES, columns_of
from pipelines.model.kpi import Cohort, Event, Kpi, Measure

REF = re.compile(r"ref\('(\w+)'\)")


class SourceColumn(NamedTuple):
    """A column as the source names it; empty where something else gives the field: then `through` says what."""

    address: str  # raw_crm.deals
    column: str
    through: str = ""  # a hand-written model, the entity whose record it is taken from, or `= ` and a constant


Reads = dict[str, dict[str, set[str]]]  # entity → field → what for: value, filter, date, person, key, cut


def reads(kpi: Kpi, entities: Mapping[str, Entity]) -> Reads:
    """The fields a KPI reads itself, in any of its versions; not those of the KPIs it is made of."""
    found: Reads = {}

    def add(entity: str, purpose: str, columns: Iterable[str]) -> None:
        known = {column.name for column in entities[entity].columns} if entity in entities else set()
        for column in columns:
            if column in known:
                found.setdefault(entity, {}).setdefault(column, set()).add(purpose)

    def said(entity: str, purpose: str, text: str | None) -> None:
        add(entity, purpose, columns_of(text) - set(RUN_NAMES) if text else ())

    for meaning in kpi.meanings:
        kind = meaning.type
        if isinstance(kind, Cohort):
            own = [kind.event] if isinstance(kind.event, str) else []
            add(kind.entity, "date", [kind.start, *own])
            said(kind.entity, "filter", kind.filter)
            _credited(kpi, kind.entity, kind.person, entities, add)
            if isinstance(kind.event, Event):
                add(kind.event.entity, "date", [kind.event.date])
                said(kind.event.entity, "filter", kind.event.filter)
                for entity in (kind.entity, kind.event.entity):
                    add(entity, "key", [kind.event.key])
            continue
        for part in meaning.parts.values():
            if isinstance(part, Measure):
                add(part.entity, "date", part.columns)
                said(part.entity, "value", part.expr)
                said(part.entity, "filter", part.filter)
                _credited(kpi, part.entity, part.person, entities, add)
    return found


def _credited(
    kpi: Kpi,
    entity: str,
    person: str | None,
    entities: Mapping[str, Entity],
    add: Callable[[str, str, Iterable[str]], None],
) -> None:
    """Whom a row counts for, and by what it is cut."""
    if entity not in entities:
        return
    own = person or entities[entity].person or entities[entity].unit
    if own and set(kpi.levels) - {"company"}:
        add(entity, "person", [own])
    add(entity, "cut", [cut.own for name in kpi.cuts if (cut := cuts.resolve(name, entities[entity]))])


def sources(entity: Entity, feeds: Sequence[Feed]) -> dict[str, list[SourceColumn]]:
    """Per field the columns it comes from, in the order of systems and tables; fields nothing feeds are left out."""
    found: dict[str, list[SourceColumn]] = {}
    for column in entity.columns:
        for feed in feeds:
            for one in _of_field(column.name, feed):
                found.setdefault(column.name, []).append(one)
    return found


def made_of(entity: str, folder: Path = FOLDER) -> list[str]:
    """The entities a derived entity, or the derived fields of one, are computed from: what its model reads."""
    seen: set[str] = set()
    waiting = [entity]
    while waiting:
        name = waiting.pop()
        path = next((p for p in (folder / f"{name}.sql", folder / "helpers" / f"{name}.sql") if p.is_file()), None)
        if path is None or name in seen:
            continue
        seen.add(name)
        for other in REF.findall(path.read_text(encoding="utf-8")):
            if (folder / "helpers" / f"{other}.sql").is_file():
                waiting.append(other)
            elif other not in (entity, f"delivered_{entity}"):
                seen.add(f"={other.removeprefix('delivered_')}")
    return sorted(name[1:] for name in seen if name.startswith("="))


def _of_field(field: str, feed: Feed) -> list[SourceColumn]:
    sql = feed.source_of(field)
    if sql == "null":
        taken = next((one for one in feed.taken if field in one.fields), None)
        return [SourceColumn(feed.address, "", taken.entity)] if taken else []
    constants = feed.table.constants | feed.mapping.constants
    if field in constants and field not in feed.mapping.fields:
        return [SourceColumn(feed.address, "", f"= {constants[field]}")]
    if feed.handwritten:
        return [SourceColumn(feed.address, "", feed.handwritten)]
    names = columns_of(sql)
    return [SourceColumn(feed.address, column) for name in sorted(names) for column in _columns(name, feed.table)]


def _columns(name: str, table: TableContract) -> list[str]:
    """The source columns that become a business field: by name, by one of its values, or from the next record."""
    if table.following and table.following.as_ == name:
        name = table.following.of
    return [
        column.name
        for column in table.columns
        if column.as_ == name or any(isinstance(said, dict) and name in said for said in (column.values or {}).values())
    ]

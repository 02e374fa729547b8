"""The dictionary of entities, read from where dbt keeps it: `dbt_project/models/2_entities/<entity>.yml`.

Belongs here: which entities there are, their columns, types and keys. Does not: what feeds them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipelines import yaml_file
from pipelines.settings import DBT_PROJECT

FOLDER = DBT_PROJECT / "models" / "2_entities"


class EntityColumn(NamedTuple):
    name: str
    type: str
    description: str
    is_derived: bool
    label_zh: str = ""
    is_required: bool = False  # a row without it says too little
    looked_up: str = ""  # the entity that a derived column alone is taken from: the rest of the row needs nothing of it


class Money(NamedTuple):
    """The amounts of an entity, and the columns whose first filled one is the business day that prices them."""

    amounts: tuple[str, ...]
    day: tuple[str, ...]  # none: the business date of the run


class Parent(NamedTuple):
    """The record a row belongs to (an order line to its order), and what a source that lacks it takes from there."""

    entity: str
    key: str  # column of both
    fields: dict[str, str]  # own column: the parent's column


class Entity(NamedTuple):
    """One business table: its grain in words, its columns, the column that names the person it is credited to."""

    name: str
    description: str
    columns: tuple[EntityColumn, ...]
    person: str | None
    is_periodic: bool  # has its own grain and period_start
    is_derived: bool  # computed as a whole, no source feeds it
    is_handwritten: bool  # has its own .sql beside its .yml
    key: tuple[str, ...] = ()
    money: Money | None = None
    parents: tuple[Parent, ...] = ()  # the first that has a value gives it
    unit: str | None = None  # the column of the unit a row belongs to, where it is nobody's
    label_zh: str = ""
    label_en: str = ""

    @property
    def delivered(self) -> list[EntityColumn]:
        """The columns a source may deliver."""
        return [column for column in self.columns if not column.is_derived and column.name != "source_system"]

    def type_of(self, column: str) -> str | None:
        return next((c.type for c in self.columns if c.name == column), None)


@cache
def read_entities(folder: Path = FOLDER) -> dict[str, Entity]:
    """All entities by name. Raises KpiError with file and line where a yml is not as dbt wants it."""
    entities = {}
    for path in sorted(folder.glob("*.yml")):
        file = yaml_file.read(path)
        for i, model in enumerate((file.data or {}).get("models", [])):
            meta = model.get("config", {}).get("meta", {})
            columns = []
            for j, column in enumerate(model.get("columns", [])):
                if "data_type" not in column:
                    raise file.error(f"{column.get('name')}: data_type is missing", ("models", i, "columns", j))
                about = column.get("config", {}).get("meta", {})
                columns.append(
                    EntityColumn(
                        name=column["name"],
                        type=column["data_type"],
                        description=column.get("description", ""),
                        is_derived=bool(about.get("derived")),
                        label_zh=about.get("label", {}).get("zh", ""),
                        is_required=bool(about.get("required")),
                        looked_up=about.get("looked_up", ""),
                    )
                )
            entities[model["name"]] = Entity(
                name=model["name"],
                description=model.get("description", ""),
                columns=tuple(columns),
                person=meta.get("person"),
                is_periodic=bool(meta.get("periodic")),
                is_derived=bool(meta.get("derived")),
                is_handwritten=path.with_name(f"{model['name']}.sql").exists(),
                key=tuple(meta.get("key", ())),
                money=Money(tuple(meta["money"]["amounts"]), tuple(meta["money"]["day"])) if "money" in meta else None,
                parents=tuple(_parent(said) for said in meta.get("parents", ())),
                unit=meta.get("unit"),
                label_zh=meta.get("label", {}).get("zh", ""),
                label_en=meta.get("label", {}).get("en", ""),
            )
    return entities


def _parent(said: dict[str, Any]) -> Parent:
    fields = dict(field.split(": ") if ": " in field else (field, field) for field in said["fields"])
    return Parent(said["entity"], said["key"], fields)

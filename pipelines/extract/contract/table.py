"""One table of a source contract: what it holds, how it is delivered, what it feeds.

Belongs here: the rules that hold inside one table. Does not: reading or loading it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from pipelines.errors import did_you_mean
from pipelines.extract.contract.column import RESERVED, Column
from pipelines.extract.contract.place import From
from pipelines.extract.names import fold
from pipelines.shape import Share, Strict

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class EntityFields(Strict):
    """What of one source table goes into one entity; same-named fields go along by themselves."""

    where: str | None = Field(None, description="condition in business names")
    fields: dict[str, str] = Field(
        default_factory=dict, description="entity field: field or SQL expression in business names"
    )
    constants: dict[str, str | bool | int] = Field(default_factory=dict)
    staging: str | None = Field(None, description="a hand-written staging model with another grain")


class EntityMapping(EntityFields):
    """How one source table feeds one entity."""

    entity: Name


class Following(Strict):
    """A field that says what the next record of the same thing says: a history tells when stages began, not ended."""

    as_: Name = Field(alias="as", description="the field it becomes: left_at")
    of: Name = Field(description="the field taken from the next record, and that orders them: entered_at")
    per: Name = Field(description="the field whose equal values are one history: deal_id")


Outcome = Literal["take", "warn", "refuse"]


class Drift(Strict):
    """What follows when a delivery's columns are not those of the contract; each is told as a check of its own.

    take: loaded, and told as information. warn: loaded, the table's verdict is warn. refuse: nothing of it is loaded,
    the table is blocked. A dropped column that is taken is null from then on.
    """

    added: Outcome = Field("warn", description="a column that the contract does not know; its values are not loaded")
    dropped: Outcome | None = Field(
        None,
        description="a column of the contract is missing; never taken where required; default: refuse, but take in "
        "JSON and APIs, which leave out what is empty",
    )
    renamed: Outcome = Field("take", description="a column came under a name listed in its `also`")
    recased: Outcome = Field("take", description="the same name in other case, width, or with stray blanks")
    retyped: Outcome = Field("warn", description="Parquet, databases: another type than the delivery before")


class TableContract(Strict):
    """One table of a source."""

    from_: From = Field(alias="from")
    key: list[str] = Field(
        default_factory=list, description="columns that identify a record; none: every record stands for itself"
    )
    cursor: str | None = None
    overlap: str | None = Field(
        None,
        pattern=r"^\d+( (second|minute|hour|day)s?)?$",
        description="databases, REST: how far behind the highest cursor the next read begins, as 2 hours, or a number",
    )
    optional: bool = Field(
        False, description="databases: some installations do not have it; then it is told, and stays empty"
    )
    delivery: Literal["append", "upsert", "full", "snapshot"]
    empty: Literal["block", "warn", "allow"] = "block"
    hold_below: Share = Field(
        0.1, description="a delivery with less than this share of the usual records is held back; 0: never"
    )
    drift: Drift = Field(default_factory=Drift)
    block_above: Share = Field(0.02, description="share of rows set aside above which the table is blocked")
    entities: list[EntityMapping] = Field(default_factory=list)
    constants: dict[str, str | bool | int] = Field(default_factory=dict)
    columns: list[Column] = Field(min_length=1)
    deleted_in: Name | None = Field(
        None, description="table of this system that lists, by its key, the records deleted at the source"
    )
    following: Following | None = None
    staging: str | None = Field(None, description="a hand-written staging model instead of the compiled one")

    # json_schema_input_type: what people write, which editors complete from; the field holds what it becomes.
    @field_validator(
        "entities", mode="before", json_schema_input_type=list[str | EntityMapping | dict[str, EntityFields]]
    )
    @classmethod
    def _entity_items(cls, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        items: list[Any] = []
        for item in value:
            if isinstance(item, str):
                items.append({"entity": item})
            elif isinstance(item, dict) and len(item) == 1 and "entity" not in item:
                ((entity, said),) = item.items()
                items.append({"entity": entity, **(said or {})})
            else:
                items.append(item)
        return items

    @model_validator(mode="after")
    def _names_agree(self) -> TableContract:
        names = [column.name for column in self.columns]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"column {repeated[0]} stands twice; give from.names by position and use those names")
        fields = [column.as_ for column in self.columns if column.as_]
        if repeated := sorted({name for name in fields if fields.count(name) > 1}):
            raise ValueError(f"two columns become {repeated[0]}")
        made = {
            field
            for column in self.columns
            for said in (column.values or {}).values()
            if isinstance(said, dict)
            for field in said
        }
        for field in (self.following.of, self.following.per) if self.following else ():
            if field not in (known := sorted({*fields, *made, *self.constants})):
                raise ValueError(f"following names {field}, which no column becomes{did_you_mean(field, known)}")
        for what, said in (("key", self.key), ("cursor", [self.cursor] if self.cursor else [])):
            if unknown := [name for name in said if name not in names]:
                raise ValueError(f"{what} names {unknown[0]}, which is not among the columns")
        if self.delivery in ("upsert", "snapshot") and not self.key:
            raise ValueError(f"delivery {self.delivery} needs a key")
        also = [other for column in self.columns for other in column.also]
        if twice := [other for other in also if other in names or also.count(other) > 1]:
            raise ValueError(f"{twice[0]} names two columns")
        made = {column.validity.name.casefold() for column in self.columns if column.personal == "hash"}
        if taken := [name for name in names if name.casefold() in made]:
            raise ValueError(f"column {taken[0]}: the load makes this name itself; give from.names by position")
        _refuse_names_that_fold_to_one(names)
        delivered = self.delivered_names
        if repeated := sorted({name for name in delivered if delivered.count(name) > 1}):
            raise ValueError(f"the header repeats {repeated[0]}; give from.names by position")
        if not self.from_.names:
            _refuse_spellings_of_two(delivered, {column.name: column.also for column in self.columns})
        if unknown := [name for name in names if name not in delivered]:
            raise ValueError(f"column {unknown[0]} is not in the header{did_you_mean(unknown[0], delivered)}")
        if isinstance(self.from_.header, list) and len(self.from_.header) != len(delivered):
            raise ValueError(f"from.header has {len(self.from_.header)} names, from.names has {len(delivered)}")
        if dropped := [name for name in [*self.key, self.cursor] if name and self.column(name).personal == "drop"]:
            raise ValueError(f"{dropped[0]} is dropped as personal and cannot be a key or cursor")
        return self

    @property
    def delivered_names(self) -> list[str]:
        """The name of every column of the source by position: from.names, else the header, else the columns."""
        header = self.from_.header if isinstance(self.from_.header, list) else None
        return self.from_.names or header or [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        return next(column for column in [*self.columns, *self.loaded_columns] if column.name == name)

    @property
    def loaded_columns(self) -> list[Column]:
        """The columns that raw keeps: all but those marked personal: drop, and after a hashed one its validity."""
        kept = [column for column in self.columns if column.personal != "drop"]
        return [loaded for c in kept for loaded in ([c, c.validity] if c.personal == "hash" else [c])]


def _refuse_names_that_fold_to_one(names: list[str]) -> None:
    # DuckDB compares names without case: Name and name would become one column.
    folded: dict[str, str] = {}
    for name in names:
        if name.casefold() in RESERVED:
            raise ValueError(f"column {name}: the load uses this name itself; give from.names by position")
        other = folded.setdefault(name.casefold(), name)
        if other != name:
            raise ValueError(f"columns {other} and {name} differ only in case; give from.names by position")


def _refuse_spellings_of_two(delivered: list[str], also: dict[str, list[str]]) -> None:
    # A delivered name is known by how it reads: what reads as two columns would go to either, and nobody told.
    meant: dict[str, str] = {}
    for name in delivered:
        if (other := meant.setdefault(fold(name), name)) != name:
            raise ValueError(f"columns {other} and {name} read as one name; give from.names by position")
    for name, others in also.items():
        for other in others:
            if (column := meant.setdefault(fold(other), name)) != name:
                raise ValueError(f"{other} names two columns: {column} and {name}")

"""What a source contract (`sources/<system>.yml`) may say, and nothing else.

Belongs here: the shape of a contract and the rules that hold inside one file.
Does not: reading the source (files.py), loading it (load.py), or turning it into SQL (model/compiler).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.settings import Settings
from pipelines.shape import Label, Strict

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
TypeName = Annotated[
    str, StringConstraints(pattern=r"^(text|integer|boolean|double|date|time|timestamp|decimal\(\d{1,2},\s*\d{1,2}\))$")
]
DUCKDB_TYPES = {"text": "varchar", "integer": "bigint"}  # every other type has the same name in DuckDB

# Columns every raw table carries beside the source's own.
LOAD_COLUMNS = {
    "_batch_id": "varchar",  # the delivery: hash of the landed file
    "_row_number": "bigint",  # 1 is the first record of that delivery
    "_loaded_at": "timestamp",  # UTC
    "_source_file": "varchar",
}


RESERVED = {*LOAD_COLUMNS, "_version"}  # names the load needs for itself


class From(Strict):
    """Where a table's records lie, in the words of its kind of source."""

    glob: str | None = None
    format: Literal["csv", "xlsx", "json", "jsonl", "parquet"] | None = Field(
        None, description="default: by file ending"
    )
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header: list[str] | Literal["none"] | None = Field(None, description="expected header; default: the column names")
    names: list[str] | None = Field(None, description="names by position, where the header is absent or repeats names")
    sheet: str | None = Field(None, description="worksheet; default: the first")

    @property
    def file_format(self) -> str:
        """The format as said, or as the glob's ending says (`deals_*.csv.gz` is csv)."""
        if self.format:
            return self.format
        ending = (self.glob or "").removesuffix(".gz").rsplit(".", 1)[-1].lower()
        return {
            "csv": "csv",
            "tsv": "csv",
            "txt": "csv",
            "xlsx": "xlsx",
            "xls": "xlsx",
            "json": "json",
            "jsonl": "jsonl",
            "ndjson": "jsonl",
            "parquet": "parquet",
        }.get(ending, "csv")


class Column(Strict):
    """One column of the source: its type as delivered, and the business field it becomes."""

    name: str = Field(min_length=1, description="the source's own name")
    type: TypeName = "text"
    as_: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] | None = Field(None, alias="as")
    required: bool = False
    format: str | None = Field(None, description="strptime format of a date or timestamp")
    thousands: str | None = Field(None, max_length=1)
    nulls: list[str] = Field(default_factory=list, description="texts that mean: no value")
    values: dict[str, str | bool | int | dict[str, str | bool | int]] | None = Field(
        None, description="source value → value, or → {field: value}; * is any other"
    )
    personal: Literal["hash", "keep", "drop"] | None = None

    @property
    def duckdb_type(self) -> str:
        """The type in raw; a hashed column is text whatever it was before."""
        return "varchar" if self.personal == "hash" else DUCKDB_TYPES.get(self.type, self.type)


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


class TableContract(Strict):
    """One table of a source."""

    from_: From = Field(alias="from")
    key: list[str] = Field(
        default_factory=list, description="columns that identify a record; none: every record stands for itself"
    )
    cursor: str | None = None
    delivery: Literal["append", "upsert", "full", "snapshot"]
    empty: Literal["block", "warn", "allow"] = "block"
    block_above: float = Field(0.02, ge=0, le=1, description="share of rows set aside above which the table is blocked")
    entities: list[EntityMapping] = Field(default_factory=list)
    constants: dict[str, str | bool | int] = Field(default_factory=dict)
    columns: list[Column] = Field(min_length=1)
    staging: str | None = Field(None, description="a hand-written staging model instead of the compiled one")

    # json_schema_input_type: what people write, which editors complete from; the field holds what it becomes.
    @field_validator("block_above", mode="before", json_schema_input_type=float | str)
    @classmethod
    def _percent(cls, value: Any) -> Any:
        if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)):
            return float(match.group(1)) / 100
        return value

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
        for what, said in (("key", self.key), ("cursor", [self.cursor] if self.cursor else [])):
            if unknown := [name for name in said if name not in names]:
                raise ValueError(f"{what} names {unknown[0]}, which is not among the columns")
        if self.delivery == "upsert" and not self.key:
            raise ValueError("delivery upsert needs a key")
        if self.delivery == "snapshot":
            raise ValueError("delivery snapshot is not supported yet; use full, which keeps the newest table only")
        _refuse_names_that_fold_to_one(names)
        delivered = self.delivered_names
        if repeated := sorted({name for name in delivered if delivered.count(name) > 1}):
            raise ValueError(f"the header repeats {repeated[0]}; give from.names by position")
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
        return next(column for column in self.columns if column.name == name)

    @property
    def loaded_columns(self) -> list[Column]:
        """The columns that raw keeps: all but those marked personal: drop."""
        return [column for column in self.columns if column.personal != "drop"]


class SourceContract(Strict):
    """One system: how to reach it and what its tables hold."""

    system: Name
    kind: Literal["files", "database", "rest"]
    enabled: bool = True
    label: Label
    owner: str = Field(description="id in people.yml; hears of this system's data problems")
    time_zone: str = Field("UTC", description="what naive times of this source mean")
    connection: dict[str, Any]
    tables: dict[Name, TableContract] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone {value}") from error
        return value

    @model_validator(mode="after")
    def _place_is_said(self) -> SourceContract:
        if self.kind == "files":
            if not isinstance(self.connection.get("path"), str):
                raise ValueError("connection.path is missing: the folder that holds the files")
            for name, table in self.tables.items():
                if not table.from_.glob:
                    raise ValueError(f"tables.{name}.from.glob is missing")
                if table.from_.glob.startswith("/") or ".." in table.from_.glob.split("/"):
                    raise ValueError(f"tables.{name}.from.glob must stay inside connection.path")
        return self

    @property
    def raw_schema(self) -> str:
        return f"raw_{self.system}"

    @property
    def quarantine_schema(self) -> str:
        return f"quarantine_{self.system}"


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a contract file; editors complete from it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | SourceContract.model_json_schema(by_alias=True)


def _refuse_names_that_fold_to_one(names: list[str]) -> None:
    # DuckDB compares names without case: Name and name would become one column.
    folded: dict[str, str] = {}
    for name in names:
        if name.casefold() in RESERVED:
            raise ValueError(f"column {name}: the load uses this name itself; give from.names by position")
        other = folded.setdefault(name.casefold(), name)
        if other != name:
            raise ValueError(f"columns {other} and {name} differ only in case; give from.names by position")


def read_contract(path: Path) -> SourceContract:
    """One contract file; its name must be its system's.

    Raises KpiError or KpiErrors with file and line.
    """
    contract, file = yaml_file.read_as(path, SourceContract)
    if contract.system != path.stem:
        raise file.error(f"system {contract.system} must stand in {contract.system}.yml", ("system",))
    return contract


def read_contracts(settings: Settings) -> list[SourceContract]:
    """All enabled contracts of a configuration, by system name.

    Raises KpiErrors holding the errors of every file, or KpiError where no source is enabled.
    """
    contracts, errors = [], []
    for path in sorted(settings.sources.glob("*.yml")):
        try:
            contracts.append(read_contract(path))
        except KpiErrors as found:
            errors.extend(found.errors)
        except KpiError as found:
            errors.append(found)
    if errors:
        raise KpiErrors(errors)
    enabled = [contract for contract in contracts if contract.enabled]
    if not enabled:
        raise KpiError("no enabled source", file=settings.sources, next_step="add a contract, see CONTRIBUTING.md")
    return enabled

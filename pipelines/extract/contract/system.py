"""One system: how to reach it, and its tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from pipelines.errors import did_you_mean
from pipelines.extract.contract.database import DatabaseConnection
from pipelines.extract.contract.files import FilesConnection
from pipelines.extract.contract.rest import RestConnection
from pipelines.extract.contract.table import Name, TableContract
from pipelines.shape import Label, Strict, TimeZone, wrong_at


def _kind_of_connection(value: Any) -> str:
    said = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    return "database" if "url" in said else "rest" if "base_url" in said else "files"


Connection = Annotated[
    Annotated[FilesConnection, Tag("files")]
    | Annotated[DatabaseConnection, Tag("database")]
    | Annotated[RestConnection, Tag("rest")],
    Discriminator(_kind_of_connection),
]
NEEDED = {"files": "path", "database": "url", "rest": "base_url"}
PLACES = {"files": "glob", "database": "database", "rest": "rest"}


class SourceContract(Strict):
    """One system: how to reach it and what its tables hold."""

    system: Name
    kind: Literal["files", "database", "rest"]
    enabled: bool = True
    label: Label
    owner: str = Field(description="id in people.yml; hears of this system's data problems")
    time_zone: TimeZone = Field("UTC", description="what naive times of this source mean")
    connection: Connection
    tables: dict[Name, TableContract] = Field(min_length=1)

    @model_validator(mode="after")
    def _places_are_of_this_kind(self) -> SourceContract:
        if not hasattr(self.connection, NEEDED[self.kind]):
            raise ValueError(f"kind {self.kind} needs connection.{NEEDED[self.kind]}")
        for name, table in self.tables.items():
            place = table.from_
            if not getattr(place, PLACES[self.kind]):
                raise ValueError(f"tables.{name}.from.{PLACES[self.kind]} is missing")
            if place.glob and (place.glob.startswith("/") or ".." in place.glob.split("/")):
                raise ValueError(f"tables.{name}.from.glob must stay inside connection.path")
            if self.kind != "files" and table.cursor and not table.key and table.delivery != "full":
                raise ValueError(f"tables.{name}: reading on from a cursor meets its last rows again: give a key")
            if table.optional and self.kind != "database":
                raise ValueError(f"tables.{name}.optional is for tables of a database")
            if table.delivery == "snapshot" and self.kind == "files" and not place.day:
                raise ValueError(f"tables.{name}.from.day is missing: the form of the day in a snapshot's file name")
        return self

    @model_validator(mode="after")
    def _deletions_agree(self) -> SourceContract:
        for name, table in self.tables.items():
            if table.deleted_in is None:
                continue
            place = ("tables", name, "deleted_in")
            if table.deleted_in not in self.tables:
                known = did_you_mean(table.deleted_in, list(self.tables))
                raise wrong_at(place, f"{table.deleted_in} is no table of this system{known}")
            if len(table.key) != len(self.tables[table.deleted_in].key) or not table.key:
                raise wrong_at(place, f"{name} and {table.deleted_in} need keys of as many columns")
            if table.delivery == "snapshot":
                raise wrong_at(place, "a snapshot says itself what is gone")
        return self

    @model_validator(mode="after")
    def _resources_agree(self) -> SourceContract:
        for name, table in self.tables.items():
            said, place = table.from_.rest, ("tables", name, "from", "rest")
            if table.from_.names and (said or table.from_.file_format in ("json", "jsonl")):
                raise wrong_at(("tables", name, "from", "names"), "keys of a record have no position")
            if said is None:
                if placed := [i for i, column in enumerate(table.columns) if column.at]:
                    raise wrong_at(("tables", name, "columns", placed[0], "at"), "only records of an API have places")
                continue
            if said.each and said.each.table not in self.tables:
                known = did_you_mean(said.each.table, list(self.tables))
                raise wrong_at((*place, "each", "table"), f"{said.each.table} is no table of this system{known}")
            if said.each and (other := self.tables[said.each.table].from_.rest) and other.each:
                raise wrong_at((*place, "each", "table"), f"{said.each.table} is itself asked record by record")
            outer = [column.name for column in table.columns if column.name.startswith("^")]
            if said.each and not said.items:
                outer = [column for column in outer if column != f"^{said.each.field}"]
            if outer and not said.items:
                raise wrong_at(
                    ("tables", name, "columns"), f"{outer[0]} needs a record around this one: from.rest.items"
                )
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

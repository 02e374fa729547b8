"""One system: how to reach it, and its tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from pipelines.extract.contract.database import DatabaseConnection
from pipelines.extract.contract.files import FilesConnection
from pipelines.extract.contract.rest import RestConnection
from pipelines.extract.contract.table import Name, TableContract
from pipelines.shape import Label, Strict, TimeZone


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

    @property
    def raw_schema(self) -> str:
        return f"raw_{self.system}"

    @property
    def quarantine_schema(self) -> str:
        return f"quarantine_{self.system}"


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a contract file; editors complete from it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | SourceContract.model_json_schema(by_alias=True)

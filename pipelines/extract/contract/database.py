"""Where records lie when the source is a database: its address, and a table or a query."""

from __future__ import annotations

from pydantic import Field, model_validator

from pipelines.shape import Strict


class DatabaseConnection(Strict):
    """A SQLAlchemy address; passwords only by name: postgresql://${ERP_USER}:${ERP_PASSWORD}@host/db."""

    url: str


class FromDatabase(Strict):
    """One table or view, or a query of our own; just one of the two."""

    table: str | None = Field(None, description="name or schema.name; ${PREFIX} is taken from the environment")
    query: str | None = Field(None, description="one select; its columns carry the names of the contract")

    @model_validator(mode="after")
    def _one_of_both(self) -> FromDatabase:
        if bool(self.table) == bool(self.query):
            raise ValueError("give either table or query")
        return self

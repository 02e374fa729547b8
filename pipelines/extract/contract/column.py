"""One column of a source table, as a contract says it.

Belongs here: its name, type, marks and the business field it becomes. Does not: casting it (extract/cast.py).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from pipelines.shape import Strict

TypeName = Annotated[
    str, StringConstraints(pattern=r"^(text|integer|boolean|double|date|time|timestamp|decimal\(\d{1,2},\s*\d{1,2}\))$")
]
DUCKDB_TYPES = {"text": "varchar", "integer": "bigint"}  # every other type has the same name in DuckDB

Form = Literal["phone", "email", "id_number", "credit_code", "name", "text"]

# Columns every raw table carries beside the source's own.
LOAD_COLUMNS = {
    "_batch_id": "varchar",  # the delivery: hash of the landed file
    "_row_number": "bigint",  # 1 is the first record of that delivery
    "_loaded_at": "timestamp",  # UTC
    "_source_file": "varchar",
}
SNAPSHOT_DAY = "_snapshot_date"  # a table delivered as snapshots: the day each row was true


RESERVED = {*LOAD_COLUMNS, SNAPSHOT_DAY, "_version"}  # names the load needs for itself


class Column(Strict):
    """One column of the source: its type as delivered, and the business field it becomes."""

    name: str = Field(min_length=1, description="the source's own name")
    at: str | None = Field(None, min_length=1, description="REST: where in a record it stands; default: the name")
    also: list[str] = Field(default_factory=list, description="other names it has come under; taken, and told")
    type: TypeName = "text"
    as_: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] | None = Field(None, alias="as")
    required: bool = Field(
        False,
        description="the column is in every delivery; that each record has a value in it, a rule of the suite says",
    )
    format: str | None = Field(None, description="strptime format of a date or timestamp")
    thousands: str | None = Field(None, max_length=1)
    nulls: list[str] = Field(default_factory=list, description="texts that mean: no value")
    values: dict[str, str | bool | int | dict[str, str | bool | int]] | None = Field(
        None, description="source value → value, or → {field: value}; * is any other"
    )
    personal: Literal["hash", "keep", "drop"] | None = None
    form: Form = Field("text", description="personal: hash: what a value must look like; decides its one spelling")
    country: str = Field("CN", pattern="^[A-Z]{2}$", description="form: phone: of numbers without a country code")

    @model_validator(mode="after")
    def _form_is_of_a_hashed_column(self) -> Column:
        if self.form != "text" and self.personal != "hash":
            raise ValueError(f"form: {self.form} is for a column marked personal: hash")
        return self

    @model_validator(mode="after")
    def _format_says_the_year(self) -> Column:
        # try_strptime('1-Jan', '%d-%b') is 1 January 1900, and no error: 120 of AtliQo's months would all lie there.
        if self.type in ("date", "timestamp") and self.format and not re.search(r"(?<!%)(%%)*%-?[YyGcx]", self.format):
            raise ValueError(f"format {self.format} has no year; load it as text and say the year in a staging model")
        return self

    @property
    def validity(self) -> Column:
        """The column that raw carries right after a hashed one: whether the value had its form; null without value."""
        return Column(name=f"_{self.name}_is_valid", type="boolean")

    @property
    def duckdb_type(self) -> str:
        """The type in raw; a hashed column is text whatever it was before."""
        return "varchar" if self.personal == "hash" else DUCKDB_TYPES.get(self.type, self.type)

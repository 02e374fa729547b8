"""Where a table's records lie, in the words of its kind of source."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipelines.extract.contract.database import FromDatabase
from pipelines.extract.contract.rest import FromRest
from pipelines.shape import Strict


class From(Strict):
    """Where a table's records lie, in the words of its kind of source."""

    glob: str | None = Field(None, description="files: below connection.path")
    database: FromDatabase | None = None
    rest: FromRest | None = None
    format: Literal["csv", "bcp", "xlsx", "json", "jsonl", "parquet"] | None = Field(
        None, description="default: by file ending; bcp: as SQL Server writes it, without quotes, line breaks in fields"
    )
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    record_end: str = Field("\n", min_length=1, description="bcp: what ends the last field of a record")
    header: list[str] | Literal["none"] | None = Field(None, description="expected header; default: the column names")
    names: list[str] | None = Field(None, description="names by position, where the header is absent or repeats names")
    sheet: str | None = Field(None, description="worksheet; default: the first")
    day: str | None = Field(
        None,
        description="snapshots: strptime form of the day in the file's name, %Y-%m-%d in staff_2026-03-02.csv",
    )

    @model_validator(mode="after")
    def _bcp_has_no_header(self) -> From:
        if self.format == "bcp" and (self.header != "none" or not self.delimiter):
            raise ValueError("format: bcp needs a delimiter and header: none")
        if self.format != "bcp" and self.record_end != "\n":
            raise ValueError("record_end is for format: bcp; every other format knows where its records end")
        return self

    @model_validator(mode="after")
    def _json_has_no_positions(self) -> From:
        if self.names and (self.rest or self.file_format in ("json", "jsonl")):
            raise ValueError("names: JSON has no columns by position; give a column's other names in its `also`")
        return self

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
            "xlsm": "xlsx",
            "xls": "xlsx",
            "json": "json",
            "jsonl": "jsonl",
            "ndjson": "jsonl",
            "parquet": "parquet",
        }.get(ending, "csv")

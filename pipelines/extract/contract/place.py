"""Where a table's records lie, in the words of its kind of source."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.extract.contract.database import FromDatabase
from pipelines.extract.contract.rest import FromRest
from pipelines.shape import Strict


class From(Strict):
    """Where a table's records lie, in the words of its kind of source."""

    glob: str | None = Field(None, description="files: below connection.path")
    database: FromDatabase | None = None
    rest: FromRest | None = None
    format: Literal["csv", "xlsx", "json", "jsonl", "parquet"] | None = Field(
        None, description="default: by file ending"
    )
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header: list[str] | Literal["none"] | None = Field(None, description="expected header; default: the column names")
    names: list[str] | None = Field(None, description="names by position, where the header is absent or repeats names")
    sheet: str | None = Field(None, description="worksheet; default: the first")
    day: str | None = Field(
        None,
        description="snapshots: strptime form of the day in the file's name, %Y-%m-%d in staff_2026-03-02.csv",
    )

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

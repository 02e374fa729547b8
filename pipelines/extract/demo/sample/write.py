"""Writes the sample company as one CSV an entity, in UTF-8, its columns those a source may deliver.

Belongs here: formats. Does not: what the rows say.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.extract.demo.sample.base import Company
from pipelines.model.entities import read_entities


def write(company: Company, folder: Path) -> dict[str, int]:
    """Replaces folder/*.csv, and only when all of the new is written. Returns {entity: rows}."""
    delivered = {name: entity.delivered for name, entity in sorted(read_entities().items()) if not entity.is_derived}
    making = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for name, columns in delivered.items():
        names = [column.name for column in columns]
        with (making / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, names, restval="", lineterminator="\n")
            rows.writeheader()
            rows.writerows({column: said(value) for column, value in row.items()} for row in company[name])
    shutil.rmtree(folder, ignore_errors=True)
    making.replace(folder)
    return {name: len(company[name]) for name in delivered}


def said(value: Any) -> str:
    """A value as the contract reads it back; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)

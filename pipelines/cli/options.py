"""The options that every verb of `kpi` shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar="KPI_CONFIG", help="folder with sources/ kpi_definitions/ expectations/"),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="KPI_DATA_DIR", help="where a run writes; default: data/ beside them"),
]

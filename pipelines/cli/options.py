"""The options that every verb of `kpi` shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.errors import KpiError

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar="KPI_CONFIG", help="folder with sources/ kpi_definitions/ expectations/"),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="KPI_DATA_DIR", help="where a run writes; default: data/ beside them"),
]
Language = Annotated[str, typer.Option(help="of what is explained: en or zh")]
LANGUAGES = ("en", "zh")


def known_language(language: str) -> None:
    """Raises KpiError where a language is neither."""
    if language not in LANGUAGES:
        raise KpiError(f"no language {language}", next_step="--language en or --language zh")

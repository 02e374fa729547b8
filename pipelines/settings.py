"""Every environment variable, typed, read once; and where the files of a configuration lie.

Belongs here: names of folders and of settings. Does not: what the files say.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.errors import KpiError

REPOSITORY = Path(__file__).resolve().parent.parent
DBT_PROJECT = REPOSITORY / "dbt_project"


class Settings(BaseSettings):
    """One configuration: its own folders and the folder its runs write to."""

    model_config = SettingsConfigDict(env_prefix="KPI_", env_file=".env", extra="ignore", frozen=False)

    config: Path = Field(REPOSITORY, description="folder with sources/ kpi_definitions/ expectations/ (and models/)")
    data_dir: Path | None = Field(
        None, description="what a run makes; default: data/ of the repository, or CONFIG/data/"
    )
    real_data: Path = Field(REPOSITORY.parent / "shared" / "data", description="real data that tests/real/ reads")
    user: str = Field("", description="who acts: an id of people.yml")
    memory_limit: str = Field("2GB", description="cap on DuckDB's memory; above it, it spills to disk")
    threads: int = Field(2, ge=1, le=256, description="threads DuckDB may use")
    lock_wait: float = Field(7200, ge=0, description="seconds to wait for a run or command that holds the working file")
    pseudonym_key: SecretStr | None = Field(None, description="keys that hide personal columns, newest last")
    postgres_url: SecretStr | None = Field(None, description="where published tables are served too: postgresql://…")
    postgres_prefix: str = Field(
        "kpi", pattern=r"^[a-z][a-z0-9_]{0,30}$", description="begins the names of its schemas and roles"
    )
    postgres_patience: float = Field(120, ge=0, description="seconds to wait for readers that hold the old version")
    age_identity: Path | None = Field(None, description="file with the age identity that opens sealed backups")
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "critical"

    @field_validator("config", "data_dir", "real_data", "age_identity", mode="after")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @property
    def is_default(self) -> bool:
        """Whether this is the configuration the repository ships."""
        return self.config == REPOSITORY

    @property
    def sources(self) -> Path:
        return REPOSITORY / "pipelines" / "sources" if self.is_default else self.config / "sources"

    @property
    def kpi_definitions(self) -> Path:
        return self.config / "kpi_definitions"

    @property
    def expectations(self) -> Path:
        return self.config / "expectations"

    @property
    def models(self) -> Path | None:
        """Hand-written dbt models of this configuration alone; None where there are none."""
        folder = self.config / "models"
        return folder if folder.is_dir() and not self.is_default else None

    @cached_property
    def data(self) -> Path:
        return self.data_dir or self.config / "data"

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def serving(self) -> Path:
        return self.data / "serving"

    @property
    def reports(self) -> Path:
        return self.data / "reports"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"

    @property
    def dbt_target(self) -> Path:
        return self.data / "dbt"

    @property
    def compiled(self) -> Path:
        """Where `kpi compile` writes SQL: checked in for the shipped configuration, under data for any other."""
        return DBT_PROJECT / "compiled" if self.is_default else self.data / "compiled"

    def expand(self, text: str) -> str:
        """`text` with each ${NAME}, or ${NAME:-default}, replaced from these settings or the environment.

        Raises KpiError naming a variable that is not set (never the value of one that is).
        """

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            own = {"KPI_DATA_DIR": self.data, "KPI_REAL_DATA": self.real_data, "KPI_CONFIG": self.config}
            found = own.get(name) or os.environ.get(name) or match.group(2)
            if found is None:
                raise KpiError(
                    f"the environment variable {name} is not set",
                    next_step=f"export {name}=… or add it to .env",
                )
            return str(found)

        return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", value, text)


def load(config: Path | None = None, data_dir: Path | None = None) -> Settings:
    """The settings of the environment, with what the command line said on top.

    Raises KpiError where the configuration folder holds no sources or no definitions.
    """
    said = {key: value for key, value in {"config": config, "data_dir": data_dir}.items() if value is not None}
    settings = Settings(**said)  # type: ignore[arg-type]
    for folder in (settings.sources, settings.kpi_definitions):
        if not folder.is_dir():
            raise KpiError(
                f"the configuration has no folder {folder.name}/",
                file=settings.config,
                next_step="point --config (or KPI_CONFIG) at a folder with sources/ and kpi_definitions/",
            )
    return settings

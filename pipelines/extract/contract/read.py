"""The contracts of a configuration, read from sources/*.yml."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines import yaml_file
from pipelines.errors import KpiError
from pipelines.extract.contract.system import SourceContract
from pipelines.settings import Settings

IS_OFF = re.compile(r"^enabled: +false\s*$", re.MULTILINE)


def read_contract(path: Path) -> SourceContract:
    """One contract file; its name must be its system's.

    Raises KpiError or KpiErrors with file and line.
    """
    contract, file = yaml_file.read_as(path, SourceContract)
    if contract.system != path.stem:
        raise file.error(f"system {contract.system} must stand in {contract.system}.yml", ("system",))
    return contract


def read_contracts(settings: Settings) -> list[SourceContract]:
    """All enabled contracts of a configuration, by system name; a file that says it is off is not read any further.

    Raises as read_all_contracts does.
    """
    paths = [path for path in _paths(settings) if not IS_OFF.search(path.read_text(encoding="utf-8"))]
    return _enabled(_read(paths), settings)


def read_all_contracts(settings: Settings) -> tuple[list[SourceContract], list[SourceContract]]:
    """The enabled contracts of a configuration and those that are off, each by system name.

    Raises KpiErrors holding the errors of every file, or KpiError where no source is enabled.
    """
    contracts = _read(_paths(settings))
    return _enabled(contracts, settings), [contract for contract in contracts if not contract.enabled]


def _paths(settings: Settings) -> list[Path]:
    return sorted(settings.sources.glob("*.yml"))


def _read(paths: list[Path]) -> list[SourceContract]:
    return yaml_file.read_each(paths, read_contract)


def _enabled(contracts: list[SourceContract], settings: Settings) -> list[SourceContract]:
    if enabled := [contract for contract in contracts if contract.enabled]:
        return enabled
    raise KpiError("no enabled source", file=settings.sources, next_step="add a contract, see CONTRIBUTING.md")

"""The contracts of a configuration, read from sources/*.yml."""

from __future__ import annotations

from pathlib import Path

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors
from pipelines.extract.contract.system import SourceContract
from pipelines.settings import Settings


def read_contract(path: Path) -> SourceContract:
    """One contract file; its name must be its system's.

    Raises KpiError or KpiErrors with file and line.
    """
    contract, file = yaml_file.read_as(path, SourceContract)
    if contract.system != path.stem:
        raise file.error(f"system {contract.system} must stand in {contract.system}.yml", ("system",))
    return contract


def read_contracts(settings: Settings) -> list[SourceContract]:
    """All enabled contracts of a configuration, by system name. Raises as read_all_contracts does."""
    return read_all_contracts(settings)[0]


def read_all_contracts(settings: Settings) -> tuple[list[SourceContract], list[SourceContract]]:
    """The enabled contracts of a configuration and those that are off, each by system name.

    Raises KpiErrors holding the errors of every file, or KpiError where no source is enabled.
    """
    contracts, errors = [], []
    for path in sorted(settings.sources.glob("*.yml")):
        try:
            contracts.append(read_contract(path))
        except KpiErrors as found:
            errors.extend(found.errors)
        except KpiError as found:
            errors.append(found)
    if errors:
        raise KpiErrors(errors)
    enabled = [contract for contract in contracts if contract.enabled]
    if not enabled:
        raise KpiError("no enabled source", file=settings.sources, next_step="add a contract, see CONTRIBUTING.md")
    return enabled, [contract for contract in contracts if not contract.enabled]

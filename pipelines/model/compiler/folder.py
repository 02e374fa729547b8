"""The compiled folder as a whole: every file `kpi compile` writes, and whether what lies there is still that.

Belongs here: which files there are. Does not: what is in them.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import KpiErrors
from pipelines.extract.contract import SourceContract
from pipelines.model.company import Company
from pipelines.model.compiler import inputs, measures, staging
from pipelines.model.entities import Entity
from pipelines.model.kpi import KpiFile


def compile_all(
    contracts: list[SourceContract],
    models: Path | None,
    kpi_files: dict[str, KpiFile],
    company: Company,
    entities: dict[str, Entity],
    sources: Path | None = None,
) -> dict[str, str]:
    """Every compiled file by its path below the compiled folder.

    Raises KpiErrors for what contracts say of entities that cannot be; `sources` is where the contracts lie.
    """
    fed = inputs.feeds(contracts, models)
    if found := inputs.problems(fed, entities, sources):
        raise KpiErrors(found)
    files = {"1_staging/_sources.yml": staging.compile_sources(contracts)}
    for contract in contracts:
        for table_name, table in contract.tables.items():
            if table.entities and not table.staging:
                path = f"1_staging/{contract.system}/{staging.model_name(contract.system, table_name)}.sql"
                files[path] = staging.compile_table(contract, table_name, company.time_zone)
    for entity in entities.values():
        if not entity.is_derived:
            model = f"delivered_{entity.name}" if entity.is_handwritten else entity.name
            files[f"2_entities/{model}.sql"] = inputs.compile_entity(entity, fed.get(entity.name, []))
    kpis = {kpi_id: file.kpi for kpi_id, file in kpi_files.items()}
    for name, branches in measures.by_entity(kpis).items():
        path = f"3_kpis/{measures.model_name(name)}.sql"
        files[path] = measures.compile_entity(entities[name], branches, kpis, company.time_zone)
    files["3_kpis/kpi_numbers.sql"] = measures.compile_numbers(kpis)
    return files


def differences(files: dict[str, str], folder: Path) -> list[str]:
    """The paths below `folder` that are missing, stale or left over, sorted."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    stale = {path for path in files if path not in there or (folder / path).read_text(encoding="utf-8") != files[path]}
    return sorted(stale | (there - set(files)))


def write(files: dict[str, str], folder: Path) -> list[str]:
    """Makes `folder` hold just `files`; untouched where nothing changed. Returns the paths that changed."""
    changed = differences(files, folder)
    for path in changed:
        target = folder / path
        if path in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(files[path], encoding="utf-8")
        else:
            target.unlink()
    return changed

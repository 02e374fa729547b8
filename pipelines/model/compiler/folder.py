"""The compiled folder as a whole: every file `kpi compile` writes, and whether what lies there is still that.

Belongs here: which files there are. Does not: what is in them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from pipelines.errors import KpiErrors
from pipelines.extract.contract import SourceContract
from pipelines.model.company import Company
from pipelines.model.compiler import (
    blocks,
    exposures,
    inputs,
    links,
    measures,
    money,
    numbers,
    parents,
    reconciled,
    staging,
    totals,
)
from pipelines.model.compiler.inputs import Feed
from pipelines.model.entities import Entity, EntityColumn
from pipelines.model.kpi import Kpi, KpiFile, entities_of
from pipelines.model.matching import Matching
from pipelines.model.reconciliation import Reconciliation

NO_GOALS: Mapping[str, Collection[str]] = MappingProxyType({})


def compile_all(
    contracts: list[SourceContract],
    models: Path | None,
    kpi_files: dict[str, KpiFile],
    company: Company,
    entities: dict[str, Entity],
    sources: Path | None = None,
    matching: Matching | None = None,
    reconciliations: Sequence[Reconciliation] = (),
    goals: Mapping[str, Collection[str]] = NO_GOALS,
) -> dict[str, str]:
    """Every compiled file by its path below the compiled folder; without `matching` no customers are linked.

    `sources` is where the contracts lie; `goals` are the ids of each KPI's goals.

    Raises KpiErrors for what contracts say of entities that cannot be.
    """
    fed = inputs.feeds(contracts, models)
    if found := inputs.problems(fed, entities, sources):
        raise KpiErrors(found)
    fed = parents.attach(fed, entities)
    files = {"1_staging/_sources.yml": staging.compile_sources(contracts)}
    for contract in contracts:
        for table_name, table in contract.tables.items():
            if table.entities and not table.staging:
                path = f"1_staging/{contract.system}/{staging.model_name(contract.system, table_name)}.sql"
                files[path] = staging.compile_table(contract, table_name, company.time_zone)
    files |= _entities(fed, entities, company, matching)
    kpis = computed({kpi_id: file.kpi for kpi_id, file in kpi_files.items()}, entities, fed)
    entities = with_own_fields(entities, fed)
    for name, some in blocks.by_entity(kpis, entities).items():
        path = f"3_kpis/{measures.model_name(name)}.sql"
        files[path] = measures.compile_entity(entities[name], some, entities, company.time_zone)
    of_kpis = numbers.compile_all(kpis, entities)
    files[f"3_kpis/{numbers.MODEL}.sql"] = of_kpis[numbers.MODEL]
    files[f"4_goals/{numbers.OVER_GOALS}.sql"] = of_kpis[numbers.OVER_GOALS]
    parts = {name: _as_counted(entity) for name, entity in entities.items()}
    files[f"3_kpis/{totals.MODEL}.sql"] = totals.compile_all(kpis, entities, parts, company.time_zone)
    files[f"5_published/{exposures.FILE}"] = exposures.compile_all(kpis, entities, fed, goals)
    files[f"3_kpis/{reconciled.MODEL}.sql"] = reconciled.compile_all(reconciliations, entities, company.time_zone)
    return files


def computed(
    kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], fed: Mapping[str, Sequence[Feed]]
) -> dict[str, Kpi]:
    """The KPIs whose every entity some system feeds; the others have no data, whatever their other half counts."""
    there = {name for name, entity in entities.items() if entity.is_derived or fed.get(name)}
    return {kpi_id: kpi for kpi_id, kpi in kpis.items() if entities_of(kpi, kpis) <= there}


def with_own_fields(entities: Mapping[str, Entity], fed: Mapping[str, list[Feed]]) -> dict[str, Entity]:
    """The entities with the fields (x_…) that a company added, which measures, filters and cuts may name."""
    found = {}
    for name, entity in entities.items():
        own = [EntityColumn(field, kind, "", False) for field, kind in inputs.own_fields(fed.get(name, [])).items()]
        found[name] = entity._replace(columns=(*entity.columns, *own))
    return found


def _entities(
    fed: dict[str, list[Feed]], entities: dict[str, Entity], company: Company, matching: Matching | None
) -> dict[str, str]:
    files = {}
    is_linked = matching is not None and links.is_needed(matching, fed)
    key_systems = links.key_systems(matching, fed) if matching and is_linked else inputs.NO_LINKS
    parts = {name: _as_delivered(entity, fed) for name, entity in entities.items()}
    for entity in entities.values():
        if entity.is_derived:
            continue
        feeds = fed.get(entity.name, [])
        path = f"2_entities/{'delivered_' if entity.is_handwritten else ''}{entity.name}.sql"
        if money.is_priced(entity, fed):
            received = f"2_entities/{money.received(entity)}.sql"
            files[received] = inputs.compile_entity(entity, feeds, key_systems, parts, is_part=True)
            files[path] = money.compile_priced(entity, feeds, company.time_zone)
        else:
            files[path] = inputs.compile_entity(entity, feeds, key_systems, parts, is_part=entity.is_handwritten)
    if priced := [entity for entity in entities.values() if money.is_priced(entity, fed)]:
        files[f"2_entities/{money.LISTING}.sql"] = money.compile_listing(priced, company.time_zone)
    if matching and is_linked:
        files |= links.compile_needed(matching, entities["customers"], entities["customer_links"], fed["customers"])
    else:
        files["2_entities/customer_links.sql"] = links.compile_unneeded(entities["customer_links"])
    return files


def _as_delivered(entity: Entity, fed: dict[str, list[Feed]]) -> str:
    """The model with what is delivered for an entity, before prices and derived fields: what its children may read."""
    if money.is_priced(entity, fed):
        return money.received(entity)
    return f"delivered_{entity.name}" if entity.is_handwritten else entity.name


def _as_counted(entity: Entity) -> str:
    """The model with what is delivered for an entity, priced: what KPIs count, before derived fields."""
    return f"delivered_{entity.name}" if entity.is_handwritten and not entity.is_derived else entity.name


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

"""All KPIs of a configuration: reading them, and what each stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.model.kpi.definition import Kpi, Meaning
from pipelines.model.kpi.measure import Measure
from pipelines.model.kpi.types import Cohort, Event
from pipelines.settings import REPOSITORY
from pipelines.yaml_file import YamlFile

SHIPPED = REPOSITORY / "kpi_definitions"


@cache
def shipped_ids() -> frozenset[str]:
    """The ids of the shipped catalogue."""
    return frozenset(path.stem for path in (SHIPPED / "kpis").rglob("*.yml"))


class KpiFile(NamedTuple):
    """A definition together with where it stands."""

    kpi: Kpi
    area: str
    file: YamlFile


def read_kpis(folder: Path, catalogue: Sequence[str] = (), only: str = "") -> dict[str, KpiFile]:
    """Every KPI below `kpis/`, those of the shipped catalogue that `catalogue` names, and the ones these stand on.

    By id, in the order of id; with `only` that one and those it stands on.

    Raises KpiErrors: wrong fields, an id that is not its file's name, the same id twice, an unknown name.
    """
    shipped = {path.stem: path for path in (SHIPPED / "kpis").rglob("*.yml")}
    errors: list[KpiError] = [
        KpiError(f"the catalogue has no KPI {name}{did_you_mean(name, list(shipped))}", file=folder / "company.yml")
        for name in catalogue
        if name not in shipped
    ]
    found: dict[str, KpiFile] = {}
    waiting = [*(folder / "kpis").rglob("*.yml"), *(shipped[name] for name in catalogue if name in shipped)]
    waiting.sort(key=lambda path: path.stem)
    by_name = {path.stem: path for path in waiting}
    if only and only not in by_name:
        raise KpiError(f"unknown KPI {only}{did_you_mean(only, list(by_name))}")
    waiting = [path for path in waiting if not only or path.stem == only]
    lent = folder.resolve() != SHIPPED.resolve()
    lent_out = set(shipped.values())
    read: set[Path] = set()
    while waiting:
        path = waiting.pop(0)
        if path in read:
            continue
        read.add(path)
        try:
            if not path.resolve().is_relative_to((SHIPPED if path in lent_out else folder / "kpis").resolve()):
                raise KpiError(
                    "is a link that leads out of its folder", file=path, next_step="put the file itself here"
                )
            file = _read(path, found)
            found[file.kpi.id] = file
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
        else:
            own = {one.stem for one in waiting} | set(found)
            reads = [name for name in depended_on(file.kpi) if name not in own]
            waiting += [by_name[name] for name in reads if only and name in by_name]
            waiting += [shipped[name] for name in reads if lent and name in shipped and name not in by_name]
    if errors:
        raise KpiErrors(errors)
    return dict(sorted(found.items()))


def _read(path: Path, found: Mapping[str, KpiFile]) -> KpiFile:
    kpi, file = yaml_file.read_as(path, Kpi)
    if kpi.id != path.stem:
        raise file.error(f"id {kpi.id} must stand in {kpi.id}.yml", ("id",))
    if kpi.id in found:
        raise file.error(f"{kpi.id} is also defined in {found[kpi.id].file.path}", ("id",))
    return KpiFile(kpi, path.parent.name, file)


def depended_on(kpi: Kpi) -> list[str]:
    """The KPIs whose values it reads, in any of its versions."""
    return list(dict.fromkeys(name for meaning in kpi.meanings for name in meaning.refers_to))


def entities_of(kpi: Kpi, kpis: Mapping[str, Kpi]) -> set[str]:
    """The entities it is computed from, those of the KPIs it reads included. Raises no error on a circle."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [kpi]
    while waiting:
        one = waiting.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        for meaning in one.meanings:
            found |= {part.entity for part in meaning.parts.values() if isinstance(part, Measure)}
            if isinstance(meaning.type, Cohort) and isinstance(meaning.type.event, Event):
                found.add(meaning.type.event.entity)
        waiting += [kpis[name] for name in depended_on(one) if name in kpis]
    return found


def definition_hash(meaning: Meaning, kpis: Mapping[str, Kpi]) -> str:
    """Tells two meanings apart: whatever moves the number, that of the KPIs it reads included."""
    said = json.dumps(
        [meaning.type.model_dump(mode="json", by_alias=True), kpis[meaning.kpi_id].attribution]
        + [definition_hash(kpis[name].meaning, kpis) for name in meaning.refers_to if name in kpis],
        sort_keys=True,
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]

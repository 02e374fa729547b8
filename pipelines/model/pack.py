"""What a pack (`kpi_definitions/packs/<id>.yml`) may say: the few KPIs that fit a trade, and what guards them.

Belongs here: the shape of the file, and its names against the catalogue. Does not: how a KPI is computed (kpi/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.kpi.types import KpiId
from pipelines.shape import Label, Strict
from pipelines.yaml_file import YamlFile

MOST = 8  # a person watches five to eight numbers; of a longer list none is watched


class Pack(Strict):
    """The KPIs a trade begins with."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,50}$")]
    label: Label
    kpis: list[KpiId] = Field(min_length=1, description="five to eight")
    guardrails: dict[KpiId, KpiId] = Field({}, description="KPI: the one that falls where it is gamed")

    @model_validator(mode="after")
    def _consistent(self) -> Pack:
        if twice := sorted({kpi for kpi in self.kpis if self.kpis.count(kpi) > 1}):
            raise ValueError(f"kpis names {twice[0]} twice")
        for kpi, guard in self.guardrails.items():
            if kpi not in self.kpis:
                raise ValueError(f"guardrails: {kpi} is not among the kpis of the pack{did_you_mean(kpi, self.kpis)}")
            if kpi == guard:
                raise ValueError(f"guardrails: {kpi} cannot guard itself")
        return self


class PackFile(NamedTuple):
    """A pack together with where it stands."""

    pack: Pack
    file: YamlFile


def read_packs(folder: Path) -> dict[str, PackFile]:
    """Every pack below `packs/`, by id; they name KPIs of the configuration and of the shipped catalogue.

    Raises KpiErrors: wrong fields, an id that is not its file's name, a KPI or guardrail that the catalogue has not.
    """
    # By the names of the files: a KPI that cannot be read is told once, where it stands.
    known = sorted({path.stem for home in (folder, SHIPPED) for path in (home / "kpis").rglob("*.yml")})
    errors: list[KpiError] = []
    found: dict[str, PackFile] = {}
    for path in sorted((folder / "packs").glob("*.yml")):
        try:
            pack, file = yaml_file.read_as(path, Pack)
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
        else:
            errors += _problems(PackFile(pack, file), known)
            found[pack.id] = PackFile(pack, file)
    if errors:
        raise KpiErrors(errors)
    return found


def warnings(packs: Mapping[str, PackFile]) -> list[str]:
    """What is allowed and unwise, each with its file and line."""
    return [
        str(
            file.error(
                f"{len(pack.kpis)} KPIs are more than anybody watches", ("kpis",), f"keep the {MOST} that decide most"
            )
        )
        for pack, file in packs.values()
        if len(pack.kpis) > MOST
    ]


def _problems(one: PackFile, known: list[str]) -> Iterator[KpiError]:
    pack, file = one
    if pack.id != file.path.stem:
        yield file.error(f"id {pack.id} must stand in {pack.id}.yml", ("id",))
    for number, kpi in enumerate(pack.kpis):
        if kpi not in known:
            yield file.error(f"unknown KPI {kpi}{did_you_mean(kpi, known)}", ("kpis", number))
    for kpi, guard in pack.guardrails.items():
        if guard not in known:
            yield file.error(
                f"the guardrail {guard} of {kpi} is not in the catalogue{did_you_mean(guard, known)}",
                ("guardrails", kpi),
            )

"""`kpi export`: the definitions in the words of other tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines.cli.console import console
from pipelines.errors import KpiError, did_you_mean
from pipelines.settings import Settings
from pipelines.shape import Label


def metricflow(settings: Settings, out: Path | None) -> None:
    """Writes a dbt project with semantic models and metrics, and says what it lacks."""
    from pipelines.model.export.write import write_metricflow

    folder = out or settings.reports / "metricflow"
    said = write_metricflow(settings, folder)
    models = len({one.entity for one in said.measures})
    console().print(f"{folder}: {len(said.asked)} KPIs as {len(said.metrics)} metrics over {models} semantic models")
    _print_missing(said.unsaid)
    if said.limits:
        console().print(f"what is lost of the others: {folder / 'not_said.yml'}")


def superset(settings: Settings, file: Path, target: str) -> None:
    """Writes the bundle of boards for Apache Superset, over the serving file or PostgreSQL."""
    from pipelines.publish.superset.boards import BOARDS, DATASETS
    from pipelines.publish.superset.bundle import TARGETS, write

    if target not in TARGETS:
        hint = did_you_mean(target, list(TARGETS))
        raise KpiError(f"unknown target {target}{hint}", next_step=f"--for {' or --for '.join(TARGETS)}")
    write(settings, TARGETS[target], file)
    console().print(f"{file}: {len(BOARDS)} boards on {len(DATASETS)} datasets; docs/superset.md says how to import it")


def ossie(settings: Settings, out: Path | None, spec: str) -> None:
    """Writes a document of Open Semantic Interchange, and says what it lacks."""
    from pipelines.model.export.ossie import VERSIONS
    from pipelines.model.export.write import write_ossie

    if spec not in VERSIONS:
        hint = did_you_mean(spec, list(VERSIONS))
        raise KpiError(f"unknown spec {spec}{hint}", next_step=f"one of {', '.join(VERSIONS)}")
    path = out or settings.reports / "ossie.json"
    metrics, missing = write_ossie(settings, path, VERSIONS[spec])
    console().print(f"{path}: {metrics} KPIs as metrics, Open Semantic Interchange {spec}")
    _print_missing(missing)


def dbt_docs(settings: Settings, out: Path | None) -> None:
    """Writes dbt's documentation as one file, and says where it is and how large."""
    from pipelines.model.export.dbt_docs import write_dbt_docs

    path = out or settings.reports / "dbt_docs.html"
    size = write_dbt_docs(settings, path)
    console().print(f"{path}: dbt's documentation of the models, their tests and exposures, {size / 10**6:.1f} MB")


def _print_missing(missing: Mapping[str, Label]) -> None:
    if not missing:
        return
    console().print("not exported:")
    width = max(map(len, missing))
    for kpi_id, why in missing.items():
        console().print(f"    {kpi_id:<{width}}  {why.en}")

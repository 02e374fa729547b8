"""A configuration read, said in another form, and written where somebody wants it.

Belongs here: which entities have rows, and writing without harm to what lies there. Does not: the forms.
"""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.errors import KpiError
from pipelines.model.check import Definitions, read_definitions
from pipelines.model.compiler import folder, inputs
from pipelines.model.entities import Entity
from pipelines.model.export import metricflow, ossie, semantic
from pipelines.model.export.semantic import Semantics
from pipelines.model.kpi import Kpi
from pipelines.settings import Settings
from pipelines.shape import Label


def with_rows(definitions: Definitions, settings: Settings) -> dict[str, Entity]:
    """The entities that are tables in the working file: fed by a source, or derived."""
    fed = inputs.feeds(definitions.contracts, settings.models)
    return {name: one for name, one in definitions.measured.items() if one.is_derived or fed.get(name)}


def semantics(definitions: Definitions, settings: Settings) -> Semantics:
    return semantic.translate(_kpis(definitions), with_rows(definitions, settings), definitions.company)


def write_metricflow(settings: Settings, out: Path) -> Semantics:
    """Writes the dbt project. Raises KpiError for a folder in which something else lies."""
    definitions = read_definitions(settings)
    said = semantics(definitions, settings)
    project = out / "dbt_project.yml"
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not _is_ours(project))):
        raise KpiError("something else lies here", file=out, next_step="name a new or empty folder with --out")
    files = metricflow.files(said, _kpis(definitions), with_rows(definitions, settings), definitions.company)
    models = {path.removeprefix("models/"): text for path, text in files.items() if path.startswith("models/")}
    _make(out)
    folder.write(models, out / "models")  # what an earlier export left there goes
    for path, text in files.items():
        if not path.startswith("models/"):
            (out / path).write_text(text, encoding="utf-8")
    return said


def write_ossie(settings: Settings, out: Path, version: ossie.Version) -> tuple[int, dict[str, Label]]:
    """Writes the document; how many metrics it holds, and the KPIs it lacks with the reason."""
    definitions = read_definitions(settings)
    entities = with_rows(definitions, settings)
    said, missing = ossie.document(_kpis(definitions), entities, definitions.company, version)
    if out.is_dir():
        raise KpiError("this is a folder", file=out, next_step="name a file with --out")
    _make(out.parent)
    out.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return len(definitions.kpis) - len(missing), missing


def _kpis(definitions: Definitions) -> dict[str, Kpi]:
    return {kpi_id: file.kpi for kpi_id, file in definitions.kpis.items()}


def _is_ours(project: Path) -> bool:
    return project.is_file() and f"name: {metricflow.PROJECT}" in project.read_text(encoding="utf-8")


def _make(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KpiError(f"cannot be made: {error.strerror}", file=path, next_step="name another place") from error

"""KPIs → `exposures_of_kpis.yml`: what each number stands on, for dbt's own lineage and the catalogues that read it.

Belongs here: the way of a KPI from the columns of its sources over entities to goals and dashboards, as dbt exposures
with meta. Does not: following a column (column_lineage.py), pages for people (publish/catalogue/).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import yaml

from pipelines.model import column_lineage
from pipelines.model.compiler.inputs import Feed
from pipelines.model.compiler.text import HEADER
from pipelines.model.entities import Entity
from pipelines.model.kpi import Kpi, depended_on, entities_of

FILE = "exposures_of_kpis.yml"
DASHBOARDS = ("scorecard_page", "kpi_catalogue", "serving_file")  # of models/5_published/exposures.yml
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # with the one in C the file takes a quarter of the time
BRACE = re.compile(r"[{}]")


def compile_all(
    kpis: Mapping[str, Kpi],
    entities: Mapping[str, Entity],
    fed: Mapping[str, Sequence[Feed]],
    goals: Mapping[str, Collection[str]],
) -> str:
    """The text of the file: one exposure a KPI, `published_<id>`; `goals` are the ids of the goals of each KPI."""
    origins = {name: column_lineage.sources(entity, fed.get(name, ())) for name, entity in entities.items()}
    found = [_exposure(kpis[name], kpis, entities, origins, sorted(goals.get(name, ()))) for name in sorted(kpis)]
    said = yaml.dump({"version": 2, "exposures": found}, Dumper=DUMPER, allow_unicode=True, sort_keys=False, width=120)
    return f"# {HEADER.format(origin='kpi_definitions')}\n{said}"


def _exposure(
    kpi: Kpi,
    kpis: Mapping[str, Kpi],
    entities: Mapping[str, Entity],
    origins: Mapping[str, Mapping[str, Sequence[column_lineage.SourceColumn]]],
    goals: list[str],
) -> dict[str, Any]:
    columns = {  # what an entity's own model computes is in dbt's graph
        f"{entity}.{field}": sorted(_origin(one) for one in origins[entity][field])
        for entity, fields in sorted(column_lineage.reads(kpi, entities).items())
        for field in sorted(fields)
        if field in origins[entity]
    }
    published = ["kpi_values", *(["goal_attainment"] if goals else [])]
    meta = {
        "kpi": kpi.id, "business_goal": kpi.business_goal, "steward": kpi.steward, "formula": kpi.formula,
        "made_of": depended_on(kpi), "columns": columns, "goals": goals, "dashboards": list(DASHBOARDS),
    }  # fmt: skip
    return {
        "name": f"published_{kpi.id}",
        "type": "analysis",
        "description": f"kpi_catalog and catalogue/kpis/{kpi.id}.html say what it means",
        "owner": {"name": kpi.owner},
        "depends_on": [f"ref('{name}')" for name in (*sorted(entities_of(kpi, kpis)), *published)],
        "config": {"meta": {name: _plain(said) for name, said in meta.items()}},
    }


def _origin(one: column_lineage.SourceColumn) -> str:
    return f"{one.address}.{one.column}" if one.column else f"{one.address} ({one.through})"


def _plain(said: Any) -> Any:
    """Names that sources gave, without braces: dbt renders what it reads as Jinja. Labels stay out altogether."""
    if isinstance(said, dict):
        return {_plain(key): _plain(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_plain(one) for one in said]
    return BRACE.sub("", said)

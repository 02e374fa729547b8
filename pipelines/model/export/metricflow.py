"""The definitions as a small dbt project with a semantic layer, in the form that dbt-core 1.11 reads.

Belongs here: the files of the project. Does not: what a KPI becomes (semantic.py), running dbt or MetricFlow.

The project reads a copy of the working file (`KPI_WAREHOUSE`): while anything reads that file, no run can write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from pipelines.model.company import Company
from pipelines.model.entities import Entity, EntityColumn
from pipelines.model.export import sql
from pipelines.model.export.semantic import (
    CALENDAR,
    MONTHLY,
    PERSON,
    SYSTEM,
    Counted,
    Metric,
    Semantics,
    as_name,
    entity_name,
    entity_names,
)
from pipelines.model.kpi import Kpi
from pipelines.shape import Label

PROJECT = "kpi_semantics"
LOOKED_UP = ("customers", "products", "partners", "campaigns")  # what facts are grouped by
TEXTS = ("string", "boolean")
DATES = ("date", "timestamp")
SPINE = "company_days"


def files(said: Semantics, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], company: Company) -> dict[str, str]:
    """Texts by path below the project's folder."""
    used = _used(said.measures, entities)
    found = {
        "dbt_project.yml": _yaml(
            {"name": PROJECT, "version": "1.0.0", "profile": PROJECT, "model-paths": ["models"]}
            | {"flags": {"send_anonymous_usage_stats": False}, "models": {"+materialized": "view"}}
        ),
        "profiles.yml": PROFILE,
        "models/sources.yml": _yaml(_sources(used)),
        f"models/{SPINE}.sql": "select *, day as day_date\nfrom {{ source('kpis', 'calendar_days') }}\n",
        f"models/{SPINE}.yml": _yaml({"version": 2, "models": [_spine(company)]}),
        "not_said.yml": not_said(said),
        "README.md": README,
    }
    joins = entity_names(column.name for name in used for column in entities[name].columns)
    for name in used:
        own = [one for one in said.measures if one.entity == name]
        found[f"models/entities/{name}.sql"] = f"select *\nfrom {{{{ source('entities', '{name}') }}}}\n"
        found[f"models/semantic_models/{name}.yml"] = _yaml(
            {"version": 2, "semantic_models": [_semantic_model(entities[name], own, joins, company.time_zone)]}
        )
    labels = _labels(said.metrics, kpis)
    for kpi_id in kpis:
        own_metrics = [_metric(one, kpis[kpi_id], labels[one.name]) for one in said.metrics if one.kpi_id == kpi_id]
        if own_metrics:
            found[f"models/metrics/{kpi_id}.yml"] = _yaml({"version": 2, "metrics": own_metrics})
    return found


def not_said(said: Semantics) -> str:
    """The KPIs that are left out, and what is lost of those that are not, each with the reason in both languages."""
    reasons = {kpi_id: {"zh": why.zh, "en": why.en} for kpi_id, why in said.unsaid.items()}
    lost = {kpi_id: [{"zh": one.zh, "en": one.en} for one in some] for kpi_id, some in said.limits.items()}
    return _yaml({"not_exported": reasons, "limits": lost})


def _used(measures: Iterable[Counted], entities: Mapping[str, Entity]) -> list[str]:
    """The entities something is counted in, and those these are grouped by."""
    counted = {one.entity for one in measures}
    ids = {column.name for name in counted for column in entities[name].columns}
    looked_up = {name for name in LOOKED_UP if name in entities and set(entities[name].key) <= ids}
    return sorted(counted | looked_up)


def _sources(used: Iterable[str]) -> dict[str, Any]:
    entities = {"name": "entities", "database": "warehouse", "schema": "entities"}
    kpis = {"name": "kpis", "database": "warehouse", "schema": "kpis", "tables": [{"name": "calendar_days"}]}
    return {"version": 2, "sources": [entities | {"tables": [{"name": name} for name in used]}, kpis]}


def _spine(company: Company) -> dict[str, Any]:
    """The days that metrics are asked by; where the company's periods are its own, they are granularities too."""
    spine: dict[str, Any] = {"standard_granularity_column": "day_date"}
    own = [
        {"name": f"fiscal_{grain}", "column_name": f"{grain}_start"}
        for grain, starts in CALENDAR.items()
        if company.calendar != "month" or company.fiscal_year_start not in starts
    ]
    if own:
        spine["custom_granularities"] = own
    columns: list[dict[str, Any]] = [{"name": "day_date", "granularity": "day"}]
    columns += [{"name": one["column_name"]} for one in own]
    return {"name": SPINE, "time_spine": spine, "columns": columns}


def _semantic_model(entity: Entity, measures: list[Counted], joins: set[str], zone: str) -> dict[str, Any]:
    """`joins` are the entities of all models: MetricFlow takes a name for one thing only, so no dimension has it."""
    key = entity.key[0] if len(entity.key) == 1 else None
    keys = [{"name": entity_name(key), "type": "primary", "expr": key}] if key else []
    keys += [
        {"name": entity_name(column.name), "type": "foreign", "expr": column.name}
        for column in entity.columns
        if column.name.endswith("_id") and column.name != key
    ]
    if entity.person:
        keys.append({"name": PERSON, "type": "foreign", "expr": entity.person})
    if entity.type_of("source_system"):
        keys.append({"name": SYSTEM, "type": "foreign", "expr": "source_system"})
    monthly = {one.column for one in measures if one.monthly}
    dimensions = [
        dimension
        for column in entity.columns
        if not column.name.endswith("_id") and as_name(column.name) not in joins
        for dimension in _dimensions(column, column.name in monthly, zone)
    ]
    return {
        "name": entity.name,
        "label": f"{entity.label_zh} · {entity.label_en}",
        "description": entity.description,
        "model": f"ref('{entity.name}')",
        **({} if key else {"primary_entity": as_name(entity.name.removesuffix("s"))}),
        "entities": keys,
        "dimensions": dimensions,
        "measures": [_measure(one, entity) for one in measures],
    }


def _dimensions(column: EntityColumn, monthly: bool, zone: str) -> list[dict[str, Any]]:
    said = {"name": as_name(column.name), "description": f"{column.label_zh} · {column.description}"}
    if column.type in TEXTS:
        return [{**said, "type": "categorical", "expr": column.name}]
    if column.type not in DATES:
        return []
    day = sql.local_day(column.name, column.type, zone)
    found = [_time(said, day, "day")]
    if monthly:
        name = {"name": f"{said['name']}_{MONTHLY}"}
        found.append(_time(said | name, f"cast(date_trunc('month', {day}) as date)", "month"))
    return found


def _time(said: dict[str, str], expr: str, granularity: str) -> dict[str, Any]:
    return {**said, "type": "time", "expr": expr, "type_params": {"time_granularity": granularity}}


def _measure(one: Counted, entity: Entity) -> dict[str, Any]:
    day = as_name(one.column) + (f"_{MONTHLY}" if one.monthly else "")
    said: dict[str, Any] = {"name": one.name, "agg": one.agg, "expr": one.expr, "agg_time_dimension": day}
    if one.percentile is not None:
        said["agg_params"] = {"percentile": one.percentile, "use_discrete_percentile": False}
    if one.of_last_day:
        systems = [SYSTEM] if entity.type_of("source_system") else []
        said["non_additive_dimension"] = {"name": day, "window_choice": "max", "window_groupings": systems}
    return said


def _metric(one: Metric, kpi: Kpi, label: str) -> dict[str, Any]:
    about = {"kpi_id": kpi.id, "part": one.part} if one.part else {
        "kpi_id": kpi.id, "unit": kpi.unit, "business_goal": kpi.business_goal, "owner": kpi.owner,
        "steward": kpi.steward, "grain": one.grain or "any",
    }  # fmt: skip
    description = _words(kpi.description)
    return {
        "name": one.name,
        "label": label,
        "description": f"{one.part}: {description}" if one.part else description,
        "type": one.kind,
        "type_params": one.params,
        "config": {"meta": about},
    }


def _labels(metrics: Iterable[Metric], kpis: Mapping[str, Kpi]) -> dict[str, str]:
    """MetricFlow refuses a label that stands twice; two KPIs of one name are told apart by their ids."""
    found: dict[str, str] = {}
    for one in metrics:
        label = _words(kpis[one.kpi_id].label)
        plain = one.name == one.kpi_id and label not in found.values()
        found[one.name] = label + ("" if plain else f" ({one.name})")
    return found


def _words(label: Label) -> str:
    """Both languages, as words only: dbt renders what stands in its files as Jinja."""
    return re.sub(r"\{(?=[{%#])", "{ ", f"{label.zh} · {label.en}")


class _Plain(yaml.SafeDumper):
    """Writes equal values twice, where YAML would write an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)


PROFILE = """# KPI_WAREHOUSE: a copy of data/warehouse/warehouse.duckdb; views are written to KPI_SEMANTICS.
kpi_semantics:
  target: here
  outputs:
    here:
      type: duckdb
      path: "{{ env_var('KPI_SEMANTICS', 'kpi_semantics.duckdb') }}"
      attach:
        - {path: "{{ env_var('KPI_WAREHOUSE') }}", alias: warehouse, read_only: true}
"""

README = """# KPIs for dbt's semantic layer · 供 dbt 语义层使用的指标

Written by `kpi export metricflow`; change the definitions, not this.
由 `kpi export metricflow` 生成；请修改指标定义，不要修改这里。

- `models/semantic_models/`: one per entity · 每个业务表一个
- `models/metrics/`: one file per KPI · 每个指标一个文件
- `not_said.yml`: KPIs that are left out, and what is lost of the others, with the reason
  · 未导出的指标与导出后缺失的含义，附原因

```sh
cp data/warehouse/warehouse.duckdb /tmp/warehouse.duckdb
export KPI_WAREHOUSE=/tmp/warehouse.duckdb DBT_PROFILES_DIR=.
dbt run
mf query --metrics won_amount --group-by metric_time__month
```

A period in which nothing happened has no row or 0 here and `no_data` in `published.kpi_values`.
没有任何发生的期间，这里没有行或为 0，`published.kpi_values` 中为 `no_data`。
"""

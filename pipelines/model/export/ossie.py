"""The definitions as a document of Open Semantic Interchange (OSI, at Apache under the name Ossie).

Belongs here: the document and its two shapes. Does not: MetricFlow's form (semantic.py), which says more.

`0.1.1` is the only version released (11 December 2025) and the one MetricFlow's own converter reads and writes.
`0.2.0.dev0` is the draft as it stood in September 2026: one model at the root, data types; its authors call it mutable.
An OSI metric is one SQL expression without time, so what adds up over periods, stands at an end, grew or converted is
left out, by name. Not verified: any vendor's import; there was no validator to install.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import sqlglot
from sqlglot import exp

from pipelines.model.company import Company
from pipelines.model.entities import Entity, EntityColumn
from pipelines.model.export import limits, sql
from pipelines.model.export.metricflow import DATES
from pipelines.model.export.reasons import LIMITS, REASONS, Unsaid
from pipelines.model.export.semantic import is_zero_without_rows
from pipelines.model.expression import RUN_NAMES
from pipelines.model.kpi import Aim, Derived, Kpi, Measure, Part, Ratio, Simple, entities_of
from pipelines.shape import Label

Version = Literal["0.1.1", "0.2.0.dev0"]
RELEASED: Version = "0.1.1"
DRAFT: Version = "0.2.0.dev0"
VERSIONS: dict[str, Version] = {RELEASED: RELEASED, DRAFT: DRAFT}
DATATYPES = {"string": "String", "boolean": "Boolean", "date": "Date", "timestamp": "DateTime", "time": "Time",
             "int": "Integer", "bigint": "Integer", "double": "Float"}  # fmt: skip
AGGREGATES = {"sum": "SUM", "avg": "AVG", "min": "MIN", "max": "MAX"}


def document(
    kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], company: Company, version: Version = RELEASED
) -> tuple[dict[str, Any], dict[str, Label]]:
    """The document, and the KPIs it lacks with the reason; `entities` are those that have rows."""
    metrics, missing = [], {}
    for kpi_id, kpi in kpis.items():
        try:
            metrics.append(_metric(kpi, kpis, entities))
        except Unsaid as why:
            reason = REASONS[why.reason]
            missing[kpi_id] = Label(zh=reason.zh.format(why.of), en=reason.en.format(why.of))
    said = {metric["name"] for metric in metrics}
    used = sorted({name for kpi_id in said for name in entities_of(kpis[kpi_id], kpis)} | _looked_up(entities))
    datasets = [_dataset(entities[name], version) for name in used]
    model = {
        "name": "kpi_warehouse",
        "description": f"{company.name.zh} · {company.name.en}",
        "ai_context": {"instructions": INSTRUCTIONS.format(zone=company.time_zone)},
        "datasets": datasets,
        "relationships": list(_relationships([entities[name] for name in used])),
        "metrics": metrics,
        "custom_extensions": [_extension({"not_exported": {k: _both(v) for k, v in missing.items()}})],
    }
    return {"version": version, **({"semantic_model": [model]} if version == RELEASED else model)}, missing


INSTRUCTIONS = (
    "Columns of type timestamp are instants in UTC; a business day is the local day in {zone}. A metric's date, unit, "
    "direction, owner and what is lost of its meaning stand in its custom_extensions."
)


def _looked_up(entities: Mapping[str, Entity]) -> set[str]:
    return {name for name in ("customers", "products") if name in entities}


def _dataset(entity: Entity, version: Version) -> dict[str, Any]:
    return {
        "name": entity.name,
        "source": f"warehouse.entities.{entity.name}",
        "primary_key": list(entity.key),
        "description": entity.description,
        "ai_context": {"synonyms": [word for word in (entity.label_zh, entity.label_en) if word]},
        "fields": [_field(column, version) for column in entity.columns],
    }


def _field(column: EntityColumn, version: Version) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": column.name,
        "expression": _expression(column.name),
        "dimension": {"is_time": column.type in DATES},
        "description": column.description,
    }
    if column.label_zh:
        said["ai_context"] = {"synonyms": [column.label_zh]}
    if version == DRAFT:
        kind = "Decimal" if column.type.startswith("decimal") else DATATYPES.get(column.type)
        said |= {"datatype": kind} if kind else {}
    return said


def _relationships(entities: Iterable[Entity]) -> Iterable[dict[str, Any]]:
    entities = list(entities)
    one_side = {entity.key[0]: entity for entity in entities if len(entity.key) == 1}
    for entity in entities:
        for column in entity.columns:
            to = one_side.get(column.name)
            if to and to.name != entity.name:
                yield {
                    "name": f"{entity.name}_to_{to.name}", "from": entity.name, "to": to.name,
                    "from_columns": [column.name], "to_columns": [column.name],
                }  # fmt: skip


def _metric(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> dict[str, Any]:
    if kpi.privacy.min_group_size:
        raise Unsaid("small_groups")
    if missing := sorted(entities_of(kpi, kpis) - set(entities)):
        raise Unsaid("not_fed", ", ".join(missing))
    text = _kpi(kpi, kpis, entities)
    lost = [LIMITS["no_time"], *limits.of(kpi, kpis, entities)]
    direction = kpi.direction if isinstance(kpi.direction, str) else [str(bound) for bound in kpi.direction.range]
    about = {
        "kpi_id": kpi.id, "unit": kpi.unit, "direction": direction, "business_goal": kpi.business_goal,
        "owner": kpi.owner, "steward": kpi.steward, "formula": kpi.formula, "dates": _dates(kpi, kpis),
        "levels": kpi.levels, "grains": kpi.grains, "cuts": kpi.cuts, "limits": [_both(one) for one in lost],
    }  # fmt: skip
    return {
        "name": kpi.id,
        "expression": _expression(text),
        "description": f"{kpi.description.zh} · {kpi.description.en}",
        "ai_context": {"synonyms": list(dict.fromkeys([kpi.label.zh, kpi.label.en]))},
        "custom_extensions": [_extension(about)],
    }


def _kpi(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> str:
    kind = kpi.meaning.type

    def part(said: Part) -> str:
        if isinstance(said, Measure):
            return _aggregate(said, entities[said.entity])
        if isinstance(said, Aim):
            raise Unsaid("goals")
        try:
            return _kpi(kpis[said], kpis, entities)
        except Unsaid as why:
            raise Unsaid("made_of", said) from why

    if isinstance(kind, Simple):
        return part(kind.measure)
    if isinstance(kind, Ratio):
        return f"({part(kind.numerator)}) / NULLIF({part(kind.denominator)}, 0)"
    if isinstance(kind, Derived):
        texts = {
            name: f"COALESCE({part(one)}, 0)" if is_zero_without_rows(one, kpis) else f"({part(one)})"
            for name, one in kind.of.items()
        }
        return _replaced(kind.expr, lambda column: texts[column.name])
    raise Unsaid("time")


def _aggregate(measure: Measure, entity: Entity) -> str:
    """The aggregate in SQL that databases share, over the dataset's columns."""
    if measure.kind != "flow":
        raise Unsaid("time")
    if entity.is_periodic:
        raise Unsaid("own_periods")

    def own(said: str) -> str:
        return _replaced(said, lambda column: f"{entity.name}.{column.name}")

    what = own(measure.expr) if measure.expr else "1" if measure.filter else f"{entity.name}.{entity.key[0]}"
    value = f"CASE WHEN {own(measure.filter)} THEN {what} END" if measure.filter else what
    match measure.agg:
        case "count":
            return f"COUNT({value})"
        case "count_distinct":
            return f"COUNT(DISTINCT {value})"
        case "median" | "percentile":
            return f"PERCENTILE_CONT({measure.percentile or '0.5'}) WITHIN GROUP (ORDER BY {value})"
        case agg:
            return f"{AGGREGATES[agg]}({value})"


def _replaced(said: str, write: Callable[[exp.Column], str]) -> str:
    """An expression with its columns written otherwise. Raises Unsaid where databases differ over it."""
    tree = sql.parsed(said)
    if any(column.name in RUN_NAMES for column in tree.find_all(exp.Column)):
        raise Unsaid("names_period")
    if tree.find(exp.DateDiff):
        raise Unsaid("not_ansi")

    def one(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return sqlglot.parse_one(write(node))
        if isinstance(node, exp.Div):
            sides = [side.transform(one) for side in (node.this, node.expression)]
            return exp.paren(exp.Div(this=exp.paren(sides[0]), expression=exp.func("NULLIF", sides[1], "0")))
        return node

    return tree.copy().transform(one).sql()


def _dates(kpi: Kpi, kpis: Mapping[str, Kpi]) -> dict[str, str]:
    """By which column of which entity the rows of each part fall into a period."""
    found: dict[str, str] = {}
    for name, part in kpi.meaning.parts.items():
        if isinstance(part, Measure):
            found[name or "value"] = f"{part.entity}.{part.date}"
        elif isinstance(part, str):
            found |= {f"{name or 'value'}.{inner}": date for inner, date in _dates(kpis[part], kpis).items()}
    return found


def _expression(text: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": text}]}


def _extension(data: Mapping[str, Any]) -> dict[str, str]:
    return {"vendor_name": "COMMON", "data": json.dumps(data, ensure_ascii=False)}


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}

"""A KPI file against what it names: entities and their columns, cuts, other KPIs.

Belongs here: rules that need the dictionary of entities or the other KPIs. Does not: rules inside one file (kpi/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.errors import KpiError, did_you_mean
from pipelines.model import expression, expression_types
from pipelines.model.compiler import cuts
from pipelines.model.entities import Entity
from pipelines.model.kpi import (
    LONG_GRAINS,
    Aim,
    Cohort,
    Cumulative,
    Derived,
    Event,
    Growth,
    KpiFile,
    Meaning,
    Measure,
    Part,
    Ratio,
    Simple,
    depended_on,
)
from pipelines.model.kpi.catalogue import shipped_ids
from pipelines.yaml_file import Place

DATES = ("date", "timestamp")
OF_ARITHMETIC = ("period_start", "period_end", "as_of")
OF_A_COHORT = ("as_of",)  # a row belongs to the period in which it started, whatever the period is


def errors(file: KpiFile, kpis: Mapping[str, KpiFile], entities: Mapping[str, Entity]) -> Iterator[KpiError]:
    """Every mistake of one KPI, each with its line."""
    for number, meaning in enumerate(file.kpi.meanings):
        kind = file.kpi.types[0] if number == 0 else file.kpi.versions[number].types[0]
        place: Place = (kind,) if number == 0 else ("versions", number, kind)
        if isinstance(meaning.type, Cohort):
            yield from _cohort(file, meaning.type, place, entities)
        else:
            for part_place, part in _parts(meaning, place):
                if isinstance(part, str):
                    yield from _reference(file, part, part_place, kpis)
                elif isinstance(part, Aim):
                    yield from _aim(file, part, part_place, kpis)
                else:
                    yield from _measure(file, part, part_place, entities)
        if isinstance(meaning.type, Derived):
            names = [*meaning.type.of]
            if problem := expression.problem(meaning.type.expr, names, OF_ARITHMETIC):
                yield file.file.error(problem, (*place, "expr"))
        yield from _of_other_kpis(file, meaning, place, kpis)
    yield from _people(file, entities)
    yield from _grains(file, entities)
    # A guardrail of the shipped catalogue may be left out by a company that does not measure it.
    known = {*kpis, *shipped_ids()} if file.kpi.guardrails else set()
    for number, name in enumerate(file.kpi.guardrails):
        if name not in known:
            hint = did_you_mean(name, sorted(known))
            yield file.file.error(f"guardrail {name} is no KPI{hint}", ("guardrails", number))


def circles(kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    """A KPI that stands on itself, told once, at the first of the circle."""
    done: set[str] = set()

    def visit(kpi_id: str, way: list[str]) -> Iterator[KpiError]:
        if kpi_id in way:
            around = [*way[way.index(kpi_id) :], kpi_id]
            if not done & set(around):
                yield kpis[kpi_id].file.error(f"stands on itself: {' → '.join(around)}")
            done.update(around)
            return
        if kpi_id in done or kpi_id not in kpis:
            return
        for other in depended_on(kpis[kpi_id].kpi):
            yield from visit(other, [*way, kpi_id])
        done.add(kpi_id)

    for kpi_id in kpis:
        yield from visit(kpi_id, [])


def _parts(meaning: Meaning, place: Place) -> Iterator[tuple[Place, Part]]:
    kind = meaning.type
    for name, part in meaning.parts.items():
        if isinstance(kind, Ratio):
            yield (*place, name), part
        elif isinstance(kind, Derived):
            yield (*place, "of", name), part
        elif isinstance(kind, Growth | Cumulative):
            yield (*place, "of"), part
        else:
            yield (*place, "measure"), part


def _entity(file: KpiFile, name: str, place: Place, entities: Mapping[str, Entity]) -> Entity | KpiError:
    if name in entities:
        return entities[name]
    return file.file.error(f"unknown entity {name}{did_you_mean(name, list(entities))}", (*place, "entity"))


def _measure(file: KpiFile, measure: Measure, place: Place, entities: Mapping[str, Entity]) -> Iterator[KpiError]:
    entity = _entity(file, measure.entity, place, entities)
    if isinstance(entity, KpiError):
        yield entity
        return
    for column in measure.columns:
        field = next(name for name in ("date", "day", "from_", "until") if getattr(measure, name) == column)
        yield from _date(file, entity, column, (*place, field.rstrip("_")))
    yield from _texts(file, entity, {"expr": measure.expr, "filter": measure.filter}, place)
    yield from _number(file, entity, measure, place)
    yield from _person(file, entity, measure.person, place)
    if entity.is_periodic and measure.kind != "flow":
        yield file.file.error(f"{entity.name} has periods of its own; give the measure a date", place)
    if not measure.ignore_cut:
        yield from _cuts(file, entity)


def _number(file: KpiFile, entity: Entity, measure: Measure, place: Place) -> Iterator[KpiError]:
    """A column of another type is no number: told here, where the night's run would stop at it."""
    kind = entity.type_of(measure.expr or "")
    if measure.agg == "count_distinct" or kind is None or kind in ("int", "bigint", "double"):
        return
    if not kind.startswith("decimal"):
        step = "give it a type in its contract, or data_type in the yml of its staging model"
        problem = f"{entity.name}.{measure.expr} is {kind}, and {measure.agg} needs a number"
        yield file.file.error(problem, (*place, "expr"), step if (measure.expr or "").startswith("x_") else "")


def _date(file: KpiFile, entity: Entity, column: str, place: Place) -> Iterator[KpiError]:
    if entity.type_of(column) in DATES:
        return
    dates = [one.name for one in entity.columns if one.type in DATES]
    what = "is no date" if entity.type_of(column) else "is unknown"
    yield file.file.error(f"column {column} of {entity.name} {what}{did_you_mean(column, dates)}", place)


def _texts(
    file: KpiFile,
    entity: Entity,
    said: Mapping[str, str | None],
    place: Place,
    run_names: tuple[str, ...] = expression.RUN_NAMES,
) -> Iterator[KpiError]:
    columns = {column.name: column.type for column in entity.columns}
    for field, text in said.items():
        if text is None:
            continue
        problem = expression.problem(text, list(columns), run_names)
        if problem := problem or expression_types.mismatch(text, columns, is_condition=field == "filter"):
            yield file.file.error(f"{entity.name}: {problem}", (*place, field))


def _person(file: KpiFile, entity: Entity, person: str | None, place: Place) -> Iterator[KpiError]:
    if person and entity.type_of(person) is None:
        hint = did_you_mean(person, [column.name for column in entity.columns])
        yield file.file.error(f"{entity.name} has no column {person}{hint}", (*place, "person"))


def _cuts(file: KpiFile, entity: Entity) -> Iterator[KpiError]:
    for number, name in enumerate(file.kpi.cuts):
        if cuts.resolve(name, entity):
            continue
        if name not in cuts.CUTS and not name.startswith("x_"):
            yield file.file.error(f"unknown cut {name}{did_you_mean(name, list(cuts.CUTS))}", ("cuts", number))
        else:
            possible = [cut for cut in cuts.CUTS if cuts.resolve(cut, entity)]
            yield file.file.error(
                f"{entity.name} is not cut by {name}",
                ("cuts", number),
                f"it is cut by {', '.join(possible) or 'nothing'}; a part that ignores it says ignore_cut: true",
            )


def _cohort(file: KpiFile, cohort: Cohort, place: Place, entities: Mapping[str, Entity]) -> Iterator[KpiError]:
    entity = _entity(file, cohort.entity, place, entities)
    if isinstance(entity, KpiError):
        yield entity
        return
    yield from _date(file, entity, cohort.start, (*place, "start"))
    yield from _texts(file, entity, {"filter": cohort.filter}, place, OF_A_COHORT)
    yield from _person(file, entity, cohort.person, place)
    yield from _cuts(file, entity)
    if not isinstance(cohort.event, Event):
        yield from _date(file, entity, cohort.event, (*place, "event"))
        return
    event = _entity(file, cohort.event.entity, (*place, "event"), entities)
    if isinstance(event, KpiError):
        yield event
        return
    yield from _date(file, event, cohort.event.date, (*place, "event", "date"))
    yield from _texts(file, event, {"filter": cohort.event.filter}, (*place, "event"), OF_A_COHORT)
    for one in (entity, event):
        if one.type_of(cohort.event.key) is None:
            hint = did_you_mean(cohort.event.key, [column.name for column in one.columns])
            yield file.file.error(f"{one.name} has no column {cohort.event.key}{hint}", (*place, "event", "key"))


def _reference(file: KpiFile, name: str, place: Place, kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    if name not in kpis:
        yield file.file.error(f"unknown KPI {name}{did_you_mean(name, list(kpis))}", place)


def _aim(file: KpiFile, aim: Aim, place: Place, kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    """Targets are of units and long periods; something is left of one that its KPI adds up to."""
    yield from _reference(file, aim.goal, (*place, "goal"), kpis)
    of = kpis[aim.goal].kpi if aim.goal in kpis else None
    if of and aim.take == "left" and not (of.grows and of.direction == "up"):
        yield file.file.error(
            f"nothing is left of a target of {aim.goal}: it does not add up through a period to a target above",
            (*place, "take"),
            "take: target",
        )
    if short := [grain for grain in file.kpi.grains if grain not in LONG_GRAINS]:
        yield file.file.error(f"targets are by month, quarter or year, not by {short[0]}", ("grains",))
    if file.kpi.cuts:
        yield file.file.error(f"targets are not cut by {file.kpi.cuts[0]}", ("cuts",))


def _of_other_kpis(file: KpiFile, meaning: Meaning, place: Place, kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    """What is made of another KPI can only be where that one is."""
    for name in meaning.refers_to:
        if name not in kpis:
            continue
        other = kpis[name].kpi
        for field in ("levels", "grains", "cuts"):
            if missing := [one for one in getattr(file.kpi, field) if one not in getattr(other, field)]:
                yield file.file.error(
                    f"{name} has no {field[:-1]} {missing[0]}", (field,), f"add it to {name}, or leave it out here"
                )
        if other.reads_goals:
            yield file.file.error(f"{name} stands on targets, which are computed after all other KPIs", place)
        elif file.kpi.reads_goals and name in meaning.parts.values():
            problem = f"{name} is another KPI's value; beside a target there are measures only"
            yield file.file.error(problem, place, "write its measure here")
        if isinstance(other.meaning.type, Growth) and not isinstance(meaning.type, Growth):
            yield file.file.error(f"{name} is a growth; say what it grows of", place)
        if other.privacy.min_group_size and not file.kpi.privacy.min_group_size:
            yield file.file.error(f"{name} hides small groups; what is made of it would show them", place)
    if isinstance(meaning.type, Cumulative) and meaning.type.of in kpis:
        of = kpis[meaning.type.of].kpi
        if len(of.meanings) > 1 or not isinstance(of.meaning.type, Simple | Ratio) or of.meaning.refers_to:
            yield file.file.error(
                f"cumulative is of a simple KPI or a ratio of measures, with one version; {of.id} is none", place
            )


def _people(file: KpiFile, entities: Mapping[str, Entity]) -> Iterator[KpiError]:
    """Where small groups are hidden, somebody must be counted."""
    if not file.kpi.privacy.min_group_size:
        return
    parts = [part for meaning in file.kpi.meanings for part in meaning.parts.values()]
    for part in parts:
        entity = entities.get(part.entity) if isinstance(part, Measure) else None
        if entity is None or not isinstance(part, Measure):
            continue
        person = file.kpi.privacy.people or part.person or entity.person
        if person is None:
            yield file.file.error(f"{entity.name} names nobody; privacy: people says which column does", ("privacy",))
        elif entity.type_of(person) is None:
            hint = did_you_mean(person, [column.name for column in entity.columns])
            yield file.file.error(f"{entity.name} has no column {person} that tells people apart{hint}", ("privacy",))


def _grains(file: KpiFile, entities: Mapping[str, Entity]) -> Iterator[KpiError]:
    for meaning in file.kpi.meanings:
        for part in meaning.parts.values():
            entity = entities.get(part.entity) if isinstance(part, Measure) else None
            short = [grain for grain in file.kpi.grains if grain not in LONG_GRAINS]
            if entity and entity.is_periodic and short:
                yield file.file.error(f"{entity.name} has no rows by {short[0]}", ("grains",))
                return

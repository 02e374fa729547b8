"""The proposal: what every part of the draft found, put together as one contract.

Belongs here: what the parts mean for each other (a field's type decides between two readings, a key makes a delivery).
Does not: finding it (sample.py, types.py, words.py, keys.py, personal.py, values.py), YAML (write.py).
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import SourceContract
from pipelines.extract.contract.column import RESERVED
from pipelines.extract.draft import keys, personal, sample, types, values, words, write
from pipelines.extract.draft.personal import Guess
from pipelines.extract.draft.sample import Sample
from pipelines.extract.draft.types import Typed
from pipelines.extract.draft.words import Match
from pipelines.extract.draft.write import Line
from pipelines.model.company import read_company, read_people
from pipelines.model.entities import Entity, read_entities
from pipelines.settings import Settings

ENOUGH = 1.8  # what an entity must score to be proposed; below, the table feeds none
SURE = 3.0  # and from here on, if the next scores half of it at most, it is not called doubtful
HEAD = """Drafted from {name} ({rows:,} records). Read every line marked doubtful, and correct it.
A column without `as` stays in raw; give it `as: x_<name>` to take it along."""


class Draft(NamedTuple):
    """The text of a contract; how many lines are doubtful, and the entities that fit, best first."""

    text: str
    system: str
    table: str
    rows: int
    doubts: int
    entity: str | None
    ranked: list[tuple[float, str]]


class _Found(NamedTuple):
    sample: Sample
    typed: list[Typed]
    entity: Entity | None
    fields: dict[int, Match]
    cursor: int | None
    key: keys.Key
    persons: dict[int, Guess]


def draft(
    path: Path,
    settings: Settings,
    entity: str | None = None,
    system: str | None = None,
    table: str | None = None,
    place: str | None = None,
) -> Draft:
    """Reads the whole sample and proposes its contract; nothing of its records stands in it but words of states.

    `place` is where the system's files lie, where that is not the sample's own folder.
    Raises KpiError: an unknown entity, a name that is none, a file that cannot be read.
    """
    import duckdb

    path = path.expanduser().absolute()
    known = {name: one for name, one in read_entities().items() if not one.is_derived}
    if entity and entity not in known:
        raise KpiError(
            f"unknown entity {entity}{did_you_mean(entity, list(known))}", next_step=f"one of {', '.join(known)}"
        )
    with tempfile.TemporaryDirectory(prefix="kpi-draft-") as scratch:
        limits: dict[str, str | bool | int | float | list[str]] = {
            "threads": settings.threads,
            "memory_limit": settings.memory_limit,
            "temp_directory": scratch,
        }
        with duckdb.connect(config=limits) as con:
            read = sample.read(path, con, Path(scratch))
            typed = types.infer(read)
            fits = [
                fillable(one) | ({"text"} if is_code(name) else frozenset())
                for name, one in zip(read.names, typed, strict=True)
            ]
            is_unique = keys.unique(read, typed)
            ranked = [] if entity else words.propose(read.names, fits, _called(path, table), is_unique)
            chosen = entity or next((name for score, name in ranked if score >= ENOUGH), None)
            found = _look(read, typed, fits, is_unique, known.get(chosen or ""))
            names = (
                _name(system, Path(place or path.parent).name, "new_source"),
                _name(table, _stem(path), chosen or "records"),
            )
            return _written(found, path, settings, names, ranked, place or _folder(path, settings))


def fillable(typed: Typed) -> frozenset[str]:
    """The kinds of entity field that values of this type can fill; text is filled by all, a flag by texts of a map."""
    kind = typed.type.split("(")[0]
    more = {
        "integer": {"whole", "number", "boolean"},
        "decimal": {"number"},
        "double": {"number"},
        "date": {"date", "timestamp"},
        "timestamp": {"date", "timestamp"},
        "boolean": {"boolean"},
    }
    # An empty column may be anything by its name.
    empty = {"whole", "number", "boolean", "date", "timestamp"} if not typed.filled else set()
    texts = {"text"} if kind in ("text", "integer", "time") or not typed.filled else set()
    return frozenset(texts | more.get(kind, set()) | empty)


def _look(
    read: Sample, typed: list[Typed], fits: list[frozenset[str]], is_unique: list[bool], entity: Entity | None
) -> _Found:
    fields = words.match(read.names, entity, fits) if entity else {}
    by_field = {match.field: place for place, match in fields.items()}
    if entity and len(entity.key) == 1 and entity.key[0] not in by_field:
        _take_bare_key(read, is_unique, entity, fields, fits)
        by_field = {match.field: place for place, match in fields.items()}
    meant = [by_field[field] for field in entity.key if field in by_field] if entity else []
    meant = meant if entity and len(meant) == len(entity.key) else meant[:1] if len(meant) == 1 else []
    newest = keys.cursor(read, typed)
    persons = {}
    for place in range(len(typed)):
        said = fields.get(place)
        if typed[place].type in ("text", "integer") and (
            one := personal.guess(read, place, said.field if said else None, entity.name if entity else None)
        ):
            persons[place] = one
    hidden = {place for place, one in persons.items() if one.personal == "hash"}
    if entity is not None and len(entity.key) > len(meant) == 1:
        meant = []
    return _Found(
        read, typed, entity, fields, newest, keys.propose(read, typed, is_unique, meant, newest, hidden), persons
    )


def _take_bare_key(
    read: Sample, is_unique: list[bool], entity: Entity, fields: dict[int, Match], fits: list[frozenset[str]]
) -> None:
    """A column that is called just id or 编号 is the key of what the table holds; doubtful where it is not unique."""
    bare = {words.compact(word) for word in words.vocabulary()["key"]}
    found = [p for p, name in enumerate(read.names) if words.compact(name) in bare and "text" in fits[p]]
    for place in sorted(found, key=lambda place: not is_unique[place])[:1]:
        why = "" if is_unique[place] else f"{read.names[place]} is not unique here"
        fields[place] = Match(entity.key[0], why)


def _written(
    found: _Found, path: Path, settings: Settings, names: tuple[str, str], ranked: list[tuple[float, str]], place: str
) -> Draft:
    system_name, table_name = names
    system = _system(found, place, settings, system_name)
    columns = [_column(found, place) for place in range(len(found.typed))]
    table = _table(found, path, settings, columns, _rivals(ranked))
    head = HEAD.format(name=re.sub(r"[^\w .()-]", "_", path.name), rows=found.sample.rows)
    text = write.contract(system, table_name, table, columns, head)
    _hold_it_right(text, path)
    doubts = sum(bool(line.doubts) for line in [*system.values(), *table.values(), *columns])
    entity = found.entity.name if found.entity else None
    return Draft(text, system_name, table_name, found.sample.rows, doubts, entity, ranked)


def _hold_it_right(text: str, path: Path) -> None:
    """A draft that is no contract would be a fault of ours; it is told as such and never written."""
    import yaml
    from pydantic import ValidationError

    try:
        SourceContract.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise KpiError(
            f"no contract can be drafted ({type(error).__name__})", file=path, next_step="report this file's header"
        ) from error


def _folder(path: Path, settings: Settings) -> str:
    folder = Path(os.path.relpath(path.parent, settings.config)).as_posix()
    return folder if not folder.startswith("..") else path.parent.as_posix()


def _system(found: _Found, place: str, settings: Settings, name: str) -> dict[str, Line]:
    company, people = read_company(settings.kpi_definitions), read_people(settings.kpi_definitions)
    times = [one for one in found.typed if one.type == "timestamp" and one.filled]
    is_utc = bool(times) and all(one.is_instant for one in times)
    naive = [] if is_utc or not times else [f"the times carry no zone; are they those of {company.time_zone}?"]
    return {
        "system": Line(name),
        "kind": Line("files"),
        "label": Line({"zh": name, "en": name}, ["say what people call it"]),
        "owner": Line(next(iter(people)), ["who hears of its data problems? an id of people.yml"]),
        "time_zone": Line("UTC" if is_utc else company.time_zone, naive),
        "connection": Line({"path": place}),
    }


def _rivals(ranked: list[tuple[float, str]]) -> list[str]:
    """Why the entity chosen by its score is doubtful."""
    if not ranked or (ranked[0][0] >= SURE and ranked[1][0] <= ranked[0][0] / 2):
        return []
    return [f"{ranked[0][1]} fits best, {ranked[1][1]} next; say which with --entity"]


def _table(found: _Found, path: Path, settings: Settings, columns: list[Line], rivals: list[str]) -> dict[str, Line]:
    read, key = found.sample, found.key
    form_doubts = [f"{field}: {why}" for field, why in read.doubts.items()]
    series = re.sub(r"\d[\d_.-]*\d|\d+", "*", path.name, count=1)
    note = f"glob: {write.scalar(series)} where more files follow" if series != path.name else ""
    table = {"from": Line({"glob": _escaped(path.name)} | read.form, form_doubts, note)}
    if key.places:
        table["key"] = Line([read.names[place] for place in key.places], [key.why] if key.why else [])
    upsert = bool(key.places) and found.cursor is not None
    if found.cursor is not None and key.places:
        table["cursor"] = Line(read.names[found.cursor])
    why = [] if upsert else ["each file taken for the whole table; append or upsert where it holds only news"]
    table["delivery"] = Line("upsert" if upsert else "full", why + ([key.why] if not key.places else []))
    table |= _feeds(found, settings, columns, rivals)
    return table


def _feeds(found: _Found, settings: Settings, columns: list[Line], rivals: list[str]) -> dict[str, Line]:
    if found.entity is None:
        return {"entities": Line([], ["no entity fits; name one with --entity"])}
    filled = {line.said.get("as") for line in columns} | _mapped_fields(columns)
    table: dict[str, Line] = {}
    lacking = [column.name for column in found.entity.delivered if column.name in _needed(found.entity.name) - filled]
    notes = [
        f"no column for {', '.join(name for name in lacking if name != 'currency')}: give constants, or leave them"
    ]
    table["entities"] = Line([found.entity.name], rivals + (notes if set(lacking) - {"currency"} else []))
    if found.entity.money and "currency" not in filled:
        currency = read_company(settings.kpi_definitions).currency
        table["constants"] = Line({"currency": currency}, ["the company's own currency; is it that of the amounts?"])
    return table


def _mapped_fields(columns: list[Line]) -> set[str]:
    maps = [line.said["values"] for line in columns if "values" in line.said]
    return {field for one in maps for value in one.values() if isinstance(value, dict) for field in value}


def _needed(entity: str) -> set[str]:
    """Fields that its yml calls required."""
    from pipelines import yaml_file
    from pipelines.model.entities import FOLDER

    (model,) = [m for m in yaml_file.read(FOLDER / f"{entity}.yml").data["models"] if m["name"] == entity]
    return {c["name"] for c in model["columns"] if c.get("config", {}).get("meta", {}).get("required")}


def _column(found: _Found, place: int) -> Line:
    read, typed, match = found.sample, found.typed[place], found.fields.get(place)
    person, entity = found.persons.get(place), found.entity
    name, kind = read.names[place], typed.type
    doubts = list(typed.doubts)
    target = entity.type_of(match.field) if entity and match else None
    is_text = target == "string" or person or (target is None and _codes(found, place))
    if kind.startswith(("integer", "decimal")) and is_text:
        kind = "text"
    if kind == "integer" and target == "boolean":
        kind = "boolean"
    if kind == "integer" and entity and match and entity.money and match.field in entity.money.amounts:
        kind = "decimal(18,2)"  # whole so far; the next amount may have cents
    if not typed.filled and target and target != "string":
        kind = {"int": "integer", "bigint": "integer"}.get(target, target)
    said: dict[str, Any] = {"name": name, "type": kind}
    typed_here = kind != "text" or typed.type == "text"
    doubts = doubts if typed_here else []
    said |= {"format": typed.format} if typed.format and typed_here else {}
    said |= {"thousands": typed.thousands} if typed.thousands and typed_here else {}
    if match and not (person and person.personal == "drop"):
        said["as"] = match.field
        doubts += [match.why] if match.why else []
    if person:
        said["personal"] = person.personal
        said |= {"form": person.form} if person.form != "text" else {}
        doubts += [person.why] if person.why else []
    if place in found.key.places and typed.filled == read.rows:
        said["required"] = True
    if typed.nulls:
        said["nulls"] = [word for word in typed.nulls if typed_here or word in words.vocabulary()["nulls"]["always"]]
        said |= {} if said["nulls"] else {"nulls": list(typed.nulls)}
    if match and entity and kind == "text" and not person:
        mapped = {m.field for m in found.fields.values()}
        if one := values.propose(read, place, match.field, entity.name, mapped, typed.nulls):
            said["values"] = one.values
            if one.unknown:
                what = f"taken as {one.other}" if one.other else "not mapped, so they become null"
                doubts.append(f"unknown words are {what}: {', '.join(one.unknown)}")
    return Line(said, doubts)


def _codes(found: _Found, place: int) -> bool:
    """Digits nobody adds up: the key, and what is called a number or an id."""
    return is_code(found.sample.names[place]) or found.key.places == (place,)


def is_code(name: str) -> bool:
    """Whether the last word of a name is one of keys: CustomerID, 发票号码, order no."""
    last = words.fold(name).split()[-1:]
    bare = {words.fold(word) for word in words.vocabulary()["key"]}
    return bool(last) and (last[0] in bare or any(last[0].endswith(word) for word in bare if not word.isascii()))


def _called(path: Path, table: str | None) -> list[str]:
    stem = re.sub(r"[\d_.\- ]+$", "", path.name.split(".")[0])
    return [name for name in (table, stem, *re.split(r"[_\- ]+", stem)) if name]


def _stem(path: Path) -> str:
    return re.sub(r"[_\-. ]*\d[\d_\-. ]*$", "", path.name.split(".")[0])


def _name(said: str | None, found: str, instead: str) -> str:
    if said is not None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", said):
            raise KpiError(
                f"{said} is no name", next_step="use small letters, digits and underscores, as crm or sales_orders"
            )
        return said
    name = re.sub(r"[^a-z0-9]+", "_", words.fold(found)).strip("_")[:60]
    return name if re.fullmatch(r"[a-z][a-z0-9_]*", name) and name not in RESERVED else instead


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)

"""Reads a YAML file safely and remembers on which line each value stands.

Belongs here: refusing what a hand-written file must not hold (duplicate keys, tags, aliases, depth, size),
and turning a pydantic error into file and line. Does not: what any particular file must say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.errors import KpiError, KpiErrors, did_you_mean

MAX_BYTES = 2_000_000  # the longest hand-written file we know has 60 kB; a 100 MB file is an attack or a mistake
MAX_DEPTH = 20
MAX_VALUES = 50_000  # the longest hand-written file has 6,000; a million numbers in 2 MB took 5 s and 450 MB
MOST_TOLD = 100  # mistakes of one file: nobody reads the ten thousandth
# YAML 1.1 reads 1:30 as 90 and 010 as 8, and nobody who writes them means that.
NOT_AS_WRITTEN = re.compile(r"[-+]?(0[0-9_]+|[0-9_]+(:[0-9_.]+)+)")

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
T = TypeVar("T")


class YamlFile(NamedTuple):
    """What a file says (`data`) and the line of every key and item in it (`lines`, by path of keys)."""

    path: Path
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int | None:
        """The line of `place`, or of the nearest thing around it that has one."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None

    def error(self, problem: str, place: Place = (), next_step: str = "") -> KpiError:
        return KpiError(problem, file=self.path, line=self.line(place), next_step=next_step)


def read(path: Path) -> YamlFile:
    """Parses one YAML file.

    Raises KpiError with file and line: no such file, too large, not UTF-8, not YAML, a duplicate key, a tag, an alias,
    nesting deeper than MAX_DEPTH, more than MAX_VALUES, a day or number that is none.
    """
    if not path.is_file():
        raise KpiError("no such file", file=path, next_step="create it, or correct the name that led here")
    if path.stat().st_size > MAX_BYTES:
        raise KpiError(f"larger than {MAX_BYTES:,} bytes", file=path, next_step="put many numbers into a CSV beside it")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise KpiError(f"not UTF-8 (byte {error.start})", file=path, next_step="save the file as UTF-8") from error
    lines: dict[Place, int] = {}
    try:
        loader = yaml.CSafeLoader(text)
        try:
            _refuse_aliases_and_depth(path, text)
            node = loader.get_single_node()
            data = None if node is None else _build(loader, node, (), lines, path)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise KpiError(f"not valid YAML: {error.problem}", file=path, line=line) from error
    except yaml.YAMLError as error:
        raise KpiError(f"not valid YAML: {error}", file=path) from error
    return YamlFile(path, data, lines)


def read_each(paths: Iterable[Path], read_one: Callable[[Path], T]) -> list[T]:
    """What `read_one` makes of each file, in order. Raises KpiErrors: all that is wrong in any of them."""
    found: list[T] = []
    errors: list[KpiError] = []
    for path in paths:
        try:
            found.append(read_one(path))
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
    if errors:
        raise KpiErrors(errors)
    return found


def refuse_other_name(file: YamlFile, said: str) -> None:
    """Raises KpiError where the id in a file is not the file's name."""
    if said != file.path.stem:
        raise file.error(f"id {said} must stand in {said}.yml", ("id",))


def read_as(path: Path, model: type[Model], extra: dict[str, Any] | None = None) -> tuple[Model, YamlFile]:
    """Parses one YAML file as a pydantic model; `extra` adds fields that the file's place implies.

    Raises KpiErrors: one error per wrong field, each with its line and, for an unknown field, the nearest known one.
    """
    file = read(path)
    if not isinstance(file.data, dict):
        raise file.error("must hold fields (name: value)")
    try:
        return model.model_validate(file.data | (extra or {})), file
    except ValidationError as error:
        raise validation_errors(file, error, model) from error


def validation_errors(file: YamlFile, error: ValidationError, model: type[BaseModel]) -> KpiErrors:
    """The errors of a pydantic model as errors with a line."""
    found = []
    for item in error.errors(include_url=False, include_context=False)[:MOST_TOLD]:
        place = _written(tuple(item["loc"]), file, is_missing=item["type"] == "missing")
        name = ".".join(str(part) for part in place)
        if item["type"] == "extra_forbidden":
            known = [field.alias or key for key, field in model.model_fields.items()]
            problem = f"unknown field {name}{did_you_mean(str(place[-1]), known)}"
        elif item["type"] == "missing":
            problem = f"field {name} is missing"
        else:
            problem = (
                f"{name}: {item['msg'].removeprefix('Value error, ')}"
                if name
                else item["msg"].removeprefix("Value error, ")
            )
        found.append(file.error(problem, place))
    return KpiErrors(found)


def _written(place: Place, file: YamlFile, is_missing: bool) -> Place:
    """The place as people wrote it: pydantic puts the chosen form of a union in between (connection.files.path)."""
    kept: Place = ()
    for part in place[:-1] if is_missing else place:
        if (*kept, part) in file.lines:
            kept = (*kept, part)
    return (*kept, *place[-1:]) if is_missing else kept


def _refuse_aliases_and_depth(path: Path, text: str) -> None:
    depth = 0
    for values, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise KpiError("anchors and aliases are not allowed", file=path, line=line, next_step="write the value out")
        if (tag := getattr(event, "tag", None)) and not getattr(event, "implicit", True):
            raise KpiError(f"the tag {tag} is not allowed", file=path, line=line)
        if values > MAX_VALUES:
            raise KpiError(
                f"holds more than {MAX_VALUES:,} values",
                file=path,
                line=line,
                next_step="put many numbers into a CSV beside it",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise KpiError(f"nested deeper than {MAX_DEPTH}", file=path, line=line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _build(loader: yaml.CSafeLoader, node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        built: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(loader, key_node, path)
            if not isinstance(key, (str, int, float, bool)) and key is not None and not hasattr(key, "isoformat"):
                raise KpiError("a key must be a plain word", file=path, line=key_node.start_mark.line + 1)
            if key in built:
                raise KpiError(f"the key {key} stands here twice", file=path, line=key_node.start_mark.line + 1)
            lines[(*place, key)] = key_node.start_mark.line + 1
            built[key] = _build(loader, value_node, (*place, key), lines, path)
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*place, i), lines, path) for i, item in enumerate(node.value)]
    return _scalar(loader, node, path)


def _scalar(loader: yaml.CSafeLoader, node: yaml.Node, path: Path) -> Any:
    """One value; a day that is none (2026-02-30) and a number of thousands of digits raise ValueError in PyYAML."""
    said, line = str(node.value)[:60], node.start_mark.line + 1
    if node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float") and NOT_AS_WRITTEN.fullmatch(said):
        raise KpiError(
            f"{said} is read as another number", file=path, line=line, next_step="put it in quotes, or write it plainly"
        )
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:
        raise KpiError(f"{said} is no such day or number", file=path, line=line) from error

"""Reads `expectations/<schema>/<table>.yml` and holds it against contracts and people.

Belongs here: the shape of a suite file and what is wrong with one, found without importing Great Expectations.
Does not: which rules exist (rules.py), running them (engine.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.extract.contract import LOAD_COLUMNS, SNAPSHOT_DAY, Column, SourceContract, TableContract
from pipelines.gate import arguments, rules
from pipelines.settings import Settings
from pipelines.shape import Label, Strict


class Expectation(BaseModel):
    """One rule; every field that is not named here is an argument of the rule, as Great Expectations calls it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    level: Literal["row", "table"]
    severity: Literal["critical", "warning", "info"]
    why: str | Label
    owner: str | None = Field(None, description="id in people.yml; default: the suite's owner, then the contract's")
    name: str | None = Field(None, description="what results call it; default: made of the type and the columns")

    @property
    def kwargs(self) -> dict[str, Any]:
        return dict(self.model_extra or {})

    @property
    def columns(self) -> list[str]:
        return rules.columns_of(self.kwargs)

    def why_in(self, language: Literal["zh", "en"]) -> str:
        return self.why if isinstance(self.why, str) else getattr(self.why, language)

    @property
    def short_name(self) -> str:
        """`not_be_null(商机编号)`"""
        if self.name:
            return self.name
        short = self.type.removeprefix("expect_").removeprefix("column_values_to_").removeprefix("column_")
        return f"{short}({', '.join(self.columns)})" if self.columns else short


class SuiteFile(Strict):
    """What a suite file says."""

    owner: str | None = None
    expectations: list[Expectation] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """The rules of one table. `address` is `raw_crm.deals`; `checks` gives each rule a name of its own in the table."""

    address: str
    owner: str | None
    expectations: list[Expectation]
    file: yaml_file.YamlFile

    @property
    def schema(self) -> str:
        return self.address.split(".", 1)[0]

    @property
    def table(self) -> str:
        return self.address.split(".", 1)[1]

    @property
    def system(self) -> str:
        """`crm` of raw_crm.deals; `published` of a published table."""
        return self.schema.removeprefix("raw_")

    @property
    def checks(self) -> dict[str, Expectation]:
        """Check name → rule, in the order of the file; the second of the same name gets #2."""
        named: dict[str, Expectation] = {}
        for expectation in self.expectations:
            name, number = expectation.short_name, 2
            while name in named:
                name, number = f"{expectation.short_name} #{number}", number + 1
            named[name] = expectation
        return named

    def error(self, expectation: Expectation, problem: str, next_step: str = "") -> KpiError:
        """An error on the line of one of the suite's rules."""
        place = next(i for i, other in enumerate(self.expectations) if other is expectation)
        return self.file.error(problem, ("expectations", place, "type"), next_step)


def read_suites(settings: Settings, also_off: bool = False) -> dict[str, Suite]:
    """Every suite of a configuration by address, those of switched-off sources left out unless `also_off`.

    Raises KpiErrors with file and line of everything that is not the shape of a suite.
    """
    suites: dict[str, Suite] = {}
    errors: list[KpiError] = []
    paths = [] if also_off else sorted(settings.sources.glob("*.yml"))
    off = {path.stem for path in paths if _is_off(path)}
    for path in sorted(settings.expectations.glob("*/*.yml")):
        if path.parent.name.removeprefix("raw_") in off:
            continue
        try:
            suite = _read(path)
        except KpiErrors as found:
            errors.extend(found.errors)
        except KpiError as found:
            errors.append(found)
        else:
            suites[suite.address] = suite
    if errors:
        raise KpiErrors(errors)
    return suites


def validate(
    suites: Mapping[str, Suite],
    contracts: Iterable[SourceContract],
    people_ids: Collection[str],
    published: Mapping[str, Collection[str]] | None = None,
) -> list[KpiError]:
    """What is wrong with the suites: unknown types, arguments, columns, owners, tables.

    `published` gives the columns of published tables by address; without it those suites' columns are not looked at.
    """
    tables = {f"{c.raw_schema}.{name}": table for c in contracts for name, table in c.tables.items()}
    known = sorted([*tables, *(published or {})])
    errors: list[KpiError] = []
    for suite in suites.values():
        if suite.address not in known and not (published is None and suite.schema == "published"):
            errors.append(
                suite.file.error(
                    f"a suite for no table: {suite.address}{did_you_mean(suite.address, known)}",
                    next_step="name the file after a table of a source, or remove it",
                )
            )
            continue
        if suite.owner is not None:
            errors += _owner_errors(suite, suite.owner, ("owner",), people_ids)
        table = tables.get(suite.address)
        columns = _columns(table) if table else (published or {}).get(suite.address)
        for number, expectation in enumerate(suite.expectations):
            place: yaml_file.Place = ("expectations", number)
            if expectation.owner is not None:
                errors += _owner_errors(suite, expectation.owner, (*place, "owner"), people_ids)
            errors += [
                suite.file.error(problem, (*place, field)) for field, problem in _problems(expectation, columns, table)
            ]
    return errors


def _read(path: Path) -> Suite:
    said, file = yaml_file.read_as(path, SuiteFile)
    return Suite(f"{path.parent.name}.{path.stem}", said.owner, said.expectations, file)


def _is_off(path: Path) -> bool:
    """Whether a contract says `enabled: false`; what else is wrong with it, reading the contract tells."""
    try:
        data = yaml_file.read(path).data
    except KpiError:
        return False
    return isinstance(data, dict) and data.get("enabled") is False


def _owner_errors(suite: Suite, owner: str, place: yaml_file.Place, people_ids: Collection[str]) -> list[KpiError]:
    if owner in people_ids:
        return []
    problem = f"unknown owner {owner}{did_you_mean(owner, sorted(people_ids))}"
    return [suite.file.error(problem, place, "use an id of people.yml")]


def _columns(table: TableContract) -> list[str]:
    own = [SNAPSHOT_DAY] if table.delivery == "snapshot" else []
    return [column.name for column in table.loaded_columns] + [*LOAD_COLUMNS, *own]


def _problems(
    expectation: Expectation, columns: Collection[str] | None, table: TableContract | None
) -> list[tuple[str, str]]:
    """(field, problem) of everything wrong with one rule."""
    rule = rules.RULES.get(expectation.type)
    if rule is None:
        return [("type", f"unknown expectation {expectation.type}{did_you_mean(expectation.type, list(rules.RULES))}")]
    kwargs, kind = expectation.kwargs, expectation.type
    allowed = [*rule.required, *rule.optional, *rule.one_of]
    problems = [(key, f"unknown argument {key}{did_you_mean(key, allowed)}") for key in kwargs if key not in allowed]
    problems += [("type", f"{kind} needs {key}") for key in rule.required if key not in kwargs]
    if rule.one_of and all(kwargs.get(key) is None for key in rule.one_of):
        problems.append(("type", f"{kind} needs {' or '.join(rule.one_of)}"))
    for side, own in (("lower", ("min_value", "min_working_days_ago")), ("upper", ("max_value", "max_days_ahead"))):
        if len([key for key in (*own, "of_usual", "added_of_usual") if key in kwargs]) > 1:
            problems.append(("type", f"{kind} takes one {side} bound; write a second rule for the other"))
            break
    if rule.failing is None and expectation.level == "row":
        problems.append(("level", f"{kind} is about the whole table: level must be table"))
    query = kwargs.get("unexpected_rows_query")
    if expectation.level == "row" and isinstance(query, str) and not ("_batch_id" in query and "_row_number" in query):
        problems.append(("unexpected_rows_query", "the query of a row rule must select _batch_id, _row_number"))
    problems += [(key, f"{key} {wrong}") for key, value in kwargs.items() if (wrong := arguments.wrong(key, value))]
    if problems:  # what follows reads the arguments
        return problems
    problems += [
        (key, f"unknown column {name}{did_you_mean(name, sorted(columns))}")
        for key, name in rules.named_columns(kwargs)
        if columns is not None and name not in columns
    ]
    if table and table.delivery == "snapshot" and "added_of_usual" in kwargs:
        wrong = "added_of_usual: of snapshots each is the whole table; of_usual is about the newest"
        problems.append(("added_of_usual", wrong))
    if table and not problems and "column" in kwargs and kwargs["column"] not in (*LOAD_COLUMNS, SNAPSHOT_DAY):
        problems += _type_problems(expectation, rule, table.column(kwargs["column"]))
    return problems


def _type_problems(expectation: Expectation, rule: rules.Rule, column: Column) -> list[tuple[str, str]]:
    """What is wrong between a rule and the type of the column it is about, as the contract says it."""
    kwargs, kind = expectation.kwargs, expectation.type
    problems = []
    is_text = column.type == "text" or column.personal == "hash"
    if rule.text_only and not is_text:
        problems.append(("column", f"{kind} needs a text column; {column.name} is {column.type}"))
    if rule.no_text and is_text:
        problems.append(("column", f"{kind} needs a number or a date; {column.name} is text"))
    by_days = [key for key in ("min_working_days_ago", "max_days_ahead") if key in kwargs]
    if by_days and not is_text and column.type not in ("date", "timestamp"):
        problems.append((by_days[0], f"{by_days[0]} needs a date; {column.name} is {column.type}"))
    if "type_" in kwargs and kwargs["type_"] != (stored := column.duckdb_type.partition("(")[0].upper()):
        problems.append(("type_", f"{column.name} is {stored} by its contract, not {kwargs['type_']}"))
    return problems

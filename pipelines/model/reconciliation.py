"""What two systems must agree on: the shape of `kpi_definitions/reconciliations.yml`.

Belongs here: the checks as people write them. Does not: the SQL they become (compiler/reconciled.py), what follows from
a break (3_kpis/reconciliation_results.sql).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, did_you_mean
from pipelines.model import expression
from pipelines.model.entities import Entity
from pipelines.shape import Label, Share, Strict
from pipelines.yaml_file import Place

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
CUSTOMER = "customer_id"  # what every amount is summed by, beside the month


class Side(Strict):
    """The amounts of one entity."""

    entity: Name
    amount: str = Field(description="column or expression in the company's currency")
    date: Name = Field(description="column that says in which month the amount falls")
    filter: str | None = None


class Tolerance(Strict):
    """How far both sides may be apart; the larger of the two holds."""

    share: Share = Field(0.0, description="of the larger side, as 1%")
    amount: float = Field(0.01, ge=0, description="in the company's currency")


class Reconciliation(Strict):
    """Both sides are summed by customer and month, and what differs by more than the tolerance is listed.

    With `link`, a right amount counts in the month of the left record it belongs to: an order of February for a
    contract of January is no break.
    """

    id: Name
    label: Label
    why: Label = Field(description="what a break means, and what to do about it; its owner reads this")
    left: Side
    right: Side
    link: Name | None = Field(None, description="column of both sides: the key of the left record")
    tolerance: Tolerance = Tolerance()
    grace: int = Field(30, ge=0, description="days after the end of the month in which a difference is only waiting")
    owner: str = Field(description="who hears of breaks; id in people.yml")
    severity: Literal["warning", "info"] = "warning"

    @property
    def entities(self) -> tuple[str, str]:
        return self.left.entity, self.right.entity


class Reconciliations(Strict):
    """The file."""

    reconciliations: list[Reconciliation] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_told_apart(self) -> Reconciliations:
        ids = [check.id for check in self.reconciliations]
        if repeated := next((i for i in ids if ids.count(i) > 1), None):
            raise ValueError(f"reconciliation {repeated} stands here twice")
        return self


class ReconciliationsFile(NamedTuple):
    """What reconciliations.yml says, and the file, for errors with a line; no checks where there is no file."""

    checks: Sequence[Reconciliation] = ()
    file: yaml_file.YamlFile | None = None


def read_reconciliations(folder: Path) -> ReconciliationsFile:
    """The checks of `reconciliations.yml`; none where a configuration has no such file. Raises KpiErrors."""
    path = folder / "reconciliations.yml"
    if not path.is_file():
        return ReconciliationsFile()
    said, file = yaml_file.read_as(path, Reconciliations)
    return ReconciliationsFile(said.reconciliations, file)


def problems(said: ReconciliationsFile, entities: Mapping[str, Entity], people: Collection[str]) -> Iterator[KpiError]:
    """What cannot be, seen with entities and people; each with its line."""
    if said.file is None:
        return
    for i, check in enumerate(said.checks):
        place: Place = ("reconciliations", i)
        if people and check.owner not in people:
            hint = did_you_mean(check.owner, list(people))
            yield said.file.error(f"owner {check.owner} is nobody in people.yml{hint}", (*place, "owner"))
        for name, side in (("left", check.left), ("right", check.right)):
            for field, problem in _problems(check, side, entities):
                yield said.file.error(problem, (*place, name, field) if field != "link" else (*place, field))


def _problems(check: Reconciliation, side: Side, entities: Mapping[str, Entity]) -> Iterator[tuple[str, str]]:
    """(field, problem) of everything wrong with one side."""
    entity = entities.get(side.entity)
    if entity is None:
        yield "entity", f"unknown entity {side.entity}{did_you_mean(side.entity, list(entities))}"
        return
    columns = [column.name for column in entity.columns]
    if CUSTOMER not in columns:
        yield "entity", f"{entity.name} has no {CUSTOMER}, by which both sides are compared"
    if entity.type_of(side.date) not in ("date", "timestamp"):
        dates = [column.name for column in entity.columns if column.type in ("date", "timestamp")]
        what = "is no date" if side.date in columns else "is unknown"
        yield "date", f"column {side.date} of {entity.name} {what}{did_you_mean(side.date, dates)}"
    for field, text in (("amount", side.amount), ("filter", side.filter)):
        if text is not None and (wrong := expression.problem(text, columns, run_names=("as_of",))):
            yield field, f"{entity.name}: {wrong}"
    if check.link is not None and check.link not in columns:
        yield "link", f"{entity.name} has no column {check.link}{did_you_mean(check.link, columns)}"

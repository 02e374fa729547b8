"""What a target may be: an amount, a change, a range, a formula on other goals, a file, a source system.

Belongs here: the shape of one target and the reading of its texts. Does not: periods and units (spelled.py), or the
arithmetic that needs actual figures (dbt_project/models/4_goals).
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

import sqlglot
from pydantic import Field, field_validator, model_validator
from sqlglot import exp

from pipelines.model.goal.number import LARGEST, Number, parse_number
from pipelines.shape import Strict, wrong_at

KINDS = ("value", "range", "change", "formula", "file", "source")
MOST_NAME = 200  # bytes; file systems have room for 255
MAX_FORMULA = 200  # characters; the longest anybody checks by eye


class Change(NamedTuple):
    """`3%` is relative, `2pp` is in points; one of the two is set."""

    relative: Decimal | None
    points: Decimal | None

    @property
    def size(self) -> Decimal:
        return self.relative if self.relative is not None else self.points or Decimal(0)


class Term(NamedTuple):
    """So many times the target of a KPI's goal; `kpi` None is the number alone."""

    kpi: str | None
    factor: Decimal


def parse_change(text: Any) -> Change:
    """`3%` → 0.03 relative; `2pp` → 0.02 in points. Raises ValueError for anything else."""
    match = re.fullmatch(r"\s*([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(%|pp)\s*", str(text))
    if not match:
        raise ValueError(f"{text!r} is not a change such as 3% (relative) or 2pp (points)")
    share = Decimal(match.group(1)) / 100
    return Change(share, None) if match.group(2) == "%" else Change(None, share)


def parse_formula(text: str) -> list[Term]:
    """`0.25 * goal(revenue) + 1000` → its terms: a sum of numbers and of numbers times goals.

    Raises ValueError for anything else: goals are neither multiplied nor divided by each other.
    """
    if len(text) > MAX_FORMULA:
        raise ValueError(f"the formula is longer than {MAX_FORMULA} characters")
    try:
        terms = _terms(sqlglot.parse_one(text, read="duckdb"), text)
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise ValueError(f"{text!r} is no formula such as 0.25 * goal(revenue)") from error
    if any(abs(factor) >= LARGEST for factor in terms.values()):
        raise ValueError(f"{text!r} holds a number that is not below 10^18")
    if not any(kpi for kpi in terms):
        raise ValueError(f"{text!r} names no goal; write a number as value")
    return [Term(kpi, factor) for kpi, factor in terms.items()]


def _terms(node: exp.Expr, text: str) -> dict[str | None, Decimal]:
    """The factor of each goal in an expression, None for the number beside them."""
    if isinstance(node, exp.Paren):
        return _terms(node.this, text)
    if isinstance(node, exp.Literal) and not node.is_string:
        return {None: parse_number(node.this) or Decimal(0)}
    if isinstance(node, exp.Neg):
        return {kpi: -factor for kpi, factor in _terms(node.this, text).items()}
    if isinstance(node, exp.Anonymous) and node.name.lower() == "goal" and len(node.expressions) == 1:
        named = node.expressions[0]
        if isinstance(named, exp.Column) and not named.table:
            return {named.name: Decimal(1)}
    if isinstance(node, exp.Add | exp.Sub):
        sign = 1 if isinstance(node, exp.Add) else -1
        found = _terms(node.left, text)
        for kpi, factor in _terms(node.right, text).items():
            found[kpi] = found.get(kpi, Decimal(0)) + sign * factor
        return found
    if isinstance(node, exp.Mul | exp.Div):
        left, right = _terms(node.left, text), _terms(node.right, text)
        if isinstance(node, exp.Mul) and set(left) == {None}:
            left, right = right, left
        if set(right) == {None} and (right[None] or isinstance(node, exp.Mul)):
            by = right[None]
            return {kpi: factor * by if isinstance(node, exp.Mul) else factor / by for kpi, factor in left.items()}
    raise ValueError(f"{text!r} is no sum of numbers and of numbers times goal(<kpi>), as 0.25 * goal(revenue)")


class Target(Strict):
    """What is to be reached; exactly one kind."""

    value: Number | None = None
    range: tuple[Number, Number] | None = None
    base: Literal["same_period_last_year", "previous_period"] | None = None
    change: str | None = Field(None, description="against the base: 3% is relative, 2pp is in points")
    formula: str | None = Field(None, description="of the targets of other KPIs at the same unit: 0.25 * goal(revenue)")
    file: str | None = Field(None, description="CSV or workbook beside the goal, long or with a column a month")
    source: str | None = Field(None, description="system whose monthly targets are taken, see entity goal_figures")
    floor: str | Decimal | None = None
    stretch: str | Decimal | None = None

    @property
    def kind(self) -> str:
        """How it is said: value, range, change, formula, file or source."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @field_validator("value", mode="before")
    @classmethod
    def _is_one(cls, value: Any) -> Any:
        if isinstance(value, list | dict):
            raise ValueError("a goal has one target: write one number, or range, or a file with one a unit and period")
        return value

    @field_validator("range", mode="before")
    @classmethod
    def _are_two(cls, value: Any) -> Any:
        if value is not None and (not isinstance(value, list | tuple) or len(value) != 2):
            raise ValueError("a range is two numbers, such as [30, 45]")
        return value

    @field_validator("file")
    @classmethod
    def _beside(cls, value: str | None) -> str | None:
        return beside(value)

    @field_validator("formula")
    @classmethod
    def _is_sum(cls, value: str | None) -> str | None:
        if value is not None:
            parse_formula(value)
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Target:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError("give exactly one of value, range, change (with base), formula, file or source")
        if self.kind in ("source", "formula") and (self.floor is not None or self.stretch is not None):
            raise ValueError(f"a {self.kind} holds no floor and no stretch; leave them out")
        if (self.change is None) != (self.base is None):
            raise ValueError("base and change go together")
        if self.change is not None and (parse_change(self.change).relative or 0) < -1:
            raise wrong_at(("change",), f"{self.change} of the base is less than nothing: at the least -100%")
        if self.range and self.range[0] > self.range[1]:
            raise ValueError("the range runs from the lower to the upper bound")
        for said in (self.floor, self.stretch):
            if said is None:
                continue
            if self.change is None:
                parse_number(said)
            elif (parse_change(said).points is None) != (parse_change(self.change).points is None):
                raise ValueError(f"floor and stretch are said as the change is, in % or in pp: {said}, {self.change}")
        return self


def beside(name: str | None) -> str | None:
    """The name of a file that lies beside the goal. Raises ValueError where it leads elsewhere."""
    if name is None:
        return name
    # A backslash is a folder on Windows; a name of more than 255 bytes cannot even be asked for.
    alone = Path(name).name == name and name.isprintable() and "\\" not in name and len(name.encode()) <= MOST_NAME
    if not alone or not name.lower().endswith((".csv", ".xlsx")):
        raise ValueError(f"{name[:MOST_NAME]} must be a .csv or .xlsx that lies beside the goal: give its name alone")
    return name

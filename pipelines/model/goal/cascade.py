"""One step of a cascade: how a target is split among the units below.

Belongs here: what a step may say. Does not: the splitting (dbt_project/models/4_goals/cascaded_targets.sql).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.model.goal.target import beside
from pipelines.model.kpi import Level
from pipelines.shape import Share, Strict

By = Literal["even", "headcount", "share_of_base", "file", "bottom_up"]
MAX_MONTHS = 120


class Step(Strict):
    """`{to: rep, by: headcount, ramp: {0: 0, 1: 0.5, 2: 1}, over_assign: 5%}`"""

    to: Level
    by: By
    file: str | None = Field(None, description="of by: file and bottom_up: a CSV or workbook beside the goal")
    roles: list[str] = Field([], description="of employees.role: whom the target is for; default: everybody")
    ramp: dict[int, Decimal] = Field(
        {}, description="what somebody new carries, by whole months since hiring: {0: 0, 1: 0.5, 2: 1}"
    )
    over_assign: Share = Field(0, description="how much more the units carry together than the one above them")

    @field_validator("file")
    @classmethod
    def _beside(cls, value: str | None) -> str | None:
        return beside(value)

    @field_validator("over_assign", mode="before")
    @classmethod
    def _at_most_twice(cls, value: Any) -> Any:
        share = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*", str(value))
        if not share or float(share.group(1)) > (100 if share.group(2) else 1):
            raise ValueError(f"over_assign {value} is no share from 0% to 100%, such as 5%")
        return value

    @field_validator("ramp")
    @classmethod
    def _climbs(cls, value: dict[int, Decimal]) -> dict[int, Decimal]:
        for months, share in value.items():
            if not 0 <= months <= MAX_MONTHS or not share.is_finite() or not 0 <= share <= 1:
                raise ValueError(f"ramp {months}: {share} is no month up to {MAX_MONTHS} with a share from 0 to 1")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Step:
        if self.by == "file" and self.file is None:
            raise ValueError("by: file needs the name of the file")
        if self.file and self.by not in ("file", "bottom_up"):
            raise ValueError(f"by: {self.by} reads no file")
        if self.ramp and self.by != "headcount":
            raise ValueError("ramp is for by: headcount")
        if self.roles and self.by not in ("headcount", "even"):
            raise ValueError("roles are for by: headcount and even")
        if self.over_assign and self.by in ("file", "bottom_up"):
            raise ValueError("over_assign is for what is split; the file says its own sum")
        if self.to == "company":
            raise ValueError("nothing is above the company: a cascade leads to region, department, team or rep")
        return self

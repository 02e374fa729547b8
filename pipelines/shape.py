"""What the models of all hand-written files have in common: nothing unknown gets in, words come in two languages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A part of a hand-written file: an unknown field is a mistake, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Label(Strict):
    """The same words in the two languages of the house."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

"""What the models of all hand-written files have in common: nothing unknown gets in, words come in two languages."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {value}") from error
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]  # Asia/Shanghai


class Strict(BaseModel):
    """A part of a hand-written file: an unknown field is a mistake, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Label(Strict):
    """The same words in the two languages of the house."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


def wrong_at(place: tuple[str | int, ...], problem: str) -> ValidationError:
    """A mistake deep inside a model, found by a rule of the whole: told with the line of its own place."""
    kind = PydanticCustomError("wrong", "{problem}", {"problem": problem})
    return ValidationError.from_exception_data("", [InitErrorDetails(type=kind, loc=place, input=None)])

"""What the models of all hand-written files have in common: nothing unknown gets in, words come in two languages."""

from __future__ import annotations

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {value}") from error
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]  # Asia/Shanghai


def _percent(value: Any) -> Any:
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)):
        return float(match.group(1)) / 100
    return value


# A share of one, written 0.02 or 2%. json_schema_input_type: what people write, which editors complete from.
_Fraction = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[_Fraction, BeforeValidator(_percent, json_schema_input_type=_Fraction | str)]


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

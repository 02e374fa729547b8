"""Numbers as people write them into goals and the files beside them.

Belongs here: what is a number and what is none, and what to write instead. Does not: which number a target may be.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

LARGEST = Decimal(10) ** 18  # as the tables hold them: decimal(38,6), and room to multiply
# Decimal itself would take １２, 1_000 and NaN. The digits of other scripts look alike and are not always the same.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_SHOWN = 60
_HINTS = (
    (r"[=@].*", "it is a formula; write what it comes to"),
    (r"[^0-9]*[0-9]{1,3}([,，' \xa0][0-9]{3})+(\.[0-9]+)?[^0-9]*", "write it without thousands separators and signs"),
    (r"[0-9.+-]+\s*[%％]", "write a share, such as 0.3 for 30%"),
    (r"[+-]?\s*[$€£¥￥]\s*[0-9.]+|[0-9.]+\s*([A-Z]{3}|[$€£¥￥元万亿])+", "leave the currency out"),
    (r"[０-９．－＋]+", "write it with the digits 0-9"),
)


def parse_number(text: Any) -> Decimal | None:
    """A number below 10^18, None for nothing. Raises ValueError for anything else, such as NaN, １２ or =1+1."""
    if text is None or text == "":
        return None
    said = str(text).strip()
    if not said:
        return None
    if isinstance(text, bool) or not _NUMBER.fullmatch(said):
        hint = next((f": {hint}" for form, hint in _HINTS if re.fullmatch(form, said[:_SHOWN])), "")
        raise ValueError(f"{said[:_SHOWN]!r} is not a number{hint}")
    number = Decimal(said)
    if abs(number) >= LARGEST:
        raise ValueError(f"{said[:_SHOWN]!r} is not a number below 10^18")
    return number


def _written(value: Any) -> Any:
    number = parse_number(value)
    if number is None:
        raise ValueError("must be a number")
    return number


# A field that holds a number: refused in the words of parse_number, not in those of pydantic.
Number = Annotated[Decimal, BeforeValidator(_written)]

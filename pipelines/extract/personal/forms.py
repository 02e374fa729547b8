"""The forms of personal values: is it one, and the one spelling under which equal persons are equal.

Belongs here: phone numbers, mail addresses, identity numbers, credit codes, names. Does not: keys or batches.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from pipelines.extract.contract.column import Form

# 86 before a mobile number of China, or nothing; whatever stands between the digits is gone by then.
CHINA_MOBILE = re.compile(r"(?:\+86|0086|86)?0?(1[3-9]\d{9})")
BETWEEN_DIGITS = re.compile(r"[\s\-().·/\u2010-\u2015\u200b-\u200f\u202a-\u202e\ufeff]+")  # copied numbers hide marks
EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*:?\s*(\d{1,6})$")
FRACTION = re.compile(r"(?<=\d{7})\.0+$")  # 13912345678.0: a number that once lay in a spreadsheet

ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
EMAIL = re.compile(rf"(?P<local>{ATOM}(?:\.{ATOM})*)@(?P<domain>(?:{LABEL}\.)+(?!\d+$){LABEL})")

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643: 2^(17-i) mod 11
ID_CHECKS = "10X98765432"
PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|\w(?<=[\u0300-\u036f])|[ ·・.'’,()-])*")
HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
BETWEEN_HAN = re.compile(rf"(?<={HAN})\s+(?={HAN})")


class Read(NamedTuple):
    """A value as its form reads it: `text` is the one spelling, also of a value that is not valid."""

    text: str
    is_valid: bool


def read(value: str, form: Form, country: str = "CN") -> Read | None:
    """The value in its one spelling; None where it is blank. `country` is that of phone numbers without a code."""
    plain = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    return READERS[form](plain, country) if plain else None


def _text(plain: str, _country: str) -> Read:
    return Read(plain, True)


def _name(plain: str, _country: str) -> Read:
    text = BETWEEN_HAN.sub("", plain)  # 王 芳 is 王芳
    return Read(text, 2 <= len(text) <= 100 and NAME.fullmatch(text) is not None)


def _email(plain: str, _country: str) -> Read:
    text = plain.removeprefix("mailto:")
    match = EMAIL.fullmatch(text)
    return Read(text, match is not None and len(match["local"]) <= 64 and len(text) <= 254)


def _phone(plain: str, country: str) -> Read:
    bare = BETWEEN_DIGITS.sub("", FRACTION.sub("", plain))
    # A short cut for what almost every number is: phonenumbers takes 30 µs a number, this 1.
    if country == "CN" and (match := CHINA_MOBILE.fullmatch(bare)):
        return Read(f"+86{match[1]}", _is_china_mobile(match[1][:5]))
    import phonenumbers

    extension = EXTENSION.search(plain)
    text = plain[: extension.start()] if extension else plain
    text = BETWEEN_DIGITS.sub("", FRACTION.sub("", text)).removeprefix("tel:")
    if country == "CN" and text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return Read("".join(c for c in bare if c.isdigit()) or bare, False)
    said = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Read(said + (f"x{extension[1]}" if extension else ""), phonenumbers.is_valid_number(number))


@cache  # 7,000 prefixes; five digits decide, as a test holds against phonenumbers itself
def _is_china_mobile(prefix: str) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(f"+86{prefix}000000"))


def _id_number(plain: str, _country: str) -> Read:
    text = re.sub(r"[\s-]", "", plain).upper()
    if re.fullmatch(r"[0-9]{15}", text):  # as issued until 1999: the same person's number of today has 18 digits
        text = text[:6] + "19" + text[6:]
        text += _id_check(text)
    is_valid = (
        re.fullmatch(r"[0-9]{17}[0-9X]", text) is not None
        and PROVINCE.match(text) is not None
        and _is_day(text[6:14])
        and text[17] == _id_check(text)
    )
    return Read(text, is_valid)


def _id_check(text: str) -> str:
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False)) % 11]


def _is_day(text: str) -> bool:
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).year >= 1850
    except ValueError:
        return False


def _credit_code(plain: str, _country: str) -> Read:
    text = re.sub(r"[\s-]", "", plain).upper()
    if re.fullmatch(rf"[{CREDIT_DIGITS}]{{2}}[0-9]{{6}}[{CREDIT_DIGITS}]{{10}}", text) is None:
        return Read(text, False)
    total = sum(CREDIT_DIGITS.index(digit) * weight for digit, weight in zip(text, CREDIT_WEIGHTS, strict=False))
    return Read(text, CREDIT_DIGITS[-total % 31] == text[17])


READERS: dict[Form, Callable[[str, str], Read]] = {
    "text": _text,
    "name": _name,
    "email": _email,
    "phone": _phone,
    "id_number": _id_number,
    "credit_code": _credit_code,
}

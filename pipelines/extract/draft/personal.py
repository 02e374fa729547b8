"""Columns that hold persons, by their name and by what stands in them.

Belongs here: the guess and the form. Does not: what becomes of the values (extract/personal/).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.extract.contract.column import Form
from pipelines.extract.draft import words
from pipelines.extract.draft.sample import Sample
from pipelines.extract.personal import forms

LOOKED_AT = 300  # different values
MOBILE = re.compile(r"(?:\+?86)?[ -]?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\+\d[\d ()-]{7,16}")
EMBEDDED = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]{2,}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
LATIN_NAME = re.compile(r"[A-Z][a-zà-ÿ'’-]+(?: [A-Z]\.?)?(?: [A-Z][a-zà-ÿ'’-]+){1,2}")


class Guess(NamedTuple):
    """What a column marked personal says; `form` only of hash."""

    personal: str  # hash | keep | drop
    form: Form = "text"
    why: str = ""


def guess(sample: Sample, place: int, field: str | None, entity: str | None) -> Guess | None:
    """None where nothing speaks for a person; `field` is the field of `entity` the column was matched to."""
    if field == "comment":
        return Guess("drop", why="free text: nobody can say whom it names")
    values = _values(sample, place)
    if not values:
        return _by_name(sample.names[place])
    by_name, by_content = _by_name(sample.names[place]), _by_content(values)
    if by_content and by_content != "name":
        return Guess("hash", by_content)
    is_name = by_content == "name"
    if _is_of_employees(sample.names[place], field, entity):
        return Guess("keep") if is_name or (by_name and by_name.form == "name") else None
    if by_name and (by_name.form != "name" or is_name or entity == "contacts" or len(values) < 3):
        share = _share(values, by_name.form)
        why = by_name.why if by_name.form == "text" or share >= 0.8 else f"{share:.0%} of its values have this form"
        return by_name._replace(why=why)
    if is_name and (entity, field) in NAMED:
        return Guess("hash", "name", "these look like names of persons")
    texts = [value for value in values if not value.isdigit()]
    if sum(EMBEDDED.search(value) is not None for value in texts) >= max(1, 0.01 * len(values)):
        return Guess("hash", "text", "some values hold an address or a number of a person")
    return None


# Fields that name a customer: a company, or a person.
EMPLOYEES = ("owner_id", "agent_id", "employee_id", "by_agent", "manager_id")
NAMED = {("customers", "name"), ("surveys", "customer_id"), ("tickets", "customer_id"), ("surveys", None), (None, None)}


def _values(sample: Sample, place: int) -> list[str]:
    if sample.types[place] not in ("VARCHAR", "BIGINT"):
        return []
    rows = sample.con.execute(
        f"select distinct trim(cast(c{place} as varchar)) as v from spread where v <> '' limit {LOOKED_AT}"
    )
    return [value for (value,) in rows.fetchall()]


def _by_name(name: str) -> Guess | None:
    said = words.compact(name)
    for form, several in words.vocabulary()["personal"].items():
        if said in {words.compact(word) for word in several}:
            return Guess("hash", form, "may say little of a person" if f"{said}~" in several else "")
    return None


def _by_content(values: list[str]) -> Form | None:
    if len(values) < 3:
        return None
    for form in ("email", "id_number", "credit_code"):
        if _share(values, form) >= 0.8:
            return form
    if sum(MOBILE.fullmatch(value) is not None for value in values) >= 0.8 * len(values):
        return "phone"
    return "name" if sum(map(_looks_like_a_name, values)) >= 0.8 * len(values) else None


def _share(values: list[str], form: Form) -> float:
    read = [forms.read(value, form) for value in values]
    return sum(one is not None and one.is_valid for one in read) / len(values)


def _looks_like_a_name(value: str) -> bool:
    said = words.vocabulary()
    if re.fullmatch(r"[\u4e00-\u9fff]{2,4}", value):
        return value[0] in said["surnames"] and not any(word in value for word in said["companies"])
    parts = value.lower().replace(".", "").replace(",", "").split()
    return LATIN_NAME.fullmatch(value) is not None and not set(parts) & set(said["companies"])


def _is_of_employees(name: str, field: str | None, entity: str | None) -> bool:
    if entity in ("employees", "org_units") or field in (
        "owner_id",
        "agent_id",
        "employee_id",
        "by_agent",
        "manager_id",
    ):
        return True
    return words.compact(name) in {words.compact(word) for word in words.vocabulary()["employees_by"]}

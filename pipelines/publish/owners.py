"""What the owner of a number is called and where they are written to, for pages and their links.

Belongs here: names, and addresses of people.yml as links. Does not: sending anything (watch/alerts/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.publish.words import Words
from pipelines.settings import Settings

ADDRESS = re.compile(r"[^\s@<>()\",;:?&]+@[^\s@<>()\",;:?&]+")


def addresses(settings: Settings, people: Mapping[str, Person]) -> dict[str, str]:
    """The mail address of everybody who has one in people.yml, by id; no other is ever made up.

    One that stands in a variable which is not set here, or that is no address, is left out: a page without a link is
    still a page.
    """
    found = {}
    for person in people.values():
        try:
            address = settings.expand(person.mail) if person.mail else ""
        except KpiError:
            continue
        if ADDRESS.fullmatch(address):
            found[person.id] = address
    return found


def names(people: Mapping[str, Person]) -> dict[str, Words]:
    """What everybody in people.yml is called, by id."""
    return {person.id: called(person) for person in people.values()}


def called(person: Person) -> Words:
    """The name somebody goes by, with the id that the files use."""
    name = person.name
    both = (name, name) if isinstance(name, str) else (name.zh, name.en)
    return Words(*(one if one == person.id else f"{one} ({person.id})" for one in both))


def link(address: str, subject: str) -> str:
    """A mailto link; nothing in the subject can add another header or recipient."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}"

"""A page for each audience: the company's beside the whole file, the others in their folders.

Belongs here: which file, which folder, which language. Does not: what a page shows (write.py), who sees what
(publish/audience.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.model.company import Person
from pipelines.publish.audience import Audience
from pipelines.publish.audience_files import folder_of
from pipelines.publish.owners import addresses, names
from pipelines.publish.page.write import write_page
from pipelines.publish.served import FILE
from pipelines.settings import Settings


def write_pages(settings: Settings, source: Path, found: Sequence[Audience], people: Mapping[str, Person]) -> Path:
    """Draws the page of every audience from its own file, the company's from the whole one at `source`.

    Returns the company's. Raises KpiError as write_page does.
    """
    mails, called = addresses(settings, people), names(people)
    company = write_page(source, settings.serving, addresses=mails, names=called)
    for one in found:
        if not one.is_company:
            folder = folder_of(settings.serving, one.id)
            language = language_of(one, people)
            write_page(folder / FILE, folder, language, mails, "../catalogue/", called)
    return company


def language_of(audience: Audience, people: Mapping[str, Person]) -> str:
    """What its page shows first: English where all of its people read English, else Chinese."""
    return "en" if {people[one].language for one in audience.people} == {"en"} else "zh"

"""A generation taken back: one that is kept takes the place of the one that is served.

Belongs here: that swap, under the publisher's lock, and making again what is made of the served file. Does not: who did
it and why (cli/rollback.py records the act).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

from pipelines.errors import KpiError
from pipelines.publish import generations
from pipelines.publish.generations import Generation
from pipelines.publish.served import ASIDE, FILE
from pipelines.publish.swap import alone, swap, tidy
from pipelines.settings import Settings


def roll_back(settings: Settings, number: int) -> Generation:
    """Serves generation `number` again, byte for byte as it was published.

    The working file, acts and closed periods stay as they are: the next run publishes under a new number. Raises
    KpiError where the generation is not kept or was changed, another publishes, or the disk fails.
    """
    folder = settings.serving
    if not folder.is_dir():
        raise KpiError("nothing has been published yet", file=folder, next_step="kpi run")
    with alone(folder, folder / FILE):
        generation, path = generations.verified(folder, number)
        try:
            shutil.copyfile(path, folder / ASIDE)
            swap(folder / ASIDE, folder / FILE)
        except OSError as error:
            raise KpiError(f"not rolled back: {error}", file=folder, next_step="check space and rights") from error
        finally:
            tidy(folder, ASIDE)
    return generation


def refresh(settings: Settings, number: int, say: Callable[[str], None]) -> None:
    """Makes of a kept generation what each run makes of its own: files by audience, Parquet and CSV, the pages.

    Readers are those of people.yml today, not of the day it was published. Raises KpiError as each of them does.
    """
    from pipelines.model.company import read_people
    from pipelines.publish import audience_files, flat_files
    from pipelines.publish.page.every import write_pages

    people = read_people(settings.kpi_definitions)
    _, source = generations.verified(settings.serving, number)
    found = audience_files.write(settings, source, people)
    say(f"{len(found)} audiences")
    flat_files.write(settings, source, say)
    if settings.postgres_url is not None:
        from pipelines.publish.postgres.serve import switch_to

        switch_to(settings, number, people, say)
        say(f"PostgreSQL serves generation {number}")
    write_pages(settings, source, found, people)
    say(f"{len(found)} pages drawn")

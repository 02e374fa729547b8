"""REST APIs as a source: one client and one log-in for all tables of a system.

client.py: one request that comes back whole or says why · login.py: the four ways to log in · rate.py: not too often
pages.py: from the first page to the last · spool.py: pages kept on disk, counted by other code · since.py: what changed
records.py: an answer's records as columns · resource.py: a table, its pages and its records
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.extract.contract import SourceContract
from pipelines.extract.source import Pulled
from pipelines.settings import Settings

__all__ = ["connect"]


@contextmanager
def connect(contract: SourceContract, settings: Settings, most: int | None = None) -> Iterator[Pulled]:
    """A client that is logged in when it first asks; pages lie in a passing folder of landing until it is closed.

    `most` ends each read at about so many records, for a look at the source.

    Raises KpiError on entering: an unset variable in the address or the log-in. Nothing it says holds a secret.
    """
    from pipelines.extract import landing
    from pipelines.extract.rest import client, resource

    place = settings.landing / contract.system
    if most is None:
        landing.sweep(place)
    else:  # a look: the landing folder belongs to the run that may be under way
        place = Path(tempfile.gettempdir())
    with client.open_client(contract, settings) as asking, resource.passing_folder(place) as folder:
        yield resource.Resources(asking, contract, settings, folder, most)

"""What a database's driver says, in our words: its own may quote the address with its password, or a record.

Belongs here: telling the usual failures apart. Does not: retrying; the next run reads again from the same place.
"""

from __future__ import annotations

import re

from pipelines.errors import KpiError
from pipelines.extract.source import NoSuchTable

NO_SUCH_TABLE = "no such table"
CAUSES = {
    r"password authentication failed|Access denied|role .* does not exist|no password supplied": (
        "the database refused the log-in",
        "check the user and the password in the environment",
    ),
    r"Unknown database|database .* does not exist": (
        "the server has no such database",
        "correct the database's name in the address",
    ),
    r"column .* does not exist|Unknown column|no such column": (
        "no such column",
        "correct from.database.query in the contract",
    ),
    r"relation .* does not exist|doesn't exist|no such table|Undefined ?Table|NoSuchTable": (
        NO_SUCH_TABLE,
        "correct from.database in the contract, or let the user see the table",
    ),
    r"permission denied|command denied": ("the user may not read it", "grant select on it to the user in the address"),
    r"refused|could not (connect|translate)|unable to open|timed? ?out|Can't connect|Name or service|No route": (
        "the database cannot be reached",
        "see whether it runs and whether host and port in the address are right",
    ),
    r"current transaction is aborted|connection is in an error state": (
        "an earlier table of this system could not be read, after which the server reads no other in this run",
        "mend what is said of that table and run again",
    ),
    r"(lost|closed the) connection|connection .*(reset|closed|lost)|\bEOF\b|Packet sequence|gone away|Broken pipe": (
        "the connection was lost while reading",
        "run again; nothing of this read was loaded",
    ),
    r"syntax": ("the database does not understand the query", "correct from.database.query in the contract"),
}


def readable(error: Exception | str, system: str, what: str = "") -> KpiError:
    """A KpiError for whatever a driver raised, NoSuchTable where it is that; an own KpiError stays itself."""
    if isinstance(error, KpiError):
        return error
    said = str(error)
    problem, step = "the database failed", "look into the database's own log"
    for pattern, words in CAUSES.items():
        if re.search(pattern, said, re.IGNORECASE):
            problem, step = words
            break
    else:
        problem = f"the database failed ({type(error).__name__})"
    kind = NoSuchTable if problem == NO_SUCH_TABLE else KpiError
    return kind(f"system {system}: {problem}{f' ({what})' if what else ''}", next_step=step)

"""Names of columns as people see them.

Belongs here: when two spellings are one name. Does not: what follows from it (drift.py, contract/table.py).
"""

from __future__ import annotations

import unicodedata


def fold(name: str) -> str:
    """The name without what people do not see as a difference: case, width (ＩＤ), stray and doubled blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()

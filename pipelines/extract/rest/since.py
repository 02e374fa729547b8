"""How an API is asked for what changed.

Belongs here: the highest cursor of raw in the API's own notation. Does not: how far back it begins (arrivals.py).
"""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from pipelines.extract.contract.rest import Since


def asked(said: Since, since: str | None, kind: str, zone: str) -> str | None:
    """The value of the header or parameter; None: leave it out.

    `since` is the cursor as raw has it, in the contract's time zone; `kind` its type. A number goes as it is.
    """
    if since is None:
        return None if said.first is None else str(said.first)
    if kind not in ("timestamp", "date"):
        return since
    if said.format == "date":
        return since[:10]
    # Of an hour that the clock shows twice, the earlier: nothing may be skipped.
    local = dt.datetime.fromisoformat(since).replace(tzinfo=ZoneInfo(zone))
    moment = local.astimezone(dt.UTC)
    if said.format in ("unix", "unix_ms"):
        return str(int(moment.timestamp() * (1000 if said.format == "unix_ms" else 1)))
    if said.format == "iso":
        return moment.isoformat(timespec="seconds")
    if said.format == "http":
        return format_datetime(moment, usegmt=True)
    # Naive times of a source mean its own zone. In UTC, a source west of Greenwich would be asked too late, and lose.
    is_utc = said.format.endswith(("Z", "GMT", "UTC")) and not said.format.endswith("%Z")
    return (moment if is_utc else local).strftime(said.format)

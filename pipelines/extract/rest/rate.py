"""When an API may be asked: not more often than the contract says, and again when the API says.

Belongs here: waiting until one more request may go out, reading Retry-After. Does not: asking (client.py).
"""

from __future__ import annotations

import re
import time
from collections import deque
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pipelines.extract.contract.rest import Rate, seconds

if TYPE_CHECKING:
    import httpx


class ByChance(Exception):
    """Worth another try; `after` is how long the API wants to rest, in seconds."""

    def __init__(self, what: str, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after


class Limit:
    """At most `requests` in any stretch of `per`; none where the contract says none."""

    def __init__(self, rate: Rate | None) -> None:
        self.rate = rate
        self.sent: deque[float] = deque(maxlen=rate.requests if rate else 1)

    def wait(self) -> None:
        """Returns when one more request may go out, and counts it."""
        if self.rate is None:
            return
        if len(self.sent) == self.rate.requests:
            time.sleep(max(0.0, self.sent[0] + seconds(self.rate.per) - time.monotonic()))
        self.sent.append(time.monotonic())


def retry_after(response: httpx.Response) -> float | None:
    """Retry-After in seconds or as a date (RFC 9110, section 10.2.3); None where it says nothing readable.

    A date counts from the server's own Date where it sends one: its clock may differ from ours.
    """
    said = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return float(said)
    until, now = _moment(said), _moment(response.headers.get("date", ""))
    return None if until is None else max(0.0, until - (time.time() if now is None else now))


def _moment(said: str) -> float | None:
    try:
        return parsedate_to_datetime(said).timestamp() if said else None
    except ValueError:
        return None

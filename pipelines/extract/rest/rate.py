"""Not more requests than the API allows.

Belongs here: waiting until one more may go out. Does not: what the API says when it was too many (client.py).
"""

from __future__ import annotations

import time
from collections import deque

from pipelines.extract.contract.rest import Rate, seconds


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

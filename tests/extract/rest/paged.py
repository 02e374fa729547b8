"""The same 35 records however an API turns its pages; what several tests serve stands here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.extract.rest.conftest import numbered
from tests.extract.rest.server import Asked, Reply

SIZE = 10
ALL = numbered(35)
ROWS = [(record["id"], record["name"], Decimal(str(record["amount"]))) for record in ALL]
SECRET = "canary-5f1c"


def page(asked: Asked, name: str = "page", first: int = 1) -> list[dict[str, Any]]:
    number = int(asked.params.get(name, first)) - first
    return ALL[number * SIZE : (number + 1) * SIZE]


def by_address(asked: Asked) -> Reply:
    start = int(asked.params.get("start", 0))
    following = f"http://{asked.headers['host']}/t?start={start + SIZE}" if start + SIZE < len(ALL) else None
    return Reply({"data": ALL[start : start + SIZE], "links": {"next": following}})

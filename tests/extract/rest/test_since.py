"""What changed: the next read asks from the highest cursor, and nothing at its edge is lost or doubled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.extract.rest.conftest import Open
from tests.extract.rest.paged import SIZE
from tests.extract.rest.server import Asked, Reply


@pytest.mark.parametrize(
    ("said", "name", "expected"),
    [
        ({"param": "since"}, "since", "2026-03-28T23:00:00+00:00"),
        ({"header": "If-Modified-Since"}, "if-modified-since", "2026-03-28T23:00:00+00:00"),
        ({"header": "If-Modified-Since", "format": "http"}, "if-modified-since", "Sat, 28 Mar 2026 23:00:00 GMT"),
        ({"param": "since", "format": "unix"}, "since", "1774738800"),
        ({"param": "since", "format": "unix_ms"}, "since", "1774738800000"),
        ({"param": "since", "format": "date"}, "since", "2026-03-29"),
        ({"param": "since", "format": "%d.%m.%Y %H:%M"}, "since", "29.03.2026 07:00"),
    ],
)
def test_the_next_read_asks_from_the_highest_cursor_less_the_overlap(
    source: Open, said: dict[str, Any], name: str, expected: str
) -> None:
    api = source(lambda asked: Reply([{"id": 1, "name": "a", "amount": 1, "changed": "2026-03-29T08:00:00+08:00"}]))
    api.table(cursor="changed", delivery="upsert", since=said)
    api.load()
    api.load(run_id="r2")
    before, after = [(asked.headers | asked.params).get(name) for asked in api.api.asked]
    assert (before, after) == (None, expected)


def test_changes_and_ties_at_the_edge_are_neither_lost_nor_doubled(source: Open) -> None:
    records = {n: {"id": n, "name": "a", "amount": 1, "changed": "2026-03-01T00:00:00Z"} for n in range(1, 25)}
    records[25] = {"id": 25, "name": "no time", "amount": 1, "changed": None}

    def answer(asked: Asked) -> Reply:
        since = asked.params.get("since", "")
        wanted = [r for r in records.values() if r["changed"] is None or r["changed"] >= since]
        start = int(asked.params["offset"])
        return Reply(wanted[start : start + SIZE])

    api = source(answer)
    api.table(
        cursor="changed", delivery="upsert", overlap="0", since={"param": "since", "format": "%Y-%m-%dT%H:%M:%SZ"},
        paging={"offset": {"param": "offset"}},
    )  # fmt: skip
    assert api.load().loaded == 25
    records[26] = {"id": 26, "name": "same second", "amount": 1, "changed": "2026-03-01T00:00:00Z"}
    records[3] = {"id": 3, "name": "changed", "amount": 5, "changed": "2026-03-01T00:00:01Z"}
    api.load(run_id="r2")
    rows = api.rows()
    assert [row[0] for row in rows] == list(range(1, 27))
    assert rows[2] == (3, "changed", Decimal(5))

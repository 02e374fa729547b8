"""Paging: every way an API turns its pages is read to the end, and no record twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.extract.rest.conftest import Open
from tests.extract.rest.paged import ALL, ROWS, SIZE, by_address, page
from tests.extract.rest.server import Asked, Reply


def by_page(asked: Asked) -> Reply:
    return Reply({"data": page(asked)})


def by_page_from_zero_with_more(asked: Asked) -> Reply:
    return Reply({"data": page(asked, first=0), "info": {"more": int(asked.params["page"]) < 3}})


def by_offset(asked: Asked) -> Reply:
    start = int(asked.params["offset"])
    return Reply(ALL[start : start + int(asked.params["limit"])])


def by_cursor(asked: Asked) -> Reply:
    start = int(asked.params.get("token", "t0")[1:])
    following = f"t{start + SIZE}" if start + SIZE < len(ALL) else None
    return Reply({"data": ALL[start : start + SIZE], "info": {"next": following, "count": len(ALL)}})


def by_link(asked: Asked) -> Reply:
    start = int(asked.params.get("start", 0))
    link = {"Link": f'</t?start={start + SIZE}>; rel="next", </t>; rel="first"'} if start + SIZE < len(ALL) else {}
    return Reply(ALL[start : start + SIZE], headers=link)


def by_end(asked: Asked) -> Reply:
    start = int(asked.params.get("cursor", 0))
    return Reply({"data": ALL[start : start + SIZE], "after": str(start + SIZE), "end": start + SIZE >= len(ALL)})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (by_page, {"records": "data", "paging": {"page": {"param": "page"}}}),
        (by_page_from_zero_with_more, {"records": "data", "paging": {"page": {"param": "page", "first": 0}}, "more": "info.more"}),
        (by_offset, {"paging": {"offset": {"param": "offset", "size_param": "limit", "size": SIZE}}}),
        (by_cursor, {"records": "data", "paging": {"cursor": {"param": "token", "at": "info.next"}}, "total": "info.count"}),
        (by_address, {"records": "data", "paging": {"next": "links.next"}}),
        (by_link, {"paging": {"link": True}}),
        (by_end, {"records": "data", "paging": {"cursor": {"param": "cursor", "at": "after"}}, "end": "end"}),
    ],
)  # fmt: skip
def test_every_page_is_read_and_no_record_twice(source: Open, answer: Any, said: dict[str, Any]) -> None:
    api = source(answer)
    api.table(**said)
    done = api.load()
    assert (done.source_rows, done.loaded, done.quarantined, done.duplicates) == (35, 35, 0, 0)
    assert api.rows() == ROWS


def test_one_answer_is_one_page_where_the_contract_names_no_paging(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    api.table()
    assert api.load().loaded == 35
    assert len(api.api.asked) == 1


@pytest.mark.parametrize("status", [204, 304])
def test_no_content_and_not_modified_are_no_records(source: Open, status: int) -> None:
    api = source(lambda asked: Reply(status=status))
    api.table(records="data", empty="allow")
    assert (api.load().loaded, api.rows()) == (0, [])


def test_a_cursor_goes_without_since_and_with_the_fixed_parameters(source: Open) -> None:
    api = source(by_end)
    api.table(
        records="data", paging={"cursor": {"param": "cursor", "at": "after"}}, end="end",
        params={"include": "all", "page[size]": 10}, since={"param": "start_time", "format": "unix", "first": 0},
        cursor="changed", delivery="upsert",
    )  # fmt: skip
    api.load()
    first, *others = [asked.params for asked in api.api.asked]
    assert first == {"include": "all", "page[size]": "10", "start_time": "0"}
    assert others == [{"include": "all", "page[size]": "10", "cursor": str(n)} for n in (10, 20, 30)]

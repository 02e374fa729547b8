"""From the first page of a resource to the last.

Belongs here: which page comes next, when to stop. Does not: one request (client.py), what a page holds (records.py).
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract.contract.rest import FromRest, Paging
from pipelines.extract.rest.client import Answer, Client
from pipelines.extract.rest.records import MISSING, at, outer_records

MOST_PAGES = 200_000  # of one read: more is a server that never ends
MOST_EMPTY = 100  # in a row; some APIs hide records after they cut the pages, but not hundreds of pages of them


class Request(NamedTuple):
    """What is asked for first: a path, its parameters, and what asks for changes only; `name` is for people."""

    name: str
    path: str
    params: Mapping[str, Any]
    since_params: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass
class Totals:
    """How many records the answers say there are; None where they do not."""

    of_pages: int | None = None
    of_all: int | None = None

    def add(self, other: Totals) -> None:
        """Of several resources, one per record of another table, each says its own."""
        if other.of_pages is not None:
            self.of_pages = (self.of_pages or 0) + other.of_pages
        if other.of_all is not None:
            self.of_all = (self.of_all or 0) + other.of_all


def pages(client: Client, said: FromRest, request: Request, totals: Totals) -> Iterator[Answer]:
    """Every answer that holds something, in order; `totals` is filled on the way.

    Raises KpiError where a page or a cursor comes round again, where an answer lacks what says whether there is more,
    or where the pages do not end: nothing of such a read may be loaded.
    """
    place, known, seen = _first(request, said.paging), set[str](), set[bytes]()
    empty, own = 0, Totals()
    for _ in range(MOST_PAGES):
        answer = client.get(request.name, place.address, place.params, request.headers)
        if answer.is_nothing:
            break
        found = outer_records(answer.body, said.records, request.name)
        if found:
            _refuse_repeated(found, seen, request.name)
        _note_total(answer.body, said, own, request.name)
        yield answer
        following = _next(answer, found, said, place, request)
        if following is None:
            break
        empty = 0 if found else empty + 1
        if following.mark in known or empty == MOST_EMPTY:
            raise _comes_round(request.name) if following.mark in known else _endless(request.name, "without a record")
        known.add(following.mark)
        place = following
    else:
        raise _endless(request.name)
    totals.add(own)


class _Place(NamedTuple):
    address: str
    params: Mapping[str, Any] | None
    mark: str  # the same mark twice is the same page twice
    number: int = 0  # the page's, or how many records came before


def _first(request: Request, paging: Paging | None) -> _Place:
    params = {**request.params, **request.since_params}
    kind = (paging.page or paging.offset) if paging else None
    number = paging.page.first if paging and paging.page else 0
    return _numbered(request, params, kind, number) if kind else _Place(request.path, params, "")


def _numbered(request: Request, params: Mapping[str, Any], kind: Any, number: int) -> _Place:
    size = {kind.size_param: kind.size} if kind.size_param and kind.size else {}
    return _Place(request.path, {**params, kind.param: number, **size}, str(number), number)


def _next(answer: Answer, found: list[Any], said: FromRest, place: _Place, request: Request) -> _Place | None:
    paging = said.paging
    if paging is None or not _is_more(answer.body, said, request.name):
        return None
    if paging.page or paging.offset:
        if not found and not said.more and not said.end:
            return None  # the first empty page is behind the last
        step = 1 if paging.page else len(found)
        params = {**request.params, **request.since_params}
        return _numbered(request, params, paging.page or paging.offset, place.number + step)
    if paging.cursor:
        cursor = at(answer.body, paging.cursor.at)
        if cursor in (MISSING, None, ""):
            _refuse_no_end(said, paging.cursor.at, request.name)
            return None
        # A cursor remembers since when; some APIs refuse both together.
        return _Place(request.path, {**request.params, paging.cursor.param: cursor}, str(cursor))
    address = answer.link if paging.link else at(answer.body, paging.next or "")
    if address in (MISSING, None, ""):
        _refuse_no_end(said, paging.next or "the header Link", request.name)
        return None
    address = answer.joined(str(address))
    return _Place(address, None, address)


def _refuse_no_end(said: FromRest, where: str, name: str) -> None:
    """Where nothing names a next page it is the end, unless the answer itself says that there is more."""
    if said.more or said.end:
        raise KpiError(
            f"{name}: the answer says that there is more, and nothing at {where} names the next page",
            next_step="correct from.rest.paging in the contract",
        )


def _is_more(body: Any, said: FromRest, name: str) -> bool:
    """What the answer itself says; true where the contract names no such place."""
    where = said.more or said.end
    if where is None:
        return True
    value = at(body, where)
    if not isinstance(value, bool):
        raise KpiError(
            f"{name}: the answer says neither true nor false at {where}",
            next_step=f"correct from.rest.{'more' if said.more else 'end'} in the contract",
        )
    return value if said.more else not value


def _note_total(body: Any, said: FromRest, totals: Totals, name: str) -> None:
    if said.total is None:
        return
    value = at(body, said.total)
    if not isinstance(value, int) or isinstance(value, bool):
        raise KpiError(f"{name}: no number at {said.total}", next_step="correct from.rest.total in the contract")
    if said.total_scope == "page":
        totals.of_pages = (totals.of_pages or 0) + value
    else:
        totals.of_all = value  # of the last answer: records may come while we read


def _refuse_repeated(found: list[Any], seen: set[bytes], name: str) -> None:
    # Version 2 writes equal values alike; later ones depend on which objects are shared.
    digest = hashlib.sha256(marshal.dumps(found, 2)).digest()
    if digest in seen:
        raise _comes_round(name)
    seen.add(digest)


def _endless(name: str, what: str = "") -> KpiError:
    said = f"{MOST_EMPTY:,} pages {what}" if what else f"{MOST_PAGES:,} pages"
    return KpiError(f"{name}: no end after {said}", next_step="look at from.rest.paging in the contract")


def _comes_round(name: str) -> KpiError:
    return KpiError(
        f"{name}: the same page came twice, so pages may be missing",
        next_step="run again; if it stays so, correct from.rest.paging in the contract",
    )

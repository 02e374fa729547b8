"""What a record is: digits, places, items and children; what came otherwise than the contract says is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract import check
from tests.extract.rest.conftest import Open
from tests.extract.rest.paged import by_address
from tests.extract.rest.server import Asked, Reply

# What a record is


def test_numbers_keep_every_digit(source: Open) -> None:
    raw = b'[{"id": 12345678901234567890, "amount": 12345678901234567.89, "note": {"a": [1.10, true, null, "\xe4\xb8\xad"]}}]'
    api = source(lambda asked: Reply(raw))
    api.table(columns=["id", "amount:decimal(38,2)", "note"])
    api.load()
    assert api.rows("id, amount, note") == [
        ("12345678901234567890", Decimal("12345678901234567.89"), '{"a": [1.10, true, null, "中"]}')
    ]


def test_a_dotted_name_and_a_place_reach_into_a_record(source: Open) -> None:
    api = source(lambda asked: Reply([{"id": 1, "owner": {"id": "e1", "x": 1}, "a.b": "dot", "closed": "2026-03-01"}]))
    api.table(columns=["id:integer", "owner.id", "a.b", "closed:date", {"name": "closed_again", "at": "closed"}])
    done = api.load()
    assert api.rows('id, "owner.id", "a.b", closed_again') == [(1, "e1", "dot", "2026-03-01")]
    assert done.found == ()  # the rest of an object of which a part is read is no drift


def test_items_become_rows_that_know_the_record_around_them(source: Open) -> None:
    events = [
        {"id": 1, "ticket": {"id": 7}, "child": [{"id": "a", "to": "open"}, {"id": "b"}]},
        {"id": 2, "ticket": {"id": 8}, "child": []},
        {"id": 3, "ticket": {"id": 9}, "child": None},
    ]
    api = source(lambda asked: Reply({"events": events}))
    api.table("outer", columns=["id:integer"], path="/events", records="events", drift={"added": "take"})
    api.table("inner", columns=["id", "to", "^ticket.id:integer"], path="/events", records="events", items="child")
    done = api.load_all()
    assert (done["outer"].loaded, done["inner"].loaded) == (3, 2)
    assert api.rows('id, "to", "^ticket.id"', "inner") == [("a", "open", 7), ("b", None, 7)]
    assert len(api.api.asked) == 1  # both tables see one answer, asked once


def test_each_record_of_another_table_is_asked_for_its_own(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/deals":
            return Reply([{"id": "1/x"}, {"id": "2"}, {"id": "3"}])
        if asked.path.startswith("/deals/3"):
            return Reply(status=404)  # deleted in between
        return Reply([{"stage": "new"}])  # equal for both, and yet no repeated page

    api = source(answer)
    api.table("deals", columns=["id"])
    api.table(
        "stages", columns=["^id", "stage"], key=["^id", "stage"], path="/deals/{id}/stages", each={"table": "deals"}
    )
    api.load_all()
    assert api.rows('"^id", stage', "stages") == [("1/x", "new"), ("2", "new")]
    assert api.api.paths() == ["/deals", "/deals/1%2Fx/stages", "/deals/2/stages", "/deals/3/stages"]


def test_children_are_asked_only_of_records_that_changed(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/deals":
            everything = [
                {"id": "1", "changed": "2026-03-01T00:00:00Z"},
                {"id": "2", "changed": "2026-03-05T00:00:00Z"},
            ]
            return Reply([d for d in everything if d["changed"] >= asked.params.get("since", "")])
        return Reply([{"stage": "new", "at": "2026-03-05T00:00:00Z"}])

    api = source(answer)
    since = {"since": {"param": "since", "format": "%Y-%m-%dT%H:%M:%SZ"}, "delivery": "upsert"}
    api.table("deals", columns=["id", "changed:timestamp"], cursor="changed", **since)
    api.table(
        "stages", columns=["^id", "stage", "at:timestamp"], key=["^id", "stage"], cursor="at", delivery="upsert",
        path="/deals/{id}/stages", each={"table": "deals"},
    )  # fmt: skip
    api.load_all()
    api.load_all("r2")
    assert [path for path in api.api.paths() if path != "/deals"] == [
        "/deals/1/stages",
        "/deals/2/stages",
        "/deals/2/stages",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": {"rows": 1}}, "no list at data"),
        ({"other": []}, "no list at data"),
        ({"data": [1]}, "record 1 of a page is not an object"),
    ],
)
def test_an_answer_of_another_form_is_refused(source: Open, body: Any, said: str) -> None:
    api = source(lambda asked: Reply(body))
    api.table(records="data")
    with pytest.raises(KpiError, match=said):
        api.load()


# A look at a source


def test_a_check_reads_a_page_or_a_record_and_leaves_nothing(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply({"data": [{"stage": f"s{n}"} for n in range(3)]}) if "/" in asked.path[1:] else by_address(asked)

    api = source(answer)
    api.table(records="data", paging={"next": "links.next"})
    api.table(
        "stages", columns=["^id", "stage"], key=["^id", "stage"], path="/t/{id}", records="data", each={"table": "t"}
    )
    found = list(check.check(api.contract, api.settings, rows=5))
    assert [(table.fits, table.rows) for table in found] == [(True, 5), (True, 5)]
    assert api.api.paths() == ["/t", "/t/1", "/t/2"]  # one page serves both
    assert not api.settings.data.exists()


# Drift


def test_columns_that_came_otherwise_are_told(source: Open) -> None:
    api = source(lambda asked: Reply([{"ID": 1, "name": "a", "new": 1}, {"ID": 2, "amount": 2}]))
    api.table(columns=["id:integer", "name", "amount:decimal(18,2)", "gone"], drift={"dropped": "warn"})
    found = {(one.finding.kind, one.finding.column, one.finding.outcome) for one in api.load().found}
    assert api.rows("id, name, amount, gone") == [(1, "a", None, None), (2, None, Decimal(2), None)]
    assert found == {("recased", "id", "take"), ("added", "new", "warn"), ("dropped", "gone", "warn")}


def test_a_missing_key_column_is_refused(source: Open) -> None:
    api = source(lambda asked: Reply([{"name": "a", "amount": 1}]))
    api.table(columns=["id:integer", "name", "amount:decimal(18,2)"])
    with pytest.raises(KpiError, match="missing id"):
        api.load()

"""What a source lists as deleted is left out until it is restored; what the next record of a history says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import KpiErrors
from pipelines.extract.contract import SourceContract, read_contract
from pipelines.model.check import Definitions
from tests.model.systems import system, table, warehouse

DEALS = table("deal_id changed:timestamp status", cursor="changed", delivery="upsert", deleted_in="gone")
GONE = table("id at:timestamp", cursor="at", delivery="upsert", entities=[])
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "raw_crm.deals": [
        ("kept", "2026-03-01 10:00", "open"),
        ("deleted", "2026-03-01 10:00", "open"),
        ("deleted at once", "2026-03-02 10:00", "open"),
        ("restored", "2026-03-03 10:00", "open"),
    ],
    "raw_crm.gone": [
        ("deleted", "2026-03-02 10:00"),
        ("deleted at once", "2026-03-02 10:00"),
        ("restored", "2026-03-02 10:00"),
        ("never seen", "2026-03-02 10:00"),
    ],
}


def ids(shipped: Definitions, contract: SourceContract, rows: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    con = warehouse(shipped, [contract], rows, ["delivered_deals"])
    return [deal for (deal,) in con.execute("select deal_id from delivered_deals order by 1").fetchall()]


def test_what_the_source_lists_as_deleted_is_left_out_until_it_changes_again(shipped: Definitions) -> None:
    assert ids(shipped, system("crm", deals=DEALS, gone=GONE), ROWS) == ["kept", "restored"]


def test_without_times_what_is_listed_is_deleted(shipped: Definitions) -> None:
    plain = table("id", entities=[])
    rows = ROWS | {"raw_crm.gone": [(deal,) for deal, _ in ROWS["raw_crm.gone"]]}
    assert ids(shipped, system("crm", deals=DEALS, gone=plain), rows) == ["kept"]


def test_a_stay_ends_where_the_next_of_its_deal_begins(shipped: Definitions) -> None:
    following = {"as": "left_at", "of": "entered_at", "per": "deal_id"}
    stays = table("id deal_id stage entered_at:timestamp", following=following, entities=["deal_stages"])
    rows = [
        ("3", "d1", "c", "2026-03-05 12:00"),
        ("1", "d1", "a", "2026-03-01 12:00"),
        ("2", "d1", "b", "2026-03-02 12:00"),
        ("9", "d2", "a", "2026-03-03 12:00"),
    ]
    con = warehouse(shipped, [system("crm", stays=stays)], {"raw_crm.stays": rows}, ["deal_stages"])
    found = con.execute("select deal_id, stage, left_at from deal_stages order by 1, 2").fetchall()
    noon = {day: dt.datetime(2026, 3, day, 4) for day in (2, 5)}  # Shanghai's noon in UTC
    assert found == [("d1", "a", noon[2]), ("d1", "b", noon[5]), ("d1", "c", None), ("d2", "a", None)]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("deleted_in: gone", "deleted_in: gond", 11, "gond is no table of this system (did you mean gone?)"),
        ("key: [id]  #", "key: [id, at]  #", 11, "deals and gone need keys of as many columns"),
        ("delivery: upsert  #", "delivery: snapshot  #", 11, "a snapshot says itself what is gone"),
        ("of: changed", "of: chnged", 7, "following names chnged, which no column becomes (did you mean changed?)"),
        ("{name: id, as: id}", "{name: id, as: id, at: key}", 20, "only records of an API have places"),
    ],
)
def test_words_that_cannot_be_are_refused_with_their_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    text = """\
system: crm
kind: files
label: {zh: 客户, en: CRM}
owner: sales_ops
connection: {path: in}
tables:
  deals:
    from: {glob: "a.csv", day: "%Y-%m-%d"}
    key: [deal_id]
    delivery: upsert  # or not
    deleted_in: gone
    following: {as: x_next, of: changed, per: deal_id}
    columns:
      - {name: deal_id, as: deal_id}
      - {name: changed, as: changed}
  gone:
    from: {glob: "b.csv"}
    key: [id]  # its own
    delivery: upsert
    columns: [{name: id, as: id}, {name: at}]
"""
    (tmp_path / "crm.yml").write_text(text, encoding="utf-8")
    assert read_contract(tmp_path / "crm.yml").tables["deals"].deleted_in == "gone"
    (tmp_path / "crm.yml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KpiErrors) as caught:
        read_contract(tmp_path / "crm.yml")
    (error,) = caught.value.errors
    assert (said in str(error), f"crm.yml:{line}:" in str(error)) == (True, True), str(error)

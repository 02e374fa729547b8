"""One customer in several systems: rules, hand-kept links, the unmatched, and facts under the canonical customer."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.errors import KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.compiler import links
from pipelines.model.matching import Matching, MatchingFile, problems, read_matching
from pipelines.model.render import Renderer
from pipelines.settings import REPOSITORY
from tests.model.systems import compiled, system, table, warehouse

CUSTOMERS = "customer_id name x_phone"
CRM = system("crm", customers=table(CUSTOMERS, constants={"status": "active"}))
ERP = system(
    "erp",
    customers=table(CUSTOMERS, constants={"status": "active"}),
    orders=table("order_id customer_id order_date:date", constants={"currency": "CNY", "status": "delivered"}),
)
DESK = system("desk", tickets=table("ticket_id customer_id", constants={"status": "open"}))
STEPS = ["width", "case", "company_suffix", "punctuation", "blanks"]
RULES: list[dict[str, Any]] = [
    {"id": "same_phone", "match": ["x_phone"], "confidence": 0.9},
    {"id": "same_name", "match": ["name"], "normalise": STEPS, "confidence": 0.8},
]

Rows = list[tuple[Any, ...]]


def rules(**said: Any) -> Matching:
    return Matching.model_validate({"master": "crm", "rules": RULES} | said)


def linked(shipped: Definitions, crm: Rows, erp: Rows, matching: Matching | None = None) -> dict[str, tuple[Any, ...]]:
    """Per key of the ERP: customer_id, rule, candidates."""
    rows = {"raw_crm.customers": crm, "raw_erp.customers": erp}
    con = warehouse(shipped, [CRM, ERP], rows, ["customer_links"], matching or rules())
    found = con.execute(
        "select source_key, customer_id, rule, candidates from customer_links where source_system = 'erp'"
    ).fetchall()
    return {key: rest for key, *others in found if (rest := tuple(others))}


def test_the_first_rule_that_finds_exactly_one_customer_links(shipped: Definitions) -> None:
    crm: Rows = [
        ("k1", "蓝海仪器有限公司", "1"),
        ("k2", "山峰集团", "2"),
        ("k3", "山峰", "2"),
        ("k4", "Acme Co., Ltd.", None),
    ]
    erp: Rows = [
        ("e1", "someone else", "1"),  # the telephone wins over the name
        ("e2", "山峰集团", "2"),  # two by telephone, one by name
        ("e3", "ＡＣＭＥ", None),
        ("e4", "nobody", "2"),  # two by telephone, none by name
        ("e5", "nobody", "7"),
        ("e6", "蓝海 仪器", "9"),
    ]
    assert linked(shipped, crm, erp) == {
        "e1": ("k1", "same_phone", 1),
        "e2": ("k2", "same_name", 1),
        "e3": ("k4", "same_name", 1),
        "e4": ("e4", None, 2),
        "e5": ("e5", None, 0),
        "e6": ("k1", "same_name", 1),
    }


def test_a_link_kept_by_hand_wins(shipped: Definitions) -> None:
    said = rules(
        links=[
            {"system": "erp", "key": "e1", "customer_id": "k2"},
            {"system": "erp", "key": "e2", "customer_id": "gone"},
        ]
    )
    found = linked(shipped, [("k1", "a", "1"), ("k2", "b", "2")], [("e1", "a", "1"), ("e2", "b", None)], said)
    # A link to a customer that the master does not have links nothing: the rules decide.
    assert found == {"e1": ("k2", "link", 1), "e2": ("k2", "same_name", 1)}


def test_empty_fields_agree_with_nothing(shipped: Definitions) -> None:
    found = linked(shipped, [("k1", "有限公司", ""), ("k2", " ", None)], [("e1", "有限公司", None), ("e2", "　", " ")])
    assert {key: rule for key, (_, rule, _) in found.items()} == {"e1": None, "e2": None}


def test_rules_agree_with_comparing_every_pair(shipped: Definitions) -> None:
    """The oracle compares each customer with each in Python, 300 random ones a side."""
    dice = random.Random(20260310)
    crm, erp = (
        [(f"{side}{i}", f"n{dice.randrange(400)}", dice.choice([None, str(dice.randrange(300))])) for i in range(300)]
        for side in ("k", "e")
    )

    def expected(name: str, phone: str | None) -> tuple[str | None, str | None]:
        by_phone = [key for key, _, other in crm if phone is not None and other == phone]
        by_name = [key for key, other, _ in crm if other == name]
        for rule, keys in (("same_phone", by_phone), ("same_name", by_name)):
            if len(keys) == 1:
                return keys[0], rule
        return None, None

    found = linked(shipped, list(crm), list(erp))
    wanted = {key: expected(name, phone) for key, name, phone in erp}
    assert {key: (customer if rule else None, rule) for key, (customer, rule, _) in found.items()} == wanted
    assert 50 < sum(rule is not None for _, rule in wanted.values()) < 250


def test_facts_and_customers_go_by_the_canonical_key(shipped: Definitions) -> None:
    rows: dict[str, Rows] = {
        "raw_crm.customers": [("1", "a", "1"), ("2", "b", "2")],
        # Key 2 of the ERP is nobody the CRM knows, and must not become the CRM's customer 2.
        "raw_erp.customers": [("100", "a", None), ("2", "z", None), ("300", "y", None)],
        "raw_erp.orders": [
            ("o1", "100", "2026-01-01"), ("o2", "2", "2026-01-02"), ("o3", "300", "2026-01-03"),
            ("o4", "unknown", "2026-01-04"), ("o5", None, "2026-01-05"),
        ],
        "raw_desk.tickets": [("t1", "100"), ("t2", "1")],
    }  # fmt: skip
    con = warehouse(shipped, [CRM, DESK, ERP], rows, ["customers", "orders", "tickets"], rules())
    assert pairs(con, "select order_id, customer_id from orders") == {
        "o1": "1", "o2": "erp:2", "o3": "300", "o4": "unknown", "o5": None,
    }  # fmt: skip
    # The desk delivers no customers: its keys are the master's.
    assert pairs(con, "select ticket_id, customer_id from tickets") == {"t1": "100", "t2": "1"}
    assert pairs(con, "select customer_id, source_system || ' ' || name from customers") == {
        "1": "crm a", "2": "crm b", "erp:2": "erp z", "300": "erp y",
    }  # fmt: skip
    assert pairs(con, "select source_key, candidates from customer_links where rule is null") == {"2": 0, "300": 0}
    assert pairs(con, "select customer_id, cast(first_order_date as varchar) from customers")["1"] == "2026-01-01"


def test_a_system_may_carry_the_keys_of_another(shipped: Definitions) -> None:
    rows: dict[str, Rows] = {
        "raw_crm.customers": [("1", "a", "1")],
        "raw_erp.customers": [("100", "a", None)],
        "raw_desk.tickets": [("t1", "100")],
    }
    con = warehouse(shipped, [CRM, DESK, ERP], rows, ["tickets"], rules(keys_of={"desk": "erp"}))
    assert pairs(con, "select ticket_id, customer_id from tickets") == {"t1": "1"}


def test_every_key_of_every_system_stands_in_the_links_once(shipped: Definitions) -> None:
    rows: dict[str, Rows] = {
        "raw_crm.customers": [(f"k{i}", f"n{i % 7}", str(i % 5)) for i in range(20)],
        "raw_erp.customers": [(f"k{i}", f"n{i % 9}", None) for i in range(30)],
    }
    con = warehouse(shipped, [CRM, ERP], rows, ["customers", "customer_links"], rules())
    assert con.execute(
        "select count(*), count(distinct source_system || source_key), count(customer_id) from customer_links"
    ).fetchall() == [(50, 50, 50)]
    assert con.execute("select count(*) - count(distinct customer_id) from customers").fetchall() == [(0,)]
    assert con.execute(
        "select count(*) from customer_links anti join customers using (customer_id)"
    ).fetchall() == [(0,)]  # fmt: skip


@pytest.mark.parametrize("said", [None, rules(), Matching(master="crm")], ids=["no file", "one system", "no rule"])
def test_without_anything_to_match_nothing_is_joined(shipped: Definitions, said: Matching | None) -> None:
    several = [CRM, DESK] if said and said.rules else [CRM, DESK, ERP]
    files = compiled(shipped, several, said)
    assert {name: text for name, text in files.items() if "customer_links')" in text and "2_entities" in name} == {}
    assert "materialized='ephemeral'" in files["2_entities/customer_links.sql"]
    con = warehouse(shipped, [CRM], {"raw_crm.customers": [("1", "a", None)]}, ["customer_links"])
    assert con.execute("select source_key, customer_id, rule from customer_links").fetchall() == [
        ("1", "1", "same_key")
    ]


def test_links_have_the_columns_the_dictionary_promises(shipped: Definitions) -> None:
    wanted = [column.name for column in shipped.entities["customer_links"].columns]
    for several, said in (([CRM, ERP], rules()), ([CRM], None)):
        con = warehouse(shipped, several, {}, ["customer_links"], said)
        assert [column[0] for column in con.execute("select * from customer_links").description] == wanted


COMPARABLE = [
    ("ＡＢＣ（中国）", ["width", "case"], "abc(中国)"),
    ("蓝海仪器股份有限公司", ["company_suffix"], "蓝海仪器"),
    ("Acme Trading Co., Ltd.", ["case", "company_suffix"], "acme trading"),
    ("Cisco", ["company_suffix"], "Cisco"),
    ("Incorp", ["company_suffix"], "Incorp"),
    ("a-b. c", ["punctuation", "blanks"], "abc"),
    ("+86 (010) 555", ["digits"], "86010555"),
    ("有限公司", ["company_suffix"], None),
]


@pytest.mark.parametrize(("said", "steps", "wanted"), COMPARABLE)
def test_normalising_leaves_what_names_a_customer(said: str, steps: list[str], wanted: str | None) -> None:
    renderer = Renderer({"x/probe.sql": f"select {{{{ comparable('?', {steps}) }}}}"})
    assert duckdb.connect().execute(renderer.render("probe")[0], [said]).fetchall() == [(wanted,)]


def test_the_shipped_rules_are_read() -> None:
    said = read_matching(REPOSITORY / "kpi_definitions")
    assert said
    assert said.matching.master == "crm"
    assert said.matching.rules


WRONG = [
    ("master: crm\nrules: [{id: a, match: [nmae], confidence: 1}]\n", "no field nmae (did you mean name?)", 2),
    ("rules: []\nmaster: crn\n", "master crn is no enabled system that feeds customers (did you mean crm?)", 2),
    ("master: crm\nlinks:\n  - {system: er, key: a, customer_id: b}\n", "system er feeds no customers", 3),
    ("master: crm\nkeys_of:\n  desk: epr\n", "system epr feeds no customers", 3),
]


@pytest.mark.parametrize(("said", "problem", "line"), WRONG)
def test_what_cannot_be_is_told_with_its_line(
    tmp_path: Path, shipped: Definitions, said: str, problem: str, line: int
) -> None:
    fields = [column.name for column in shipped.entities["customers"].delivered]
    file = read_file(tmp_path, said)
    (error,) = problems(file, ["crm", "erp"], fields)
    assert problem in str(error)
    assert error.line == line
    assert problems(file, ["crm"], fields) == [], "with one system there is nothing to match"


MISSHAPEN = [
    ("master: crm\nrules: [{id: a, match: [name], confidence: 2}]\n", "less than or equal to 1"),
    ("master: crm\nrules: [{id: master, match: [name], confidence: 1}]\n", "cannot be called master"),
    ("master: crm\nrules: [{id: a, match: [], confidence: 1}]\n", "at least 1 item"),
    ("master: crm\nlinks: [{system: crm, key: a, customer_id: b}]\n", "whose customers are the canonical ones"),
    ("master: crm\nsurprise: 1\n", "surprise"),
]


@pytest.mark.parametrize(("said", "problem"), MISSHAPEN)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, said: str, problem: str) -> None:
    with pytest.raises(KpiErrors, match=problem):
        read_file(tmp_path, said)


def test_the_systems_that_deliver_customers_are_found(shipped: Definitions) -> None:
    from pipelines.model.compiler import inputs

    fed = inputs.feeds([CRM, DESK, ERP], None)
    assert links.systems(fed) == ["crm", "erp"]
    assert links.key_systems(rules(), fed) == {"erp": "erp"}


def read_file(folder: Path, said: str) -> MatchingFile:
    (folder / "matching.yml").write_text(said, encoding="utf-8")
    found = read_matching(folder)
    assert found
    return found


def pairs(con: duckdb.DuckDBPyConnection, sql: str) -> dict[Any, Any]:
    return dict(con.execute(sql).fetchall())

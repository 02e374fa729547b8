"""The ways in which a table can be broken, and what must come of each: whom it is told, in which words, what it holds back.

Belongs here: one entry a way. Does not: the proof (test_twenty_ways.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipelines.cli import quarantine
from pipelines.settings import load
from tests.faults.broken_company import FIRST, GOOD, KPIS, OWNERS, RULES, BrokenCompany

Break = Callable[[BrokenCompany], object]
ZH = {
    "aside": "这些行已隔离，不计入指标。",
    "held": "该表已暂停使用，相关指标保留上一次的正确数值。",
    "counted": "这些行仍计入指标。",
    "used": "该表仍照常使用。",
}
EN = {
    "aside": "They are set aside and not counted.",
    "held": "The table is held back, and its KPIs keep their last good values.",
    "counted": "They are counted all the same.",
    "used": "The table is used all the same.",
}


class Way(NamedTuple):
    """A break of `table`, the `rule` that finds it, how many rows (0: it is about the whole table), and what follows.

    `outcome`: aside (rows do not count), held (the table keeps its last good state), counted or used (only told).
    `figures` are the KPIs whose value of March is another one while it lasts; `more` are further words the owner reads.
    `heard` replaces the whole of what is heard where it is not the owner of the table. `passes`: the next run finds
    nothing any more, since what was odd was the delivery.
    """

    table: str
    breaks: Break
    rule: str
    rows: int = 0
    outcome: str = "aside"
    figures: Mapping[str, float] = {}
    of: int = 0
    more: tuple[str, ...] = ()
    heard: Mapping[str, tuple[str, ...]] | None = None
    passes: bool = False
    publishes: bool = True

    @property
    def told(self) -> Mapping[str, tuple[str, ...]]:
        """Person → every word their one message must hold: table, rule, count, what was done, next step."""
        if self.heard is not None:
            return self.heard
        owner = OWNERS[self.table]
        return {owner: (*(self._zh if owner == "sales_ops" else self._en), *self.more)}

    @property
    def _zh(self) -> tuple[str, ...]:
        start = f"raw_{self.table} 有 {self.rows} 行（共 {self.of or len(GOOD[self._name])} 行）不符合规则 {self.rule}"
        whole = f"raw_{self.table} 整表不符合规则 {self.rule}"
        step = "下一步：请在源系统更正" if self.outcome == "aside" else "下一步：请"
        return (start if self.rows else whole, ZH[self.outcome], step)

    @property
    def _en(self) -> tuple[str, ...]:
        verb = "breaks" if self.rows == 1 else "break"
        start = (
            f"{self.rows} of {self.of or len(GOOD[self._name])} rows of raw_{self.table} {verb} the rule {self.rule}"
        )
        whole = f"raw_{self.table} as a whole breaks the rule {self.rule}"
        step = {"aside": f"they lie in quarantine_{self.table}", "held": "correct the source and deliver it again"}
        return (
            start if self.rows else whole,
            EN[self.outcome],
            "Next: ",
            step.get(self.outcome, "correct it in the source"),
        )

    @property
    def _name(self) -> str:
        return self.table.split(".")[1]

    @property
    def quality(self) -> dict[str, str]:
        """The KPIs that say so, and how; no other may."""
        said = {"held": "blocked", "silent": ""}.get(self.outcome, "warn")
        return dict.fromkeys(KPIS[self.table], said) if said else {}

    @property
    def status(self) -> int:
        return int(self.outcome == "held" or not self.publishes)


def contracts(rows: int, **change: str) -> Break:
    return lambda company: company.change("contracts", rows, change)


def further(*rows: dict[str, str]) -> Break:
    """Contracts beside those there are."""
    return lambda company: company.deliver("contracts", [*GOOD["contracts"], *rows])


def only(count: int) -> Break:
    return lambda company: company.deliver("contracts", GOOD["contracts"][:count])


def half(company: BrokenCompany) -> None:
    """Those whose orders are there: what refers to a contract still finds it."""
    company.deliver("contracts", [*GOOD["contracts"][:20], *GOOD["contracts"][40:]])


def without(column: str) -> Break:
    rows = [{name: value for name, value in row.items() if name != column} for row in GOOD["contracts"]]
    return lambda company: company.deliver("contracts", rows)


def emptied(company: BrokenCompany) -> None:
    path = company.deliver("contracts", GOOD["contracts"])
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def gone(company: BrokenCompany) -> None:
    (company.folder / "in" / "contracts.csv").unlink()


def in_another_encoding(company: BrokenCompany) -> None:
    path = company.deliver("contracts", GOOD["contracts"])
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))


def renamed(company: BrokenCompany) -> None:
    company.deliver(
        "contracts", [{("总额" if k == "金额" else k): v for k, v in row.items()} for row in GOOD["contracts"]]
    )


def of_another_type(company: BrokenCompany) -> None:
    company.working("alter table raw_crm.contracts alter 金额 type double; delete from gate.fingerprints; select 1")


def a_rule_that_errors(company: BrokenCompany) -> None:
    query = "select nonsense from {batch}"
    rule = {"type": "unexpected_rows_expectation", "name": "nonsense", "level": "table", "severity": "critical"}
    company.rules("crm.deals", [*RULES["crm.deals"], rule | {"unexpected_rows_query": query}])


def released_and_back(company: BrokenCompany) -> None:
    """Somebody let the row out; a later delivery has the same fault again."""
    channels = company.folder / "kpi_definitions" / "channels.yml"
    said = channels.read_text(encoding="utf-8")
    channels.unlink()
    contracts(1, 负责人="")(company)
    assert (company.run_told(), company.held("crm.contracts")) == (0, 1)
    quarantine.release(load(company.folder), "crm.contracts", [], "not_be_null(负责人)", True, "asked the branch")
    assert (company.run_told(), company.held("crm.contracts")) == (0, 0)
    channels.write_text(said, encoding="utf-8")
    company.change("contracts", 1, {"负责人": "", "已付": "401.00"})


LESS = {"won_amount": 39000.0, "new_customers": 39.0}  # one contract of 1,000 less
SIGNED = FIRST | {"签订日期": "2026-03-02", "已付": "0.00", "等级": "A"}
DOUBLED = [row | {"合同编号": f"D{n}", "客户": f"K{300 + n}"} for n, row in enumerate(GOOD["contracts"])]

WAYS: dict[str, Way] = {
    "a key is empty": Way(
        "erp.orders", lambda company: company.change("orders", 1, {"order_no": "", "net": "69.00"}, 0),
        "every_record_can_be_read", 1,
    ),
    "a field that a rule needs is empty": Way(
        "crm.contracts", contracts(2, 负责人=""), "not_be_null(负责人)", 2,
        figures={"won_amount": 38000.0, "new_customers": 38.0},
    ),
    "a value is outside the agreed words": Way("crm.contracts", contracts(1, 等级="Z"), "be_in_set(等级)", 1, figures=LESS),
    "a number is out of range": Way("crm.contracts", contracts(1, 金额="9000000.00"), "be_between(金额)", 1, figures=LESS),
    "a code is of the wrong form": Way("crm.contracts", contracts(1, 客户="customer 31"), "match_regex(客户)", 1, figures=LESS),
    "a text is too long": Way("crm.contracts", contracts(1, 负责人="e1 and e2"), "value_lengths_to_be_between(负责人)", 1, figures=LESS),
    "a key is there twice": Way(
        "crm.contracts", further(SIGNED | {"合同编号": "C31", "客户": "K999"}), "be_unique(合同编号)", 2, of=46, figures=LESS
    ),
    "two columns together are there twice": Way(
        "crm.contracts", further(SIGNED | {"合同编号": "C999", "客户": "K31"}), "compound_columns_to_be_unique(客户, 签订日期)", 2,
        of=46, figures=LESS,
    ),
    "two fields contradict each other": Way("crm.contracts", contracts(1, 已付="1000.01"), "paid_within", 1, figures=LESS),
    "times are in the wrong order": Way(
        "crm.deals", lambda company: company.change("deals", 1, {"关闭": "2026-01-04"}, 8), "closed_after_created", 1,
        figures={"win_rate": 6 / 9},
    ),
    "a status lacks the date it needs": Way(
        "crm.deals", lambda company: company.change("deals", 1, {"关闭": ""}, 0), "won_is_closed", 1, figures={"win_rate": 5 / 9}
    ),
    "a reference leads nowhere": Way(
        "erp.orders", lambda company: company.change("orders", 1, {"customer": "K777", "net": "70.00"}, 0), "customer_is_known", 1
    ),
    "an empty field that only is to be looked at": Way(
        "erp.orders", lambda company: company.change("orders", 3, {"customer": ""}, 0), "not_be_null(customer)", 3, "counted"
    ),
    "a number cannot be read": Way("crm.contracts", contracts(1, 金额="a lot"), "every_record_can_be_read", 1, figures=LESS),
    "a date cannot be read": Way("crm.contracts", contracts(1, 签订日期="31.13.2026"), "every_record_can_be_read", 1, figures=LESS),
    "a column is missing": Way("crm.contracts", without("金额"), "delivery_", 0, "held", more=("金额",)),
    "a column has another name": Way("crm.contracts", renamed, "delivery_", 0, "held", more=("金额",)),
    "a column is new": Way(
        "crm.contracts", lambda company: company.change("contracts", 99, {"备注": "x"}, 0), "delivery_added(备注)", 0, "used", passes=True
    ),
    "the delivery is empty": Way("crm.contracts", emptied, "delivery_held(", 0, "held"),
    "the delivery is a tenth of the usual": Way("crm.contracts", only(4), "delivery_held(", 0, "held", more=("4",)),
    "the file did not come": Way("crm.contracts", gone, "delivery_", 0, "held", more=("contracts.csv",)),
    "the file is in another encoding": Way("crm.contracts", in_another_encoding, "delivery_", 0, "held", more=("contracts.csv",)),
    "half the rows are missing": Way("crm.contracts", half, "rows_as_usual", 0, "held", more=("现有 25 行，通常不少于 27",)),
    "the rows are there twice under new keys": Way(
        "crm.contracts", further(*DOUBLED), "rows_as_usual", 0, "held", more=("现有 90 行", "不多于 68")
    ),
    "the newest date is old": Way(
        "crm.deals", lambda company: company.change("deals", 10, {"更新": "2026-03-23"}, 0), "newest_is_recent", 0, "held",
        more=("of 2026-03-24 or later",),
    ),
    "more rows are set aside than the contract allows": Way(
        "crm.contracts", contracts(5, 负责人=""), "not_be_null(负责人)", 5, "held"
    ),
    "a table has too few rows": Way(
        "crm.deals", lambda company: company.deliver("deals", GOOD["deals"][:9]), "table_row_count_to_be_between", 0, "held"
    ),
    "a rule cannot be run": Way(
        "crm.deals", a_rule_that_errors, "nonsense", 0, "silent", publishes=False,
        heard={
            "data_crm": ("The rule nonsense on raw_crm.deals could not be run", "Next: the data engineers mend the rule"),
            "data_erp": ("The nightly run stopped before its end", "could not be evaluated", "Next: correct the rule"),
        },
    ),
    # The load makes such a table anew from what was landed, before any rule sees it.
    "a column of the working table has another type": Way("crm.contracts", of_another_type, "", 0, "silent", heard={}),
    "two systems do not agree": Way(
        "erp.orders", lambda company: company.change("orders", 1, {"net": "900.00"}, 20), "contracts_ordered", 1, "silent",
        heard={
            "finance_ops": (
                "entities.contracts and what follows from it do not agree in 1 of 5 customer-months", "(contracts_ordered)",
                "Next: compare both systems",
            )
        },
    ),
    "a row that was let out comes back with its fault": Way(
        "crm.contracts", released_and_back, "not_be_null(负责人)", 1, figures=LESS
    ),
    "a value that only is noted": Way(
        "crm.deals", lambda company: company.change("deals", 1, {"负责人": "e2"}, 0), "be_in_set(负责人)", 1, "silent", heard={}
    ),
}  # fmt: skip

"""Faults 9, 10, 22: whichever of the three outcomes a failed check has, the right person hears of it, once, and only they.

And fault 35: a run is what it is, whatever becomes of its alerts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import kpi
from tests.journey.conftest import company
from tests.journey.small_company import CONTRACTS, DEALS, NOT_EMPTY, ORDERS, STAGED_ORDERS, SmallCompany
from tests.watch.alerts.receivers import Got, Web, always, as_the_vendor, free_port

__all__ = ["company"]

PEOPLE = [
    {"id": person, "name": person, "channels": ["chat"], "roles": ["engineer"] if person == "data_erp" else ["viewer"]}
    for person in ("vp_sales", "sales_ops", "data_crm", "data_erp")
]
OWNER, STEWARD = "sales_ops", "data_erp"
UNKNOWN = {"type": "unexpected_rows_expectation", "unexpected_rows_query": "select nonsense from {batch}"}


def rows_without_owner(company: SmallCompany) -> None:
    company.deliver("contracts", [row | ({"负责人": ""} if n < 2 else {}) for n, row in enumerate(CONTRACTS)])


def too_few_rows(company: SmallCompany) -> None:
    company.deliver("deals", DEALS[:9])


def no_row_at_all(company: SmallCompany) -> None:
    path = company.deliver("contracts", CONTRACTS)
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def another_header(company: SmallCompany) -> None:
    company.deliver("contracts", [{"合同号": row["合同编号"], "客户": row["客户"]} for row in CONTRACTS])


def the_newest_is_old(company: SmallCompany) -> None:
    rule = {"type": "expect_column_max_to_be_between", "column": "关闭", "min_working_days_ago": 5, "max_days_ahead": 0}
    company.suite("raw_crm/deals", NOT_EMPTY, rule | {"level": "table", "severity": "critical"})


def a_model_of_another_type(company: SmallCompany) -> None:
    """Written by hand; the entity it feeds promises a date (an enforced contract of dbt's)."""
    said = STAGED_ORDERS.replace("ordered_on as order_date", "'soon' as order_date")
    company.write("models/stg_erp__orders.sql", said)


def records_lost(company: SmallCompany) -> None:
    company.working("update loads.ledger set source_rows = source_rows + 1 where table_name = 'deals'")
    company.deliver("orders", ORDERS[1:])


def the_same_key_twice(company: SmallCompany) -> None:
    company.deliver("deals", [*DEALS, DEALS[0]])


def a_broken_promise_to_bi(company: SmallCompany) -> None:
    company.suite("published/kpi_values", NOT_EMPTY | {"min_value": 1_000_000})


def a_rule_that_cannot_be_run(company: SmallCompany) -> None:
    company.suite("raw_crm/deals", UNKNOWN | {"level": "table", "severity": "critical"})


# What happens → who hears, and what of: (exit status, {person: words}).
OUTCOMES: dict[Callable[[SmallCompany], None], tuple[int, dict[str, str]]] = {
    rows_without_owner: (0, {OWNER: "2 of 40 rows of raw_crm.contracts break the rule"}),
    too_few_rows: (1, {OWNER: "raw_crm.deals as a whole breaks the rule"}),
    no_row_at_all: (1, {OWNER: "raw_crm.contracts as a whole breaks the rule delivery_held("}),
    another_header: (1, {OWNER: "raw_crm.contracts as a whole breaks the rule delivery_"}),
    the_newest_is_old: (1, {OWNER: "The newest should be of 2026-03-24 or later"}),
    a_model_of_another_type: (1, {STEWARD: "dbt model orders failed: Conversion Error"}),
    records_lost: (1, {STEWARD: "raw_crm.deals: 1 records of the source are neither loaded"}),
    the_same_key_twice: (1, {STEWARD: "one_row_per_deals"}),
    a_broken_promise_to_bi: (1, {OWNER: "published.kpi_values as a whole breaks the rule", STEWARD: "not published"}),
    a_rule_that_cannot_be_run: (1, {"data_crm": "could not be run", STEWARD: "could not be evaluated"}),
}


@pytest.fixture
def web() -> Iterator[Web]:
    with Web().running() as server:
        yield server


# How the place that alerts go to can fail.
DOWN: dict[str, Callable[[Got], Any]] = {
    "it answers 500": always(500),
    "it answers 404": always(404),
    "it says no under 200": always(200, b'{"errcode": 93000, "errmsg": "invalid webhook"}'),
    "it sends elsewhere": always(302, Location="http://169.254.169.254/latest/meta-data"),
    "it takes a minute": always(200, b'{"errcode":0}', seconds=60),
    "nobody is there": always(0),
}


@pytest.mark.faults
@pytest.mark.parametrize("down", DOWN)
def test_a_run_is_what_it_is_whatever_becomes_of_its_alerts(down: str, company: SmallCompany, web: Web) -> None:
    company.write("kpi_definitions/people.yml", {"people": PEOPLE})
    server = f"http://127.0.0.1:{free_port()}" if down == "nobody is there" else web.address
    channel = {"address": "wecombot://${KEY}", "server": server}
    company.write("kpi_definitions/channels.yml", {"allowed_hosts": ["127.0.0.1"], "channels": {"chat": channel}})
    web.answer = DOWN[down]
    rows_without_owner(company)
    began = time.monotonic()
    done = kpi("run", "--config", company.folder, check=False, KEY="k1secret")
    assert time.monotonic() - began < 100
    assert (done.returncode, company.generation, company.verdict("crm.contracts")) == (0, 2, "warn")
    assert "chat" in done.stdout + done.stderr, "the run says that nobody was told"
    assert "k1secret" not in done.stdout + done.stderr
    if down == "nobody is there":
        company.write("kpi_definitions/channels.yml", {
            "allowed_hosts": ["127.0.0.1"], "channels": {"chat": channel | {"server": web.address}},
        })  # fmt: skip
    web.answer = as_the_vendor
    web.got.clear()
    for _ in range(2):
        assert kpi("alert", "send", "--config", company.folder, KEY="k1secret").returncode == 0
    assert len(web.got) == 1, "told once, when it could be"


@pytest.mark.faults
@pytest.mark.parametrize("broken", OUTCOMES, ids=lambda broken: broken.__name__)
def test_each_outcome_is_told_to_whom_it_concerns(
    broken: Callable[[SmallCompany], None], company: SmallCompany, web: Web
) -> None:
    company.write("kpi_definitions/people.yml", {"people": PEOPLE})
    channel = {"address": "wecombot://${KEY}", "server": web.address}
    company.write("kpi_definitions/channels.yml", {"allowed_hosts": ["127.0.0.1"], "channels": {"chat": channel}})
    before = company.served.read_bytes()
    broken(company)
    status, heard = OUTCOMES[broken]
    done = kpi("run", "--config", company.folder, check=False, KEY="k1")
    assert done.returncode == status, done.stderr
    said = {one.body["text"]["content"].split("· ")[1].split(":")[0]: one.body["text"]["content"] for one in web.got}
    assert set(said) == set(heard)
    for person, words in heard.items():
        assert words in said[person]
    assert len(web.got) == len(heard)
    assert (company.served.read_bytes() == before) is (STEWARD in heard), "red and unpublished, or published"
    kpi("run", "--config", company.folder, check=False, KEY="k1")
    assert len(web.got) == len(heard), "once"

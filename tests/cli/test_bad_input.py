"""Bad input: one clear line per mistake with file, line or column and the next step; what is published stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import kpi
from tests.journey.small_company import CONTRACTS, HAS_OWNER, SmallCompany

KPI = """id: kept_promises
label: {zh: 兑现, en: Kept promises}
description: {zh: 兑现的订单, en: Orders kept}
business_goal: raise_sales
owner: sales_ops
steward: data_erp
simple:
  measure: {entity: orders, agg: sum, expr: amount_net, filter: "status = 'delivered'", date: order_date}
unit: money
direction: up
levels: [company]
grains: [month]
versions: [{from: 2023-01-01}]
"""
KPI_FILE = "kpi_definitions/kpis/sales/kept_promises.yml"

Spoil = Callable[[SmallCompany], object]


def edit(path: str, old: str, new: str) -> Spoil:
    def spoil(company: SmallCompany) -> None:
        text = (company.folder / path).read_text(encoding="utf-8")
        assert old in text
        company.write(path, text.replace(old, new, 1))

    return spoil


def a_kpi_that_says(old: str, new: str) -> Spoil:
    assert old in KPI
    return lambda company: company.write(KPI_FILE, KPI.replace(old, new, 1))


def no_file(company: SmallCompany) -> None:
    (company.folder / "in" / "contracts.csv").unlink()


def no_folder(company: SmallCompany) -> None:
    shutil.rmtree(company.folder / "in")


def wrong_header(company: SmallCompany) -> None:
    company.deliver("contracts", [{("日期" if k == "签订日期" else k): v for k, v in row.items()} for row in CONTRACTS])


def missing_column(company: SmallCompany) -> None:
    company.deliver("contracts", [{k: v for k, v in row.items() if k != "金额"} for row in CONTRACTS])


def only_a_header(company: SmallCompany) -> None:
    path = company.folder / "in" / "contracts.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def nothing_at_all(company: SmallCompany) -> None:
    (company.folder / "in" / "contracts.csv").write_bytes(b"")


def wrong_encoding(company: SmallCompany) -> None:
    path = company.folder / "in" / "contracts.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))


DELIVERIES: dict[str, tuple[Spoil, list[str]]] = {
    "a missing file": (no_file, ["in", "contracts.csv", "sources/crm.yml"]),
    "a missing folder": (no_folder, ["in", "no such folder"]),
    "a renamed column": (wrong_header, ["contracts.csv", "签订日期"]),
    "a missing column": (missing_column, ["contracts.csv", "金额"]),
    "a file that holds only its header": (only_a_header, ["contracts.csv", "empty: block"]),
    "a file of no bytes": (nothing_at_all, ["contracts.csv"]),
    "another encoding": (wrong_encoding, ["contracts.csv", "utf-8"]),
}

CONTRACTS_SUITE = "expectations/raw_crm/contracts.yml"
OFF_SUITE = "expectations/raw_pack/contracts.yml"


def a_pack_that_is_off(said: dict[str, str]) -> Spoil:
    """A source that is switched off, with a suite whose one rule says this beside what is right."""

    def spoil(company: SmallCompany) -> None:
        text = (company.folder / "sources" / "crm.yml").read_text(encoding="utf-8")
        company.write("sources/pack.yml", text.replace("system: crm", "system: pack\nenabled: false", 1))
        company.suite("raw_pack/contracts", HAS_OWNER | said)

    return spoil


DEFINITIONS: dict[str, tuple[Spoil, list[str]]] = {
    "an unknown column in a filter": (
        a_kpi_that_says("status = ", "statsu = "),
        [f"{KPI_FILE}:8", "unknown column statsu", "did you mean status?"],
    ),
    "an unknown column as expression": (
        a_kpi_that_says("expr: amount_net", "expr: amount_nett"),
        [f"{KPI_FILE}:8", "unknown column amount_nett", "did you mean amount_net?"],
    ),
    "a sum of a text": (
        a_kpi_that_says("expr: amount_net", "expr: currency"),
        [f"{KPI_FILE}:8", "orders.currency is string, and sum needs a number"],
    ),
    "an unknown date column": (
        a_kpi_that_says("date: order_date", "date: orderdate"),
        [f"{KPI_FILE}:8", "column orderdate of orders is unknown", "did you mean order_date?"],
    ),
    "an unknown entity": (
        a_kpi_that_says("entity: orders", "entity: order"),
        [f"{KPI_FILE}:8", "unknown entity order", "did you mean orders?"],
    ),
    "a filter that is no expression": (
        a_kpi_that_says("status = 'delivered'", "status = = 'delivered'"),
        [f"{KPI_FILE}:8", "not an expression"],
    ),
    "an unknown owner": (
        a_kpi_that_says("owner: sales_ops", "owner: sales_op"),
        [f"{KPI_FILE}:5", "owner sales_op is nobody", "did you mean sales_ops?"],
    ),
    "an unknown field": (
        a_kpi_that_says("direction: up", "directions: up\ndirection: up"),
        [f"{KPI_FILE}:10", "unknown field directions", "did you mean direction?"],
    ),
    "a missing field": (a_kpi_that_says("unit: money\n", ""), [f"{KPI_FILE}:1", "field unit is missing"]),
    "a duplicate key": (
        a_kpi_that_says("unit: money", "unit: money\nunit: count"),
        [f"{KPI_FILE}:10", "the key unit stands here twice"],
    ),
    "broken YAML": (a_kpi_that_says("levels: [company]", "levels: [company"), [KPI_FILE, "not valid YAML"]),
    "a KPI under another name": (a_kpi_that_says("id: kept", "id: keep"), [f"{KPI_FILE}:1", "keep_promises.yml"]),
    "a KPI that the catalogue has not": (
        edit("kpi_definitions/company.yml", "won_amount", "won_amonut"),
        ["kpi_definitions/company.yml", "no KPI won_amonut", "did you mean won_amount?"],
    ),
    "a goal for an unknown KPI": (
        edit("kpi_definitions/goals/2026/march_signed.yml", "kpi: won_amount", "kpi: won_amounts"),
        ["march_signed.yml:5", "unknown KPI won_amounts", "did you mean won_amount?"],
    ),
    "a bad date in a goal": (
        edit("kpi_definitions/goals/2026/march_signed.yml", "2026-03-31", "2026-13-31"),
        ["march_signed.yml:11", "period.to"],
    ),
    "a source of nobody": (
        edit("sources/erp.yml", "owner: sales_ops", "owner: sales"),
        ["sources/erp.yml", "owner sales is nobody"],
    ),
    "an entity that is none": (
        edit("sources/crm.yml", "- contracts\n", "- contract\n"),
        ["sources/crm.yml:", "unknown entity contract", "did you mean contracts?"],
    ),
    "a suite rule for no column": (
        edit("expectations/raw_crm/contracts.yml", "column: 负责人", "column: 负责"),
        ["expectations/raw_crm/contracts.yml:14", "负责", "did you mean 负责人?"],
    ),
    "a suite rule that does not exist": (
        edit(CONTRACTS_SUITE, "expect_column_values_to_not_be_null", "expect_column_values_to_not_be_nul"),
        [f"{CONTRACTS_SUITE}:13", "unknown expectation", "did you mean expect_column_values_to_not_be_null?"],
    ),
    "a severity that does not exist": (
        edit(CONTRACTS_SUITE, "severity: critical", "severity: fatal"),
        [f"{CONTRACTS_SUITE}:9", "severity", "critical", "warning", "info"],
    ),
    "a suite of nobody": (
        edit(CONTRACTS_SUITE, "owner: sales_ops", "owner: sales_op"),
        [f"{CONTRACTS_SUITE}:1", "unknown owner sales_op", "did you mean sales_ops?"],
    ),
    "a suite rule of nobody": (
        edit(CONTRACTS_SUITE, "  severity: critical\n", "  severity: critical\n  owner: finance\n"),
        [f"{CONTRACTS_SUITE}:10", "unknown owner finance", "people.yml"],
    ),
    "a share of usual that is none": (
        edit(CONTRACTS_SUITE, "min_value: 10", "of_usual: {least: 0.5}"),
        [f"{CONTRACTS_SUITE}:7", "of_usual must say min, max or both"],
    ),
    "a published column that does not exist": (
        lambda company: company.suite("published/kpi_values", HAS_OWNER | {"column": "valeu", "level": "table"}),
        ["expectations/published/kpi_values.yml:", "unknown column valeu", "did you mean value?"],
    ),
    "a suite rule for no column, in a pack that is off": (
        a_pack_that_is_off({"column": "负责"}),
        [f"{OFF_SUITE}:7", "unknown column 负责", "did you mean 负责人?"],
    ),
    "a suite rule that does not exist, in a pack that is off": (
        a_pack_that_is_off({"type": "expect_column_values_to_exist"}),
        [f"{OFF_SUITE}:6", "unknown expectation expect_column_values_to_exist"],
    ),
    "a severity that does not exist, in a pack that is off": (
        a_pack_that_is_off({"severity": "error"}),
        [f"{OFF_SUITE}:9", "severity"],
    ),
    "a suite rule of nobody, in a pack that is off": (
        a_pack_that_is_off({"owner": "sales"}),
        [f"{OFF_SUITE}:10", "unknown owner sales"],
    ),
    "an empty file of people": (
        lambda company: company.write("kpi_definitions/people.yml", ""),
        ["kpi_definitions/people.yml", "must hold fields"],
    ),
}


def one_line(said: str, parts: list[str]) -> None:
    """Exactly one line of complaint that names what is wrong and where; nothing that only a programmer reads."""
    assert len(said.splitlines()) == 1, said
    assert said.startswith("error ")
    assert [part for part in parts if part not in said] == [], said
    assert "Traceback" not in said


@pytest.mark.parametrize("what", DELIVERIES)
def test_a_bad_delivery_is_one_clear_line_and_its_kpis_keep_their_last_good_value(
    company: SmallCompany, what: str
) -> None:
    spoil, parts = DELIVERIES[what]
    before = company.figures()
    spoil(company)
    done = company.run()
    assert done.returncode == 1
    one_line(done.stderr, ["raw_crm.contracts", *parts, "Next: "])
    assert "Traceback" not in done.stdout
    assert company.generation == 2  # red, but after publishing: other systems go on
    assert {kpi_id: (value, state) for kpi_id, (value, state, _) in company.figures().items()} == {
        kpi_id: (value, state) for kpi_id, (value, state, _) in before.items()
    }
    assert company.figures()["won_amount"][2] == "blocked"


def test_a_place_that_never_delivered_stops_the_run(new_company: SmallCompany) -> None:
    no_folder(new_company)
    done = new_company.run()
    assert done.returncode == 1
    one_line(done.stderr, ["no such folder", "sources/crm.yml", "Next: "])
    assert not new_company.served.exists()


@pytest.mark.parametrize("what", DEFINITIONS)
def test_a_bad_definition_is_one_clear_line(new_company: SmallCompany, what: str) -> None:
    spoil, parts = DEFINITIONS[what]
    spoil(new_company)
    done = kpi("validate", "--config", new_company.folder, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    one_line(done.stderr, parts)


def test_a_run_stops_at_a_bad_definition_before_it_touches_anything(company: SmallCompany) -> None:
    before = {path: path.stat().st_mtime_ns for path in company.data.rglob("*") if path.is_file()}
    a_kpi_that_says("status = ", "statsu = ")(company)
    done = company.run()
    assert done.returncode == 1
    assert "kept_promises.yml:8" in done.stderr
    after = {path: path.stat().st_mtime_ns for path in company.data.rglob("*") if path.is_file()}
    # Its steward is told of a run that stopped, wherever it did; the lock says who is at work.
    told = {company.data / "alerts.sqlite", company.data / "run.lock"}
    assert {path for path in before if after.pop(path, None) != before[path]} <= told
    assert set(after) <= {company.data / "alerts.lock"}


def test_a_bad_suite_stops_a_run_as_well(company: SmallCompany) -> None:
    before = company.served.read_bytes()
    spoil, parts = DEFINITIONS["a suite rule for no column"]
    spoil(company)
    done = company.run()
    assert done.returncode == 1
    one_line(done.stderr, parts)
    assert company.served.read_bytes() == before


def test_every_mistake_has_its_own_line(new_company: SmallCompany) -> None:
    new_company.write(KPI_FILE, KPI.replace("status = ", "statsu = ").replace("sales_ops", "sales_op"))
    for what in ("a source of nobody", "a bad date in a goal"):
        DEFINITIONS[what][0](new_company)
    done = kpi("validate", "--config", new_company.folder, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 4, done.stderr


@pytest.mark.parametrize("said", ["2026-13-01", "yesterday", "31.03.2026", "2026-02-30"])
def test_a_bad_business_date_is_refused_at_once(new_company: SmallCompany, said: str) -> None:
    done = new_company.run("--as-of", said)
    assert done.returncode == 1
    one_line(done.stderr, [said, "Next: write it as 2026-05-20"])
    assert not new_company.data.exists()


def test_a_configuration_that_is_none_is_refused(tmp_path: Path) -> None:
    done = kpi("run", "--config", tmp_path, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "no folder sources/" in done.stderr
    assert "Next: " in done.stderr

"""The books of the demo company in plain Python: what its three systems say, typed, without what breaks a rule.

Shares nothing with the project, like the oracle that reads it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet

ZONE = ZoneInfo("Asia/Shanghai")

Row = dict[str, Any]


# --- reading: a text of the type it should be, or the whole record is left out ------------------------------------


class Untypable(Exception):
    """A record says something that is not of its column's type."""


def of_type(pattern: str, parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Parses what has exactly this form, nothing kinder."""

    def read(said: str) -> Any:
        if not re.fullmatch(pattern, said, re.ASCII):
            raise Untypable(said)
        try:
            return parse(said)
        except ValueError as wrong:
            raise Untypable(said) from wrong

    return read


def from_utc(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(ZONE).replace(tzinfo=None)


# Every time is kept as the company's wall clock says it: the CRM and ERP write it so, the desk writes UTC.
DAY = of_type(r"\d{4}-\d\d-\d\d", date.fromisoformat)
LOCAL_TIME = of_type(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", datetime.fromisoformat)
UTC_TIME = of_type(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", from_utc)
MONEY = of_type(r"-?\d{1,16}(\.\d{1,2})?", Decimal)
MONEY_WITH_COMMAS = of_type(r"-?\d{1,3}(,?\d{3})*(\.\d{1,2})?", lambda said: Decimal(said.replace(",", "")))
WHOLE = of_type(r"-?\d+", int)


def typed(row: Row, types: dict[str, Callable[[str], Any]], required: Iterable[str]) -> Row | None:
    """The record with its values in their types; None where one does not fit or a required one is missing."""
    try:
        read = {
            name: None if value in (None, "") else types[name](str(value)) if name in types else value
            for name, value in row.items()
        }
    except Untypable:
        return None
    return read if all(read[name] is not None for name in required) else None


def newest_of_key(rows: Iterable[Row], key: tuple[str, ...], cursor: str | None) -> list[Row]:
    """One record per key: the highest update time, then the later file, then the later row. `rows` come in that order."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        name = tuple(row[column] for column in key)
        if name not in kept or cursor is None or (row[cursor] or datetime.min) >= (kept[name][cursor] or datetime.min):
            kept[name] = row
    return list(kept.values())


def csv_rows(folder: Path, glob: str) -> Iterator[Row]:
    for file in sorted(folder.glob(glob)):
        with file.open(encoding="gb18030", newline="") as lines:
            yield from csv.DictReader(lines)


def json_rows(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def typed_rows(rows: Iterable[Row], types: dict[str, Callable[[str], Any]], required: Iterable[str]) -> Iterator[Row]:
    return (read for row in rows if (read := typed(row, types, required)) is not None)


def crm(
    data: Path, glob: str, key: str, cursor: str | None = None, required: str = "", **types: Callable[[str], Any]
) -> list[Row]:
    """A CRM table. `types` names the columns that are not texts."""
    types |= {cursor: LOCAL_TIME} if cursor else {}
    rows = typed_rows(csv_rows(data / "demo" / "crm", glob), types, f"{key} {required}".split())
    return newest_of_key(rows, tuple(key.split()), cursor)


def desk(data: Path, name: str, required: str, times: str, numbers: str) -> list[Row]:
    """A table of the service desk, whose key is always `id` and whose update time is always `updated`."""
    types = dict.fromkeys(times.split(), UTC_TIME) | dict.fromkeys(numbers.split(), WHOLE)
    rows = typed_rows(json_rows(data / "demo" / "desk" / f"{name}.jsonl"), types, required.split())
    return newest_of_key(rows, ("id",), "updated")


def erp(data: Path, name: str, key: str, cursor: str | None) -> list[Row]:
    """An ERP table: Parquet, whose values have their types already."""
    rows = pyarrow.parquet.read_table(data / "demo" / "erp" / f"{name}.parquet").to_pylist()
    return newest_of_key(rows, (key,), cursor)


# --- the ten tables the KPIs stand on, without the records that break a critical row rule ---------------------------


@dataclass(frozen=True)
class Books:
    """What the company's systems say, cleaned, in their own words."""

    customers: list[Row]
    deals: list[Row]
    contracts: list[Row]
    orders: list[Row]
    invoices: list[Row]
    payments: list[Row]
    tickets: list[Row]
    surveys: list[Row]
    employees: list[Row]
    org_units: list[Row]


def read_books(data: Path, with_held: bool = False) -> Books:
    """The rules are those of expectations/raw_*: a rule says nothing of a record in which its column is empty.

    `with_held` lets in the records that break one.
    """
    units = read_org_units(data)
    known_units = {unit["部门编号"] for unit in units}
    if with_held:
        return Books(
            customers=crm(data, "customers.csv", "客户编号", "更新时间", 创建时间=LOCAL_TIME),
            deals=read_deals(data),
            contracts=read_contracts(data),
            orders=erp(data, "orders", "order_no", "changed_at"),
            invoices=erp(data, "invoices", "invoice_no", "changed_at"),
            payments=erp(data, "payments", "payment_no", None),
            tickets=read_tickets(data),
            surveys=read_surveys(data),
            employees=read_employees(data),
            org_units=units,
        )
    return Books(
        customers=crm(data, "customers.csv", "客户编号", "更新时间", 创建时间=LOCAL_TIME),
        deals=[deal for deal in read_deals(data) if deal["负责人编号"] is not None],
        contracts=[one for one in read_contracts(data) if one["合同金额"] is None or one["合同金额"] > 0],
        orders=[one for one in erp(data, "orders", "order_no", "changed_at") if one["amount_net"] is not None],
        invoices=[one for one in erp(data, "invoices", "invoice_no", "changed_at") if one["amount_net"] is not None],
        payments=[one for one in erp(data, "payments", "payment_no", None) if one["amount"] is not None],
        tickets=[one for one in read_tickets(data) if one["solved"] is None or one["solved"] >= one["created"]],
        surveys=[one for one in read_surveys(data) if not is_above_scale(one)],
        employees=[one for one in read_employees(data) if one["部门编号"] in known_units],
        org_units=[unit for unit in units if unit["上级部门编号"] is None or unit["上级部门编号"] in known_units],
    )


def read_deals(data: Path) -> list[Row]:
    types = {"金额": MONEY_WITH_COMMAS, "创建时间": LOCAL_TIME, "预计成交日期": DAY, "关闭日期": DAY}
    return crm(data, "deals_*.csv", "商机编号", "更新时间", "创建时间", **types)


def read_contracts(data: Path) -> list[Row]:
    types = dict.fromkeys(("签订日期", "开始日期", "结束日期"), DAY) | dict.fromkeys(
        ("提交时间", "审批时间"), LOCAL_TIME
    )
    return crm(data, "contracts.csv", "合同编号", "更新时间", "签订日期", 合同金额=MONEY, **types)


def read_employees(data: Path) -> list[Row]:
    types = dict.fromkeys(("入职日期", "离职日期", "生效日期", "失效日期"), DAY)
    return crm(data, "employees.csv", "工号 生效日期", required="部门编号", **types)


def read_org_units(data: Path) -> list[Row]:
    return crm(data, "org_units.csv", "部门编号 生效日期", required="层级", 生效日期=DAY, 失效日期=DAY)


def read_tickets(data: Path) -> list[Row]:
    times = "created first_reply first_solved solved reopened closed reply_due solve_due updated"
    return desk(data, "tickets", "id created", times, "reopens")


def read_surveys(data: Path) -> list[Row]:
    return desk(data, "surveys", "id", "sent answered updated", "score scale_max")


def is_above_scale(survey: Row) -> bool:
    return None not in (survey["score"], survey["scale_max"]) and survey["score"] > survey["scale_max"]

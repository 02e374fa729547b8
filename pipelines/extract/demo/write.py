"""Writes the delivered tables as the files of three systems: GB18030 CSV, Parquet and a workbook, JSON lines.

Belongs here: formats, encodings, which file a row goes to. Does not: what the rows say (delivered.py).
Files are the same byte for byte on every run: rows are sorted, archives carry a fixed time.
"""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

CHUNK = 1 << 20  # characters held in memory while transcoding
FIXED_TIME = datetime(2026, 5, 20)

# The CRM cuts its large exports by year of the first event: table → (column, sort).
YEARLY = {"deals": "创建时间", "deal_stages": "进入时间", "activities": "计划时间"}
YEARS = {"2024": ("2000", "2025"), "2025": ("2025", "2026"), "2026": ("2026", "9999")}  # the first holds 2023 too
# Where a key is delivered twice, the older state stands first, as it left the CRM.
CRM_ORDER = {
    "customers": "客户编号, 更新时间", "contacts": "联系人编号", "leads": "线索编号", "deals": "商机编号, 更新时间",
    "deal_stages": "商机编号, 进入时间", "contracts": "合同编号", "activities": "活动编号",
    "employees": "工号, 生效日期", "org_units": "生效日期, 部门编号",
}  # fmt: skip


def write_crm(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table, order in CRM_ORDER.items():
        parts = YEARS if table in YEARLY else {"": ("", "")}
        for year, (since, until) in parts.items():
            where = f"where {YEARLY[table]} >= '{since}' and {YEARLY[table]} < '{until}'" if year else ""
            path = folder / (f"{table}_{year}.csv" if year else f"{table}.csv")
            utf8 = path.with_suffix(".utf8")
            con.execute(
                f"copy (select * from crm_{table} {where} order by {order}) to '{_quoted(utf8)}' (format csv, header)"
            )
            transcode(utf8, path, "gb18030")
            utf8.unlink()


def write_erp(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table, order in {
        "orders": "order_no", "order_lines": "order_no, line_no", "invoices": "invoice_no",
        "receivables": "receivable_no", "payments": "payment_no", "stock_levels": "product_no, place, day",
    }.items():  # fmt: skip
        con.execute(
            f"copy (select * from erp_{table} order by {order}) to '{_quoted(folder / table)}.parquet' (format parquet)"
        )
    write_workbook(con, "select * from erp_products order by product_no", folder / "products.xlsx", "products")


def write_desk(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table, order in {"tickets": "id", "ticket_events": "ticket, no", "surveys": "id"}.items():
        con.execute(
            f"copy (select * from desk_{table} order by {order}) to '{_quoted(folder / table)}.jsonl' (format json)"
        )


def transcode(utf8: Path, to: Path, encoding: str) -> None:
    """Rewrites a UTF-8 text in another encoding, piece by piece, refusing what it cannot say."""
    with (
        utf8.open(encoding="utf-8", errors="strict", newline="") as source,
        to.open("w", encoding=encoding, errors="strict", newline="") as target,
    ):
        while piece := source.read(CHUNK):
            target.write(piece)


def write_workbook(con: duckdb.DuckDBPyConnection, query: str, path: Path, sheet: str) -> None:
    """One worksheet with a header row."""
    from openpyxl import Workbook

    found = con.execute(query)
    book = Workbook()
    book.properties.created = book.properties.modified = FIXED_TIME
    page = book.active
    page.title = sheet
    page.append([column[0] for column in found.description])
    for row in found.fetchall():
        page.append(row)
    loose = path.with_suffix(".loose")
    book.save(loose)
    _fix_times(loose, path)
    loose.unlink()


def _fix_times(loose: Path, path: Path) -> None:
    """openpyxl stamps the hour of writing into the archive and the properties: both would change the file's hash."""
    import re

    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = f"{FIXED_TIME:%Y-%m-%dT%H:%M:%SZ}".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            target.writestr(zipfile.ZipInfo(name, FIXED_TIME.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")

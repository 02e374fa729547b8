"""Each pack on a database of the machine's own servers; where a server is not running its tests skip and say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.extract.databases.conftest import Server, serve
from tests.extract.packs import odoo, wukong
from tests.extract.packs.pack import Pack

WUKONG_KPIS = ["won_amount", "cash_collected", "win_rate", "csat_pct"]
ODOO_KPIS = ["won_amount", "cash_collected", "win_rate", "revenue", "csat_pct", "resolution_time"]


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Server]:
    """A MariaDB that holds the tables of Wukong CRM under the prefix wk_."""
    for server in serve("mariadb", tmp_path):
        server.execute(*wukong.statements("wk_"))
        yield server


@pytest.fixture
def wukong_pack(crm: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.setenv("WUKONG_URL", crm.url)
    return Pack("wukong", tmp_path, WUKONG_KPIS, "CNY", "Asia/Shanghai")


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL that holds the tables of Odoo without the help desk, which not every Odoo has."""
    for server in serve("postgresql", tmp_path):
        server.execute(*odoo.statements())
        yield server


@pytest.fixture
def odoo_pack(erp: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.setenv("ODOO_URL", erp.url)
    return Pack("odoo", tmp_path, ODOO_KPIS, "EUR", "Europe/Berlin")

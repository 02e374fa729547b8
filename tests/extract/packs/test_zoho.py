"""The Zoho pack: read whole by page tokens, then only what changed; deletions, tokens, limits; KPIs counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.extract.load import TableLoad
from pipelines.resources import open_warehouse
from tests.extract.packs import zoho_rows as rows
from tests.extract.packs.loopback import Window
from tests.extract.packs.pack import NOW, Pack
from tests.extract.packs.zoho_server import CLIENT, ZohoServer

DEALS = ("accounts", "accounts_deleted", "deals", "deals_deleted", "deal_stages")


def environment(server: ZohoServer) -> dict[str, str]:
    said = {f"ZOHO_{name.upper()}": value for name, value in CLIENT.items()}
    said |= {"ZOHO_URL": f"{server.address}/crm/v8", "ZOHO_ACCOUNTS_URL": server.address}
    return said | {"KPI_PSEUDONYM_KEY": "only a key of this test and long enough"}


@pytest.fixture
def zoho(monkeypatch: pytest.MonkeyPatch) -> Iterator[ZohoServer]:
    with rows.fill(ZohoServer()) as server:
        for name, value in environment(server).items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def pack(zoho: ZohoServer, tmp_path: Path) -> Pack:
    return Pack("zoho", tmp_path, ["won_amount", "win_rate"], "CNY", "Asia/Shanghai")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """After the first read, for tests that only look."""
    with pytest.MonkeyPatch.context() as patch, rows.fill(ZohoServer()) as server:
        for name, value in environment(server).items():
            patch.setenv(name, value)
        pack = Pack("zoho", tmp_path_factory.mktemp("zoho"), ["won_amount", "win_rate"], "CNY", "Asia/Shanghai")
        assert told(pack.load("r1")) == []
    return pack


def raw(pack: Pack, table: str) -> int:
    with open_warehouse(pack.settings, read_only=True) as con:
        ((count, keys),) = con.execute(f'select count(*), count(distinct id) from raw_zoho."{table}"').fetchall()
    assert count == keys
    return int(count)


def told(loads: dict[str, TableLoad]) -> list[str]:
    """Everything of a load that is not plainly good."""
    refused = [f"{name}: {one.error}" for name, load in loads.items() for one in load.refused]
    return refused + [f"{name}: {load.quarantined} set aside" for name, load in loads.items() if load.quarantined]


def test_first_read_has_every_record_and_the_next_only_what_changed(zoho: ZohoServer, pack: Pack) -> None:
    first = pack.load("r1")
    assert told(first) == []
    assert (raw(pack, "contacts"), raw(pack, "leads"), raw(pack, "deals")) == (rows.CONTACTS, rows.LEADS, 13)
    assert not [asked for asked in zoho.asked if "if-modified-since" in asked.headers]
    rows.change(zoho)
    zoho.forget()
    second = pack.load("r2")
    assert told(second) == []
    assert (raw(pack, "contacts"), raw(pack, "deals"), raw(pack, "deal_stages")) == (rows.CONTACTS, 14, 12)
    assert second["contacts"].source_rows < 20
    assert second["accounts"].loaded == 6  # all were of one moment, whose edge is read again
    pack.load("r3")  # the edge of the second
    zoho.forget()
    fourth = pack.load("r4")
    assert {name for name, load in fourth.items() if load.changed} == set()
    histories = [path for path in zoho.paths() if path.endswith("/Stage_History")]
    assert sorted(histories) == [f"/crm/v8/Deals/{deal}/Stage_History" for deal in ("910", "914")]
    assert len(zoho.tokens) == 4  # one for each load


def test_what_was_deleted_is_gone_with_its_stages_until_it_is_restored(zoho: ZohoServer, pack: Pack) -> None:
    lost = dict(zoho.modules["Deals"]["913"])
    history = list(zoho.history["913"])
    pack.load("r1", only=DEALS)
    rows.change(zoho)
    pack.load("r2", only=DEALS)
    assert ("913",) not in pack.entity("deals", "deal_id")
    assert ("913",) not in pack.entity("contracts", "deal_id")
    assert ("913",) not in pack.entity("deal_stages", "distinct deal_id")
    zoho.modules["Deals"]["913"] = lost | {"Modified_Time": "2026-03-31T09:00:00+08:00"}
    zoho.history["913"] = history
    pack.load("r3", only=DEALS)
    assert ("913",) in pack.entity("contracts", "deal_id")
    assert ("913",) in pack.entity("deal_stages", "distinct deal_id")


def test_token_that_ends_in_the_middle_is_renewed_and_no_record_is_lost(zoho: ZohoServer, pack: Pack) -> None:
    zoho.token_lasts = 9
    assert told(pack.load("r1")) == []
    assert 401 in zoho.statuses
    assert (raw(pack, "contacts"), raw(pack, "leads"), raw(pack, "deal_stages")) == (rows.CONTACTS, rows.LEADS, 10)


def test_refused_log_in_is_told_without_the_secret(
    zoho: ZohoServer, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack.load("r1")
    monkeypatch.setenv("ZOHO_REFRESH_TOKEN", "1000.revoked")
    found = told(pack.load("r2"))
    assert len(found) == 17  # every table says so; nothing that was loaded is lost
    assert {line.partition(": ")[2].partition(".")[0] for line in found} == {
        "system zoho: no token for the refresh token (HTTP 200)"
    }
    assert not [line for line in found if "1000.revoked" in line or CLIENT["client_secret"] in line]
    assert raw(pack, "deals") == 13


def test_limit_on_requests_is_waited_out(zoho: ZohoServer, pack: Pack) -> None:
    zoho.window = Window(
        12, 1.0
    )  # 429 without Retry-After, as the vendor does; few enough for a busy machine to meet it
    assert told(pack.load("r1")) == []
    assert 429 in zoho.statuses
    assert raw(pack, "contacts") == rows.CONTACTS


def test_deals_have_the_companys_own_words_and_local_days(loaded: Pack) -> None:
    deals = {row[0]: row[1:] for row in loaded.entity("deals", "deal_id, status, stage, amount, owner_id, closed_at")}
    assert {deal for deal, row in deals.items() if row[0] == "lost"} == {"907", "908", "909"}
    assert deals["911"] == ("open", "客户试用", 7000, rows.CHEN, None)  # a stage of their own is open
    assert deals["905"][3] == rows.NOBODY  # its owner is no user any more; the deal counts all the same
    assert deals["903"] == (
        "won",
        "Closed Won",
        45000,
        rows.SMITH,
        dt.datetime(2026, 3, 30, 16),
    )  # 31 March in Shanghai
    assert deals["901"][2] == Decimal("120000.50")
    assert loaded.entity("contracts", "contract_id, signed_date, amount, approval")[2] == (
        "903", dt.date(2026, 3, 31), 45000, "approved",
    )  # fmt: skip


def test_stages_say_how_a_deal_left_them(loaded: Pack) -> None:
    found = loaded.entity("deal_stages", "deal_id, stage, moved, left_at, customer_id", "deal_id, entered_at")
    assert [row[:3] for row in found] == [
        ("901", "Qualification", "forward"),
        ("901", "Proposal/Price Quote", "back"),
        ("901", "Needs Analysis", "won"),
        ("907", "Qualification", "lost"),
        ("910", "Qualification", "forward"),
        ("910", "Negotiation/Review", None),
        ("913", "Qualification", "won"),
    ]
    assert (found[2][3], found[5][3]) == (dt.datetime(2026, 3, 2, 10), None)
    assert found[0][4] == "501"  # from the deal


def test_activities_and_leads_point_at_what_they_are_about(loaded: Pack) -> None:
    columns = "activity_id, kind, customer_id, deal_id, due_at, done_at, has_check_in"
    assert loaded.entity("activities", columns) == [
        ("601", "call", None, "901", None, dt.datetime(2026, 3, 4, 1, 15), False),
        ("602", "call", None, None, None, dt.datetime(2026, 3, 4, 1, 15), False),
        ("611", "visit", "501", None, None, dt.datetime(2026, 3, 5, 7), True),
        ("621", "task", None, "910", dt.datetime(2026, 3, 5, 16), dt.datetime(2026, 3, 6, 9), False),
        ("622", "task", None, "910", dt.datetime(2026, 3, 5, 16), None, False),
    ]
    leads = loaded.entity("leads", "lead_id, status, is_junk, converted_at, customer_id, deal_id")
    assert leads[0] == ("200000", "Junk Lead", True, dt.datetime(2026, 3, 1, 15, 30), "501", "901")
    assert sum(1 for lead in leads if lead[3] is None) == rows.LEADS - 5


def test_persons_outside_are_hidden_and_employees_are_named(loaded: Pack) -> None:
    with open_warehouse(loaded.settings, read_only=True) as con:
        everything = str(con.execute("select * from raw_zoho.contacts").fetchall())
        valid = con.execute('select count(*) from raw_zoho.contacts where "_Email_is_valid" and "_Mobile_is_valid"')
        assert valid.fetchone() == (rows.CONTACTS,)
    assert "contact1@" not in everything
    assert "Maria" not in everything
    assert "13800000001" not in everything
    names = loaded.entity("employees", "employee_id, name, unit_id, is_licensed")
    assert names[0] == (rows.WANG, "王芳", "802", True)
    assert names[3] == (rows.LEFT, "Tom O'Neil", "802", False)


def test_a_run_of_the_second_day_gives_the_figures_counted_by_hand(zoho: ZohoServer, pack: Pack) -> None:
    pack.load("r1")
    rows.change(zoho)
    done = pack.company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    figures = pack.company.figures()
    assert figures["won_amount"] == (pytest.approx(rows.WON_THEN), "ok", "ok")
    assert figures["win_rate"] == (pytest.approx(7 / 11, abs=1e-6), "ok", "ok")


def test_suites_find_what_is_wrong_and_nothing_else(zoho: ZohoServer, pack: Pack) -> None:
    # Told to nobody: contacts of no account, owners who have left, a stage of the organisation's own.
    known = {
        "contacts: not_be_null(Account_Name.id)": 46,
        "leads: owner_is_a_user": 102,
        "deals: be_in_set(Stage)": 1,
        "deals: owner_is_a_user": 1,
    }
    zoho.modules["Leads"]["200005"] |= {"Modified_Time": "2026-03-29T09:00:00+08:00"}
    pack.load("r1")
    assert pack.failing("r1", dt.date(2026, 3, 30)) == known
    changed = {"Modified_Time": "2026-03-30T09:00:00+08:00"}
    modules = zoho.modules
    modules["Leads"]["200001"] |= changed | {"Converted_Date_Time": "2026-01-01T09:00:00+08:00"}
    modules["Leads"]["200002"] |= changed | {"Converted_Date_Time": None}
    modules["Deals"]["901"] |= changed | {"Closing_Date": "2026-05-30"}
    modules["Deals"]["902"] |= changed | {"Amount": None}
    modules["Deals"]["907"] |= changed | {"Closing_Date": "2026-01-02", "Reason_For_Loss__s": None}
    modules["Deals"]["910"] |= changed | {"Account_Name": {"id": "599", "name": "x"}, "Currency": "yuan"}
    modules["Contacts"]["100001"] |= changed | {"Mobile": "12345", "Email": "nobody"}
    modules["Events"]["611"] |= changed | {"Check_In_Time": "2026-03-01T13:58:00+08:00"}
    modules["Tasks"]["621"] |= changed | {"Closed_Time": None, "What_Id": {"id": "999", "name": "x"}}
    zoho.roles = zoho.roles[:1]
    pack.load("r2", NOW + dt.timedelta(days=1))
    assert pack.failing("r2", dt.date(2026, 3, 31)) == known | {
        "leads: converted_not_before_created": 1,
        "leads: converted_lead_has_a_time": 1,
        "deals: won_deal_is_not_in_the_future": 1,
        "deals: won_deal_has_a_date_and_an_amount": 1,
        "deals: closed_not_before_created": 1,
        "deals: lost_deal_says_why": 1,
        "deals: account_is_known": 1,
        "deals: match_regex(Currency)": 1,
        "contacts: be_in_set(_Mobile_is_valid)": 1,
        "contacts: be_in_set(_Email_is_valid)": 1,
        "events: checked_in_on_the_day": 1,
        "tasks: done_task_has_a_time": 1,
        "tasks: what_it_is_about_is_known": 1,
    }

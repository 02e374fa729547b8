"""The Zendesk pack: incremental exports with their repeated edges, limits and deletions; KPIs counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.resources import open_warehouse
from pipelines.settings import REPOSITORY
from tests.extract.packs import zendesk_rows as rows
from tests.extract.packs.loopback import Window
from tests.extract.packs.pack import NOW, Pack
from tests.extract.packs.test_zoho import told
from tests.extract.packs.zendesk_server import AGENT, KEY, ZendeskServer, seconds

SHIPPED_RATE = "rate: {requests: 10, per: 1 minute}"


def environment(server: ZendeskServer) -> dict[str, str]:
    said = {"ZENDESK_URL": server.address, "ZENDESK_EMAIL": AGENT, "ZENDESK_API_TOKEN": KEY}
    return said | {"KPI_PSEUDONYM_KEY": "only a key of this test and long enough"}


def laid_down(folder: Path) -> Pack:
    """As shipped, but for a shorter minute: ten requests in half a second."""
    catalogue = ["first_response_time", "reopened_share", "csat_pct", "resolution_time"]
    pack = Pack("zendesk", folder, catalogue, "CNY", "Asia/Shanghai")
    at_rate(pack, "rate: {requests: 10, per: 0.5 seconds}")
    return pack


@pytest.fixture
def zendesk(monkeypatch: pytest.MonkeyPatch) -> Iterator[ZendeskServer]:
    with rows.fill(ZendeskServer()) as server:
        for name, value in environment(server).items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def pack(zendesk: ZendeskServer, tmp_path: Path) -> Pack:
    return laid_down(tmp_path)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """After the second read, for tests that only look."""
    with pytest.MonkeyPatch.context() as patch, rows.fill(ZendeskServer()) as server:
        for name, value in environment(server).items():
            patch.setenv(name, value)
        pack = laid_down(tmp_path_factory.mktemp("zendesk"))
        assert told(pack.load("r1")) == []
        rows.change(server)
        assert told(pack.load("r2")) == []
    return pack


def at_rate(pack: Pack, rate: str) -> None:
    said = (pack.company.folder / "sources/zendesk.yml").read_text(encoding="utf-8")
    before = next(line.strip() for line in said.splitlines() if line.strip().startswith("rate: "))
    pack.write("sources/zendesk.yml", said.replace(before, rate))


def count(pack: Pack, table: str) -> tuple[int, int]:
    with open_warehouse(pack.settings, read_only=True) as con:
        ((rows_, keys),) = con.execute(f'select count(*), count(distinct id) from raw_zendesk."{table}"').fetchall()
    return rows_, keys


def test_records_that_come_twice_at_the_edge_of_a_page_are_loaded_once(zendesk: ZendeskServer, pack: Pack) -> None:
    first = pack.load("r1")
    assert told(first) == []
    events = [child for event in zendesk.rows["ticket_events"] for child in event["child_events"]]
    load = first["ticket_events"]
    assert (load.loaded, count(pack, "ticket_events")) == (len(events), (len(events), len(events)))
    assert load.duplicates == load.source_rows - len(events) > 0
    assert count(pack, "tickets") == (10, 10)


def test_next_read_asks_from_the_last_change_and_doubles_nothing(zendesk: ZendeskServer, pack: Pack) -> None:
    pack.load("r1")
    asked = [a.params["start_time"] for a in zendesk.asked if "incremental" in a.path and "start_time" in a.params]
    assert "0" in asked
    rows.change(zendesk)
    zendesk.forget()
    second = pack.load("r2")
    assert told(second) == []
    tickets = next(a for a in zendesk.asked if a.path == "/api/v2/incremental/tickets/cursor.json")
    assert int(tickets.params["start_time"]) == seconds("2026-03-13T08:00:00Z") - 3600
    assert (count(pack, "tickets"), second["tickets"].source_rows) == ((11, 11), 3)
    assert not [a for a in zendesk.asked if "cursor" in a.params and "start_time" in a.params]
    pack.load("r3")
    assert {name for name, load in pack.load("r4").items() if load.changed} == set()


def test_contract_keeps_to_ten_requests_in_a_minute(zendesk: ZendeskServer, pack: Pack) -> None:
    shipped = (REPOSITORY / "pipelines/sources/zendesk.yml").read_text(encoding="utf-8")
    assert SHIPPED_RATE in shipped
    zendesk.window = Window(10, 0.45)
    assert told(pack.load("r1")) == []
    assert 429 not in zendesk.statuses


def test_limit_that_others_used_up_is_waited_out(zendesk: ZendeskServer, pack: Pack) -> None:
    at_rate(pack, "rate: {requests: 100, per: 1 second}")
    zendesk.window = Window(6, 1.2)
    assert told(pack.load("r1")) == []
    refused = [i for i, status in enumerate(zendesk.statuses) if status == 429]
    assert refused
    waits = [zendesk.asked[i + 1].at - zendesk.asked[i].at for i in refused]
    assert min(waits) >= 0.99  # Retry-After: whole seconds
    assert count(pack, "tickets") == (10, 10)


def test_tickets_have_their_times_and_customers(loaded: Pack) -> None:
    found = {row[0]: row[1:] for row in loaded.entity("tickets", "ticket_id, customer_id, agent_id, kind, status")}
    assert "10" not in found  # deleted
    assert len(found) == 10
    assert found["6"][0] == str(rows.ALONE)  # who belongs to no organisation is a customer himself
    assert found["5"] == (str(rows.BANK), str(rows.GONE), "question", "solved")
    columns = "ticket_id, first_response_at, first_resolved_at, resolved_at, closed_at, reopened_count"
    times = {row[0]: row[1:] for row in loaded.entity("tickets", columns)}
    day = dt.datetime(2026, 3, 3, 2)
    hours = [None if at is None else (at - day) / dt.timedelta(hours=1) for at in times["2"][:4]]
    assert hours == [pytest.approx(1 / 3), 3.5, 4, 4]
    assert times["7"][1:] == (None, None, None, 0)
    customers = loaded.entity("customers", "customer_id, name, status")
    assert customers[:2] == [("51", "江南银行", "active"), ("52", "Corner Shop Ltd", "active")]
    assert [row[0] for row in customers] == ["51", "52", "62"]


def test_changes_of_a_ticket_say_what_happened(loaded: Pack) -> None:
    columns = "kind, from_value, to_value, by_agent, agent_id"
    events = [row for row in loaded.entity("ticket_events", f"ticket_id, event_no, {columns}", "1, 2") if row[0] == "2"]
    li, asker = str(rows.LI), str(rows.REQUESTER)
    assert [row[2:] for row in events] == [
        ("created", None, "new", asker, li),
        ("replied", None, None, asker, li),
        ("assigned", None, li, li, li),
        ("replied", None, None, li, li),
        ("reopened", "solved", "open", asker, li),
        ("status", "open", "solved", li, li),
    ]


def test_ratings_that_were_never_asked_for_are_no_surveys(loaded: Pack) -> None:
    found = {row[0]: row[1:] for row in loaded.entity("surveys", "ticket_id, score, answered_at, comment")}
    assert set(found) == {"1", "2", "3", "4", "5", "6"}
    assert found["1"] == (1, dt.datetime(2026, 3, 16, 3), None)
    assert found["5"] == (0, dt.datetime(2026, 3, 31, 3), None)  # offered at first, answered since


def test_who_asks_is_hidden_and_who_answers_is_named(loaded: Pack) -> None:
    with open_warehouse(loaded.settings, read_only=True) as con:
        everything = str([con.execute(f"select * from raw_zendesk.{t}").fetchall() for t in ("users", "surveys")])
    assert "赵敏" not in everything
    assert "@example.com" not in everything
    assert "李娜" not in everything
    assert loaded.entity("employees", "employee_id, name, unit_id, role") == [
        (str(rows.LI), "李娜", str(rows.TEAM), "agent"),
        (str(rows.JONES), "Bob Jones", str(rows.TEAM), "admin"),
    ]
    assert loaded.entity("org_units", "unit_id, name_zh, level") == [(str(rows.TEAM), "华东服务", "team")]


def test_entities_give_the_figures_counted_by_hand(loaded: Pack) -> None:
    median = "median(first_response_working_minutes)"
    ((answered, reopened),) = loaded.entity("tickets", f"{median}, avg(cast(reopened_count > 0 as int))")
    assert (float(answered), reopened) == (rows.MEDIAN_THEN, pytest.approx(rows.REOPENED_THEN))
    ((satisfied,),) = loaded.entity("surveys", "avg(cast(score >= 0.8 * scale_max as int))")
    assert satisfied == pytest.approx(rows.SATISFIED_THEN)


@pytest.mark.faults  # 16 s; the ordinary run has the same figures from the entities, above
def test_a_run_of_the_second_day_gives_the_figures_counted_by_hand(zendesk: ZendeskServer, pack: Pack) -> None:
    pack.load("r1")
    rows.change(zendesk)
    done = pack.company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    figures = pack.company.figures()
    assert figures["first_response_time"][0] == pytest.approx(rows.MEDIAN_THEN)
    assert figures["reopened_share"][0] == pytest.approx(rows.REOPENED_THEN)
    assert figures["csat_pct"][0] == pytest.approx(rows.SATISFIED_THEN, abs=1e-6)


def test_suites_find_what_is_wrong_and_nothing_else(zendesk: ZendeskServer, pack: Pack) -> None:
    gone = {"tickets: agent_is_known": 1}  # ticket 5 was answered by somebody who has left: told to nobody
    pack.load("r1")
    assert pack.failing("r1", dt.date(2026, 3, 16)) == gone
    at = "2026-03-17T03:00:00Z"
    touched = {"updated_at": at, "generated_timestamp": seconds(at)}
    tickets = {row["id"]: row for row in zendesk.rows["tickets"]}
    early = tickets[2]["metric_set"] | {"solved_at": "2026-03-01T02:00:00Z"}
    before = tickets[3]["metric_set"] | {"reply_time_in_minutes": {"calendar": -3, "business": -3}}
    rude = tickets[4]["metric_set"] | {"reply_time_in_minutes": {"calendar": 6000, "business": 600}}
    zendesk.put("tickets", tickets[1] | {"status": "archived", "organization_id": 99} | touched)
    zendesk.put("tickets", tickets[2] | {"metric_set": early} | touched)
    zendesk.put("tickets", tickets[3] | {"metric_set": before} | touched)
    zendesk.put("tickets", tickets[4] | {"metric_set": rude} | touched)
    zendesk.put("users", zendesk.rows["users"][2] | {"email": "not a mail", "updated_at": at})
    event = zendesk.rows["ticket_events"][0]
    zendesk.put(
        "ticket_events", event | {"ticket_id": 98, "created_at": "2026-03-17T11:00:00Z", "timestamp": seconds(at)}
    )
    zendesk.put("satisfaction_ratings", zendesk.rows["satisfaction_ratings"][0] | {"score": "great", "updated_at": at})
    pack.load("r2", NOW + dt.timedelta(days=1))
    assert pack.failing("r2", dt.date(2026, 3, 17)) == gone | {
        "tickets: be_in_set(status)": 1,
        "tickets: organization_is_known": 1,
        "tickets: solved_not_before_created": 1,
        "tickets: be_between(metric_set.reply_time_in_minutes.calendar)": 1,
        "tickets: solved_not_before_first_reply": 2,  # also the one solved before it was asked
        "users: be_in_set(_email_is_valid)": 1,
        "ticket_events: ticket_is_known": 3,
        "ticket_events: time_is_told_twice_alike": 3,
        "surveys: be_in_set(score)": 1,
    }

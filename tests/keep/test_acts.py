"""Acts are kept: appended, never changed, whoever writes at the same time and whenever a process dies."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.settings import Settings

NOW = dt.datetime(2026, 3, 2, 8, 0, 0, 250)
KEY = "0123456789abcdef0123456789abcdef"
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(config=tmp_path, data_dir=tmp_path / "data", user="an_li")


def accept(settings: Settings, subject: str = "crm.deals", why: str = "节后没有商机") -> None:
    acts.record(settings, "accept_empty", subject, why, {"deliveries": ["ab12"]}, NOW)


def raw(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    """As anybody with the file and another program."""
    with closing(sqlite3.connect(settings.data / "acts.sqlite")) as con, con:
        return con.execute(sql).fetchall()


def test_an_act_is_read_as_it_was_recorded(settings: Settings) -> None:
    accept(settings)
    acts.record(settings, "release", "published", "looked at", {}, NOW)
    first, second = acts.read(settings)
    assert first[:7] == (1, NOW, "an_li", "accept_empty", "crm.deals", "节后没有商机", {"deliveries": ["ab12"]})
    assert acts.read(settings, "release") == [second]
    assert acts.read(settings, "nothing") == []


def test_a_time_with_a_zone_is_kept_as_utc(settings: Settings) -> None:
    shanghai = dt.datetime(2026, 3, 2, 16, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    acts.record(settings, "release", "published", "", {}, shanghai)
    assert acts.read(settings)[0].at == dt.datetime(2026, 3, 2, 8)
    assert raw(settings, "select at from acts") == [("2026-03-02T08:00:00Z",)]


def test_reading_acts_where_there_are_none_makes_no_file(settings: Settings) -> None:
    assert acts.read(settings) == []
    assert not settings.data.exists()


def test_who_is_the_person_of_the_machine_where_settings_name_nobody(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "night_shift")
    settings.user = ""
    accept(settings)
    assert acts.read(settings)[0].who == "night_shift"


@pytest.mark.parametrize(
    "sql",
    [
        "update acts set why = 'other'",
        "delete from acts",
        "insert or replace into acts values (1, '2026-01-01T00:00:00Z', 'x', 'x', '', '', '{}')",
        "update or replace acts set act_no = 9",
        "insert into acts (at, who, what, subject, why, detail) values ('yesterday', 'x', 'x', '', '', '{}')",
        "insert into acts (at, who, what, subject, why, detail) values ('2026-01-01T00:00:00Z', '', 'x', '', '', '{}')",
        "insert into acts (at, who, what, subject, why, detail) values ('2026-01-01T00:00:00Z', 'x', 'x', '', '', '{')",
    ],
)
def test_the_file_refuses_to_change_or_lose_an_act_whoever_asks(settings: Settings, sql: str) -> None:
    accept(settings)
    before = acts.read(settings)
    with pytest.raises(sqlite3.IntegrityError):
        raw(settings, sql)
    assert acts.read(settings) == before


SURGERY = {
    "changed": "update acts set why = 'other' where act_no = 2",
    "detail changed": "update acts set detail = '{}' where act_no = 2",
    "taken out": "delete from acts where act_no = 2",
    "the last taken out": "delete from acts where act_no = 3",
    "put in": "insert into acts values (9, '2026-01-01T00:00:00Z', 'x', 'x', '', '', '{}')",
    "moved in time": "update acts set at = '2026-01-01T00:00:00Z' where act_no = 1",
    "all taken out": "delete from acts",
}


@pytest.mark.parametrize("sql", SURGERY.values(), ids=list(SURGERY))
def test_an_act_changed_by_surgery_on_the_file_is_told(settings: Settings, sql: str) -> None:
    for subject in ("crm.deals", "crm.leads", "erp.orders"):
        accept(settings, subject)
    for trigger in ("changed", "deleted", "replaced"):
        raw(settings, f"drop trigger acts_are_not_{trigger}")
    raw(settings, sql)
    with pytest.raises(KpiError, match="changed from outside: act"):
        acts.read(settings)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_record_written_anew_is_not_the_one_that_was_published(settings: Settings, left: int) -> None:
    for subject in ("crm.deals", "crm.leads", "erp.orders"):
        accept(settings, subject)
    last = acts.read(settings)[-1]
    shown = (last.act_no, last.digest)
    acts.refuse_other_past(settings, shown)
    (settings.data / "acts.sqlite").unlink()
    for subject in ("crm.deals", "crm.leads")[:left]:
        accept(settings, subject)
    accept(settings, "erp.invoices")
    with pytest.raises(KpiError, match="act 3, which is published, is no longer in the record as it was"):
        acts.refuse_other_past(settings, shown)


def test_a_record_from_before_there_was_a_chain_goes_on(settings: Settings) -> None:
    accept(settings)
    accept(settings, "crm.leads")
    raw(settings, "delete from chain")
    assert [act.subject for act in acts.read(settings)] == ["crm.deals", "crm.leads"]
    accept(settings, "erp.orders")
    assert raw(settings, "select count(*) from chain") == [(3,)]
    assert [act.subject for act in acts.read(settings)] == ["crm.deals", "crm.leads", "erp.orders"]


def test_acts_of_one_kind_are_recorded_together_with_what_belongs_to_them(settings: Settings) -> None:
    body = "编号,目标\ne1,5\n".encode()
    done = [acts.Done("goal", f"goal_{n}", "", {"files": [acts.digest_of(body)]}) for n in range(3)]
    acts.record_all(settings, done, NOW, {acts.digest_of(body): body})
    assert [act.subject for act in acts.read(settings)] == ["goal_0", "goal_1", "goal_2"]
    assert acts.attachment(settings, acts.digest_of(body)) == body
    raw(settings, "update attachments set body = x'00'")
    for digest in (acts.digest_of(body), "0" * 64):
        with pytest.raises(KpiError, match="changed from outside"):
            acts.attachment(settings, digest)


@pytest.mark.parametrize("place", ["subject", "why", "detail"])
@pytest.mark.parametrize("secret", [KEY, "mysql://etl:hunter2@db.example/crm"])
def test_an_act_that_holds_a_secret_is_refused_without_showing_it(settings: Settings, place: str, secret: str) -> None:
    settings.pseudonym_key = SecretStr(f"another key of some length,{KEY}")
    said = {"subject": "crm.deals", "why": "", "detail": ""} | {place: f"it is {secret}"}
    with pytest.raises(KpiError) as error:
        acts.record(settings, "release", said["subject"], said["why"], {"note": said["detail"]}, NOW)
    assert secret not in str(error.value)
    assert acts.read(settings) == []


def test_a_damaged_file_is_told_and_not_made_anew(settings: Settings) -> None:
    settings.data.mkdir()
    path = settings.data / "acts.sqlite"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 20)
    before = path.read_bytes()
    with pytest.raises(KpiError, match="record of acts cannot be used"):
        accept(settings)
    assert path.read_bytes() == before


def write_many(settings: Settings, name: str, count: int, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    for number in range(count):
        accept(settings, f"{name}.{number}")


def test_processes_that_write_at_once_lose_nothing_and_keep_their_order(settings: Settings) -> None:
    start = FORK.Barrier(4)
    several = [FORK.Process(target=write_many, args=(settings, name, 25, start)) for name in "abcd"]
    for one in several:
        one.start()
    for one in several:
        one.join(60)
    assert [one.exitcode for one in several] == [0, 0, 0, 0]
    found = acts.read(settings)
    assert [act.act_no for act in found] == list(range(1, 101))
    for name in "abcd":
        assert [act.subject for act in found if act.subject[0] == name] == [f"{name}.{i}" for i in range(25)]


def write_until_killed(settings: Settings, point: int) -> None:
    """Dies at the n-th SQL statement of recording one act; SQLite itself calls the trace before it runs each."""
    left = point

    def die(_statement: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def traced(*args: object, **named: object) -> sqlite3.Connection:
        con: sqlite3.Connection = connect(*args, **named)  # type: ignore[call-overload]
        con.set_trace_callback(die)
        return con

    sqlite3.connect = traced  # type: ignore[assignment]  # of this process, which dies or ends
    accept(settings, "crm.leads")


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_killed_write_leaves_the_act_whole_or_absent_and_the_next_is_kept(tmp_path: Path, earlier: int) -> None:
    point, killed = 0, 0
    while True:
        point += 1
        settings = Settings(config=tmp_path, data_dir=tmp_path / f"data_{point}", user="an_li")
        for _ in range(earlier):
            accept(settings)
        child = FORK.Process(target=write_until_killed, args=(settings, point))
        child.start()
        child.join(60)
        accept(settings, "crm.contacts")
        subjects = [act.subject for act in acts.read(settings)]
        assert subjects[:earlier] == ["crm.deals"] * earlier
        assert subjects[-1] == "crm.contacts"
        if child.exitcode == 0:
            assert subjects[earlier:] == ["crm.leads", "crm.contacts"]
            break
        assert child.exitcode == -signal.SIGKILL
        killed += 1
        assert subjects[earlier:] in (["crm.contacts"], ["crm.leads", "crm.contacts"])
    print(f"killed at {killed} of {killed} statements")
    assert killed >= 8

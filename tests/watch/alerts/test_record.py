"""The record survives whatever kills its writer: nothing is lost, at most one message comes twice; two never send at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.settings import REPOSITORY
from pipelines.watch.alerts import record
from tests.watch.alerts.office import HOUR, NOON, Office, finding
from tests.watch.alerts.receivers import Web, always, as_the_vendor

# Delivers once; before or after the Nth time that something is written down, the whole process is gone.
DELIVER = """
import os, signal, sys
from pathlib import Path
from pipelines.model.company import read_people
from pipelines.settings import Settings
from pipelines.watch.alerts import outbox, record
from pipelines.watch.alerts.channels import read_channels
from tests.watch.alerts.office import NOON, ZONE

folder, point, side = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
append, calls = record.append, []
def killing(*args):
    calls.append(1)
    if len(calls) == point and side == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    state = append(*args)
    if len(calls) == point and side == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return state
record.append = killing
settings = Settings(config=folder, data_dir=folder / "data")
done = outbox.deliver(settings, read_people(settings.kpi_definitions), read_channels(settings.kpi_definitions).said, NOON, ZONE)
print(len(calls), done.sent.get("chat", 0), done.busy)
"""


def deliver(office: Office, point: int = 0, side: str = "never") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DELIVER, str(office.folder), str(point), side]
    return subprocess.Popen(command, cwd=REPOSITORY, env=dict(os.environ), stdout=subprocess.PIPE, text=True)


def times_told(web: Web) -> list[int]:
    """How often each of the alerts A1 and A2 was taken by the server."""
    return [sum(f"A{no} ·" in one.body["text"]["content"] for one in web.got) for no in (1, 2)]


def killed_at(office: Office, web: Web, point: int, side: str) -> None:
    office.finds(finding("zhou"), finding("lee"))
    done = deliver(office, point, side)
    done.wait(60)
    assert done.returncode == -signal.SIGKILL
    office.delivers()
    # Twice only what was taken by the channel and not written down: before the second and the fourth note.
    assert times_told(web) == {(2, "before"): [2, 1], (4, "before"): [1, 2]}.get((point, side), [1, 1])
    assert office.delivers().sent == {}


@pytest.mark.parametrize(("point", "side"), [(1, "after"), (2, "before"), (3, "before")])
def test_a_kill_between_sending_and_writing_down_costs_at_most_one_duplicate(
    point: int, side: str, office: Office, web: Web
) -> None:
    killed_at(office, web, point, side)


@pytest.mark.faults
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("point", [1, 2, 3, 4])
def test_a_kill_at_every_point_costs_at_most_one_duplicate(point: int, side: str, office: Office, web: Web) -> None:
    killed_at(office, web, point, side)


def test_a_kill_while_the_channel_takes_its_time_loses_nothing(office: Office, web: Web) -> None:
    web.answer = always(200, b'{"errcode":0}', seconds=3)
    office.finds(finding("zhou"), finding("lee"))
    killed = deliver(office)
    until = time.monotonic() + 30
    while not web.got and time.monotonic() < until:
        time.sleep(0.02)
    killed.kill()
    killed.wait(10)
    web.answer = as_the_vendor
    office.delivers()
    assert times_told(web) == [2, 1]
    assert office.delivers().sent == {}


def test_two_processes_send_nothing_twice(office: Office, web: Web) -> None:
    office.finds(finding("zhou"), finding("lee"))
    web.answer = lambda one: (200, b'{"errcode":0}', {}, 0.3)
    both = [deliver(office), deliver(office)]
    said = [one.communicate(timeout=60)[0].split() for one in both]
    assert sum(int(sent) for _, sent, _ in said) == 2
    office.delivers()  # whatever the one that found the other busy left
    assert times_told(web) == [1, 1]


def test_two_runs_that_find_the_same_open_one_alert(office: Office) -> None:
    office.finds(finding())
    office.finds(finding(), at=NOON + HOUR)
    assert len(office.state.alerts) == 1
    assert office.state.alerts[1].seen_at == NOON + HOUR


def test_the_record_is_appended_to_and_never_changed(office: Office) -> None:
    office.finds(finding())
    with sqlite3.connect(office.settings.data / "alerts.sqlite") as con:
        for statement in (
            "update events set kind = 'sent'",
            "delete from events",
            "insert or replace into events select * from events",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="events are never"):
                con.execute(statement)


def test_a_record_that_is_damaged_is_said_with_the_next_step(office: Office) -> None:
    office.finds(finding())
    path = office.settings.data / "alerts.sqlite"
    path.write_bytes(b"\x00" * 5000)
    with pytest.raises(
        KpiError, match=r"alerts.sqlite: the record of alerts cannot be used: .* Next: look at the disk"
    ):
        record.read(office.settings)


def test_an_acknowledgement_is_an_act_of_a_person(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.finds(finding())
    acts.record(office.settings, record.ACKNOWLEDGE, "A1", "calling the rep", {}, NOON + HOUR)
    acts.record(office.settings, record.ACKNOWLEDGE, "A99", "no such alert", {}, NOON + HOUR)
    acts.record(office.settings, record.ACKNOWLEDGE, "nonsense", "x", {}, NOON + HOUR)
    alert = office.state.alerts[1]
    assert (alert.acknowledged_at, bool(alert.acknowledged_by)) == (NOON + HOUR, True)


def test_reading_a_record_that_is_not_there_makes_none(office: Office) -> None:
    assert office.state.alerts == {}
    assert not (office.settings.data / "alerts.sqlite").exists()

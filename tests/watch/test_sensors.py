"""Whatever started a run and however it ended, its stewards hear of it once: by its hook, or by the sensor."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.settings import REPOSITORY
from pipelines.watch import sensors
from tests.watch.alerts.office import Office
from tests.watch.alerts.receivers import Web

JOB = "nightly_kpis"
# A job of the same name as ours, run as `kpi run` and Dagster's own launcher run it: in one process.
RUN = """
import os, sys
import dagster as dg
from pipelines.dagster_home import write_home
from pipelines.errors import KpiError
from pipelines.settings import Settings
from pipelines.watch.assets import stopped
from pathlib import Path

folder, ending = Path(sys.argv[1]), sys.argv[2]
settings = Settings(config=folder, data_dir=folder / "data")

@dg.op
def load():
    if ending == "killed":
        os.kill(os.getpid(), 9)
    if ending == "waiting":
        print("waiting", flush=True)
        sys.stdin.read()
    if ending in ("stopped", "without_hook"):
        raise KpiError("the source is gone", next_step="bring it back")
    if ending == "crashed":
        raise ValueError("a record: 13912345678")

hooks = set() if ending == "without_hook" else {stopped(settings)}
@dg.job(name="nightly_kpis", executor_def=dg.in_process_executor, hooks=hooks)
def nightly():
    load()

write_home(settings.dagster_home)
os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
with dg.DagsterInstance.get() as instance:
    nightly.execute_in_process(instance=instance, raise_on_error=False)
"""


@pytest.fixture
def instance(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    from pipelines.dagster_home import write_home

    write_home(office.settings.dagster_home)
    monkeypatch.setenv("DAGSTER_HOME", str(office.settings.dagster_home))
    office.people([{"id": "boss", "name": "Boss", "roles": ["engineer"], "channels": ["chat"]}])
    with dg.DagsterInstance.get() as found:
        yield found


def start(office: Office, ending: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, str(office.folder), ending]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=REPOSITORY, text=True, **pipes)  # type: ignore[call-overload, no-any-return]


def look(office: Office, instance: dg.DagsterInstance) -> list[str]:
    return sensors.look(office.settings, instance, JOB, datetime.now(UTC))


def texts(web: Web) -> list[str]:
    return [one.body["text"]["content"] for one in web.got]


def test_a_run_whose_process_died_is_told_once(office: Office, web: Web, instance: dg.DagsterInstance) -> None:
    start(office, "killed").wait(60)
    assert look(office, instance) == ["alerts to 1 people: 1 by chat"]
    assert look(office, instance) == []
    (text,) = texts(web)
    assert "Its process ended without a word" in text


def test_a_run_that_is_alive_is_not_called_dead(office: Office, web: Web, instance: dg.DagsterInstance) -> None:
    run = start(office, "waiting")
    assert run.stdout
    assert run.stdout.readline() == "waiting\n"
    assert look(office, instance) == []
    run.kill()
    run.wait(20)
    assert look(office, instance) == ["alerts to 1 people: 1 by chat"]


def test_a_failed_step_is_told_by_the_run_itself_and_not_again(
    office: Office, web: Web, instance: dg.DagsterInstance
) -> None:
    start(office, "stopped").wait(60)
    (text,) = texts(web)
    assert "The nightly run stopped before its end" in text
    assert "the source is gone. Next: bring it back" in text
    assert look(office, instance) == []
    assert len(web.got) == 1


def test_of_an_error_that_is_not_ours_only_its_kind_is_told(
    office: Office, web: Web, instance: dg.DagsterInstance
) -> None:
    start(office, "crashed").wait(60)
    (text,) = texts(web)
    assert "ValueError. Next: look at the run's log." in text
    assert "13912345678" not in text


def test_a_failure_that_nobody_told_is_told_by_the_sensor(
    office: Office, web: Web, instance: dg.DagsterInstance
) -> None:
    start(office, "without_hook").wait(60)
    assert texts(web) == []
    assert look(office, instance) == ["alerts to 1 people: 1 by chat"]
    assert "Dagster says that it failed" in texts(web)[0]


def test_the_sensor_does_nothing_where_no_channel_is_configured(office: Office, instance: dg.DagsterInstance) -> None:
    (office.folder / "kpi_definitions" / "channels.yml").unlink()
    sensor = sensors.build(office.settings, JOB)
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    with dg.build_sensor_context(instance=instance) as context:
        said = sensor.evaluate_tick(context)
    assert "no channel is configured" in str(said.skip_message)
    assert not (Path(office.settings.data) / "alerts.sqlite").exists()

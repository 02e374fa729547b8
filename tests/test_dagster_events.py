"""Dagster's storage under data/dagster: nothing lost, nothing told, no files left open."""

from __future__ import annotations

from collections import Counter

import dagster as dg
import pytest

from pipelines.dagster_events import FILES_KEPT_OPEN, EventLog
from pipelines.dagster_home import write_home


@dg.asset
def deals() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 3})


@pytest.fixture
def home(tmp_path, monkeypatch):
    write_home(tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_every_event_of_a_run_is_there_for_another_process_to_read(home):
    with dg.DagsterInstance.get() as instance:
        done = dg.materialize([deals], instance=instance)
    with dg.DagsterInstance.get() as later:
        stored = [record.dagster_event for record in later.all_logs(done.run_id) if record.dagster_event]
        newest = later.get_latest_materialization_event(dg.AssetKey("deals"))
    happened, kept = (Counter(event.event_type for event in events) for events in (done.all_events, stored))
    assert not happened - kept
    assert newest is not None
    assert newest.asset_materialization.metadata["rows"].value == 3


def test_event_log_keeps_few_files_open_however_many_runs_it_looks_at(home):
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        runs = [dg.materialize([deals], instance=instance).run_id for _ in range(FILES_KEPT_OPEN + 2)]
        for run_id in runs:
            assert instance.all_logs(run_id)
        assert len(instance.event_log_storage._engines) == FILES_KEPT_OPEN
    assert not instance.event_log_storage._engines


def test_dagster_tells_nobody(home):
    with dg.DagsterInstance.get() as instance:
        assert not instance.telemetry_enabled

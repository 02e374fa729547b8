"""DAGSTER_HOME, `data/dagster`: where Dagster keeps its runs, and that it tells nobody.

Belongs here: dagster.yaml. Does not: the event log it names (dagster_events.py), assets and jobs (definitions.py).
"""

from __future__ import annotations

from pathlib import Path

DAGSTER_YAML = """\
telemetry:
  enabled: false
run_storage:
  module: dagster._core.storage.runs
  class: SqliteRunStorage
  config: {{base_dir: "{home}/history"}}
event_log_storage:
  module: pipelines.dagster_events
  class: EventLog
  config: {{base_dir: "{home}/history/runs"}}
schedule_storage:
  module: dagster._core.storage.schedules
  class: SqliteScheduleStorage
  config: {{base_dir: "{home}/schedules"}}
"""


def write_home(home: Path) -> None:
    """Makes `home` a DAGSTER_HOME."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(DAGSTER_YAML.format(home=home.as_posix()), encoding="utf-8")

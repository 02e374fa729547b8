"""Jobs of Dagster that keep what there is: a backup, and the drill that restores one.

Belongs here: thin ops around pipelines/keep/backup. Does not: when they run (schedules.py), what a backup is.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import dagster as dg

from pipelines.keep.backup.make import folder_of
from pipelines.settings import Settings

BACKUP_JOB, DRILL_JOB = "backup", "backup_drill"


def build(settings: Settings) -> list[dg.JobDefinition]:
    """The two jobs of one configuration."""

    @dg.op(name="back_up", retry_policy=dg.RetryPolicy(max_retries=10, delay=60))  # a run that still holds the file
    def back_up() -> None:
        from pipelines.keep.backup import make, rotation
        from pipelines.model.company import read_company

        said = read_company(settings.kpi_definitions).backup
        folder = folder_of(settings, said.to)
        place = make.back_up(settings, folder, datetime.now(UTC), recipients=said.age)
        gone = rotation.rotate(folder, said)
        dg.get_dagster_logger().info(f"{place.name} is made; rotation removed {len(gone)}")

    @dg.op(name="drill", retry_policy=dg.RetryPolicy(max_retries=2, delay=600))
    def drill() -> None:
        from pipelines.keep.backup import drill as drills
        from pipelines.keep.backup import rotation
        from pipelines.model.company import read_company

        said = read_company(settings.kpi_definitions).backup
        folder, identity = folder_of(settings, said.to), settings.age_identity
        found = drills.drill(settings, folder, datetime.now(UTC), time.monotonic, said.age, identity)
        gone = rotation.rotate(folder, said)
        dg.get_dagster_logger().info(f"{found.backup}: {found.note}; rotation removed {len(gone)}")

    def job(name: str, op: dg.OpDefinition, words: str) -> dg.JobDefinition:
        @dg.job(name=name, description=words, executor_def=dg.in_process_executor)
        def made() -> None:
            op()

        return made

    return [
        job(BACKUP_JOB, back_up, "What no run could make again, copied as company.yml says under backup:."),
        job(DRILL_JOB, drill, "A backup made, restored into an empty folder and compared; the result is an act."),
    ]

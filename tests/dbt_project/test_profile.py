"""The profile dbt opens the warehouse with: a company that does not fit into memory is computed all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipelines.model import dbt
from pipelines.settings import DBT_PROJECT, Settings

# Two models, as dbt runs them: each has a cursor of its own from the one connection. The first needs twice the memory.
TWO_MODELS = """
import os
from argparse import Namespace
from dbt.adapters.duckdb.environments.local import LocalEnvironment
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context

set_invocation_context(os.environ)
set_from_args(Namespace(PROFILES_DIR=".", PROJECT_DIR="."), None)
warehouse = LocalEnvironment(load_profile(".", {}, "kpi_warehouse").credentials)
first = warehouse.handle().cursor()
first.execute("create table large as select range as i, hash(range) as a, hash(range + 1) as b from range(6000000)")
first.execute("create table sorted as select * from large order by a, b")
rows = warehouse.handle().cursor().execute("select count(*), max(i) from sorted").fetchone()
limit, spill, zone = first.execute(
    "select current_setting('memory_limit'), current_setting('temp_directory'), current_setting('TimeZone')"
).fetchone()
print(*rows, limit, spill, zone, sep="|")
"""


def test_a_model_that_spills_to_disk_does_not_end_the_run(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, memory_limit="100MB")
    settings.warehouse.parent.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", TWO_MODELS],
        cwd=DBT_PROJECT,
        env=dbt.environment(settings),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows, last, limit, spill, zone = done.stdout.strip().split("|")
    assert (int(rows), int(last)) == (6_000_000, 5_999_999)
    assert (limit, Path(spill), zone) == ("95.3 MiB", settings.warehouse.parent / "tmp", "UTC")

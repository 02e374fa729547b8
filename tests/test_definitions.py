"""Dagster sees the whole pipeline, opens nothing by looking, and an unplanned change of it is seen in review."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipelines.definitions import NIGHTLY_JOB, build
from pipelines.model import dbt
from pipelines.model.company import read_company
from pipelines.publish.tables import REQUIRED
from pipelines.schedules import nightly_schedule
from pipelines.settings import REPOSITORY, load

SNAPSHOT = Path(__file__).parent / "samples" / "asset_graph.txt"
RENEW = "python -m tests.test_definitions"
BIN = Path(sys.executable).parent


def assets(definitions: dg.Definitions) -> dict[str, dict[str, Any]]:
    """What the graph says of each asset, by its key as a path."""
    graph = definitions.resolve_asset_graph()
    checks: dict[str, list[str]] = {}
    for check in graph.asset_check_keys:
        checks.setdefault(check.asset_key.to_user_string(), []).append(check.name)
    return {
        key.to_user_string(): {
            "group": node.group_name,
            "owners": sorted(node.owners),
            "kinds": sorted(node.kinds),
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "checks": sorted(checks.get(key.to_user_string(), [])),
            "described": bool(node.description),
        }
        for key in graph.get_all_asset_keys()
        for node in [graph.get(key)]
    }


def as_text(found: dict[str, dict[str, Any]]) -> str:
    """One block an asset, in the order of keys, one line a dependency or check: a change is a line in a review."""
    lines = [f"# The asset graph of the shipped configuration. Renew it with: {RENEW}"]
    for key, asset in sorted(found.items()):
        about = f"group {asset['group']} · kinds {', '.join(asset['kinds'])} · owners {', '.join(asset['owners']) or 'none'}"
        lines += ["", key, f"    {about}"]
        lines += [f"    from {parent}" for parent in asset["deps"]]
        lines += [f"    check {check}" for check in asset["checks"]]
    return "\n".join(lines) + "\n"


def parsed(data: Path) -> dg.Definitions:
    settings = load(data_dir=data)
    dbt.parse(settings)
    return build(settings)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the dbt project is parsed and nothing has run."""
    return tmp_path_factory.mktemp("parsed")


@pytest.fixture(scope="module")
def definitions(data: Path) -> dg.Definitions:
    return parsed(data)


@pytest.fixture(scope="module")
def found(definitions: dg.Definitions) -> dict[str, dict[str, Any]]:
    return assets(definitions)


def test_asset_graph_is_the_one_that_was_reviewed(found: dict[str, dict[str, Any]]) -> None:
    assert as_text(found) == SNAPSHOT.read_text(encoding="utf-8"), (
        f"the asset graph has changed; if that is meant, renew the snapshot with `{RENEW}` and review its diff"
    )


def test_asset_keys_are_the_addresses_of_tables(found: dict[str, dict[str, Any]]) -> None:
    layers = {"staging", "entities", "kpis", "goals", "published", "serving", "reports"}
    for key in found:
        schema, table = key.split("/")
        assert schema in layers or schema.startswith("raw_"), key
        assert table, key
    assert {f"published/{table}" for table in REQUIRED} <= set(found)
    assert "raw_crm/deals" in found


def test_every_asset_has_group_kinds_and_a_description(found: dict[str, dict[str, Any]]) -> None:
    for key, asset in found.items():
        assert asset["group"] == key.split("/")[0], key
        assert asset["kinds"], key
        assert asset["described"], key


def test_what_people_deliver_and_read_has_an_owner(found: dict[str, dict[str, Any]]) -> None:
    owned = {key: asset["owners"] for key, asset in found.items() if key.startswith(("raw_", "published/"))}
    assert {key for key, owners in owned.items() if not owners} == set()


def test_every_raw_table_is_checked_and_only_read_by_staging(found: dict[str, dict[str, Any]]) -> None:
    for key, asset in found.items():
        if key.startswith("raw_"):
            assert asset["checks"] == ["conservation", "suite"]
        for parent in asset["deps"]:
            assert not parent.startswith("raw_") or key.startswith("staging/"), key


def test_nightly_job_covers_everything_in_one_process(definitions: dg.Definitions, found: dict[str, Any]) -> None:
    job = definitions.resolve_job_def(NIGHTLY_JOB)
    assert job.executor_def is dg.in_process_executor
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(found)
    assert definitions.executor is dg.in_process_executor


def test_nightly_schedule_runs_in_the_zone_of_the_company_and_only_where_turned_on(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly_kpis")
    assert schedule.job_name == NIGHTLY_JOB
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def test_nightly_schedule_is_as_of_the_day_that_has_ended(definitions: dg.Definitions) -> None:
    company = read_company(load().kpi_definitions)
    two_in_the_morning = datetime(2026, 6, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    for fixed, expected in ((None, "2026-05-31"), (company.business_date, "2026-05-20")):
        there = company.model_copy(update={"business_date": fixed})
        schedule = nightly_schedule(dg.define_asset_job(NIGHTLY_JOB), there)
        with dg.build_schedule_context(scheduled_execution_time=two_in_the_morning) as context:
            (request,) = schedule.evaluate_tick(context).run_requests
        assert request.run_config["resources"]["business_date"]["config"]["as_of"] == expected


def test_report_schedule_starts_a_run_only_where_a_report_is_due(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.watch.reports import send

    schedule = definitions.resolve_schedule_def("monthly_report")
    assert (schedule.job_name, schedule.execution_timezone) == ("monthly_report", "Asia/Shanghai")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    half_past_eight = datetime(2026, 6, 3, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    for due, runs in (([], 0), (["one"], 1)):
        monkeypatch.setattr(send, "what_is_due", lambda settings, now, due=due: due)
        with dg.build_schedule_context(scheduled_execution_time=half_past_eight) as context:
            assert len(schedule.evaluate_tick(context).run_requests or []) == runs


def run(*command: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command of Dagster's on the workspace of the repository."""
    return subprocess.run(
        list(map(str, command)), cwd=REPOSITORY, env=environment(data), capture_output=True, text=True, timeout=120
    )


def environment(data: Path) -> dict[str, str]:
    home = data / "dagster_home"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    own = {
        "KPI_DATA_DIR": str(data),
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DG_CLI_NO_UPDATE": "1",
    }
    return os.environ | own | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}


LOOK = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append((event, args[0])) if event in ("open", "socket.connect", "subprocess.Popen") else None)
import pipelines.definitions as found
import dagster
heavy = sorted({"great_expectations", "dbt", "pandas", "duckdb", "pyarrow", "openpyxl", "sqlalchemy"} & set(sys.modules))
later = [module for module in heavy if module != "sqlalchemy"]  # Dagster itself brings SQLAlchemy
# `file` is asked by Python's own platform module, on behalf of Dagster: it looks at the interpreter, not at data.
touched = [str(what) for event, what in opened if (event != "open" and what != "file") or "/data/" in str(what) or str(what).endswith((".yml", ".duckdb"))]
print(repr((later, touched)))
"""


def test_importing_the_definitions_opens_nothing_and_imports_nothing_heavy(data: Path) -> None:
    done = run(sys.executable, "-c", LOOK, data=data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == repr(([], []))


def test_dg_check_defs_passes(data: Path, definitions: dg.Definitions) -> None:
    done = run(BIN / "dg", "check", "defs", data=data)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workspace_validates(data: Path, definitions: dg.Definitions) -> None:
    done = run(BIN / "dagster", "definitions", "validate", "-w", "workspace.yaml", data=data)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def dagster_dev(data: Path) -> Iterator[str]:
    """`dagster dev -w workspace.yaml` on a free port of this machine; its address. Ended with all it started."""
    import psutil

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [BIN / "dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    log = data / "dagster_dev.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            list(map(str, command)), cwd=REPOSITORY, env=environment(data), stdout=output, stderr=output
        )
        try:
            yield f"http://127.0.0.1:{port}"
        except TimeoutError as error:
            raise AssertionError(log.read_text()) from error
        finally:
            ours = psutil.Process(server.pid).children(recursive=True)
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            for process in ours:
                if process.is_running():
                    process.kill()


def ask(address: str, query: str, seconds: float = 90) -> Any:
    """The answer of the GraphQL server as soon as it gives one."""
    until = time.monotonic() + seconds
    request = urllib.request.Request(
        f"{address}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["data"]
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError(address) from None
            time.sleep(0.5)


def test_dagster_dev_shows_the_job_and_every_asset(data: Path, found: dict[str, Any]) -> None:
    query = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
        jobs { name } schedules { name } sensors { name } assetNodes { assetKey { path } } } } } }"""
    with dagster_dev(data) as address:
        (repository,) = ask(address, query)["repositoriesOrError"]["nodes"]
    assert NIGHTLY_JOB in {job["name"] for job in repository["jobs"]}
    schedules = {"nightly_kpis", "monthly_report", "backup", "backup_drill"}
    assert {schedule["name"] for schedule in repository["schedules"]} == schedules
    assert [sensor["name"] for sensor in repository["sensors"]] == ["alerts"]
    assert {"/".join(node["assetKey"]["path"]) for node in repository["assetNodes"]} == set(found)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(as_text(assets(parsed(Path(folder)))), encoding="utf-8")
    print(f"renewed {SNAPSHOT.relative_to(REPOSITORY)}")

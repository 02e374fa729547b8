"""Runs dbt: one parse when a file changed, one build a run, each in a process of its own (dbt_child.py).

Belongs here: what dbt is told and what it answered. Does not: what the models say.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.errors import KpiError, without_data
from pipelines.model import graph
from pipelines.settings import DBT_PROJECT, REPOSITORY, Settings


class NodeResult(NamedTuple):
    """What became of one model or test."""

    id: str
    name: str
    kind: str
    status: str  # success, error, skipped for models; pass, fail, error, warn, skipped for tests
    seconds: float
    failures: int | None
    message: str
    file: str

    @property
    def is_bad(self) -> bool:
        return self.status in ("error", "fail", "runtime error")


def environment(settings: Settings) -> dict[str, str]:
    """The environment of the child: paths and limits travel here, words of people never do."""
    return os.environ | {
        "KPI_WAREHOUSE": str(settings.warehouse),
        "KPI_COMPILED_DIR": str(settings.compiled),
        "KPI_MODELS_DIR": str(settings.models or settings.dbt_target / "no_models"),
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "KPI_MEMORY_LIMIT": settings.memory_limit,
        "KPI_THREADS": str(settings.threads),
        "KPI_TEMP_DIR": str(settings.warehouse.parent / "tmp"),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }


def parse(settings: Settings) -> bool:
    """Parses the project where a file of it changed since the last parse. Returns whether it did.

    Raises KpiError with dbt's words where it cannot be parsed.
    """
    mark = settings.dbt_target / "fingerprint"
    now = fingerprint(settings)
    if mark.is_file() and mark.read_text() == now and (settings.dbt_target / "graph.json").is_file():
        return False
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    child = _Child(settings)
    for fact in child.ask(["parse"]):
        if "error" in fact:
            child.close()
            raise KpiError(f"dbt cannot parse the project: {fact['error']}", file=DBT_PROJECT)
    mark.write_text(now)
    _waiting[settings.dbt_target] = child  # a build that follows has dbt imported and the manifest in hand
    return True


def read_graph(settings: Settings) -> graph.Graph:
    return graph.read(settings.dbt_target / "graph.json")


def build(
    settings: Settings, exclude: list[str], on_start: Callable[[str], None] = lambda name: None
) -> list[NodeResult]:
    """One `dbt build` of everything but `exclude`, the unit tests (those belong to the test suite) and the exposures.

    The tests of entities that nothing feeds are left out: 12 of them cost 0.4 CPU s, and no row could fail one.

    Raises KpiError where dbt itself failed; a failed model or test is a result, for the caller to judge.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
    if left_out := [*exclude, *read_graph(settings).tests_of_nothing]:
        arguments += ["--exclude", *left_out]
    results = []
    child = _waiting.pop(settings.dbt_target, None) or _Child(settings)
    try:
        for fact in child.ask(arguments):
            if "error" in fact:
                raise KpiError(f"dbt build failed: {without_data(fact['error'])}", file=DBT_PROJECT)
            if "start" in fact:
                on_start(fact["start"])
            else:
                results.append(NodeResult(**fact))
    finally:
        child.close()
    return results


def fingerprint(settings: Settings) -> str:
    """A hash over every file dbt reads, so that an unchanged project is not parsed again."""
    digest = hashlib.sha256()
    folders = [DBT_PROJECT / "models", DBT_PROJECT / "macros", DBT_PROJECT / "tests", settings.compiled]
    folders += [settings.models] if settings.models else []
    files = [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml", Path(__file__).with_name("dbt_child.py")]
    for folder in folders:
        files += sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Child:
    """The process that dbt runs in (dbt_child.py)."""

    def __init__(self, settings: Settings) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.model.dbt_child", str(settings.dbt_target)],
            cwd=DBT_PROJECT,
            env=environment(settings),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def ask(self, command: list[str]) -> Iterator[dict[str, Any]]:
        """The facts that answer one command. Raises KpiError with the process's last words where it broke."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        words = ""
        for line in self.process.stdout:
            if not line.startswith("{"):
                words = line.strip() or words
                continue
            fact = json.loads(line)
            if "done" in fact:
                return
            yield fact
        words = without_data(words) or f"exit status {self.process.wait()}"
        raise KpiError(f"dbt stopped: {words}", file=DBT_PROJECT, next_step="run it again with KPI_LOG_LEVEL=debug")

    def close(self) -> None:
        """Ends the process and waits for it, so that its handle on the warehouse file is gone."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


_waiting: dict[Path, _Child] = {}


@atexit.register
def _close_waiting() -> None:
    for child in _waiting.values():
        child.close()

"""The command explains itself."""

from __future__ import annotations

import pytest

from tests.conftest import kpi

VERBS = {
    "run": ["Load the sources", "--as-of", "--pack", "--config", "--data-dir"],
    "validate": ["Check every contract", "touch no data", "--config"],
    "compile": ["dbt models and JSON Schemas", "--check", "--config"],
    "show": ["published KPI", "--level", "--grain", "--last", "--live"],
    "examples": ["worked examples", "touch no data", "--config"],
    "close": ["Close a period by hand", "--reason"],
    "feedback": ["published figure", "--period", "--text", "--unit", "--config"],
    "report": [
        "month, quarter or year",
        "--period",
        "--audience",
        "--subject",
        "--lang",
        "--send",
        "--again",
        "--no-pdf",
    ],
    "connect": ["BI tools open the served file", "--audience", "--config"],
    "rollback": ["generations that are kept", "--to", "--reason", "--config"],
    "doctor": ["fit for a run", "--config"],
    "open": ["scorecard page", "--audience", "--config"],
    "serve": ["this machine alone", "--port", "--audience", "--with-data", "--config"],
}


def test_help_lists_every_verb_with_what_it_does() -> None:
    from pipelines.cli.app import app

    verbs = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert verbs == set(VERBS)  # a new verb is to be explained here as well
    said = kpi("--help").stdout
    assert "Start with `kpi run`" in said
    for verb, (explained, *_) in VERBS.items():
        (line,) = [line for line in said.splitlines() if line.strip("│ ").startswith(f"{verb} ")]
        assert len(line.strip("│ ").removeprefix(verb).split()) >= 4, explained


GROUPS = {
    "alert list": ["open alerts", "--all", "--config"],
    "alert ack": ["see to an alert", "--reason", "--config"],
    "alert test": ["trial message", "KPI_USER", "--config"],
    "quality docs": ["counts, no values", "--as-of", "--config"],
    "export metricflow": ["cannot say", "--out", "--config"],
    "export ossie": ["Open Semantic Interchange", "--out", "--spec"],
    "goals template": ["last year's figures", "--year", "--level", "--kpi", "--grain", "--out", "--config"],
    "goals check": ["not SMART", "--goal", "--language", "--review-due", "--config"],
    "goals review": ["quarterly review", "--decision", "--text", "--due", "--config"],
    "goals import": ["all of it, or nothing", "--state", "--replace", "--config"],
    "goals export": ["in force", "--year", "--level", "--grain", "--out"],
    "export superset": ["Apache Superset", "duckdb or postgres", "--for", "--config"],
    "postgres init": ["the roles and schemas", "--print", "--database", "--config"],
    "postgres publish": ["without a run", "--go-back", "--config"],
    "postgres status": ["which log-ins may read", "--config"],
    "backup": ["no run could make again", "--to", "--age", "--without-key", "--serving", "--wait", "drill", "--config"],
    "restore": ["empty folder", "--to", "--verify", "--identity"],
    "clean": ["retention", "--yes", "--dry-run", "--reason", "--config"],
    "forget": ["one person's data", "--yes", "--reason", "--config"],
    "alert send": ["quiet hours", "--config", "--data-dir"],
}


@pytest.mark.parametrize("verb", GROUPS)
def test_help_of_a_verb_in_a_group_explains_it_and_its_options(verb: str) -> None:
    said = " ".join(kpi(*verb.split(), "--help").stdout.split())
    for words in GROUPS[verb]:
        assert words in said


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_explains_it_and_its_options(verb: str) -> None:
    said = " ".join(kpi(verb, "--help").stdout.split())
    for words in VERBS[verb]:
        assert words in said


def test_an_unknown_option_is_refused_without_a_stack_trace() -> None:
    done = kpi("run", "--asof", "2026-05-20", check=False)
    assert done.returncode == 2
    assert "--asof" in done.stderr
    assert "Traceback" not in done.stderr

"""The documents say what is so: their commands exist and run, their links lead somewhere, their tables are the code's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.extract.contract import SourceContract
from pipelines.model import check
from pipelines.model.compiler import folder
from pipelines.settings import REPOSITORY, Settings

README, CHINESE, CHANGELOG = (REPOSITORY / name for name in ("README.md", "README.zh-CN.md", "CHANGELOG.md"))
DOCS = [README, CHINESE, CHANGELOG, REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "DECISIONS.md"]
DOCS = [*DOCS, *sorted((REPOSITORY / "docs").rglob("*.md"))]
RUNBOOKS = sorted((REPOSITORY / "docs" / "runbooks").glob("*.md"))
JOURNEY = REPOSITORY / "docs" / "journey.md"
IDS = [str(path.relative_to(REPOSITORY)) for path in DOCS]
PUBLISHED = REPOSITORY / "dbt_project" / "models" / "5_published"


def fences(text: str, language: str) -> list[str]:
    """The inside of each fenced block of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)


def spoken(text: str) -> str:
    """What a reader would type: inline code and shell blocks, one piece a line."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    return "\n".join([*re.findall(r"`([^`\n]+)`", prose), *fences(text, "sh")])


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_docs_name_only_make_targets_that_exist(path: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    named = set(re.findall(r"^make ([a-z-]+)", spoken(path.read_text(encoding="utf-8")), re.M))
    assert named <= targets


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_docs_name_only_kpi_verbs_and_options_that_exist(path: Path) -> None:
    import typer

    from pipelines.cli.app import app

    verbs = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    groups = {verb: group.commands for verb, group in verbs.items() if hasattr(group, "commands")}
    verbs |= {f"{verb} {name}": command for verb, group in groups.items() for name, command in group.items()}
    known = {verb: {option for said in command.params for option in said.opts} for verb, command in verbs.items()}
    wrong = []
    for line in spoken(path.read_text(encoding="utf-8")).splitlines():
        if said := re.match(r"(?:\.venv/bin/)?kpi (\S+)(?: (\S+))?", line):
            verb = said.group(1)
            options = known.get(f"{verb} {said.group(2)}" if verb in groups else verb)
        elif line.startswith("--"):  # an option on its own, beside its verb
            options = set().union(*known.values())
        else:
            continue
        if options is None or not set(re.findall(r"--[a-z-]+", line)) <= options:
            wrong.append(line)
    assert wrong == []


def test_the_contracts_that_the_page_on_sources_shows_are_contracts() -> None:
    shown = fences((REPOSITORY / "docs" / "sources.md").read_text(encoding="utf-8"), "yaml")
    contracts = [SourceContract.model_validate(yaml.safe_load(text)) for text in shown]
    assert {contract.kind for contract in contracts} == {"files", "database", "rest"}
    definitions = check.read_definitions(Settings())
    folder.compile_all(contracts, None, {}, definitions.company, definitions.entities)  # every field is an entity's


def test_what_the_page_on_quality_shows_is_a_suite_and_a_reconciliation() -> None:
    from pipelines.gate.suite import Suite, SuiteFile, validate
    from pipelines.model.reconciliation import Reconciliations, ReconciliationsFile, problems
    from pipelines.yaml_file import YamlFile

    shown, compared = fences((REPOSITORY / "docs" / "quality.md").read_text(encoding="utf-8"), "yaml")
    said = SuiteFile.model_validate(yaml.safe_load(shown))
    suite = Suite("raw_crm.deals", said.owner, said.expectations, YamlFile(Path("deals.yml"), {}, {}))
    definitions = check.read_definitions(Settings())
    assert validate({suite.address: suite}, definitions.contracts, set(definitions.people)) == []
    checks = Reconciliations.model_validate(yaml.safe_load(compared)).reconciliations
    file = ReconciliationsFile(checks, YamlFile(Path("reconciliations.yml"), {}, {}))
    assert list(problems(file, definitions.entities, definitions.people)) == []


def test_the_channels_that_the_page_on_alerts_shows_can_be_used() -> None:
    from pipelines.model.company import People
    from pipelines.watch.alerts.channels import Channels
    from pipelines.watch.alerts.schemes import address_problem, open_secret, server_problem

    channels, people = fences((REPOSITORY / "docs" / "alerts.md").read_text(encoding="utf-8"), "yaml")
    People.model_validate(yaml.safe_load(people))
    said = Channels.model_validate(yaml.safe_load(channels))
    for channel in said.channels.values():
        assert address_problem(channel.address, said.allowed_hosts) is None
        assert open_secret(channel.address) is None
        assert channel.server is None or server_problem(channel.server, said.allowed_hosts) is None


def test_the_report_and_the_rule_that_the_page_on_reports_shows_can_be_used() -> None:
    from pipelines.model.report import FACTS, Report
    from pipelines.model.report.rules import Rules

    text = (REPOSITORY / "docs" / "reports.md").read_text(encoding="utf-8")
    report, rules = fences(text, "yaml")
    said = Report.model_validate(yaml.safe_load(report))
    assert {kpi for _, kpi in said.named()} <= set(check.read_definitions(Settings()).kpis)
    Rules.model_validate(yaml.safe_load(rules))
    table = {
        name: (tuple(facts.split(", ")), tuple(words.split(", ")))
        for names, facts, words in re.findall(r"^\| (`[a-z_`, ]+`) \| ([a-z_, ]+) \| ([a-z_, ]+) \|$", text, re.M)
        for name in re.findall(r"`(\w+)`", names)
    }
    assert table == {name: tuple(fact) for name, fact in FACTS.items()}


def test_the_commands_of_the_page_on_reports_write_what_they_say(demo_run: Path, tmp_path: Path) -> None:
    (tmp_path / "serving").mkdir()
    shutil.copyfile(demo_run / "serving" / "kpi.duckdb", tmp_path / "serving" / "kpi.duckdb")
    (script,) = fences((REPOSITORY / "docs" / "reports.md").read_text(encoding="utf-8"), "sh")
    printed = "".join(shell(script, tmp_path))
    made = {str(path.relative_to(tmp_path / "reports")) for path in (tmp_path / "reports").rglob("*.*")}
    assert {"region_east/2026-Q1-sales-zh.pdf", "company/2026-Q1-finance-en.xlsx"} <= made
    assert all(name in printed for name in made)


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_links_between_docs_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    local = [link.split("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_docs_name_only_files_that_exist(path: Path) -> None:
    """A path in inline code that begins with a folder of the repository is really there (placeholders aside)."""
    folders = "pipelines|dbt_project|expectations|kpi_definitions|tests|docs|bench"
    named = re.findall(rf"`((?:{folders})/[^`\s<>*…]*)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (REPOSITORY / name.split(":")[0]).exists()] == []


def test_readme_opens_with_the_two_commands() -> None:
    assert fences(README.read_text(encoding="utf-8"), "sh")[0].split("\n") == ["make run", "make test", ""]


def test_both_readmes_say_the_same() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in (README, CHINESE))
    for language in ("sh", "text", "yaml"):
        assert fences(english, language) == fences(chinese, language)
    for pattern in (r"^(#+) ", r"^\|", r"^\d\. ", r"^<!--.*"):  # headings by level, rows of tables, steps
        assert re.findall(pattern, english, re.M) == re.findall(pattern, chinese, re.M)
    links = [set(re.findall(r"\]\((?!README)([^)]+)\)", text)) for text in (english, chinese)]
    assert links[0] == links[1]
    assert set(spoken(english).splitlines()) == set(spoken(chinese).splitlines())


def test_changelog_lists_every_published_column() -> None:
    """The tables of all releases together are what dbt's contracts promise to BI."""
    said: dict[str, set[str]] = {}
    text = CHANGELOG.read_text(encoding="utf-8")
    for table, columns in re.findall(r"^\| `(\w+)` \| (?:columns )?added \| (.+) \|$", text, re.M):
        said.setdefault(table, set()).update(re.findall(r"`(\w+)`", columns))
    promised = {
        model["name"]: {column["name"] for column in model["columns"]}
        for path in sorted(PUBLISHED.glob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    }
    promised["publication"] = {"generation", "run_id", "as_of_date", "published_at", "definitions_hash"}
    promised["publication"] |= {"provisional_years"}
    assert said == promised


def shell(script: str, data: Path) -> list[str]:
    """What a script of a document prints, run in the repository with the tools of this environment."""
    tools = Path(sys.executable).parent
    environment = os.environ | {"KPI_DATA_DIR": str(data), "COLUMNS": "120", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-ec", script.replace(".venv/bin/", f"{tools}/")],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return [line.rstrip() for line in done.stdout.strip("\n").split("\n")]


def journey_steps() -> list[tuple[str, str]]:
    """(command, what the document shows of its output) of each step."""
    inside = r"((?:(?!```).*\n)+)"
    return re.findall(rf"^```sh\n{inside}```\n\n```text\n{inside}```$", JOURNEY.read_text(encoding="utf-8"), re.M)


def test_journey_shows_the_output_of_each_of_its_commands() -> None:
    blocks = fences(JOURNEY.read_text(encoding="utf-8"), "sh")
    assert len(journey_steps()) == len(blocks) - 1  # the first defines what the others use
    assert len(blocks) > 15


@pytest.mark.parametrize("step", range(len(journey_steps())))
def test_journey_shows_what_the_demo_gives(step: int, demo_run: Path) -> None:
    helpers = fences(JOURNEY.read_text(encoding="utf-8"), "sh")[0]
    command, shown = journey_steps()[step]
    assert shell(helpers + command, demo_run) == shown.rstrip("\n").split("\n")


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_runbooks_ask_questions_that_find_something(path: Path, demo_run: Path) -> None:
    for command in fences(path.read_text(encoding="utf-8"), "sh"):
        assert "data/" in command or ".venv/bin/kpi " in command  # it reads what a run made
        printed = shell(command.replace('"data/', f'"{demo_run}/'), demo_run)
        assert len(printed) > 5, printed  # a table with at least one row


def test_readme_shows_figures_of_the_demo(demo_run: Path) -> None:
    shown = re.search(r"<!-- checked.*?-->\n```text\n(.*?)^```$", README.read_text(encoding="utf-8"), re.S | re.M)
    assert shown
    summary = "from pipelines.cli.summary import print_summary; from pipelines.settings import load"
    printed = shell(f".venv/bin/python -c '{summary}; print_summary(load(), str(), 0)'", demo_run)
    words = [line.split() for line in printed]  # widths follow the longest name
    figures = [line.split() for line in shown.group(1).splitlines() if re.search(r"(month|quarter) \d{4}", line)]
    assert len(figures) >= 5
    assert [line for line in figures if line not in words] == []

"""`kpi goals check`: which goals are not SMART, and what to do about it; advice, so that it ends well all the same."""

from __future__ import annotations

from pathlib import Path

from pipelines.cli.console import console
from pipelines.cli.options import known_language
from pipelines.cli.served import open_served
from pipelines.cli.smart_words import told
from pipelines.errors import KpiError, did_you_mean
from pipelines.model import check
from pipelines.model.goal import GoalFile, smart, smart_figures
from pipelines.settings import Settings

HEADINGS = {
    "en": ("goal", "", "finding", "next step"),
    "zh": ("目标", "", "发现", "下一步"),
}
COUNTS = {"en": "goals: {}, findings: {}", "zh": "{} 个目标，{} 条发现"}


def check_goals(settings: Settings, goal: str, language: str) -> None:
    """Prints every finding of all goals, or of one, with its file and line, and how many there are.

    Raises KpiError: no such goal or language, nothing published.
    """
    from rich import box
    from rich.table import Table

    known_language(language)
    with open_served(settings) as con:
        definitions = check.read_definitions(settings)
        goals = definitions.goals
        if goal and goal not in goals:
            raise KpiError(f"there is no goal {goal}{did_you_mean(goal, list(goals))}", next_step="kpi goals list")
        published = smart_figures.read(con)
    found = [one for one in smart.findings(definitions, published) if goal in ("", one.goal_id)]
    table = Table(box=box.SIMPLE_HEAD)
    for number, heading in enumerate(HEADINGS[language]):
        table.add_column(heading, overflow="fold", no_wrap=not number)
    for one in found:
        place = _place(goals[one.goal_id], one, settings.kpi_definitions)
        table.add_row(f"{one.goal_id}\n[dim]{place}[/dim]", one.letter, *map(_plain, told(one, language)))
    if found:
        console().print(table)
    asked = [goal] if goal else [one for one, file in goals.items() if file.goal.state != "closed"]
    console().print(COUNTS[language].format(len(asked), len(found)), markup=False)


def _place(file: GoalFile, finding: smart.Finding, home: Path) -> str:
    """As goals/2026/fy26_win_rate.yml:5, below kpi_definitions/."""
    path = _plain(file.file.path.relative_to(home).as_posix())
    line = file.file.line(finding.place)
    return f"{path}:{line}" if line else path


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)

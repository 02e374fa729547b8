"""The verbs of `kpi goals` (app.py is as long as a module may be)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.options import Config, DataDir

goals = typer.Typer(
    help="Targets as a workbook that managers fill in, and back; the review of goals.", no_args_is_help=True
)
GoalLevel = Annotated[str, typer.Option(help="company, region, department, team or rep")]
GoalGrain = Annotated[str, typer.Option(help="a column each month, quarter or year")]
GoalOut = Annotated[Path | None, typer.Option(metavar="FILE", help="the workbook; default: to stdout, as > goals.xlsx")]


@goals.command("template")
def goals_template(
    year: Annotated[int, typer.Option(help="the fiscal year, as 2026")],
    level: GoalLevel = "rep",
    kpi: Annotated[list[str] | None, typer.Option(metavar="KPI", help="as won_amount; default: all")] = None,
    grain: GoalGrain = "month",
    out: GoalOut = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write an empty workbook: a row per KPI and unit, a column per period, last year's figures beside it."""
    from pipelines.cli.goals import template

    template(configuration.load(config, data_dir), year, level, grain, kpi or [], out)


@goals.command("import")
def goals_import(
    file: Annotated[Path, typer.Argument(help="the workbook, filled in")],
    state: Annotated[str, typer.Option(help="draft, proposed or approved; a draft is not in force")] = "draft",
    replace: Annotated[bool, typer.Option("--replace", help="replace goals that are there and say otherwise")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Turn a workbook into goal files: all of it, or nothing and a copy that says what is wrong in which row."""
    from pipelines.cli.goals import import_

    import_(configuration.load(config, data_dir), file, state, replace)


@goals.command("export")
def goals_export(
    year: Annotated[int | None, typer.Option(help="the fiscal year; default: that of the business date")] = None,
    level: GoalLevel = "rep",
    grain: GoalGrain = "month",
    out: GoalOut = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write the same workbook with the targets that are in force."""
    from pipelines.cli.goals import export

    export(configuration.load(config, data_dir), year, level, grain, out)


GoalId = Annotated[str, typer.Argument(metavar="GOAL", help="its id, as kpi goals list shows it")]
Reason = Annotated[str, typer.Option(help="why; kept with your name (KPI_USER)")]


@goals.command("list")
def goals_list(config: Config = None, data_dir: DataDir = None) -> None:
    """Show every goal: its state, since when, by whom, and whether its file says something else by now."""
    from pipelines.cli.goal_life import list_goals

    list_goals(configuration.load(config, data_dir))


@goals.command("history")
def goals_history(
    goal: GoalId,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="only what held on that business date")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show what was recorded of a goal: when, by whom, why; nothing of it is ever changed."""
    from pipelines.cli.goal_life import history

    history(configuration.load(config, data_dir), goal, as_of)


@goals.command("propose")
def goals_propose(goal: GoalId, reason: Reason = "", config: Config = None, data_dir: DataDir = None) -> None:
    """Put a draft forward: its owner, and whoever is above them."""
    _step("propose", goal, reason, config, data_dir)


@goals.command("agree")
def goals_agree(goal: GoalId, reason: Reason = "", config: Config = None, data_dir: DataDir = None) -> None:
    """Agree to a goal that names you in agreed_by, as its file says it now."""
    _step("agree", goal, reason or "agreed", config, data_dir)


@goals.command("approve")
def goals_approve(goal: GoalId, reason: Reason = "", config: Config = None, data_dir: DataDir = None) -> None:
    """Put a goal in force, or a change of one that is: somebody above its owner."""
    _step("approve", goal, reason, config, data_dir)


@goals.command("close")
def goals_close(goal: GoalId, reason: Reason = "", config: Config = None, data_dir: DataDir = None) -> None:
    """End a goal's life: it stays in force and no longer changes."""
    _step("close", goal, reason, config, data_dir)


@goals.command("withdraw")
def goals_withdraw(goal: GoalId, reason: Reason = "", config: Config = None, data_dir: DataDir = None) -> None:
    """Take a goal out of force; what has closed of it stays published."""
    _step("withdraw", goal, reason, config, data_dir)


def _step(name: str, goal: str, reason: str, config: Path | None, data_dir: Path | None) -> None:
    from pipelines.cli.goal_life import step

    step(configuration.load(config, data_dir), name, goal, reason)


@goals.command("review")
def goals_review(
    goal: Annotated[str, typer.Argument(metavar="[GOAL]", help="a goal's id; left out with --due")] = "",
    decision: Annotated[str, typer.Option(help="keep, change or retire")] = "",
    text: Annotated[str, typer.Option(help="why; kept with your name")] = "",
    due: Annotated[bool, typer.Option("--due", help="list the goals whose review is due on the business date")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write down what was decided on a goal, or list the goals whose quarterly review is due."""
    from pipelines.cli import goal_review

    settings = configuration.load(config, data_dir)
    if due or not goal:
        goal_review.due(settings)
        return
    goal_review.decide(settings, goal, decision, text)

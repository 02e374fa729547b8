"""The verbs of `kpi`, with the options they share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.alert_group import alert
from pipelines.cli.audit_group import audits
from pipelines.cli.goals_group import goals
from pipelines.cli.keep_group import keep
from pipelines.cli.options import Config, DataDir, Language
from pipelines.cli.postgres_group import postgres
from pipelines.cli.report_verb import report

app = typer.Typer(
    name="kpi",
    help="A KPI warehouse: sources in, checked KPIs and goal attainment out. Start with `kpi run`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="business date, as 2026-05-20")] = "",
    pack: Annotated[
        str,
        typer.Option(
            metavar="PACK", help="the KPIs of a trade on a sample company: one of kpi_definitions/packs, as finance"
        ),
    ] = "",
    accept_empty: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE", help="take a held back delivery (empty, or far too small) of crm.deals"),
    ] = None,
    reason: Annotated[str, typer.Option(help="why it is right; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Load the sources, check them, compute the KPIs and goals, publish, and tell the owners."""
    from pipelines.cli.run import run as run_once

    settings = configuration.load(config, data_dir)
    if pack:
        from pipelines.cli.pack import make

        settings = make(settings, pack)
    run_once(settings, as_of, accept_empty or [], reason)


@app.command()
def validate(config: Config = None, data_dir: DataDir = None) -> None:
    """Check every contract, definition, goal and suite; touch no data."""
    from pipelines.cli.validate import validate as validate_all

    validate_all(configuration.load(config, data_dir))


@app.command("compile")
def compile_(
    check: Annotated[bool, typer.Option("--check", help="only say whether the compiled SQL is up to date")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Turn contracts and definitions into dbt models and JSON Schemas."""
    from pipelines.cli.compile import compile_all

    compile_all(configuration.load(config, data_dir), check)


@app.command()
def examples(
    kpis: Annotated[
        list[str] | None, typer.Argument(metavar="[KPI]...", help="KPIs, as win_rate; default: all")
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Compute the worked examples of KPI files, and say which do not give what they promise; touch no data."""
    from pipelines.cli.examples import run as run_examples

    run_examples(configuration.load(config, data_dir), kpis or [])


@app.command()
def show(
    kpi: Annotated[str, typer.Argument(help="a KPI's id, as won_amount")],
    level: Annotated[str, typer.Option(help="company, region, department, team or rep")] = "company",
    grain: Annotated[str, typer.Option(help="day, week, month, quarter or year")] = "month",
    last: Annotated[int, typer.Option(help="how many periods back")] = 13,
    live: Annotated[bool, typer.Option("--live", help="compute it now, as its file says, from what is loaded")] = False,
    cut: Annotated[str, typer.Option(help="with --live: by product_category, channel, …")] = "none",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show a published KPI: value, target, attainment and status by period and unit."""
    from pipelines.cli.show import show as show_kpi
    from pipelines.cli.show import show_live

    if live:
        show_live(configuration.load(config, data_dir), kpi, level, grain, last, cut)
        return
    show_kpi(configuration.load(config, data_dir), kpi, level, grain, last)


app.command()(report)


Audience = Annotated[
    str, typer.Option(metavar="UNIT", help="whose page: a unit or a person, as region_east; default: the company's")
]


@app.command("open")
def open_(audience: Audience = "", config: Config = None, data_dir: DataDir = None) -> None:
    """Open the scorecard page in the browser, and print where it lies."""
    from pipelines.cli.serve import open_page

    open_page(configuration.load(config, data_dir), audience)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8080,
    audience: Audience = "",
    with_data: Annotated[bool, typer.Option("--with-data", help="also the .duckdb, .parquet and .csv files")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the scorecard page to this machine alone, until Ctrl-C."""
    from pipelines.cli.serve import serve as serve_page

    serve_page(configuration.load(config, data_dir), port, audience, with_data)


@app.command()
def feedback(
    kpi: Annotated[str, typer.Argument(help="a KPI's id, as won_amount")],
    period: Annotated[str, typer.Option(help="2026-05, 2026-Q2 or 2026")],
    text: Annotated[str, typer.Option(help="what you have to say; kept with your name")] = "",
    unit: Annotated[str, typer.Option(help="whose figure; default: the company's")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say something of a published figure: its owner and everybody who looks at it reads it from the next run on."""
    from pipelines.cli.feedback import give

    give(configuration.load(config, data_dir), kpi, period, unit, text)


@app.command()
def close(
    grain: Annotated[str, typer.Argument(help="week, month, quarter or year")],
    period: Annotated[str, typer.Argument(help="as 2026-04, or a day in it")],
    reason: Annotated[str, typer.Option(help="why now; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Close a period by hand: its published figures stay, whatever comes later."""
    from pipelines.cli.close import close as close_period

    close_period(configuration.load(config, data_dir), grain, period, reason)


@app.command()
def connect(
    audience: Annotated[str, typer.Option(help="a unit or employee of people.yml; default: the whole file")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say how BI tools open the served file, locked so that SQL on it reads nothing else."""
    from pipelines.cli.connect import connect as say_how

    say_how(configuration.load(config, data_dir), audience)


@app.command()
def rollback(
    to: Annotated[int, typer.Option(metavar="GENERATION", help="serve this one again; without it, list them")] = 0,
    reason: Annotated[str, typer.Option(help="why; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """List the generations that are kept, or serve an earlier one again."""
    from pipelines.cli import rollback as taken_back

    settings = configuration.load(config, data_dir)
    if to:
        taken_back.rollback(settings, to, reason)
        return
    taken_back.show(settings)


@app.command()
def doctor(config: Config = None, data_dir: DataDir = None) -> None:
    """Look whether this machine and this folder are fit for a run, and say what to mend."""
    from pipelines.cli.doctor import doctor as examine

    examine(configuration.load(config, data_dir))


app.add_typer(keep)  # without a name: verbs of their own
source = typer.Typer(help="Draft, check and list sources: the systems that data comes from.", no_args_is_help=True)
app.add_typer(source, name="source")


@source.command("draft")
def source_draft(
    file: Annotated[
        str,
        typer.Argument(help="a sample: CSV, Excel, JSON, JSON lines or Parquet, also .gz; or s3://bucket/prefix/file"),
    ],
    entity: Annotated[str | None, typer.Option(help="what a row is, as deals; default: what fits best")] = None,
    system: Annotated[str | None, typer.Option(help="name of the system, as crm; default: the file's folder")] = None,
    table: Annotated[str | None, typer.Option(help="name of the table; default: the file's name")] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE|stdout", help="default: sources/SYSTEM.yml")] = None,
    force: Annotated[bool, typer.Option("--force", help="replace a contract that is there")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a contract from a sample file, every doubtful line marked."""
    from pipelines.cli.source import draft

    draft(configuration.load(config, data_dir), file, entity, system, table, out, force)


@source.command("check")
def source_check(
    system: Annotated[str, typer.Argument(help="a configured system, as crm")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Try connection, columns and the first 100 rows of every table of a system; keep nothing."""
    from pipelines.cli.source import check

    check(configuration.load(config, data_dir), system)


@source.command("list")
def source_list(config: Config = None, data_dir: DataDir = None) -> None:
    """List the systems: kind, tables, what they feed, the last load of each."""
    from pipelines.cli.source import list_systems

    list_systems(configuration.load(config, data_dir))


held = typer.Typer(help="What is set aside, why, and letting out what is right all the same.", no_args_is_help=True)
app.add_typer(held, name="quarantine")
HeldTable = Annotated[str, typer.Argument(metavar="TABLE", help="as crm.deals")]


@held.command("list")
def quarantine_list(language: Language = "en", config: Config = None, data_dir: DataDir = None) -> None:
    """List per table and rule how many rows are set aside, since when, and which KPIs lack them."""
    from pipelines.cli.quarantine import list_held

    list_held(configuration.load(config, data_dir), language)


@held.command("show")
def quarantine_show(
    table: HeldTable,
    rule: Annotated[str, typer.Option(help="only rows that break this rule")] = "",
    limit: Annotated[int, typer.Option(help="how many rows to show")] = 20,
    language: Language = "en",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show the rows of a table that are set aside: where each came from, why, and the record."""
    from pipelines.cli.quarantine import show as show_held

    show_held(configuration.load(config, data_dir), table, rule, limit, language)


@held.command("release")
def quarantine_release(
    table: HeldTable,
    rows: Annotated[
        list[str] | None, typer.Argument(metavar="[ROW]…", help="as `show` names them: 3fa29c1b:17")
    ] = None,
    rule: Annotated[str, typer.Option(help="only what breaks this rule")] = "",
    every: Annotated[bool, typer.Option("--all", help="every row that breaks --rule")] = False,
    reason: Annotated[str, typer.Option(help="why it is right all the same; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Let rows out though they break a rule; from the next run on they count."""
    from pipelines.cli.quarantine import release

    release(configuration.load(config, data_dir), table, rows or [], rule, every, reason)


quality = typer.Typer(help="What the suites find, as pages to read.", no_args_is_help=True)
app.add_typer(quality, name="quality")


@quality.command("docs")
def quality_docs(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="business date, as 2026-05-20")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Run every suite on what is loaded, and write the pages of it to reports/data_docs/: counts, no values."""
    from pipelines.cli.quality import docs

    docs(configuration.load(config, data_dir), as_of)


exports = typer.Typer(help="The definitions in the words of other tools; no data.", no_args_is_help=True)
app.add_typer(exports, name="export")


@exports.command("metricflow")
def export_metricflow(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="a new or empty folder; default: data/reports/metricflow")
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a dbt project with semantic models and metrics (MetricFlow), and say which KPIs it cannot say."""
    from pipelines.cli.export import metricflow

    metricflow(configuration.load(config, data_dir), out)


@exports.command("ossie")
def export_ossie(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="default: data/reports/ossie.json")] = None,
    spec: Annotated[str, typer.Option(help="0.1.1 (released) or 0.2.0.dev0 (draft)")] = "0.1.1",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write the definitions as Open Semantic Interchange (Apache Ossie), and say which KPIs it cannot say."""
    from pipelines.cli.export import ossie

    ossie(configuration.load(config, data_dir), out, spec)


@exports.command("dbt-docs")
def export_dbt_docs(
    out: Annotated[Path | None, typer.Argument(metavar="FILE", help="default: data/reports/dbt_docs.html")] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write dbt's documentation of the models as one file that loads nothing: columns, tests, lineage, exposures."""
    from pipelines.cli.export import dbt_docs

    dbt_docs(configuration.load(config, data_dir), out)


@exports.command("superset")
def export_superset(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="the bundle; one that is there is replaced")],
    target: Annotated[str, typer.Option("--for", help="where the boards read: duckdb or postgres")] = "duckdb",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write the boards as a bundle for Apache Superset: datasets, charts, dashboards, roles and row filters."""
    from pipelines.cli.export import superset

    superset(configuration.load(config, data_dir), file, target)


app.add_typer(goals, name="goals")
app.add_typer(postgres, name="postgres")


app.add_typer(audits, name="audit")
app.add_typer(alert, name="alert")

"""Step 4 as Dagster assets: the serving file after every published table, then all that is made of it."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.model.graph import Graph
from pipelines.progress import say
from pipelines.schedules import BusinessDate
from pipelines.settings import Settings

SERVING_FILE = dg.AssetKey(["serving", "kpi"])
AUDIENCES = dg.AssetKey(["serving", "audiences"])
FLAT_FILES = dg.AssetKey(["serving", "flat_files"])
PAGE = dg.AssetKey(["serving", "index"])
CATALOGUE = dg.AssetKey(["serving", "catalogue"])
POSTGRES = dg.AssetKey(["serving", "postgres"])


def build(settings: Settings, graph: Graph) -> list[dg.AssetsDefinition]:
    published = sorted(
        dg.AssetKey(["published", node["name"]]) for node in graph.models.values() if node["schema"] == "published"
    )

    @dg.asset(
        key=SERVING_FILE,
        deps=published,
        group_name="serving",
        kinds={"duckdb"},
        description="data/serving/kpi.duckdb: what BI tools open; built aside, verified, swapped in by rename.",
    )
    def serving_file(context: dg.AssetExecutionContext, business_date: BusinessDate) -> dg.MaterializeResult:
        from pipelines.gate.run import broken, check_published, published_results
        from pipelines.gate.suite import read_suites
        from pipelines.model.company import read_company
        from pipelines.publish.definitions_hash import definitions_hash
        from pipelines.publish.serving import publish
        from pipelines.publish.verify import refuse_broken

        now = datetime.now(UTC).replace(tzinfo=None)
        as_of = business_date.of(settings)
        suites = read_suites(settings)
        # Asked anew where this step is run alone: what nobody has looked at is not published.
        promised = published_results(settings, suites, context.run_id)
        if promised is None:
            promised = check_published(settings, suites, context.run_id, as_of)
        refuse_broken(broken(promised))
        done = publish(
            settings, context.run_id, as_of, now, definitions_hash(settings), lambda text: say("publish", text),
            keep=read_company(settings.kpi_definitions).retention.generations,
        )  # fmt: skip
        say("publish", f"generation {done.generation}, {len(done.tables)} tables")
        return dg.MaterializeResult(
            metadata={"generation": done.generation, "path": dg.MetadataValue.path(done.path), **done.tables}
        )

    @dg.asset(
        key=AUDIENCES,
        deps=[SERVING_FILE],
        group_name="serving",
        kinds={"duckdb"},
        description="data/serving/<audience>/kpi.duckdb: what the people of a unit may see, and nothing else.",
    )
    def audiences() -> dg.MaterializeResult:
        from pipelines.model.company import read_people
        from pipelines.publish import audience_files

        people = read_people(settings.kpi_definitions)
        found = audience_files.write(settings, newest_file(settings), people)
        say("publish", f"{len(found)} audiences: {', '.join(one.id for one in found)[:100]}")
        return dg.MaterializeResult(metadata={one.id: len(one.units) for one in found})

    @dg.asset(
        key=FLAT_FILES,
        deps=[SERVING_FILE],
        group_name="serving",
        kinds={"parquet", "csv"},
        description="data/serving/parquet/ and csv/: the published tables for who reads no database.",
    )
    def flat_files() -> dg.MaterializeResult:
        from pipelines.publish.flat_files import write

        return dg.MaterializeResult(metadata=write(settings, newest_file(settings), lambda text: say("publish", text)))

    @dg.asset(
        key=PAGE,
        deps=[SERVING_FILE, AUDIENCES],
        group_name="serving",
        kinds={"html"},
        description="data/serving/index.html and one in each audience's folder: the scorecard pages, from their files.",
    )
    def page() -> dg.MaterializeResult:
        from pipelines.model.company import read_people
        from pipelines.publish import audience_files
        from pipelines.publish.page.every import write_pages

        people, source = read_people(settings.kpi_definitions), newest_file(settings)
        found = audience_files.read(settings, source, people)
        path = write_pages(settings, source, found, people)
        say("publish", f"{len(found)} pages drawn")
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(path), "pages": len(found)})

    @dg.asset(
        key=CATALOGUE,
        deps=[SERVING_FILE],
        group_name="serving",
        kinds={"html"},
        description="data/serving/catalogue/: a page per KPI and entity, drawn anew where definitions changed.",
    )
    def catalogue() -> dg.MaterializeResult:
        from pipelines.publish.catalogue.pages import write_catalogue

        done = write_catalogue(settings)
        say("publish", f"catalogue: {done.pages} pages drawn" if done.pages else "catalogue: as it was")
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(done.path), "pages": done.pages})

    @dg.asset(
        key=POSTGRES,
        deps=[SERVING_FILE],
        group_name="serving",
        kinds={"postgresql"},
        description="The serving file in PostgreSQL, one version switched to whole; each reader sees their own rows.",
    )
    def postgres() -> dg.MaterializeResult:
        from pipelines.model.company import read_people
        from pipelines.publish.postgres.serve import publish

        done = publish(settings, read_people(settings.kpi_definitions), lambda text: say("publish", text))
        say("publish", f"PostgreSQL serves generation {done.generation}")
        return dg.MaterializeResult(metadata={"generation": done.generation, "notes": done.notes, **done.rows})

    beside = [postgres] if settings.postgres_url is not None else []
    return [serving_file, audiences, flat_files, page, catalogue, *beside]


def newest_file(settings: Settings) -> Path:
    """The file of the generation that is served, where no BI tool can hold it.

    Raises KpiError where there is none yet, or it was changed.
    """
    from pipelines.publish import generations
    from pipelines.publish.served import current_generation

    return generations.verified(settings.serving, current_generation(settings.serving))[1]

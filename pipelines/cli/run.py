"""`kpi run`: the nightly job, in this process, with what it does in the terminal."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipelines import one_writer
from pipelines.cli.console import Progress, complain
from pipelines.cli.summary import print_summary
from pipelines.errors import KpiError, did_you_mean
from pipelines.progress import listening, say
from pipelines.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


def run(settings: Settings, as_of: str = "", accept_empty: Sequence[str] = (), reason: str = "") -> None:
    """`accept_empty` names tables (crm.deals) whose held back deliveries this run takes: an act, with its reason.

    Prepares (demo company, compiled SQL, dbt's graph), then runs the job.

    Raises KpiError with the reason where a step failed or a table was blocked; the published file is then as the three
    outcomes of a failed check say.
    """
    from pipelines.model.company import read_company, said_date

    if as_of:
        said_date(as_of, read_company(settings.kpi_definitions).calendar_from)
    run_id = str(uuid.uuid4())
    if accept_empty:
        _accept(settings, accept_empty, reason, run_id)
    progress = Progress()
    with (
        listening(progress),
        one_writer.alone(settings, "kpi run", run_id, lambda text: say("prepare", text)) as left,
    ):
        if left is not None:
            _release(settings, left)
        failure: Exception | None = None
        try:
            prepare(settings)
            failure = _execute(settings, as_of, run_id)
        except Exception as error:  # not Ctrl-C: whoever pressed it knows
            failure = error
            raise
        finally:
            if failure is not None:
                _tell_all_the_same(settings, run_id, failure)
    print_summary(settings, run_id, time.monotonic() - progress.started)
    _back_up(settings, failure)
    if failure is not None:
        raise failure


def _release(settings: Settings, left: one_writer.Holder) -> None:
    """A run that was killed is no longer at work: Dagster's record of it ends, its owners and stewards are told."""
    from datetime import UTC, datetime

    from pipelines.watch.run import end
    from pipelines.watch.sensors import DIED

    say("prepare", f"{left} was killed before its end; nothing is lost")
    if not left.run_id:
        return
    with dagster_instance(settings) as instance:
        run = instance.get_run_by_id(left.run_id)
        if run is not None and not run.is_finished:
            instance.report_run_failed(run, DIED)
    for line in end(settings, left.run_id, DIED, datetime.now(UTC)):
        say("prepare", line)


def _back_up(settings: Settings, failure: Exception | None) -> None:
    """The backup of the night, where company.yml asks for it; also after a red run: what people did is in it."""
    from pipelines.cli.backup import back_up
    from pipelines.model.company import read_company

    if not read_company(settings.kpi_definitions).backup.after_run:
        return
    try:
        back_up(settings)
    except KpiError as error:
        if failure is None:
            raise
        complain(error)  # the run's own failure is what ends it


def _accept(settings: Settings, tables: Sequence[str], reason: str, run_id: str) -> None:
    """Writes down who lets which deliveries through, before anything is loaded.

    Raises KpiError for a table that no contract has, and where the reason is missing.
    """
    from datetime import UTC, datetime

    from pipelines.extract.contract import read_contracts
    from pipelines.extract.system import ACCEPT_EMPTY
    from pipelines.keep import acts

    known = [f"{contract.system}.{name}" for contract in read_contracts(settings) for name in contract.tables]
    for table in tables:
        if table not in known:
            raise KpiError(
                f"--accept-empty: no table {table}{did_you_mean(table, known)}", next_step="write it as crm.deals"
            )
    if not reason.strip():
        raise KpiError(
            "--accept-empty needs a reason, which is kept with your name",
            next_step='add --reason "the shop was closed"',
        )
    for table in tables:
        acts.record(settings, ACCEPT_EMPTY, table, reason, {"run_id": run_id}, datetime.now(UTC))


def prepare(settings: Settings) -> None:
    """Everything a job needs before it can be defined; costs nothing where nothing changed."""
    from pipelines.cli.validate import read_all
    from pipelines.model import dbt
    from pipelines.model.compiler import folder

    definitions, _ = read_all(settings)
    _make_demo(settings)
    if changed := folder.write(definitions.compiled, settings.compiled):
        say("prepare", f"compiled {len(changed)} models from contracts and definitions")
    if dbt.parse(settings):
        say("prepare", "parsed the dbt project")


def _make_demo(settings: Settings) -> None:
    """The shipped configuration reads a demo company, which is generated once."""
    folder = settings.data / "demo"
    if not settings.is_default or (folder / "dirt.json").is_file():
        return
    from pipelines.extract.demo import generate

    say("prepare", "generating the demo company: three years of CRM, ERP and service desk")
    generate(folder)


def _execute(settings: Settings, as_of: str, run_id: str) -> KpiError | None:
    from pipelines.definitions import NIGHTLY_JOB, build

    job = build(settings).resolve_job_def(NIGHTLY_JOB)
    config: dict[str, Any] = {
        "loggers": {"console": {"config": {"log_level": settings.log_level.upper()}}},
        "resources": {"business_date": {"config": {"as_of": as_of}}},
    }
    try:
        with dagster_instance(settings) as instance:
            job.execute_in_process(run_config=config, instance=instance, run_id=run_id)
    except Exception as error:
        from pipelines.watch.assets import reason

        found = reason(error)
        if not isinstance(found, KpiError):
            raise
        return found
    return None


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[DagsterInstance]:
    """Dagster's own record of runs, in data/dagster."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    from pipelines.dagster_home import write_home

    write_home(settings.dagster_home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def _tell_all_the_same(settings: Settings, run_id: str, failure: Exception) -> None:
    """A run that stopped never came to its notices; owners and stewards hear of it all the same."""
    from datetime import UTC, datetime

    from pipelines.watch.run import end

    for line in end(settings, run_id, failure, datetime.now(UTC)):
        say("watch", line)

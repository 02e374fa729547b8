"""What is too old goes, shown first; what a closed period, the ledger or an open alert needs stays, and is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.dagster_home import write_home
from pipelines.errors import KpiError
from pipelines.extract import load
from pipelines.keep import acts, closes
from pipelines.keep.clean import plan
from pipelines.keep.clean.cut import Cut, days
from pipelines.model.company import Retention
from pipelines.publish import generations
from pipelines.resources import open_warehouse
from pipelines.watch.alerts import record
from pipelines.watch.alerts.history import Event
from tests.extract.conftest import HEAD, Source

OLD, NEW = dt.datetime(2023, 3, 1), dt.datetime(2026, 3, 1)
NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
KEEP = Retention(raw="800 days", landing="400 days", quarantine="400 days", personal="400 days", generations=2)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Three deliveries three years ago, one of them with a record that is set aside, and one of yesterday."""
    made = Source(tmp_path).say(delivery="append", key=[], cursor=None)
    for number, at in ((1, OLD), (2, OLD), (3, OLD), (4, NEW)):
        made.write(f"deals_{number}.csv", f"{HEAD}a{number},{number},2026-01-01 08:00:00\n" + "b,x,\n" * (number == 1))
        deliver(made, at)
    return made


def deliver(source: Source, at: dt.datetime) -> load.TableLoad:
    with open_warehouse(source.settings) as con:
        return load.load_table(con, source.contract, "deals", source.settings, "run", at)


@pytest.fixture
def instance(source: Source) -> Iterator[dg.DagsterInstance]:
    write_home(source.settings.dagster_home)
    with dg.DagsterInstance.from_config(str(source.settings.dagster_home)) as found:
        yield found


def found(
    source: Source, instance: dg.DagsterInstance, keep: Retention = KEEP, now: dt.datetime = NOW
) -> dict[str, Cut]:
    cuts = plan.find(source.settings, [source.contract], keep, now, instance)
    assert len({cut.what for cut in cuts}) == len(cuts)
    return {cut.what: cut for cut in cuts}


def carry_out(source: Source, instance: dg.DagsterInstance, keep: Retention = KEEP) -> None:
    cuts = list(found(source, instance, keep).values())
    plan.carry_out(source.settings, cuts, "retention", NOW, instance)


def landed(source: Source) -> set[str]:
    return {path.stem for path in (source.settings.landing / "crm" / "deals").glob("*.parquet")}


def rows(source: Source, sql: str) -> list[tuple]:
    with open_warehouse(source.settings, read_only=True) as con:
        return con.execute(sql).fetchall()


def test_looking_changes_nothing_and_tells_how_much_since_when(source: Source, instance: dg.DagsterInstance) -> None:
    before = {p: p.read_bytes() for p in source.settings.data.rglob("*") if p.is_file() and "dagster" not in p.parts}
    cuts = found(source, instance)
    assert {what: (cut.number, cut.since) for what, cut in cuts.items()} == {
        "raw": (3, OLD), "quarantine": (1, OLD), "landing": (3, OLD),
    }  # fmt: skip
    assert cuts["landing"].bytes > 0
    assert "deals_1.csv, deals_2.csv, deals_3.csv" in cuts["landing"].after
    assert before == {
        p: p.read_bytes() for p in source.settings.data.rglob("*") if p.is_file() and "dagster" not in p.parts
    }


def test_what_is_old_goes_once_and_no_delivery_is_loaded_again(source: Source, instance: dg.DagsterInstance) -> None:
    ledger = rows(source, "select * from loads.ledger order by all")
    with open_warehouse(source.settings) as con:
        con.execute(
            "insert into gate.fingerprints values ('raw_crm.deals', 'f', 'r'), ('gate.quarantine_effect', 'f', 'r')"
        )
    carry_out(source, instance)
    assert rows(source, "select id from raw_crm.deals") == [("a4",)]
    assert rows(source, "select count(*) from quarantine_crm.deals") == [(0,)]
    assert rows(source, "select * from gate.fingerprints") == []  # the next run checks and compares anew
    assert len(landed(source)) == 1
    assert rows(source, "select * from loads.ledger order by all") == ledger
    assert found(source, instance) == {}
    again = deliver(source, dt.datetime(2026, 3, 3))
    assert (again.loaded, again.skipped_files) == (0, 4)
    assert rows(source, "select id from raw_crm.deals") == [("a4",)]
    (act,) = acts.read(source.settings, plan.ACT)
    assert {cut["what"]: cut["count"] for cut in act.detail["cuts"]} == {"raw": 3, "quarantine": 1, "landing": 3}


def test_a_changed_contract_is_refused_as_was_told_where_source_and_landing_are_gone(
    source: Source, instance: dg.DagsterInstance
) -> None:
    carry_out(source, instance)
    (source.folder / "deals_1.csv").unlink()
    source.columns(id="text", amount="decimal(18,4)", changed="timestamp")
    (refused,) = deliver(source, dt.datetime(2026, 3, 3)).refused
    assert "deals_1.csv is no longer in the source folder" in str(refused.error)
    assert rows(source, "select id from raw_crm.deals") == [("a4",)]


@pytest.mark.parametrize("delivery", ["upsert", "full"])
def test_the_present_state_of_a_source_has_no_age(tmp_path: Path, delivery: str) -> None:
    source = Source(tmp_path).say(delivery=delivery)
    source.write("deals_1.csv", f"{HEAD}a,1,2020-01-01 08:00:00\n")
    deliver(source, OLD)
    write_home(source.settings.dagster_home)
    with dg.DagsterInstance.from_config(str(source.settings.dagster_home)) as instance:
        assert found(source, instance) == {}  # nor does its newest landing file go


def test_rows_that_closed_periods_rest_on_stay(source: Source, instance: dg.DagsterInstance) -> None:
    close = closes.folder(source.settings) / "run_1.parquet"
    close.parent.mkdir(parents=True)
    shape = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in closes.FIGURES.columns.items())
    start = "date '2022-01-01' as period_start, 'won_amount' as kpi_id, 'month' as grain"
    with duckdb.connect() as con:
        con.execute(f"copy (select * replace ({start}) from (select {shape})) to '{close}' (format parquet)")
    cut = found(source, instance)["raw"]
    assert (cut.number, cut.kept) == (0, "3 rows: periods closed since 2022-01-01 rest on them")
    carry_out(source, instance)
    assert len(rows(source, "select id from raw_crm.deals")) == 4


def test_what_an_open_alert_is_about_stays(source: Source, instance: dg.DagsterInstance) -> None:
    finding = _finding("raw_crm.deals")
    record.append(source.settings, lambda state: [Event(NOW, "opened", "", finding)])
    cuts = found(source, instance)
    assert {what: cut.number for what, cut in cuts.items()} == {"raw": 0, "quarantine": 0, "landing": 0}
    assert all("open alert" in cut.kept for cut in cuts.values())


def _finding(table: str) -> dict[str, object]:
    """The detail of an opened alert of a table, whatever else a finding says."""
    from dataclasses import MISSING, fields, is_dataclass

    from pipelines.watch.alerts.history import Finding

    if is_dataclass(Finding):
        needed = [f.name for f in fields(Finding) if f.default is MISSING and f.default_factory is MISSING]
    else:
        needed = [name for name in Finding._fields if name not in Finding._field_defaults]
    return dict.fromkeys(needed, "x") | {"table": table}


def test_personal_columns_of_old_rows_are_emptied_and_the_rows_stay(
    source: Source, instance: dg.DagsterInstance
) -> None:
    keep = KEEP.model_copy(update={"raw": "3000 days"})
    source.columns(id="text", amount={"type": "decimal(18,2)"}, changed={"type": "timestamp", "personal": "keep"})
    cut = found(source, instance, keep)["personal"]
    assert cut.number == 3
    carry_out(source, instance, keep)
    assert rows(source, "select id, changed is null from raw_crm.deals order by id") == [
        ("a1", True), ("a2", True), ("a3", True), ("a4", False),
    ]  # fmt: skip


def test_generations_above_those_kept_go_and_never_the_one_that_is_served(
    source: Source, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = source.place / "built"
    built.write_bytes(b"published")
    for number in (1, 2, 3, 4):
        generations.keep(source.settings.serving, built, number, "run", NOW.date(), NOW, 9)
    monkeypatch.setattr("pipelines.keep.clean.files.current_generation", lambda folder: 1)
    carry_out(source, instance)
    assert [one.number for one in generations.kept(source.settings.serving)] == [4, 3, 1]


def test_old_runs_of_dagster_go_with_the_files_of_their_events(source: Source, instance: dg.DagsterInstance) -> None:
    @dg.job
    def nothing() -> None: ...

    done = [nothing.execute_in_process(instance=instance).run_id for _ in range(2)]
    instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED)
    events = source.settings.dagster_home / "history" / "runs"
    assert {f"{run}.db" for run in done} <= {path.name for path in events.iterdir()}
    later = NOW + dt.timedelta(days=36500)  # the runs are of today, whenever that is
    cut = found(
        source,
        instance,
        Retention(raw="999999 days", landing="999999 days", quarantine="999999 days", personal="999999 days"),
        later,
    )["dagster_events"]
    assert (cut.number, set(cut.runs)) == (2, set(done))
    assert cut.kept.startswith("1 runs that never ended")
    plan.carry_out(source.settings, [cut], "old", NOW, instance)
    assert not {f"{run}.db" for run in done} & {path.name for path in events.iterdir()}
    assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.STARTED]


@pytest.mark.parametrize("said", ["", "400", "-1 days", "0 days", "4 weeks", "soon"])
def test_a_retention_that_is_no_number_of_days_is_refused(said: str) -> None:
    with pytest.raises(KpiError, match=r"retention\.raw"):
        days(said, "raw")

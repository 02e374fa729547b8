"""A backup holds what no run could make again, comes back as it was, and none of what was acknowledged is missing."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError, KpiErrors
from pipelines.keep import acts
from pipelines.keep.backup import drill as drills
from pipelines.keep.backup import manifest, rotation
from pipelines.keep.backup.make import back_up, existing
from pipelines.keep.backup.restore import restore, verify
from pipelines.model.company import Backup
from pipelines.resources import Held, open_warehouse
from pipelines.settings import Settings
from tests.keep.conftest import KEY, LANDED, NOW

FORK = multiprocessing.get_context("fork")
LATER = NOW + dt.timedelta(days=1)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_backup_comes_back_as_it_was(kept: Settings, tmp_path: Path) -> None:
    place = back_up(kept, tmp_path / "backups", NOW)
    assert place.name == "20260618T030000Z"
    found = restore(place, tmp_path / "again")
    verify(tmp_path / "again", found, kept)
    was, now = files(kept.config), files(tmp_path / "again")
    for name in [name for name in was if not name.endswith((".sqlite", ".db", "manifest.json"))]:
        assert now[name] == was[name], name
    assert "data/dbt/manifest.json" not in now  # the next run makes it
    there = Settings(config=tmp_path / "again")
    assert acts.read(there) == acts.read(kept)
    for name in ("alerts.sqlite", "dagster/history/runs.db"):
        with closing(sqlite3.connect(there.data / name)) as con:
            assert con.execute("select text from said").fetchall() == [("whole",)]
    assert stat.S_IMODE((there.data / "pseudonym.key").stat().st_mode) == 0o600


def test_what_the_log_of_a_killed_run_holds_is_in_the_backup(kept: Settings, tmp_path: Path) -> None:
    def die() -> None:
        con = duckdb.connect(str(kept.warehouse))
        con.execute("update published.kpi_values set value = 42")
        os.kill(os.getpid(), signal.SIGKILL)

    process = FORK.Process(target=die)
    process.start()
    process.join()
    assert kept.warehouse.with_name("warehouse.duckdb.wal").is_file()
    found = restore(back_up(kept, tmp_path / "backups", NOW), tmp_path / "again")
    verify(tmp_path / "again", found, kept)
    with open_warehouse(Settings(config=tmp_path / "again"), read_only=True) as con:
        assert con.execute("select distinct value from published.kpi_values").fetchall() == [(42,)]


def test_a_run_that_holds_the_working_file_is_named_and_nothing_is_left(kept: Settings, tmp_path: Path) -> None:
    ours, theirs = FORK.Pipe()

    def hold() -> None:
        with duckdb.connect(str(kept.warehouse)):
            theirs.send("held")
            theirs.recv()

    process = FORK.Process(target=hold)
    process.start()
    ours.recv()
    try:
        with pytest.raises(Held, match=f"process {process.pid}"):
            back_up(kept, tmp_path / "backups", NOW)
    finally:
        ours.send("end")
        process.join()
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [".lock"]


def test_while_a_backup_is_made_no_other_process_can_write_the_working_file(kept: Settings, tmp_path: Path) -> None:
    """The lock must still be held when the working file, the last, is read: whoever tries then is refused."""
    tried: list[str] = []
    open_it = f"import duckdb; duckdb.connect({str(kept.warehouse)!r})"

    def say(words: str) -> None:
        if words == "the working file":
            tried.append(subprocess.run([sys.executable, "-c", open_it], capture_output=True, text=True).stderr)

    back_up(kept, tmp_path / "backups", NOW, say=say)
    assert len(tried) == 1
    assert "Conflicting lock is held" in tried[0]


def test_the_second_backup_shares_what_never_changes_and_each_is_whole_alone(kept: Settings, tmp_path: Path) -> None:
    first = back_up(kept, tmp_path / "backups", NOW)
    (kept.landing / "crm" / "deals" / "6a7b.parquet").write_bytes(b"a day later")
    second = back_up(kept, tmp_path / "backups", LATER)
    for name in LANDED:
        path = f"data/landing/{name}.parquet"
        assert (first / path).stat().st_ino == (second / path).stat().st_ino != (kept.config / path).stat().st_ino
    shutil.rmtree(first)
    found = restore(second, tmp_path / "again")
    verify(tmp_path / "again", found, kept)


def test_a_damaged_file_is_not_passed_on_to_the_next_backup(kept: Settings, tmp_path: Path) -> None:
    path = "data/landing/crm/deals/0a1b.parquet"
    first = back_up(kept, tmp_path / "backups", NOW)
    (first / path).write_bytes(b"DEALS " * 400)
    second = back_up(kept, tmp_path / "backups", LATER)
    manifest.check(second)
    assert (second / path).read_bytes() == LANDED["crm/deals/0a1b"]


def test_the_key_is_left_out_where_that_is_asked_for(kept: Settings, tmp_path: Path) -> None:
    place = back_up(kept, tmp_path / "backups", NOW, with_key=False)
    assert manifest.read(place).key == "left out"
    assert not [name for name, body in files(place).items() if KEY.encode() in body]


def test_a_sealed_backup_tells_nobody_what_it_holds_and_opens_with_the_identity(kept: Settings, tmp_path: Path) -> None:
    from pyrage import x25519

    owner, other = x25519.Identity.generate(), x25519.Identity.generate()
    for name, identity in (("owner", owner), ("other", other)):
        (tmp_path / name).write_text(f"# created\n{identity}\n")
    to = [str(owner.to_public())]
    place = back_up(kept, tmp_path / "backups", NOW, recipients=to)
    second = back_up(kept, tmp_path / "backups", LATER, recipients=to)
    clear = [name for name, body in files(second).items() if KEY.encode() in body or b"deals deals" in body]
    assert clear == []
    path = "data/landing/crm/deals/0a1b.parquet.age"
    assert (place / path).stat().st_ino == (second / path).stat().st_ino
    found = restore(second, tmp_path / "again", tmp_path / "owner")
    verify(tmp_path / "again", found, kept)
    assert (tmp_path / "again/data/pseudonym.key").read_text().strip() == KEY
    with pytest.raises(KpiError, match="sealed with age"):
        restore(second, tmp_path / "third")
    with pytest.raises(KpiError, match="cannot be opened with this identity"):
        restore(second, tmp_path / "third", tmp_path / "other")
    assert not (tmp_path / "third").exists()
    with pytest.raises(KpiError, match="no recipient"):
        back_up(kept, tmp_path / "backups", LATER, recipients=["age1nobody"])


def test_nothing_is_restored_over_what_is_there(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    restore(backup, tmp_path / "there")
    with pytest.raises(KpiError, match="is not empty"):
        restore(backup, tmp_path / "there")


def test_a_table_that_says_something_else_than_it_did_is_named(backup: Path, tmp_path: Path, kept: Settings) -> None:
    found = restore(backup, tmp_path / "again")
    there = Settings(config=tmp_path / "again")
    with duckdb.connect(str(there.warehouse)) as con:
        con.execute("update published.units set label_en = 'Yeast region' where unit_id = 'region_east'")
        con.execute("delete from loads.ledger where table_name = 'orders'")
    acts.record(there, "goal", "won", "more", {}, NOW)
    with pytest.raises(KpiErrors) as told:
        verify(tmp_path / "again", found, kept)
    assert "published.units" in str(told.value)
    assert "2 deliveries instead of 3" in str(told.value)
    assert "3 acts were restored instead of 2" in str(told.value)
    assert "published.kpi_values" not in str(told.value)


def test_an_acknowledged_act_is_in_the_backup_whatever_kills_the_process_right_after(
    kept: Settings, tmp_path: Path
) -> None:
    """RPO 0 of goals: what `kpi goals approve` acknowledged is on the disk (synchronous = extra)."""

    def approve_and_tell(number: int, told: int) -> None:
        acts.record(kept, "goal", f"goal_{number}", "approved", {"state": "approved"}, NOW)
        os.write(told, b"y")
        signal.pause()

    for number in range(10):
        ours, theirs = os.pipe()
        process = FORK.Process(target=approve_and_tell, args=(number, theirs))
        process.start()
        assert os.read(ours, 1) == b"y"
        process.kill()
        process.join()
        for handle in (ours, theirs):
            os.close(handle)
    found = restore(back_up(kept, tmp_path / "backups", NOW), tmp_path / "again")
    assert found.acts == 12
    subjects = [act.subject for act in acts.read(Settings(config=tmp_path / "again"))]
    assert subjects == ["won", "crm.deals", *(f"goal_{number}" for number in range(10))]


def test_a_backup_made_while_acts_are_written_holds_each_whole_or_not_at_all(kept: Settings, tmp_path: Path) -> None:
    stop = FORK.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            acts.record(kept, "goal", f"goal_{number}", "approved", {}, NOW)
            number += 1

    process = FORK.Process(target=write)
    process.start()
    counts = []
    try:
        for day in range(3):
            place = back_up(kept, tmp_path / "backups", NOW + dt.timedelta(days=day))
            counts.append(manifest.read(place).acts)  # reading them checks the chain
    finally:
        stop.set()
        process.join()
    assert 2 <= counts[0] < counts[1] < counts[2] <= len(acts.read(kept))


def test_what_a_killed_backup_left_is_no_backup_and_goes(kept: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"

    def die() -> None:
        back_up(kept, folder, NOW, say=lambda words: os.kill(os.getpid(), signal.SIGKILL))

    process = FORK.Process(target=die)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert existing(folder) == []
    assert list(folder.glob(".*.next"))
    place = back_up(kept, folder, LATER)
    assert existing(folder) == [place]
    assert not list(folder.glob(".*.next"))


def test_a_drill_is_written_down_whether_it_went_well_or_not(
    kept: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 3.0, 10.0])
    found = drills.drill(kept, tmp_path / "backups", NOW, lambda: next(seconds))
    assert (found.outcome, found.backup_seconds, found.restore_seconds) == ("ok", 3.0, 7.0)
    assert not (tmp_path / "backups" / ".drill").exists()

    def rot(place: Path) -> Path:
        (place / "data/warehouse/warehouse.duckdb").write_bytes(b"rotten")
        return place

    monkeypatch.setattr(drills, "back_up", lambda *args, **named: rot(back_up(*args, **named)))
    with pytest.raises(KpiError, match="bytes instead of"):
        drills.drill(kept, tmp_path / "backups", LATER, lambda: 0.0)
    first, second = acts.read(kept, drills.ACT)
    assert (first.subject, first.detail["outcome"]) == ("20260618T030000Z", "ok")
    assert first.detail["tables"] > 10
    assert (second.detail["outcome"], "bytes instead of" in second.detail["note"]) == ("failed", True)


def days(*names: str) -> list[Path]:
    return [Path(name if "T" in name else f"{name}T030000Z") for name in names]


def test_rotation_keeps_the_newest_of_each_day_week_and_month_and_never_removes_the_newest() -> None:
    nights = [NOW - dt.timedelta(days=back) for back in range(800)]
    backups = [Path(night.strftime("%Y%m%dT%H%M%SZ")) for night in nights]
    gone = rotation.superfluous(backups, 7, 5, 13)
    kept = sorted({path.name[:8] for path in backups} - {path.name[:8] for path in gone}, reverse=True)
    assert kept[:7] == [night.strftime("%Y%m%d") for night in nights[:7]]
    assert kept[7:11] == ["20260607", "20260531", "20260524", "20260430"]  # Sundays, then ends of months
    assert kept[11:] == [
        "20260331", "20260228", "20260131", "20251231", "20251130", "20251031", "20250930", "20250831", "20250731",
        "20250630",
    ]  # fmt: skip
    assert rotation.superfluous(days("20260618", "20260618T040000Z"), 1, 0, 0) == days("20260618")
    assert rotation.superfluous(days("20200101"), 1, 0, 0) == []


def test_rotation_counts_no_backup_that_is_not_whole_and_removes_whole_folders(backup: Path) -> None:
    folder = backup.parent
    for name in ("20260619T030000Z", "20260617T030000Z"):
        shutil.copytree(backup, folder / name)  # of another name than its manifest says: no whole backup
    assert rotation.rotate(folder, Backup(daily=1, weekly=0, monthly=0)) == []
    assert [path.name for path in existing(folder)] == ["20260617T030000Z", "20260618T030000Z", "20260619T030000Z"]
    text = (folder / "20260619T030000Z" / "manifest.json").read_text()
    body = text.replace('"name": "20260618', '"name": "20260619').encode()
    (folder / "20260619T030000Z" / "manifest.json").write_bytes(body)
    (folder / "20260619T030000Z" / "manifest.sha256").write_text(f"{acts.digest_of(body)}  manifest.json\n")
    assert rotation.rotate(folder, Backup(daily=1, weekly=0, monthly=0)) == [backup]
    assert [path.name for path in existing(folder)] == ["20260617T030000Z", "20260619T030000Z"]

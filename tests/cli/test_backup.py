"""`kpi backup` and `kpi restore` as a person meets them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.cli import backup as verbs
from pipelines.cli.run import _back_up
from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.keep.backup.make import existing
from pipelines.resources import Held
from pipelines.settings import Settings
from tests.keep.conftest import company


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "company"
    company(folder)
    return folder


@pytest.fixture
def settings(_made: Path, tmp_path: Path) -> Settings:
    return Settings(config=Path(shutil.copytree(_made, tmp_path / "company")), user="an_li", threads=1)


def test_it_says_what_the_backup_holds_and_who_can_undo_pseudonyms(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verbs.back_up(settings)
    said = " ".join(capsys.readouterr().out.split())
    assert "2 acts, 3 deliveries" in said
    assert "who has this folder can undo them" in said
    assert "on the same disk as the data" in said
    (place,) = existing(settings.data / "backups")
    verbs.restore(place, tmp_path / "again", True, None)
    said = " ".join(capsys.readouterr().out.split())
    assert "3 deliveries and 2 acts are what they were" in said


def test_a_backup_in_the_data_folder_does_not_hold_the_ones_before(settings: Settings) -> None:
    verbs.back_up(settings, without_key=True)
    (place,) = existing(settings.data / "backups")
    assert not (place / "data" / "backups").exists()
    assert not (place / "data" / "pseudonym.key").exists()


def test_rotation_tells_what_it_removes(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import datetime as dt

    class Clock(dt.datetime):
        at = dt.datetime(2026, 6, 18, 3, tzinfo=dt.UTC)

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            cls.at += dt.timedelta(hours=1)
            return cls.at

    monkeypatch.setattr(verbs, "datetime", Clock)
    verbs.back_up(settings)
    verbs.back_up(settings)
    assert "rotation removed 20260618T040000Z" in capsys.readouterr().out
    assert [path.name for path in existing(settings.data / "backups")] == ["20260618T050000Z"]


def test_a_drill_is_an_act_and_another_word_is_refused(settings: Settings, tmp_path: Path) -> None:
    verbs.drill(settings, "drill", tmp_path / "elsewhere", None, 0, None)
    assert [act.detail["outcome"] for act in acts.read(settings, "backup_drill")] == ["ok"]
    with pytest.raises(KpiError, match="no such thing"):
        verbs.drill(settings, "dril", None, None, 0, None)


def test_it_waits_for_a_run_and_then_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    tries = iter([Held("another process is using the warehouse: python (process 7)"), None])

    def work() -> str:
        if error := next(tries):
            raise error
        return "made"

    assert verbs.waiting(60, work) == "made"
    assert capsys.readouterr().out.count("waiting for it to end") == 1

    def held() -> None:
        raise Held("another process is using the warehouse: python (process 7)")

    with pytest.raises(Held, match="process 7"):
        verbs.waiting(0, held)


def test_a_run_ends_with_a_backup_where_the_company_says_so_and_a_red_run_keeps_its_own_failure(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _back_up(settings, None)
    assert len(existing(settings.data / "backups")) == 1
    shutil.rmtree(settings.data / "backups")
    (settings.data / "backups").write_text("a file in the way")
    with pytest.raises(KpiError, match="no backup was made"):
        _back_up(settings, None)
    _back_up(settings, KpiError("the run's own failure"))  # told, not raised over it
    assert "error" in capsys.readouterr().err

"""24 ways to damage a backup: each is noticed before anything is restored, and the file is named (test 20 of the faults)."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.keep.backup import manifest
from pipelines.keep.backup.restore import restore

WAREHOUSE, ACTS, KEY = "data/warehouse/warehouse.duckdb", "data/acts.sqlite", "data/pseudonym.key"
LANDED, OTHER = "data/landing/crm/deals/0a1b.parquet", "data/landing/crm/deals/2c3d.parquet"
GOAL, MANIFEST = "kpi_definitions/goals/won.yml", "manifest.json"
CHANCE = random.Random(20261128)
Damage = Callable[[Path], None]


def flip(name: str, where: float) -> Damage:
    """One bit of one byte, at a share of the file's length."""

    def damage(backup: Path) -> None:
        body = bytearray((backup / name).read_bytes())
        body[min(int(len(body) * where), len(body) - 1)] ^= 1 << CHANCE.randrange(8)
        (backup / name).write_bytes(body)

    return damage


def cut(name: str, share: float) -> Damage:
    return lambda backup: (
        (backup / name).write_bytes((body := (backup / name).read_bytes())[: int(len(body) * share)]) and None
    )


def gone(name: str) -> Damage:
    return lambda backup: (backup / name).unlink()


def more(name: str) -> Damage:
    return lambda backup: (backup / name).write_bytes(b"more") and None


def swapped(one: str, other: str) -> Damage:
    def damage(backup: Path) -> None:
        (backup / one).rename(backup / "aside")
        (backup / other).rename(backup / one)
        (backup / "aside").rename(backup / other)

    return damage


def edited(change: Callable[[dict], object], also_digest: bool = False) -> Damage:
    """The manifest, changed by hand; with its digest computed anew by somebody who knows how."""

    def damage(backup: Path) -> None:
        said = json.loads((backup / MANIFEST).read_text())
        change(said)
        body = json.dumps(said).encode()
        (backup / MANIFEST).write_bytes(body)
        if also_digest:
            (backup / manifest.DIGEST).write_text(f"{acts.digest_of(body)}  {MANIFEST}\n")

    return damage


def linked(backup: Path) -> None:
    shutil.move(backup / LANDED, backup.parent / "elsewhere")
    (backup / LANDED).symlink_to(backup.parent / "elsewhere")


def appended(backup: Path) -> None:
    with (backup / WAREHOUSE).open("ab") as file:
        file.write(b"\0" * 4096)


def zeroed(backup: Path) -> None:
    (backup / WAREHOUSE).write_bytes(b"\0" * (backup / WAREHOUSE).stat().st_size)


def other_goal(backup: Path) -> None:
    (backup / GOAL).write_bytes(b"id: not\n")  # of the same length


WAYS: dict[str, tuple[Damage, str]] = {
    "a bit of the working file's head": (flip(WAREHOUSE, 0), WAREHOUSE),
    "a bit in its middle": (flip(WAREHOUSE, 0.5), WAREHOUSE),
    "its last bit": (flip(WAREHOUSE, 1), WAREHOUSE),
    "a bit of the acts": (flip(ACTS, 0.6), ACTS),
    "a bit of a landing file": (flip(LANDED, 0.3), LANDED),
    "a bit of the key": (flip(KEY, 0.2), KEY),
    "a bit of the manifest": (flip(MANIFEST, 0.5), MANIFEST),
    "the working file cut in half": (cut(WAREHOUSE, 0.5), WAREHOUSE),
    "acts cut off": (cut(ACTS, 0.9), ACTS),
    "a landing file emptied": (cut(LANDED, 0), LANDED),
    "the manifest cut": (cut(MANIFEST, 0.7), MANIFEST),
    "the working file longer": (appended, WAREHOUSE),
    "the working file of zeros": (zeroed, WAREHOUSE),
    "no working file": (gone(WAREHOUSE), WAREHOUSE),
    "no landing file": (gone(LANDED), LANDED),
    "no key": (gone(KEY), KEY),
    "no manifest": (gone(MANIFEST), MANIFEST),
    "no digest of the manifest": (gone(manifest.DIGEST), MANIFEST),
    "a file more": (more("data/landing/crm/deals/ffff.parquet"), "data/landing/crm/deals/ffff.parquet"),
    "two landing files swapped": (swapped(LANDED, OTHER), LANDED),
    "a link in place of a file": (linked, LANDED),
    "a goal changed, as long as before": (other_goal, GOAL),
    "a hash in the manifest edited": (edited(lambda said: said["files"][0].update(sha256="0" * 64)), MANIFEST),
    "a file taken out of the manifest, with a new digest": (
        edited(lambda said: said.update(files=[f for f in said["files"] if f["path"] != GOAL]), also_digest=True),
        GOAL,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_backup_is_named_and_nothing_is_restored(backup: Path, tmp_path: Path, way: str) -> None:
    damage, named = WAYS[way]
    damage(backup)
    with pytest.raises(KpiError) as told:
        restore(backup, tmp_path / "again")
    assert re.search(rf"{re.escape(named)}: ", str(told.value)), told.value
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".again*"))


def test_there_are_24_ways() -> None:
    assert len(WAYS) == 24


def test_a_swap_is_told_as_one(backup: Path, tmp_path: Path) -> None:
    swapped(LANDED, OTHER)(backup)  # the two differ in size; of one size it is told whose content it is
    with pytest.raises(KpiError, match=OTHER):
        restore(backup, tmp_path / "again")


def test_the_manifest_of_another_backup_is_not_taken_for_this_one(backup: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(backup, backup.parent / "20260701T030000Z"))
    with pytest.raises(KpiError, match="the folder is 20260701T030000Z"):
        restore(other, tmp_path / "again")


def test_a_manifest_that_names_a_place_outside_writes_nothing_there(backup: Path, tmp_path: Path) -> None:
    def change(said: dict) -> None:
        next(file for file in said["files"] if file["path"] == GOAL)["path"] = "../outside.yml"

    edited(change, also_digest=True)(backup)
    with pytest.raises(KpiError, match="outside of the backup"):
        restore(backup, tmp_path / "again")
    assert not (tmp_path / "outside.yml").exists()

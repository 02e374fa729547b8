"""Generations kept: what each run published, so that a bad one can be taken back.

Belongs here: data/serving/generations/<number>/, each a served file and what it is (about.json). Does not: which of
them is served (serving.py, rollback.py).

Each is a copy of its own, not a link to the served file: a BI tool that opens that one for writing would change both.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.errors import KpiError
from pipelines.publish.served import FILE
from pipelines.whole_file import sync

FOLDER = "generations"
ABOUT = "about.json"


@dataclass(frozen=True)
class Generation:
    """One publication that is kept; `published_at` is UTC, `sha256` of its file."""

    number: int
    run_id: str
    as_of: date
    published_at: datetime
    rows: int
    sha256: str


def keep(serving: Path, built: Path, number: int, run_id: str, as_of: date, now: datetime, rows: int) -> None:
    """Copies a file that is verified and not served yet; what a killed publisher left of the same number goes."""
    place, aside = _place(serving, number), serving / FOLDER / f".{number}.next"
    for left in (place, aside):
        shutil.rmtree(left, ignore_errors=True)
    aside.mkdir(parents=True)
    shutil.copyfile(built, aside / FILE)
    about = Generation(number, run_id, as_of, now.replace(tzinfo=None), rows, digest(aside / FILE))
    (aside / ABOUT).write_text(json.dumps(asdict(about), default=str, indent=1), encoding="utf-8")
    for path in (aside / FILE, aside / ABOUT, aside):
        sync(path)
    aside.rename(place)
    sync(place.parent)


def kept(serving: Path) -> list[Generation]:
    """Every generation that is kept, the newest first."""
    found = [_about(path) for path in (serving / FOLDER).glob(f"[0-9]*/{ABOUT}")]
    return sorted((one for one in found if one), key=lambda one: -one.number)


def newest(serving: Path) -> int:
    """The highest number that was given, 0 where nothing is kept."""
    return max((int(path.name) for path in (serving / FOLDER).glob("[0-9]*") if path.name.isdigit()), default=0)


def prune(serving: Path, most: int, served: int) -> None:
    """Keeps the newest `most`, and the one that is served."""
    for one in kept(serving)[max(most, 1) :]:
        if one.number != served:
            shutil.rmtree(_place(serving, one.number), ignore_errors=True)
    for left in (serving / FOLDER).glob(".*.next"):
        shutil.rmtree(left, ignore_errors=True)


def verified(serving: Path, number: int) -> tuple[Generation, Path]:
    """A kept generation and its file, byte for byte what was published. Raises KpiError where it is not."""
    there = {one.number: one for one in kept(serving)}
    if number not in there:
        numbers = ", ".join(str(one) for one in there) or "none"
        raise KpiError(f"generation {number} is not kept", next_step=f"there is {numbers}")
    path = _place(serving, number) / FILE
    if not path.is_file() or digest(path) != there[number].sha256:
        raise KpiError("is not what was published: damaged, or changed", file=path, next_step="take another generation")
    return there[number], path


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(serving: Path, number: int) -> Path:
    return serving / FOLDER / str(number)


def _about(path: Path) -> Generation | None:
    """None where it cannot be read: a generation nobody can tell apart is none to go back to."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        said["as_of"] = date.fromisoformat(said["as_of"])
        said["published_at"] = datetime.fromisoformat(said["published_at"])
        return Generation(**said)
    except (OSError, ValueError, TypeError, KeyError):
        return None

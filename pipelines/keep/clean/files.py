"""Files that are too old: landing files and generations.

Belongs here: which ones. Does not: removing them (plan.py).

A landing file is not what keeps a delivery from being loaded twice (the ledger is, and it stays): it is what the
delivery is loaded from again when its contract changes and the source no longer has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.keep.clean.cut import Cut
from pipelines.publish import generations
from pipelines.publish.served import current_generation
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

NAMED = 5  # source files of a table that are named; the rest is counted


def old_landing(
    con: duckdb.DuckDBPyConnection, settings: Settings, before: datetime, alerted: Collection[str]
) -> Iterator[Cut]:
    """Landing files of deliveries loaded before `before`. The newest of a table stays: drift is told by comparing with
    it. One that no delivery names (refused, or held back) goes by its own age."""
    loaded: dict[tuple[str, str], dict[str, tuple[datetime, str]]] = defaultdict(dict)
    for system, table, batch, at, name in con.execute(
        "select system, table_name, batch_id, loaded_at, source_file from loads.ledger order by loaded_at, rowid"
    ).fetchall():
        loaded[system, table][batch] = (at, name)
    for place in sorted(settings.landing.glob("*/*")):
        known = loaded.get((place.parent.name, place.name), {})
        yield from _of_table(place, known, before, alerted)


def _of_table(
    place: Path, known: dict[str, tuple[datetime, str]], before: datetime, alerted: Collection[str]
) -> Iterator[Cut]:
    newest = next(reversed(known), None)
    old = {}
    for path in sorted(place.glob("[!.]*.parquet")):
        at, name = known.get(path.stem) or (datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None), "")
        if at < before and path.stem != newest:
            old[path] = (at, name)
    if not old:
        return
    address = f"raw_{place.parent.name}.{place.name}"
    since, size = min(at for at, _ in old.values()), sum(path.stat().st_size for path in old)
    if address in alerted:
        yield Cut("landing", address, 0, since, kept=f"{len(old):,} files: an open alert is about this table")
        return
    names = sorted(name for _, name in old.values() if name)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    after = (
        f"where the source no longer has {', '.join(names[:NAMED])}{more}, a changed contract (or a new key) of"
        f" {address} is refused from now on"
    )
    yield Cut("landing", address, len(old), since, size, after=after if names else "", paths=tuple(old))


def old_generations(settings: Settings, most: int) -> Iterator[Cut]:
    """Generations above the newest `most`; never the one that is served."""
    served = current_generation(settings.serving) if settings.serving.is_dir() else 0
    old = [one for one in generations.kept(settings.serving)[max(most, 1) :] if one.number != served]
    if old:
        paths = tuple(settings.serving / generations.FOLDER / str(one.number) for one in old)
        size = sum(path.stat().st_size for place in paths for path in place.rglob("*") if path.is_file())
        yield Cut("generations", "serving", len(old), min(one.published_at for one in old), size, paths=paths)

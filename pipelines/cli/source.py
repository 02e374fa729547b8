"""`kpi source`: draft a contract from a sample file, check a configured system, list the systems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.console import complain, console
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.extract.check import TableCheck
    from pipelines.extract.contract import SourceContract

STDOUT = ("stdout", "-")


def draft(
    settings: Settings,
    file: str,
    entity: str | None,
    system: str | None,
    table: str | None,
    out: str | None,
    force: bool,
) -> None:
    """Writes the contract drafted from a sample, a file or an object as s3://bucket/prefix/file, or prints it.

    Raises KpiError: a file that cannot be read, an unknown entity, a contract that is there already.
    """
    from pipelines.extract.draft import draft as propose

    with _sample(file) as (sample, place):
        made = propose(sample, settings, entity, system, table, place)
    said = console(stderr=True).print
    if out in STDOUT:
        print(made.text, end="")
    else:
        path = Path(out).expanduser() if out else settings.sources / f"{made.system}.yml"
        _write(path, made.text, force)
        said(f"{path}: {made.rows:,} records read", markup=False)
    if entity is None:
        others = [name for _, name in made.ranked if name != made.entity][:2]
        said(f"entity {made.entity or 'none'}, best of all; next {', '.join(others)} (say --entity to choose)")
    said(f"{made.doubts} lines are marked doubtful: read and correct them, then kpi source check {made.system}")


@contextmanager
def _sample(file: str) -> Iterator[tuple[Path, str | None]]:
    """The sample as a local file, and where its system's files lie if that is another place than its folder."""
    from pipelines.extract.contract.files import is_store

    if not is_store(file):
        yield Path(file), None
        return
    from pipelines.extract.files import object_store

    with object_store.sample(file) as path:
        yield path, file.rpartition("/")[0]


def _write(path: Path, text: str, force: bool) -> None:
    if path.exists() and not force:
        raise KpiError(
            "is there already",
            file=path,
            next_step="say --out stdout and add the table to it, or --force to replace it",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check(settings: Settings, system: str) -> None:
    """Prints what was found of every table of a system.

    Raises KpiErrors with every problem and its next step, KpiError for an unknown system.
    """
    from rich import box
    from rich.table import Table

    from pipelines.extract.check import check as look

    contract = _contract(settings, system)
    shown = Table(box=box.SIMPLE_HEAD, title=f"{system} · {contract.label.en} · {contract.kind}")
    for heading in ("table", "read from", "rows", "columns", "not typed", "keys", "newest"):
        shown.add_column(heading, justify="right" if heading == "rows" else "left")
    problems: list[KpiError] = []
    for table in look(contract, settings):
        problems += table.problems
        shown.add_row(*_row(table))
    console().print(shown)
    if problems:
        complain(KpiErrors(problems))
        raise KpiError(f"{system}: {len(problems)} things do not fit", next_step="mend them and check again")


def _row(table: TableCheck) -> list[str]:
    from rich.markup import escape

    style = "green" if table.fits else "red"
    name = f"[{style}]{escape(table.table)}[/{style}]"
    if not table.rows and table.problems:
        return [name, "[red]not read[/red]", "", "", "", "", ""]
    drift = [f"{finding.column} {finding.kind}" for finding in table.findings]
    columns = ", ".join([f"{table.columns} as said" if not drift else f"{table.columns} said", *drift])
    untyped = ", ".join(f"{column}: {count} not {what}" for column, (count, what) in table.untyped.items())
    return [name, *map(escape, [table.read_from, str(table.rows), columns, untyped, table.keys, table.newest or ""])]


def _contract(settings: Settings, system: str) -> SourceContract:
    from pipelines.extract.contract import read_contract

    known = sorted(path.stem for path in settings.sources.glob("*.yml"))
    if system not in known:
        raise KpiError(
            f"unknown system {system}{did_you_mean(system, known)}",
            file=settings.sources,
            next_step=f"one of {', '.join(known)}" if known else "kpi source draft FILE writes a contract",
        )
    return read_contract(settings.sources / f"{system}.yml")


def list_systems(settings: Settings) -> None:
    """Prints every system with its tables and the last load of each."""
    from rich import box
    from rich.table import Table

    from pipelines.extract.contract import read_contract

    loads = _last_loads(settings)
    shown = Table(box=box.SIMPLE_HEAD)
    for heading in ("system", "kind", "enabled", "table", "feeds", "last load (UTC)"):
        shown.add_column(heading, no_wrap=True)
    for path in sorted(settings.sources.glob("*.yml")):
        contract = read_contract(path)
        for place, (name, table) in enumerate(contract.tables.items()):
            first = [contract.system, contract.kind, "yes" if contract.enabled else "no"] if not place else [""] * 3
            feeds = ", ".join(dict.fromkeys(mapping.entity for mapping in table.entities))
            shown.add_row(*first, name, feeds, loads.get((contract.system, name), "never"))
    console().print(shown)


def _last_loads(settings: Settings) -> dict[tuple[str, str], str]:
    from pipelines.resources import open_warehouse

    if not settings.warehouse.is_file():
        return {}
    with open_warehouse(settings, read_only=True) as con:
        rows = con.execute("select system, table_name, max(loaded_at) from loads.ledger group by all").fetchall()
    return {(system, table): f"{loaded:%Y-%m-%d %H:%M}" for system, table, loaded in rows}

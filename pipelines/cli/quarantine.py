"""`kpi quarantine`: what is set aside, why and since when; and letting a row out that is right all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipelines.cli.console import console
from pipelines.cli.options import known_language
from pipelines.errors import KpiError, did_you_mean
from pipelines.gate import quarantine, releases, rules
from pipelines.gate.releases import RELEASE, Released
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

SHORT = 8  # digits of a batch that tell it from others in a list


class Row(NamedTuple):
    """A row and one rule it breaks; `record` is JSON without personal columns."""

    batch_id: str
    row_number: int
    source_file: str
    stage: str
    rule: str
    reason: str
    record: str
    since: datetime

    @property
    def name(self) -> str:
        """As `show` prints it and `release` takes it."""
        return f"{self.batch_id[:SHORT]}:{self.row_number}"


def list_held(settings: Settings, language: str) -> None:
    """Prints per table and rule how many rows are set aside, since when, whose they are and which KPIs lack them."""
    from rich import box
    from rich.table import Table

    known_language(language)
    shown = Table(box=box.SIMPLE_HEAD)
    for heading in ("table", "rule", "rows", "since", "owner", "KPIs without them", "why"):
        is_name = heading in ("table", "rule", "since", "owner")
        shown.add_column(heading, justify="right" if heading == "rows" else "left", no_wrap=is_name, overflow="fold")
    with _opened(settings) as con:
        addresses = list(_addresses(con))
        for address in addresses:
            found = con.execute(
                f"""
                with latest as (
                    select check_name, owner, kpis_affected from gate.results
                    where table_name = $table
                        and run_id = (select arg_max(run_id, rowid) from gate.results where table_name = $table)
                )
                select held.rule, count(distinct (held._batch_id, held._row_number)), min(held.set_aside_at),
                    coalesce(any_value(latest.owner), ''), coalesce(any_value(latest.kpis_affected), ''),
                    any_value(held.reason_{language})
                from {rules.qualified(quarantine.address_of(address))} as held
                left join latest
                    on latest.check_name = if(held.stage = 'load', 'every_record_can_be_read', held.rule)
                group by held.stage, held.rule
                order by 2 desc, 1
                """,
                {"table": address},
            ).fetchall()
            for rule, rows, since, owner, kpis, why in found:
                said = [releases.subject(address), rule, f"{rows:,}", f"{since:%Y-%m-%d}", owner]
                shown.add_row(*map(_plain, [*said, kpis.replace(",", ", "), why]))
    if shown.row_count:
        console().print(shown)
        console().print("kpi quarantine show TABLE lists the rows; mended in the source, they come back by themselves")
    else:
        console().print("nothing is set aside")


def show(settings: Settings, table: str, rule: str, limit: int, language: str) -> None:
    """Prints the rows of a table (crm.deals) that are set aside, each with the record and where it came from."""
    known_language(language)
    rows = _rows(settings, table, rule, language)
    for row in rows[:limit]:
        said = f"{row.source_file}, record {row.row_number} · {row.rule} · since {row.since:%Y-%m-%d %H:%M} UTC"
        console().print(f"[bold]{_plain(row.name)}[/bold]  {_plain(said)}")
        console().print(f"    {_plain(row.reason)}")
        console().print(f"    {_plain(row.record)}")
    if len(rows) > limit:
        console().print(f"{len(rows) - limit:,} more: --limit {len(rows)}, or --rule")


def release(settings: Settings, table: str, names: Sequence[str], rule: str, every: bool, reason: str) -> None:
    """Lets rows out though they break a rule: an act, and the next run counts them.

    Raises KpiError: no such row, a row that could not be read, no reason, nothing named.
    """
    from pipelines.keep import acts

    if not reason.strip():
        raise KpiError(
            "a release needs a reason, which is kept with your name",
            next_step='add --reason "checked with the customer"',
        )
    if bool(names) == every or (every and not rule):
        raise KpiError(
            "name the rows, or all of one rule",
            next_step=f"kpi quarantine show {table}, then release {table} ROW …; or --rule RULE --all",
        )
    rows = _rows(settings, table, rule, "en")
    chosen = rows if every else [row for row in rows if row.name in names]
    if unknown := sorted(set(names) - {row.name for row in rows}):
        raise KpiError(
            f"no such row in quarantine: {unknown[0]}{did_you_mean(unknown[0], [row.name for row in rows])}",
            next_step=f"kpi quarantine show {table}",
        )
    if unread := [row for row in chosen if row.stage == "load"]:
        raise KpiError(
            f"{unread[0].name} could not be read, so there is nothing to let out: {unread[0].reason}",
            next_step="correct it in the source and deliver it again",
        )
    let_out = {Released(row.batch_id, row.row_number, row.rule) for row in chosen}
    acts.record(settings, RELEASE, table, reason, releases.detail(let_out), datetime.now(UTC))
    several = len({row[:2] for row in let_out})
    console().print(f"{several:,} row{'s' if several > 1 else ''} of {table} let out; the next run counts them")


def _rows(settings: Settings, table: str, rule: str, language: str) -> list[Row]:
    with _opened(settings) as con:
        known = [releases.subject(address) for address in _addresses(con)]
        if table not in known:
            raise KpiError(
                f"nothing is set aside of {table}{did_you_mean(table, known)}",
                next_step=f"one of {', '.join(known)}" if known else "kpi quarantine list",
            )
        found = con.execute(
            f"""
            select _batch_id, _row_number, _source_file, stage, rule, reason_{language}, record, set_aside_at
            from {rules.qualified(quarantine.address_of(f"raw_{table}"))}
            order by stage, rule, _source_file, _row_number
            """
        ).fetchall()
    rows = [Row(*row) for row in found]
    names = sorted({row.rule for row in rows})
    if rule and rule not in names:
        raise KpiError(f"no row breaks {rule}{did_you_mean(rule, names)}", next_step=f"one of {', '.join(names)}")
    return [row for row in rows if not rule or row.rule == rule]


def _addresses(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The raw tables of which something is set aside now."""
    found = con.execute(
        "select schema_name, table_name from duckdb_tables() where starts_with(schema_name, 'quarantine_') order by all"
    ).fetchall()
    for schema, table in found:
        address = f"raw_{schema.removeprefix('quarantine_')}.{table}"
        if quarantine.held(con, address).rows:
            yield address


def _opened(settings: Settings) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    from pipelines.resources import open_warehouse

    return open_warehouse(settings, read_only=True)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)

"""Records drawn to be checked by hand, and what came of it: the error rate that no rule can find.

Belongs here: which records are drawn, and the acts that say what was drawn and found. Does not: the worksheet
(audit_sheet.py), the rate and its bounds (dbt: audits.sql, kpi_values.sql).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract.contract import SNAPSHOT_DAY, SourceContract
from pipelines.gate import quarantine, rules
from pipelines.keep import acts
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

DRAW, RESULT = "audit_draw", "audit_result"
BETWEEN = "|"  # the parts of a key of several columns


class Drawn(NamedTuple):
    """One record to check: its key as text, whose it is, and its fields without personal ones."""

    record_id: str
    owner_id: str | None
    fields: dict[str, Any]


class Sample(NamedTuple):
    """What was drawn of a table (crm.customers); `limit` is the share of wrong records that is still accepted."""

    sample_id: str
    table: str
    seed: int
    limit: float
    drawn_at: dt.datetime
    owners: dict[str, str | None]  # record → owner, in the order drawn


class Finding(NamedTuple):
    """What a person found of one record."""

    record_id: str
    is_wrong: bool
    wrong_fields: tuple[str, ...]


def draw(
    con: duckdb.DuckDBPyConnection, contract: SourceContract, table_name: str, number: int, seed: int
) -> list[Drawn]:
    """`number` records of those that count, each with the same chance; the same seed draws the same.

    Rows that are set aside are known to be wrong and are left out; of a snapshot the newest day is drawn from.
    Raises KpiError: no key to name a record by, no rows.
    """
    table, address = contract.tables[table_name], f"{contract.raw_schema}.{table_name}"
    if not table.key:
        raise KpiError(f"{address} has no key, so no record of it can be named", next_step="give the contract a key")
    shown = [column.name for column in table.loaded_columns if column.personal is None]
    owner = next((column.name for column in table.loaded_columns if column.as_ == "owner_id"), None)
    key = f"concat_ws('{BETWEEN}', {', '.join(f'cast({rules.quoted(name)} as varchar)' for name in table.key)})"
    raw = rules.qualified(address)
    of_day = f"where {SNAPSHOT_DAY} = (select max({SNAPSHOT_DAY}) from {raw})" if table.delivery == "snapshot" else ""
    aside = (
        f"anti join {rules.qualified(quarantine.address_of(address))} using (_batch_id, _row_number)"
        if quarantine.held(con, address).rows
        else ""
    )
    found = con.execute(
        f"""
        select {key} as record_id, {f"cast({rules.quoted(owner)} as varchar)" if owner else "null"} as owner_id,
            {", ".join(rules.quoted(name) for name in shown)}
        from {raw} {aside} {of_day}
        order by md5(concat_ws('|', {key}, ?)), record_id
        limit ?
        """,
        [str(seed), number],
    ).fetchall()
    if not found:
        raise KpiError(f"{address} has no rows to draw from", next_step="load it first: kpi run")
    return [Drawn(row[0], row[1], dict(zip(shown, row[2:], strict=True))) for row in found]


def keep_draw(settings: Settings, sample: Sample, reason: str) -> None:
    """Writes down what was drawn, as an act. Raises KpiError where the sample was drawn before."""
    if sample.sample_id in samples(settings):
        raise KpiError(
            f"sample {sample.sample_id} was drawn before",
            next_step="check that one, or draw with another --seed",
        )
    detail = {
        "sample_id": sample.sample_id,
        "seed": sample.seed,
        "limit": sample.limit,
        "records": list(sample.owners.items()),
    }
    acts.record(settings, DRAW, sample.table, reason, detail, sample.drawn_at)


def keep_result(settings: Settings, sample: Sample, found: Sequence[Finding], reason: str, now: dt.datetime) -> None:
    """Writes down what was found, as an act; what is found of a record later replaces it."""
    results = [[one.record_id, one.is_wrong, list(one.wrong_fields)] for one in found]
    acts.record(settings, RESULT, sample.table, reason, {"sample_id": sample.sample_id, "results": results}, now)


def samples(settings: Settings) -> dict[str, Sample]:
    """Every sample that was drawn, by its id, in the order drawn."""
    return {
        act.detail["sample_id"]: Sample(
            act.detail["sample_id"], act.subject, act.detail["seed"], act.detail["limit"], act.at,
            dict(act.detail["records"]),
        )
        for act in acts.read(settings, DRAW)
    }  # fmt: skip


def rows(settings: Settings) -> Iterator[tuple[Any, ...]]:
    """definitions.audit_samples: one row per record drawn, with what was found of it last, if anything was."""
    found: dict[tuple[str, str], tuple[str, Finding]] = {}
    for act in acts.read(settings, RESULT):
        for record_id, is_wrong, wrong_fields in act.detail["results"]:
            finding = Finding(record_id, is_wrong, tuple(wrong_fields))
            found[act.detail["sample_id"], record_id] = act.who, finding
    for sample in samples(settings).values():
        system, table_name = sample.table.split(".", 1)
        for record_id, owner_id in sample.owners.items():
            checked = found.get((sample.sample_id, record_id))
            yield (
                system, sample.sample_id, record_id, table_name, owner_id, sample.drawn_at, sample.limit,
                checked and checked[0], checked and checked[1].is_wrong, checked and ",".join(checked[1].wrong_fields),
            )  # fmt: skip


def name(table: str, seed: int, number: int, day: dt.date) -> str:
    """crm.customers drawn on 1 March with seed 7 → crm_customers_20260301_7_200."""
    return f"{table.replace('.', '_')}_{day:%Y%m%d}_{seed}_{number}"


def table_of(contracts: Mapping[str, SourceContract], table: str) -> tuple[SourceContract, str]:
    """The contract and the table's name in it of crm.customers. Raises KpiError where no contract has it."""
    from pipelines.errors import did_you_mean

    system, _, table_name = table.partition(".")
    known = [f"{contract.system}.{one}" for contract in contracts.values() for one in contract.tables]
    if table not in known:
        raise KpiError(f"no table {table}{did_you_mean(table, known)}", next_step="write it as crm.customers")
    return contracts[system], table_name

"""loads.findings: what was odd about the deliveries of a run, for the gate to judge and people to read.

Belongs here: writing and reading those rows. Does not: finding anything (drift.py, deliveries.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.deliveries import Delivery, Refused
from pipelines.extract.raw_tables import Target
from pipelines.extract.source import Finding

if TYPE_CHECKING:
    import duckdb


# Of a run that ended before the gate gave its verdict nobody has heard anything.
JUDGED = "exists (select 1 from gate.verdicts as said where said.run_id = found.run_id and said.table_name = ?)"


class Found(NamedTuple):
    """A finding and the delivery it is about."""

    source_file: str
    file_hash: str
    finding: Finding


def of_deliveries(taken: Iterable[Delivery]) -> list[Found]:
    return [Found(delivery.name, delivery.file_hash, finding) for delivery in taken for finding in delivery.findings]


def of_refused(con: duckdb.DuckDBPyConnection, target: Target, refused: Iterable[Refused], run_id: str) -> list[Found]:
    """Each refused delivery as a finding.

    The run that first meets one blocks the table. From then on an unfit file of a table that comes in pieces is set
    aside as a whole: one poisoned day must not stop all the days after it. It is still told, every run, as a warning.
    """
    found = []
    for one in refused:
        in_pieces = target.table.delivery != "full" and one.file_hash  # a pull comes whole, and has no hash
        met = in_pieces and one.kind == "unfit" and _met_before(con, target, one, run_id)
        reason = " ".join(str(one.error.problem).split())
        step = f"; {one.error.next_step}" if one.error.next_step else ""
        where = f", line {one.error.line}" if one.error.line else ""
        zh = {"held": "暂缓装载，等待确认", "unreachable": "无法读取来源"}.get(one.kind, "整份未装载")
        found.append(
            Found(
                one.name,
                one.file_hash,
                Finding(
                    one.kind,
                    "",
                    "warn" if met else "refuse",
                    f"{one.name}{where}：{zh}（{reason}）",
                    f"nothing of {one.name}{where} is loaded: {reason}{step}",
                ),
            )
        )
    return found


def of_absent(target: Target) -> Found:
    """An optional table that the source does not have, as information: its KPIs have no data, and nothing is wrong."""
    name = target.table_name
    return Found(
        name,
        "",
        Finding(
            "absent",
            "",
            "take",
            f"来源中没有 {name}（可选表），保持为空",
            f"this source has no {name}, which is optional; it stays empty",
        ),
    )


def record(
    con: duckdb.DuckDBPyConnection, target: Target, found: Iterable[Found], run_id: str, now: dt.datetime
) -> None:
    """Replaces what this run found about the table; what a run found that ended before its verdict is told with it."""
    con.execute(
        "delete from loads.findings where run_id = ? and system = ? and table_name = ?",
        [run_id, target.system, target.table_name],
    )
    add(con, target, found, run_id, now)
    # Its deliveries are in raw and are not looked at again; those it refused are, and need no taking over.
    con.execute(
        "update loads.findings as found set run_id = ? where system = ? and table_name = ? and contract_hash = ?"
        " and run_id <> ? and outcome <> 'refuse' and kind <> 'unfit' and file_hash in"
        f" (select file_hash from loads.ledger where system = ? and table_name = ?) and not {JUDGED}",
        [run_id, target.system, target.table_name, target.fingerprint, run_id, target.system, target.table_name,
         target.address],
    )  # fmt: skip


def add(con: duckdb.DuckDBPyConnection, target: Target, found: Iterable[Found], run_id: str, now: dt.datetime) -> None:
    """Writes down what this run found, inside the transaction of the delivery it is about."""
    rows = [
        [
            run_id,
            target.system,
            target.table_name,
            one.source_file,
            one.file_hash,
            target.fingerprint,
            *one.finding,
            now,
        ]
        for one in found
    ]
    if rows:
        con.executemany(
            "insert into loads.findings (run_id, system, table_name, source_file, file_hash, contract_hash, kind,"
            " column_name, outcome, why_zh, why_en, found_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def read(con: duckdb.DuckDBPyConnection, run_id: str, system: str, table_name: str) -> list[Finding]:
    """What a run found about a table: one finding per kind and column, or per delivery where that is refused.

    A column that is new in each of 300 files is told once; `column` then holds what the finding is about.
    """
    rows = con.execute(
        """
        select kind, if(column_name = '', source_file, column_name) as about,
            if(bool_or(outcome = 'refuse'), 'refuse', if(bool_or(outcome = 'warn'), 'warn', 'take')) as outcome,
            arg_min(why_zh, source_file) as why_zh, arg_min(why_en, source_file) as why_en
        from loads.findings
        where run_id = ? and system = ? and table_name = ?
        group by all
        order by all
        """,
        [run_id, system, table_name],
    ).fetchall()
    return [Finding(*row) for row in rows]


def _met_before(con: duckdb.DuckDBPyConnection, target: Target, one: Refused, run_id: str) -> bool:
    found = con.execute(
        "select 1 from loads.findings as found where system = ? and table_name = ? and file_hash = ?"
        f" and contract_hash = ? and kind = 'unfit' and run_id <> ? and {JUDGED} limit 1",
        [target.system, target.table_name, one.file_hash, target.fingerprint, run_id, target.address],
    ).fetchone()
    return found is not None

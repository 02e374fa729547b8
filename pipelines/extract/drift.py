"""Columns that came otherwise than the contract says: what each is, and what follows from it.

Belongs here: matching delivered names to the contract's. Does not: where the names come from (files/, databases/,
rest/), what a finding does to the table's verdict (gate/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import Column, TableContract
from pipelines.extract.contract.table import Outcome
from pipelines.extract.names import fold
from pipelines.extract.source import Finding

if TYPE_CHECKING:
    import pyarrow as pa


MEND_THE_CONTRACT = "correct the contract (columns, from.header, also, drift), or ask for the delivery as agreed"


class Drifted(KpiError):
    """The columns are not what the contract lets be: the delivery is unfit, and the source itself is well."""


class Settled(NamedTuple):
    """Where each column of the contract stands among the delivered names; None where it was dropped."""

    places: list[int | None]
    findings: tuple[Finding, ...]


def settle(
    found: Sequence[str],
    table: TableContract,
    file: Path | str | None = None,
    line: int | None = None,
    what: str = "header",
) -> Settled:
    """The contract's columns among the delivered names (`what`: header, or keys), in the contract's order.

    Raises KpiError naming every column whose outcome is refuse, both names where two mean one column, and a number of
    names other than from.names, which count by position.
    """
    if table.from_.names:
        return Settled(_by_position(found, table, file, line), ())
    columns = {column.name: column for column in table.columns}
    known = claims(table)
    keyed = what == "keys"
    if found and not any(fold(name) in known for name in found):
        # These may be no names at all but the first record, whose values nobody may see.
        missing_row = "" if keyed else "; is the header row missing?"
        raise _refused([f"none of {_some(table.delivered_names)} is in it{missing_row}"], file, line, what=what)
    _refuse_names_that_fold_to_one(found, file, line, what)
    places: dict[str, int] = {}
    findings, unexpected = [], []
    for place, name in enumerate(found):
        column, how = known.get(name) or known.get(fold(name)) or (None, "added")
        if column is None:
            unexpected.append(name)
        elif column in places:
            said = f"both {found[places[column]]!r} and {name!r} are there for {column}"
            raise _refused([said], file, line, what=what)
        else:
            places[column] = place
            if name != column:
                findings.append(_renamed(column, name, table) if how == "renamed" else _recased(column, name, table))
    missing = [name for name in table.delivered_names if name not in places]
    findings += [_dropped(name, columns.get(name), table, unexpected, keyed) for name in missing]
    findings += [_added(name, table, missing) for name in unexpected]
    if refused := [finding.why_en for finding in findings if finding.outcome == "refuse"]:
        raise _refused(refused, file, line, what=what)
    return Settled([places.get(column.name) for column in table.columns], tuple(findings))


def claims(table: TableContract) -> dict[str, tuple[str, str]]:
    """Which column of the contract a delivered name, or its folded form, means; and how it came to."""
    also = {column.name: column.also for column in table.columns}
    found: dict[str, tuple[str, str]] = {}
    for name in table.delivered_names:
        found |= {fold(other): (name, "renamed") for other in also.get(name, [])}
    for name in table.delivered_names:
        found[fold(name)] = (name, "recased")
    for name in table.delivered_names:
        found |= dict.fromkeys(also.get(name, []), (name, "renamed"))
    return found | {name: (name, "same") for name in table.delivered_names}


def meant(name: str, known: Mapping[str, tuple[str, str]]) -> str | None:
    """The column that a delivered name means by `claims`; None for one the contract does not know."""
    return (known.get(name) or known.get(fold(name)) or (None, ""))[0]


def _refused(
    problems: Sequence[str],
    file: Path | str | None,
    line: int | None,
    next_step: str = MEND_THE_CONTRACT,
    what: str = "header",
) -> Drifted:
    return Drifted(f"wrong {what}: {'; '.join(problems)}", file=file, line=line, next_step=next_step)


def retyped(before: pa.Schema, now: pa.Schema, table: TableContract, name: str) -> list[Finding]:
    """The columns that landed with another type than in the delivery before; KpiError where the contract refuses it.

    A column that was dropped, or is null throughout, landed without type: nothing is said of it.
    """
    import pyarrow as pa

    known = {field.name: field.type for field in before if not pa.types.is_null(field.type)}
    found = [
        Finding(
            "retyped",
            field.name,
            table.drift.retyped,
            f"列 {field.name} 的类型由 {known[field.name]} 变为 {field.type}",
            f"{field.name} came as {field.type}, before as {known[field.name]}",
        )
        for field in now
        if field.name in known and field.type not in (known[field.name], pa.null())
    ]
    if found and table.drift.retyped == "refuse":
        raise Drifted(
            "; ".join(finding.why_en for finding in found),
            file=name,
            next_step=MEND_THE_CONTRACT,
        )
    return found


def _by_position(
    found: Sequence[str], table: TableContract, file: Path | str | None, line: int | None
) -> list[int | None]:
    names = table.from_.names or []
    said = table.from_.header if isinstance(table.from_.header, list) else names
    # What was found is not shown: where the header row is missing, it is a record.
    if len(found) != len(names):
        raise _refused([f"{len(found)} columns where {len(names)} are expected ({_some(said)})"], file, line)
    if said is not names and (other := [i for i, name in enumerate(said) if found[i] != name]):
        raise _refused([f"column {other[0] + 1} is not {said[other[0]]!r}"], file, line)
    return [names.index(column.name) for column in table.columns]


def _refuse_names_that_fold_to_one(found: Sequence[str], file: Path | str | None, line: int | None, what: str) -> None:
    first: dict[str, str] = {}
    for name in found:
        if (other := first.get(fold(name))) is not None:
            said = f"it repeats {name or 'a blank name'}" if other == name else f"it has both {other!r} and {name!r}"
            step = MEND_THE_CONTRACT if what == "keys" else "give from.names by position in the contract"
            raise _refused([said], file, line, step, what)
        first[fold(name)] = name


def _renamed(name: str, known: str, table: TableContract) -> Finding:
    return Finding(
        "renamed",
        name,
        table.drift.renamed,
        f"列 {name} 以 {known} 之名送达",
        f"{name} came under its other name {known}",
    )


def _recased(name: str, known: str, table: TableContract) -> Finding:
    return Finding("recased", name, table.drift.recased, f"列 {name} 写作 {known!r}", f"{name} is written {known!r}")


def _dropped(name: str, column: Column | None, table: TableContract, unexpected: list[str], keyed: bool) -> Finding:
    # Where keys are left out when empty, a cursor that no record has is only empty.
    needed = column is not None and (column.required or name in table.key or (name == table.cursor and not keyed))
    said: Outcome = table.drift.dropped or ("take" if keyed else "refuse")
    outcome: Outcome = "refuse" if needed else "take" if column is None else said
    hint = did_you_mean(name, unexpected)
    return Finding("dropped", name, outcome, f"缺少列 {name}", f"missing {name}{hint}")


def _added(name: str, table: TableContract, missing: list[str]) -> Finding:
    hint = did_you_mean(name, missing)
    return Finding("added", name, table.drift.added, f"多出列 {name!r}", f"unexpected {name!r}{hint}")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")

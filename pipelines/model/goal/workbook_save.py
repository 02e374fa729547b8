"""The goal files that a workbook becomes: for each KPI a YAML and its numbers as a CSV beside it.

Belongs here: their texts, and writing all of them or none. Does not: reading the workbook (workbook_read.py).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import yaml

from pipelines import whole_file
from pipelines.errors import KpiError
from pipelines.model.company import Company
from pipelines.model.goal.workbook import Asked, period, slots
from pipelines.model.goal.workbook_read import Filled
from pipelines.model.goal.workbook_rows import own_id
from pipelines.model.kpi import Kpi

LEVEL_ZH = {"company": "公司", "region": "大区", "department": "部门", "team": "团队", "rep": "个人"}


def texts(
    home: Path, what: Asked, company: Company, kpis: Mapping[str, Kpi], said: Sequence[Filled], state: str
) -> dict[Path, str]:
    """The text of each goal file by its path, those of numbers first: a goal never stands without them."""
    folder = home / "goals" / str(what.year)
    numbers = {folder / f"{own_id(what, one.kpi)}.csv": _csv(what, company, one) for one in said}
    return numbers | {
        folder / f"{own_id(what, one.kpi)}.yml": _yaml(what, company, kpis[one.kpi], one, state) for one in said
    }


def changed(files: Mapping[Path, str], *, replace: bool) -> dict[Path, str]:
    """Those that are not there as they are. Raises KpiError where one is there otherwise and is not to be replaced."""
    other = {path: text for path, text in files.items() if _now(path) != text.encode()}
    there = [path for path in other if path.exists()]
    if there and not replace:
        several = f", and {len(there) - 1} more" if len(there) > 1 else ""
        raise KpiError(
            f"is there already and says otherwise{several}", file=there[0], next_step="compare, then add --replace"
        )
    return other


def save(files: Mapping[Path, str], validate: Callable[[], object]) -> None:
    """Puts the files in place and validates; whatever goes wrong, everything is as it was before.

    Raises what `validate` raises, and KpiError where a file cannot be written.
    """
    before = {path: _now(path) for path in files}
    made = [folder for path in files for folder in (path.parent.parent, path.parent) if not folder.exists()]
    try:
        for path, text in files.items():  # all on the disk before the first takes its place
            path.parent.mkdir(parents=True, exist_ok=True)
            whole_file.aside(path).write_bytes(text.encode())
        for path in files:
            whole_file.aside(path).replace(path)
        validate()
    except BaseException as error:
        _put_back(before, made)
        if isinstance(error, OSError):
            raise KpiError(
                f"cannot be written: {error.strerror}", file=error.filename, next_step="look at its folder's rights"
            ) from error
        raise


def _put_back(before: Mapping[Path, bytes | None], made: Sequence[Path]) -> None:
    for path, content in reversed(list(before.items())):
        whole_file.aside(path).unlink(missing_ok=True)
        if _now(path) == content:
            continue
        if content is None:
            path.unlink()
        else:
            whole_file.write(path, content)
    for folder in reversed(dict.fromkeys(made)):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _now(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _csv(what: Asked, company: Company, said: Filled) -> str:
    names = [slot.name for slot in slots(company, what)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit_id", *names])
    for unit, numbers in sorted(said.numbers.items()):
        writer.writerow([unit, *(_written(numbers.get(name)) for name in names)])
    return out.getvalue()


def _written(number: Decimal | None) -> str:
    return "" if number is None else f"{(number + 0).normalize():f}"  # -0 + 0 is 0


def _yaml(what: Asked, company: Company, kpi: Kpi, said: Filled, state: str) -> str:
    name, whole = own_id(what, kpi.id), period(company, what)
    goal = {
        "id": name,
        "label": {
            "zh": f"{what.year}年{kpi.label.zh}目标（按{LEVEL_ZH[what.level]}）",
            "en": f"{kpi.label.en}, FY{what.year}, by {what.level}",
        },
        "kpi": kpi.id,
        "scope": {"level": what.level},
        "period": {"grain": what.grain, "from": whole.from_, "to": whole.to},
        "target": {"file": f"{name}.csv"},
        "accumulate": said.accumulate,
        "owner": said.owner,
        "state": state,
    }
    told = "# Written by `kpi goals import`; the next import with --replace writes it anew.\n"
    return told + yaml.safe_dump(goal, allow_unicode=True, sort_keys=False)

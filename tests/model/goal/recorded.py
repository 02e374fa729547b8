"""Goals with people above and beside their owner, closed periods, and the files they are written in.

Belongs here: laying them down. Does not: what is taken up of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.keep import closes
from pipelines.model.check import Definitions
from pipelines.model.company import Person
from pipelines.model.goal import GoalFile, read_goals
from pipelines.model.goal.take_up import Taken, take_up
from pipelines.settings import Settings

NOW = datetime(2026, 5, 20, 8)
PEOPLE = {
    one.id: one
    for one in (
        Person(id="boss", name="Boss", roles=["manager"]),
        Person(id="east", name="East", roles=["manager"], manager="boss"),
        Person(id="south", name="South", roles=["manager"], manager="boss"),
        Person(id="rep", name="Rep", roles=["rep"], manager="east"),
        Person(id="engineer", name="Engineer", roles=["engineer"], manager="east"),
        Person(id="auditor", name="Auditor", roles=["auditor"], manager="boss"),
    )
}


class Goals:
    """A folder of goals that runs take up; `definitions` are the shipped ones with these people."""

    def __init__(self, shipped: Definitions, folder: Path) -> None:
        self.shipped = shipped
        self.folder = folder / "kpi_definitions"
        self.settings = Settings(config=folder, data_dir=folder / "data")
        (self.folder / "goals" / "2026").mkdir(parents=True)

    def path(self, goal_id: str) -> Path:
        return self.folder / "goals" / "2026" / f"{goal_id}.yml"

    def write(
        self, goal_id: str = "signed", numbers: Mapping[str, Mapping[str, Any]] | None = None, **said: Any
    ) -> None:
        """A goal of won_amount by quarter, owned by east; `numbers` are its CSV: unit → quarter → number."""
        whole: dict[str, Any] = {
            "id": goal_id, "label": {"zh": goal_id, "en": goal_id}, "kpi": "won_amount", "scope": {"level": "company"},
            "period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-12-31"}, "owner": "east",
            "target": {"value": 100}, "state": "approved",
        } | said  # fmt: skip
        if numbers is not None:
            names = sorted({name for row in numbers.values() for name in row})
            lines = [",".join(["unit_id", *names])]
            lines += [",".join([unit, *(str(row.get(name, "")) for name in names)]) for unit, row in numbers.items()]
            self.path(goal_id).with_suffix(".csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            whole |= {"scope": {"level": "rep"}, "target": {"file": f"{goal_id}.csv"}}
        self.path(goal_id).write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")

    @property
    def definitions(self) -> Definitions:
        return self.shipped._replace(goals=read_goals(self.folder), people=PEOPLE)

    def run(self, as_of: date = date(2026, 5, 20), user: str = "", reason: str = "") -> Taken:
        self.settings.user = user
        return take_up(self.settings, self.definitions, as_of, NOW, reason)

    def close(self, *quarters: date) -> None:
        close(self.settings, *quarters)


def close(settings: Settings, *starts: date, kpi: str = "won_amount", grain: str = "quarter") -> None:
    """Those periods of a KPI have closed."""
    run_id = str(uuid.uuid4())
    one = dict.fromkeys(closes.FIGURES.columns, "null") | {"kpi_id": f"'{kpi}'", "grain": f"'{grain}'"}
    rows = " union all ".join(
        "select " + ", ".join(f"{value} as {name}" for name, value in (one | {"period_start": f"date '{day}'"}).items())
        for day in starts
    )
    with duckdb.connect() as con:
        closes.prepare(con, settings, closes.FIGURES, f"select *, ? as asked from ({rows})", run_id)
    closes.stand(settings, run_id)


def numbers(file: GoalFile) -> dict[tuple[str | None, date], Decimal | None]:
    """What a goal says, by unit and period: of each the last revision."""
    return {(row.unit_id, row.period_start): row.value for row in sorted(file.rows, key=lambda row: row.revision)}

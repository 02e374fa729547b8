"""One run of a configuration on real data, read through its serving file as BI tools do."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.settings import load
from pipelines.watch.alerts import record
from tests.conftest import kpi
from tests.once import made_once

HERE = Path(__file__).parent


class Served:
    """What one configuration published."""

    def __init__(self, con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
        self.con = con
        self.warehouse = warehouse

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.con.execute(query, list(values)).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        ((value,),) = self.rows(query, *values)
        return value

    @contextmanager
    def inside(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The working file: what is loaded and made of it, before it is a figure."""
        with duckdb.connect(str(self.warehouse), read_only=True) as con:
            yield con

    def by_period(self, kpi_id: str, grain: str, column: str = "value") -> dict[str, Any]:
        """The company's figure per period, by the period's first day; periods without data left out."""
        rows = self.rows(
            f"""select cast(period_start as varchar), {column} from published.kpi_values
            where kpi_id = ? and grain = ? and level = 'company' and cut = 'none'
                and state <> 'no_data'""",
            kpi_id,
            grain,
        )
        return dict(rows)

    def failed(self, table: str) -> dict[str, int]:
        """Failing rows per check of a raw table."""
        return dict(self.rows('select "check", failed_rows from published.quality_results where "table" = ?', table))

    def told(self, owner: str, language: str = "en") -> dict[str, str]:
        """What one person is told of, by check: the sentence of each alert that is open; no other alert is theirs."""
        settings = load(data_dir=self.warehouse.parent.parent)
        return {
            alert.finding.check: alert.finding.text[language]
            for alert in record.read(settings).open
            if alert.finding.owner == owner
        }

    def notices(self, name: str) -> list[str]:
        """The sentences below a person's name in notices.md."""
        text = (self.warehouse.parent.parent / "reports" / "notices.md").read_text(encoding="utf-8")
        (own,) = [part for part in text.split("\n## ") if part.startswith(f"{name}\n")]
        return [line.removeprefix("- ") for line in own.splitlines() if line.startswith("- ")]

    def qualities(self) -> dict[str, set[str]]:
        """Every quality a KPI is published with."""
        found: dict[str, set[str]] = {}
        for kpi_id, quality in self.rows("select distinct kpi_id, quality from published.kpi_values"):
            found.setdefault(kpi_id, set()).add(quality)
        return found


@pytest.fixture(scope="session")
def served(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Served]]:
    """Runs a configuration of this folder once and opens what it published."""
    opened: dict[str, Served] = {}

    def run(name: str) -> Served:
        if name not in opened:
            command = ("run", "--config", HERE / name, "--data-dir")
            folder = made_once(
                tmp_path_factory, name, lambda folder: kpi(*command, folder, KPI_REAL_DATA=str(real_data))
            )
            con = duckdb.connect(str(folder / "serving" / "kpi.duckdb"), read_only=True)
            opened[name] = Served(con, folder / "warehouse" / "warehouse.duckdb")
        return opened[name]

    yield run
    for one in opened.values():
        one.con.close()


@pytest.fixture(scope="session")
def known(real_data: Path) -> dict[str, dict[str, Any]]:
    """The figures computed apart from us: known_figures.json."""
    return json.loads((real_data / "known_figures" / "known_figures.json").read_text())


@pytest.fixture(scope="session")
def known_rows(real_data: Path) -> Callable[[str], list[dict[str, str]]]:
    def read(name: str) -> list[dict[str, str]]:
        with (real_data / "known_figures" / f"{name}.csv").open(encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    return read

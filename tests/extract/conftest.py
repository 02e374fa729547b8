"""A source of one table in a temporary folder, loaded for real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.extract import files, load
from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

NOW = dt.datetime(2026, 3, 2, 8)
HEAD = "id,amount,changed\n"
LEDGER = (
    "select source_file, source_rows, loaded, quarantined, duplicates, watermark from loads.ledger order by source_file"
)
DEALS: dict[str, Any] = {
    "from": {"glob": "deals_*.csv"},
    "delivery": "upsert",
    "key": ["id"],
    "cursor": "changed",
    "columns": [
        {"name": "id", "type": "text"},
        {"name": "amount", "type": "decimal(18,2)"},
        {"name": "changed", "type": "timestamp"},
    ],
}


class Source:
    """Writes files, loads them, and looks at what raw holds."""

    def __init__(self, place: Path, exist_ok: bool = False) -> None:
        self.place = place
        self.folder = place / "delivered"
        self.folder.mkdir(parents=True, exist_ok=exist_ok)
        self.settings = Settings(config=place, data_dir=place / "data")
        self.said: dict[str, Any] = dict(DEALS)
        self.time_zone = "UTC"
        self.connection: dict[str, Any] = {"path": str(self.folder)}

    def say(self, **table: Any) -> Source:
        """Changes what the contract says of the table."""
        self.said = self.said | {("from" if key == "from_" else key): value for key, value in table.items()}
        return self

    def columns(self, **types: Any) -> Source:
        """name=type or name={…}; one table of these columns."""
        said = [{"name": n, **({"type": t} if isinstance(t, str) else t)} for n, t in types.items()]
        return self.say(columns=said)

    @property
    def contract(self) -> SourceContract:
        return SourceContract.model_validate(
            {
                "system": "crm",
                "kind": "files",
                "label": {"zh": "客户", "en": "CRM"},
                "owner": "sales_ops",
                "time_zone": self.time_zone,
                "connection": self.connection,
                "tables": {"deals": self.said},
            }
        )

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def read(self, name: str) -> list[tuple[Any, ...]]:
        """The records as the reader hands them on."""
        source = files.SourceFile(self.folder / name, name)
        table = files.read(source, self.contract.tables["deals"], self.place / "scratch").reader.read_all()
        return [tuple(row.values()) for row in table.to_pylist()]

    def count(self, name: str) -> int:
        return files.count_records(files.SourceFile(self.folder / name, name), self.contract.tables["deals"])

    def load(self, run_id: str = "r1", accept: bool = False) -> load.TableLoad:
        """Loads what was written; raises the first reason why something of it was refused."""
        loaded = self.try_load(run_id, accept)
        if loaded.refused:
            raise loaded.refused[0].error
        return loaded

    def try_load(self, run_id: str = "r1", accept: bool = False) -> load.TableLoad:
        with open_warehouse(self.settings) as con:
            return load.load_table(con, self.contract, "deals", self.settings, run_id, NOW, accept=accept)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings, read_only=True) as con:
            return con.execute(sql).fetchall()

    def column(self, name: str) -> list[Any]:
        """One raw column in the order of the delivery."""
        return [row[0] for row in self.rows(f'select "{name}" from raw_crm.deals order by _source_file, _row_number')]


def judge(settings: Settings, run_id: str, address: str = "raw_crm.deals") -> None:
    """Writes a verdict, as the gate does when it has looked at a table: until then nobody has heard of its findings."""
    with open_warehouse(settings) as con:
        con.execute(
            "insert into gate.verdicts (run_id, system, table_name, verdict) values (?, ?, ?, 'warn')",
            [run_id, address.split(".")[0].removeprefix("raw_"), address],
        )


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Source]:
    """A new source at each call, for tests that run many times."""
    return lambda: Source(tmp_path_factory.mktemp("source"))

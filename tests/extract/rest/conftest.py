"""A REST source as small as a test wants it, loaded into a warehouse of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pipelines.extract import load, rest
from pipelines.extract.contract import SourceContract
from pipelines.extract.rest import client
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.extract.conftest import NOW
from tests.extract.rest.server import Api, Asked, Reply, serving

COLUMNS = ["id:integer", "name", "amount:decimal(18,2)", "changed:timestamp"]


class Source:
    """An API and the contract that reads it."""

    def __init__(self, api: Api, place: Path) -> None:
        self.api = api
        self.settings = Settings(config=place, data_dir=place / "data")
        self.connection: dict[str, Any] = {"base_url": api.url, "attempts": 3}
        self.tables: dict[str, dict[str, Any]] = {}

    def table(self, name: str = "t", columns: list[Any] | None = None, **said: Any) -> None:
        """A table read from /<name>; what `said` calls by a word of from.rest goes there, the rest beside it."""
        place = {word: said.pop(word) for word in list(said) if word in REST_WORDS}
        listed = []
        for column in columns or COLUMNS:
            word, _, kind = column.partition(":") if isinstance(column, str) else ("", "", "")
            listed.append({"name": word, "type": kind or "text"} if word else column)
        basis = {"from": {"rest": {"path": f"/{name}", **place}}, "key": ["id"], "delivery": "full", "columns": listed}
        self.tables[name] = basis | said

    @property
    def contract(self) -> SourceContract:
        return SourceContract.model_validate(
            {
                "system": "crm", "kind": "rest", "label": {"zh": "接口", "en": "API"}, "owner": "sales_ops",
                "time_zone": "Asia/Shanghai", "connection": self.connection, "tables": self.tables,
            }
        )  # fmt: skip

    def load(self, name: str = "t", run_id: str = "r1") -> load.TableLoad:
        return self.load_all(run_id, [name])[name]

    def load_all(self, run_id: str = "r1", names: list[str] | None = None) -> dict[str, load.TableLoad]:
        """The tables, one after the other, over one connection."""
        contract = self.contract
        with rest.connect(contract, self.settings) as pulled, open_warehouse(self.settings) as con:
            return {
                name: load.load_table(con, contract, name, self.settings, run_id, NOW, pulled)
                for name in names or list(self.tables)
            }

    def rows(self, columns: str = "id, name, amount", name: str = "t") -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as con:
            return con.execute(f"select {columns} from raw_crm.{name} order by all").fetchall()


REST_WORDS = {"path", "params", "records", "total", "total_scope", "since", "paging", "more", "end", "items", "each"}
Open = Callable[[Callable[[Asked], Reply]], Source]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a source on a server that answers as the test says; pauses between tries are short."""
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)
    with ExitStack() as stack:
        yield lambda answer: Source(stack.enter_context(serving(answer)), tmp_path)


def numbered(count: int, start: int = 1) -> list[dict[str, Any]]:
    """Records 1, 2, … each with its own name, amount and time of change."""
    return [
        {"id": n, "name": f"客户{n}", "amount": n + 0.25, "changed": f"2026-03-{n % 28 + 1:02}T08:00:00+08:00"}
        for n in range(start, start + count)
    ]

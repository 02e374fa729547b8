"""A draft of a file, and its load: what `kpi source draft` proposes, tried at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from pipelines.extract import load
from pipelines.extract.contract import Column, SourceContract, TableContract
from pipelines.extract.draft import Draft, draft
from pipelines.resources import open_warehouse
from pipelines.settings import Settings


class Drafted(NamedTuple):
    """A draft with the contract its text says."""

    draft: Draft
    contract: SourceContract

    @property
    def table(self) -> TableContract:
        return self.contract.tables[self.draft.table]

    def column(self, name: str) -> Column:
        return self.table.column(name)

    def line(self, name: str) -> str:
        """The text of a column's line, comment included."""
        (line,) = [line for line in self.draft.text.splitlines() if line.startswith(f"      - {{name: {name},")]
        return line

    def load(self, place: Path) -> load.TableLoad:
        settings = Settings(data_dir=place)
        with open_warehouse(settings) as con:
            return load.load_table(con, self.contract, self.draft.table, settings, "r1", dt.datetime(2026, 3, 2))


@pytest.fixture
def drafted(tmp_path: Path) -> Callable[..., Drafted]:
    """Drafts a file, written first where its content is given."""

    def make(name: str | Path, content: str | bytes | None = None, **said: Any) -> Drafted:
        path = tmp_path / "sample" / name
        path.parent.mkdir(exist_ok=True)
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        made = draft(path, Settings(), **said)
        return Drafted(made, SourceContract.model_validate(yaml.safe_load(made.text)))

    return make

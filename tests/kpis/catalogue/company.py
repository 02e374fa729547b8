"""The company of the dice as a configuration: one system that delivers every entity under its own names.

Belongs here: contract, suites and CSVs, an audit, the run. Does not: the rows (dice.py), what must come of them.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines.gate import audit
from pipelines.model.entities import Entity, read_entities
from pipelines.settings import REPOSITORY, load
from tests.conftest import kpi
from tests.kpis.catalogue.dice import AS_OF, Dice, Row, throw

SYSTEM = "sample"
CATALOGUE = REPOSITORY / "kpi_definitions"
TYPES = {"string": "text", "int": "integer", "bigint": "integer"}
# Warned of, so that the records stay: what should be filled, and what should not come twice.
FILLED = {"customers": "tier", "activities": "entered_at", "tickets": "agent_id"}
ONCE = {"customers": "name"}
AUDITED = "contracts"


class _WrittenOut(yaml.SafeDumper):
    """Writes equal values twice, where YAML would write an alias (which the house refuses)."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def lay_down(folder: Path, seed: int) -> Path:
    """Writes the configuration and what it delivers. Returns where the CSVs lie."""
    tables = throw(seed)
    for part in ("surveys_of_customers", "surveys_of_employees"):
        tables["surveys"] += tables.pop(part)
    entities = read_entities()
    delivered = folder / "in"
    for name, rows in tables.items():
        _write_csv(delivered / f"{name}.csv", [column.name for column in entities[name].delivered], rows)
    _write_yaml(folder / "sources" / f"{SYSTEM}.yml", _contract(delivered, [entities[name] for name in tables]))
    for table in {*FILLED, *ONCE}:
        _write_yaml(folder / "expectations" / f"raw_{SYSTEM}" / f"{table}.yml", _suite(table))
    _write_yaml(folder / "kpi_definitions" / "company.yml", _company())
    for name in ("people.yml", "business_goals.yml"):
        shutil.copy(CATALOGUE / name, folder / "kpi_definitions" / name)
    return delivered


def _write_csv(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def _write_yaml(path: Path, said: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(said, Dumper=_WrittenOut, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _contract(delivered: Path, some: list[Entity]) -> dict[str, Any]:
    """Every entity from a file of its name, column by column; times are UTC."""

    def column(name: str, kind: str) -> dict[str, str]:
        form = {"format": "%Y-%m-%d %H:%M:%S"} if kind == "timestamp" else {}
        return {"name": name, "type": TYPES.get(kind, kind), "as": name} | form

    return {
        "system": SYSTEM, "kind": "files", "label": {"zh": "样例", "en": "Sample"}, "owner": "sales_ops",
        "time_zone": "UTC", "connection": {"path": str(delivered)},
        "tables": {
            entity.name: {
                "from": {"glob": f"{entity.name}.csv"}, "delivery": "full", "key": list(entity.key),
                "entities": [entity.name], "columns": [column(one.name, one.type) for one in entity.delivered],
            }
            for entity in some
        },
    }  # fmt: skip


def _suite(table: str) -> dict[str, Any]:
    kinds = {"expect_column_values_to_not_be_null": FILLED, "expect_column_values_to_be_unique": ONCE}
    said = [
        {"type": kind, "column": columns[table], "level": "row", "severity": "warning", "why": "counted"}
        for kind, columns in kinds.items()
        if table in columns
    ]
    return {"owner": "sales_ops", "expectations": said}


def _company() -> dict[str, Any]:
    return {
        "name": {"zh": "样例", "en": "Sample"}, "currency": "CNY", "time_zone": "Asia/Shanghai", "holidays": "CN",
        "catalogue": sorted(path.stem for path in (CATALOGUE / "kpis").rglob("*.yml")),
    }  # fmt: skip


def check_by_hand(folder: Path, delivered: Path, seed: int) -> None:
    """Draws contracts on three days and says of most of them whether they are wrong; the oracle reads it as a CSV."""
    dice, settings = Dice(seed), load(config=folder)
    with (delivered / f"{AUDITED}.csv").open(encoding="utf-8", newline="") as file:
        records = [(row["contract_id"], row["owner_id"] or None) for row in csv.DictReader(file)]
    found = []
    for number, drawn_at in enumerate((datetime(2025, 3, 31, 17), datetime(2025, 11, 3, 9), datetime(2026, 4, 2, 9))):
        drawn = dict(dice.random.sample(records, 40))
        sample = audit.Sample(f"audit_{number}", f"{SYSTEM}.{AUDITED}", seed, 0.05, drawn_at, drawn)
        results = [audit.Finding(key, dice.happens(0.2), ()) for key in drawn if dice.happens(0.8)]
        audit.keep_draw(settings, sample, "test")
        audit.keep_result(settings, sample, results, "test", drawn_at)
        found += [
            {
                "record_id": one.record_id,
                "owner_id": drawn[one.record_id],
                "drawn_at": drawn_at,
                "is_wrong": one.is_wrong,
            }
            for one in results
        ]
    # No entity: it is not delivered, and stands beside what is.
    _write_csv(folder / "audit_samples.csv", ["record_id", "owner_id", "drawn_at", "is_wrong"], found)


def run(folder: Path, seed: int) -> Path:
    """Lays the company down and runs it once. Returns its serving file."""
    delivered = lay_down(folder, seed)
    check_by_hand(folder, delivered, seed)
    kpi("run", "--config", folder, "--as-of", AS_OF.isoformat())
    return folder / "data" / "serving" / "kpi.duckdb"

"""Companies that feed every entity, as configurations: one system that delivers each under its own names.

Belongs here: contract, suites and CSVs, an audit, the run. Does not: the rows (dice.py, and the sample company of the
packs), what must come of them.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines.extract.demo import sample as sample_company
from pipelines.extract.demo.sample import contract as sample_contract
from pipelines.gate import audit
from pipelines.model.entities import Entity, read_entities
from pipelines.settings import REPOSITORY, load
from tests.conftest import kpi
from tests.kpis.catalogue import targets
from tests.kpis.catalogue.books import Books, Said
from tests.kpis.catalogue.dice import AS_OF, Dice, Row, throw

SYSTEM = "sample"
SEED = 7
CATALOGUE = REPOSITORY / "kpi_definitions"
TYPES = {"string": "text", "int": "integer", "bigint": "integer"}
# Warned of, so that the records stay: what should be filled, and what should not come twice.
FILLED = {"customers": "tier", "activities": "entered_at", "tickets": "agent_id"}
ONCE = {"customers": "name"}
AUDITED = "contracts"


def sample(folder: Path) -> Books:
    """The sample company of the packs, run once."""
    delivered = folder / "data" / "sample"
    text = sample_contract.text()
    path = folder / "sources" / f"{SYSTEM}.yml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    sample_company.generate(delivered)
    _run(folder)
    tables = yaml.safe_load(text)["tables"]
    needed = {
        name: [
            column["name"] for column in table["columns"] if column.get("required") or column["name"] in table["key"]
        ]
        for name, table in tables.items()
    }
    return Books(delivered, AS_OF, Said(needed))


def thrown(folder: Path) -> Books:
    """The company of the dice, some of its records checked by hand, run once."""
    tables, delivered = throw(SEED), folder / "in"
    for part in ("surveys_of_customers", "surveys_of_employees"):
        tables["surveys"] += tables.pop(part)
    entities = read_entities()
    for name, rows in tables.items():
        _write_csv(delivered / f"{name}.csv", [column.name for column in entities[name].delivered], rows)
    _write_yaml(folder / "sources" / f"{SYSTEM}.yml", _contract(delivered, [entities[name] for name in tables]))
    for table in {*FILLED, *ONCE}:
        _write_yaml(folder / "expectations" / f"raw_{SYSTEM}" / f"{table}.yml", _suite(table))
    _lay_definitions(folder)
    _check_by_hand(folder, tables[AUDITED])
    _run(folder)
    needed = {name: list(entities[name].key) for name in tables}
    for name, column in FILLED.items():
        needed[name].append(column)
    return Books(delivered, AS_OF, Said(needed, ONCE), beside=folder)


def _lay_definitions(folder: Path) -> None:
    said = {
        "name": {"zh": "样例", "en": "Sample"}, "currency": "CNY", "time_zone": "Asia/Shanghai", "holidays": "CN",
        "catalogue": sorted(path.stem for path in (CATALOGUE / "kpis").rglob("*.yml")),
    }  # fmt: skip
    _write_yaml(folder / "kpi_definitions" / "company.yml", said)
    for name in ("people.yml", "business_goals.yml"):
        shutil.copy(CATALOGUE / name, folder / "kpi_definitions" / name)
    targets.write(folder / "kpi_definitions" / "goals")


def _run(folder: Path) -> None:
    _lay_definitions(folder)
    kpi("run", "--config", folder, "--as-of", AS_OF.isoformat())


class _WrittenOut(yaml.SafeDumper):
    """Writes equal values twice, where YAML would write an alias (which the house refuses)."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


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


def _check_by_hand(folder: Path, contracts: list[Row]) -> None:
    """Draws contracts on three days and says of most of them whether they are wrong; the oracle reads it as a CSV."""
    dice, settings = Dice(SEED), load(config=folder)
    records = [(row["contract_id"], row["owner_id"]) for row in contracts]
    found = []
    for number, drawn_at in enumerate((datetime(2025, 3, 31, 17), datetime(2025, 11, 3, 9), datetime(2026, 4, 2, 9))):
        drawn = dict(dice.random.sample(records, 40))
        drawing = audit.Sample(f"audit_{number}", f"{SYSTEM}.{AUDITED}", SEED, 0.05, drawn_at, drawn)
        results = [audit.Finding(key, dice.happens(0.2), ()) for key in drawn if dice.happens(0.8)]
        audit.keep_draw(settings, drawing, "test")
        audit.keep_result(settings, drawing, results, "test", drawn_at)
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

"""The graph of dbt models as a run needs it: what feeds what, from raw table to published table.

Belongs here: reading `graph.json` (written by dbt_child.py) and walking it. Does not: running dbt (dbt.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.errors import KpiError

LookedUp = Mapping[str, Collection[str]]
NOTHING: LookedUp = MappingProxyType({})


class Graph:
    """Models and tests of one configuration, by dbt's unique id."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.nodes: dict[str, dict[str, Any]] = facts["nodes"]
        self.sources: dict[str, dict[str, str]] = facts["sources"]
        self.groups: dict[str, str] = facts["groups"]

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """Models that are relations (ephemeral ones are not), by unique id."""
        return {i: n for i, n in self.nodes.items() if n["kind"] == "model" and n["materialized"] != "ephemeral"}

    @cached_property
    def tests(self) -> dict[str, dict[str, Any]]:
        return {i: n for i, n in self.nodes.items() if n["kind"] == "test"}

    @cached_property
    def tests_of_nothing(self) -> list[str]:
        """Names of the tests of ephemeral models: entities that nothing feeds, whose grain holds by itself."""
        ephemeral = {i for i, node in self.nodes.items() if node["materialized"] == "ephemeral"}
        return sorted(test["name"] for test in self.tests.values() if test["attached"] in ephemeral)

    def parents(self, unique_id: str) -> set[str]:
        """The relations and sources a model reads, seen through ephemeral models."""
        found: set[str] = set()
        for parent in self.nodes.get(unique_id, {}).get("parents", []):
            if parent in self.nodes and self.nodes[parent]["materialized"] == "ephemeral":
                found |= self.parents(parent)
            else:
                found.add(parent)
        return found

    @cached_property
    def in_order(self) -> list[str]:
        """Models so that each comes after what it reads; among equals by id, so that the order never changes."""
        sorter = TopologicalSorter({i: sorted(self.parents(i) & set(self.models)) for i in sorted(self.models)})
        return list(sorter.static_order())

    def raw_tables(self, model: str, looked_up: LookedUp = NOTHING) -> set[str]:
        """The addresses (raw_crm.deals) of every raw table that `model` is made of, however far back.

        `looked_up` names per model what it only takes a column from: ways that are not followed.
        """
        start = next((i for i, node in self.nodes.items() if node["name"] == model and node["kind"] == "model"), None)
        seen: set[str] = set()
        waiting = [start] if start else []
        while waiting:
            unique_id = waiting.pop()
            if unique_id not in seen:
                seen.add(unique_id)
                node = self.nodes.get(unique_id, {})
                left_out = looked_up.get(node.get("name", ""), ())
                waiting += [i for i in node.get("parents", []) if self.nodes.get(i, {}).get("name") not in left_out]
        addresses = (f"{self.sources[i]['schema']}.{self.sources[i]['name']}" for i in seen if i in self.sources)
        return {address for address in addresses if address.startswith("raw_")}


def read(path: Path) -> Graph:
    """The graph of the last parse. Raises KpiError where there was none."""
    if not path.is_file():
        raise KpiError("the dbt project has not been parsed yet", file=path, next_step="run `kpi compile`")
    return Graph(json.loads(path.read_text(encoding="utf-8")))


def kpis_by_raw_table(
    graph: Graph, entities_by_kpi: Mapping[str, Collection[str]], looked_up: LookedUp = NOTHING
) -> dict[str, list[str]]:
    """Per raw table the KPIs whose numbers it reaches, through entities and the people they are credited to."""
    found: dict[str, set[str]] = {}
    tables = {entity: graph.raw_tables(entity, looked_up) for some in entities_by_kpi.values() for entity in some}
    credited = graph.raw_tables("employee_units")
    for kpi, some in entities_by_kpi.items():
        for address in credited.union(*(tables[entity] for entity in some)):
            found.setdefault(address, set()).add(kpi)
    return {address: sorted(kpis) for address, kpis in sorted(found.items())}

"""Which units a board sets side by side.

Belongs here: choosing among the units below the reader's own. Does not: numbers.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import UNASSIGNED, Unit


def parts(file: Published, having: Collection[str]) -> list[Unit]:
    """The units of the first level below the root at which two or more are in `having`; people only where it is theirs.

    A region whose sales are all one department's is shown by the teams of that department.
    """
    node = file.root
    while True:
        below = file.children(node.id)
        groups = [unit for unit in below if unit.level != "rep"]
        seen = [unit for unit in groups or below if unit.id in having]
        if len(seen) != 1 or not any(unit.id in having for unit in file.children(seen[0].id)):
            return _as_siblings(seen)
        node = seen[0]


def teams(file: Published, having: Collection[str]) -> list[Unit]:
    """The units in `having` nearest to the people; below a single team its people."""
    under = file.below(file.root.id) - {file.root.id}
    groups = [unit for unit in file.units.values() if unit.id in under & set(having) and unit.level != "rep"]
    above = {unit.parent for unit in groups}
    nearest = [unit for unit in groups if unit.id not in above and unit.id != UNASSIGNED]
    return nearest or _as_siblings([unit for unit in file.children(file.root.id) if unit.id in having])


def people(file: Published) -> list[Unit]:
    """Everybody below the root; the root where it is a person."""
    under = file.below(file.root.id)
    return [unit for unit in file.units.values() if unit.level == "rep" and unit.id in under]


def _as_siblings(units: list[Unit]) -> list[Unit]:
    """What belongs to nobody is published at each level: beside its siblings it counts at theirs."""
    level = next((unit.level for unit in units if unit.id != UNASSIGNED), "region")
    return [unit._replace(level=level) if unit.id == UNASSIGNED else unit for unit in units]

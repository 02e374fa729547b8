"""What a record takes from the one it belongs to: an order line its date and customer from its order.

Belongs here: which fields a feed lacks and which parent gives them; the SQL of the join. Does not: who is whose parent
(`parents` in the entity's yml), the rest of a feed's SQL (inputs.py).
Decided when compiling, per source table: where the source says a field itself nothing is joined and a run pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pipelines.model.compiler import text

if TYPE_CHECKING:
    from pipelines.model.compiler.inputs import Feed
    from pipelines.model.entities import Entity


class Taken(NamedTuple):
    """What one feed takes from one parent entity, found by `key`."""

    entity: str
    key: str
    fields: dict[str, str]  # own field: the parent's

    @property
    def cte(self) -> str:
        return f"own_{self.entity}"

    def column(self, field: str) -> str:
        """The name of a parent's field beside the feed's own columns."""
        return f"{self.cte}__{field}"


def attach(fed: dict[str, list[Feed]], entities: Mapping[str, Entity]) -> dict[str, list[Feed]]:
    """The same feeds, each with what it takes from parents."""
    return {
        name: [feed._replace(taken=_taken(entities[name], feed, fed, entities)) for feed in several]
        if name in entities
        else several
        for name, several in fed.items()
    }


def children(fed: Mapping[str, list[Feed]], blocked: Iterable[str]) -> set[str]:
    """The entities `blocked` and all that take fields from them, however far down: their rows would come out torn."""
    found, waiting = set(), list(blocked)
    while waiting:
        parent = waiting.pop()
        if parent not in found:
            found.add(parent)
            waiting += [name for name, some in fed.items() if any(t.entity == parent for f in some for t in f.taken)]
    return found


def given(feed: Feed, field: str) -> str:
    """The SQL of a field that this source lacks: what the first parent that has it says, or null."""
    names = [taken.column(taken.fields[field]) for taken in feed.taken if field in taken.fields]
    return names[0] if len(names) == 1 else f"coalesce({', '.join(names)})" if names else "null"


def ctes(several: list[Feed], parts: Mapping[str, str]) -> list[str]:
    """One CTE a parent, with all that any of the feeds takes; `parts` names the model of each entity as delivered."""
    wanted: dict[str, tuple[Taken, set[str]]] = {}
    for feed in several:
        for taken in feed.taken:
            wanted.setdefault(taken.entity, (taken, set()))[1].update(taken.fields.values())
    found = []
    for name, (taken, fields) in wanted.items():
        lines = [f"{field} as {taken.column(field)}" for field in [taken.key, *sorted(fields - {taken.key})]]
        model = f"{{{{ ref('{parts.get(name, name)}') }}}}"
        found.append(f"{taken.cte} as (\n    select\n        {text.block(lines, 8)}\n    from {model}\n)")
    return found


def joins(feed: Feed) -> str:
    """The joins of one feed."""
    said = ""
    for taken in feed.taken:
        key = f"cast({feed.source_of(taken.key)} as string)"
        said += f"\nleft join {taken.cte}\n    on {key} = {taken.cte}.{taken.column(taken.key)}"
    return said


def _taken(
    entity: Entity, feed: Feed, fed: Mapping[str, list[Feed]], entities: Mapping[str, Entity]
) -> tuple[Taken, ...]:
    found = []
    for parent in entity.parents:
        if feed.source_of(parent.key) == "null":
            continue
        fields = {
            own: theirs
            for own, theirs in parent.fields.items()
            if feed.source_of(own) == "null" and _is_given(parent.entity, theirs, fed, entities)
        }
        if fields:
            found.append(Taken(parent.entity, parent.key, fields))
    return tuple(found)


def _is_given(name: str, field: str, fed: Mapping[str, list[Feed]], entities: Mapping[str, Entity]) -> bool:
    """Whether any source says the field of this entity, or of a parent it takes it from."""
    if any(feed.source_of(field) != "null" for feed in fed.get(name, [])):
        return True
    return bool(fed.get(name)) and any(
        _is_given(parent.entity, parent.fields[field], fed, entities)
        for parent in entities[name].parents
        if field in parent.fields
    )

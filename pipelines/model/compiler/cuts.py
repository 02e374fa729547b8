"""What a KPI may be cut by, and by which key the value is reached: the list of entities.md, and nothing else.

Belongs here: from an entity and the name of a cut to a column. Does not: the SQL around it (measures.py).
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.model.entities import Entity

# Own columns that may be cut by, under their own name.
OWN = (
    "stage", "loss_reason", "channel", "source", "site", "priority", "kind", "branch", "campus", "course_id",
    "customer_id", "module", "source_system",
)  # fmt: skip
# Reached by a key: cut -> (own column, table, its key, its column), the first whose own column the entity has.
REACHED: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "product_category": (("product_id", "products", "product_id", "category"),),
    "segment": (("segment", "", "", ""), ("customer_id", "customers", "customer_id", "tier")),
    "industry": (("customer_id", "customers", "customer_id", "industry"),),
    "size": (("customer_id", "customers", "customer_id", "size"),),
    "customer_region": (("customer_id", "customers", "customer_id", "region_id"), ("region_id", "", "", "")),
    "partner": (("partner_id", "", "", ""), ("customer_id", "customers", "customer_id", "partner_id")),
    "campaign": (("campaign_id", "", "", ""), ("customer_id", "customers", "customer_id", "campaign_id")),
}
CUTS = (*REACHED, *OWN)


class Cut(NamedTuple):
    """One way to cut an entity: the own column, or the column of a table reached by it."""

    name: str
    own: str
    table: str = ""  # empty: the own column itself
    key: str = ""
    column: str = ""

    @property
    def alias(self) -> str:
        """The name under which the table is joined."""
        return f"{self.table}_of_cut"


def resolve(name: str, entity: Entity) -> Cut | None:
    """How `entity` is cut by `name`; None where it has no such column or key. A company's own field is a column."""
    columns = {column.name for column in entity.columns}
    for own, table, key, column in REACHED.get(name, ()):
        if own in columns and table != entity.name:
            return Cut(name, own, table, key, column)
        if own in columns:  # the customers themselves
            return Cut(name, column)
    return Cut(name, name) if name in columns and (name in OWN or name.startswith("x_")) else None

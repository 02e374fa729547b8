"""The contract that reads the sample company: every column under its own name, so it is written from the dictionary.

Belongs here: the text of sources/sample.yml. Does not: the files it reads (write.py).
"""

from __future__ import annotations

from pipelines.model.entities import Entity, EntityColumn, read_entities

TYPES = {"string": "text", "int": "integer", "bigint": "integer"}  # the others are called the same in a contract
PERSONAL = {
    "contacts.name": "personal: hash, form: name", "contacts.email": "personal: hash, form: email",
    "contacts.phone": "personal: hash, form: phone", "surveys.comment": "personal: drop",
    "employees.name": "personal: keep",
}  # fmt: skip
PEOPLE = (
    "owner_id",
    "agent_id",
)  # beside what an entity requires: an owner is what a company would require, and not have


def text() -> str:
    """The YAML of the contract; the files lie in `sample` of the data folder."""
    entities = [entity for entity in read_entities().values() if not entity.is_derived]
    return f"""# The sample company: one file an entity, columns named as the entity's. Written by `kpi run --pack`.
system: sample
kind: files
label: {{zh: 样本公司, en: Sample company}}
owner: data_office
time_zone: UTC
connection: {{path: "${{KPI_DATA_DIR}}/sample"}}
tables:
{"".join(_table(entity) for entity in entities)}"""


def _table(entity: Entity) -> str:
    columns = "".join(f"\n      - {{{_column(entity, column)}}}" for column in entity.delivered)
    keys = ", ".join(key for key in entity.key if key != "source_system")
    return f"""  {entity.name}:
    from: {{glob: {entity.name}.csv}}
    key: [{keys}]
    delivery: full
    entities: [{entity.name}]
    columns:{columns}
"""


def _column(entity: Entity, column: EntityColumn) -> str:
    kind = TYPES.get(column.type, column.type)
    said = [f"name: {column.name}", f'type: "{kind}"' if "(" in kind else f"type: {kind}", f"as: {column.name}"]
    if column.is_required or column.name in PEOPLE:
        said.append("required: true")
    if personal := PERSONAL.get(f"{entity.name}.{column.name}"):
        said.append(personal)
    return ", ".join(said)

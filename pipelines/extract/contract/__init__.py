"""What a source contract (`sources/<system>.yml`) may say, and nothing else.

system.py: one system · table.py: one table · column.py: one column · place.py: where a table's records lie
files.py, database.py, rest.py: what each kind of source adds · read.py: the contracts of a configuration
"""

from pipelines.extract.contract.column import DUCKDB_TYPES, LOAD_COLUMNS, SNAPSHOT_DAY, Column
from pipelines.extract.contract.place import From
from pipelines.extract.contract.read import read_all_contracts, read_contract, read_contracts
from pipelines.extract.contract.system import SourceContract, json_schema
from pipelines.extract.contract.table import EntityMapping, TableContract

__all__ = [
    "DUCKDB_TYPES",
    "LOAD_COLUMNS",
    "SNAPSHOT_DAY",
    "Column",
    "EntityMapping",
    "From",
    "SourceContract",
    "TableContract",
    "json_schema",
    "read_all_contracts",
    "read_contract",
    "read_contracts",
]

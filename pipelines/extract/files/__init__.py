"""Files as a source: which there are, what they hold, how many records.

Belongs here: the narrow interface the load uses (list, read as Arrow batches, count independently). Does not: any one
place of files (folder.py, object_store.py) or format (csv_file.py, excel_file.py, json_file.py, parquet_file.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.contract.files import OF_A_STORE, FilesConnection, is_store, wrong_place
from pipelines.extract.files import bcp_file, csv_file, encoding, excel_file, folder, json_file, parquet_file
from pipelines.extract.files.source_file import ListedFile, SourceFile, refuse_bomb
from pipelines.extract.source import Records
from pipelines.settings import Settings

__all__ = ["ListedFile", "SourceFile", "count_records", "explain", "list_files", "read"]

FORMATS: dict[str, ModuleType] = {
    "csv": csv_file,
    "bcp": bcp_file,
    "xlsx": excel_file,
    "json": json_file,
    "jsonl": json_file,
    "parquet": parquet_file,
}


def list_files(contract: SourceContract, table: TableContract, settings: Settings) -> list[ListedFile]:
    """The table's files, sorted by name; none is opened or fetched.

    Raises KpiError naming place and glob: no such folder or bucket, no file, a file that a link places outside the
    folder, a store that cannot be reached.
    """
    said, glob = contract.connection, table.from_.glob or ""
    assert isinstance(said, FilesConnection)
    path = settings.expand(said.path)
    contract_file = settings.sources / f"{contract.system}.yml"
    if wrong := wrong_place(path):
        raise KpiError(f"connection.path: {wrong}", file=contract_file, next_step="correct the environment variable")
    found: Sequence[ListedFile]
    root: Path | str
    if is_store(path):
        from pipelines.extract.files import object_store

        store = object_store.connect(said, contract.system, settings)
        root, found = store.address(store.prefix), store.list_files(glob)
    else:
        if named := [name for name in OF_A_STORE if getattr(said, name)]:
            raise KpiError(
                f"a local folder has no {named[0]}", file=contract_file, next_step=f"take connection.{named[0]} out"
            )
        root = settings.config / Path(path).expanduser()  # a relative one lies in the configuration
        found = folder.list_files(root, glob, contract.system)
    if not found:
        raise KpiError(
            f"system {contract.system}: no file matches {glob}",
            file=root,
            next_step=f"deliver the file, or correct from.glob in sources/{contract.system}.yml",
        )
    return sorted(found, key=lambda file: file.name)


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns in the file's order of records: text as delivered, or typed from Parquet.

    Nothing is decided here about values: null stays null, text stays text. `scratch` is a folder for a passing copy.
    Raises KpiError (some only while reading on): wrong header, wrong encoding, not of the format.
    """
    records: Records = FORMATS[table.from_.file_format].read(source, table, scratch)
    return records


def count_records(source: SourceFile, table: TableContract) -> int:
    """How many records the file holds, found by other code than `read` uses; raises KpiError as `read` does.

    Of text it also looks whether the bytes are what the contract calls them, where that can be seen.
    """
    if table.from_.file_format in ("csv", "json", "jsonl"):
        refuse_bomb(source)
        encoding.refuse_another(source, table.from_.encoding)
    return int(FORMATS[table.from_.file_format].count(source, table))


def explain(source: SourceFile, table: TableContract) -> None:
    """Of a file in which another number of records was counted than read: KpiError where the reason can be found."""
    if table.from_.file_format == "csv":
        csv_file.explain(source, table)
